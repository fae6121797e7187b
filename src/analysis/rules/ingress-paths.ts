/** ingress-path-…: paths of an Ingress that match other requests than they seem to, or that another Ingress has as well. */

import type { JsonPath, JsonValue } from '#base/json';
import { compareStrings } from '#base/compare';
import { objectKey, printReference, type KubernetesObject } from '#model/object';
import { annotationOf, compareAges, itemsOf, objectOf, specOf, textOf } from '#simulation/http/read';
import type { AnalysisContext } from '../context';
import { changeValue, fixBy, fixInWords } from './edits';
import type { Rule } from './index';
import { relatedMember, type Report } from './report';
import { unappliedTo } from './unapplied';

export const ingressPaths: Rule = {
  codes: ['ingress-path-wildcard', 'ingress-path-twice'],
  check(object, context, report) {
    const paths = pathsOf(object);
    if (!hasExpressions(object)) for (const path of paths) checkWildcard(object, path, context, report);
    checkTwice(object, paths, context, report);
  },
};

interface WrittenPath {
  readonly host: string;
  readonly type: string;
  readonly value: string;
  readonly backend: JsonValue | undefined;
  /** Way to the entry of `paths`. */
  readonly path: JsonPath;
}

function pathsOf(object: KubernetesObject): readonly WrittenPath[] {
  return itemsOf(specOf(object).rules).flatMap(({ index, value }) =>
    itemsOf(objectOf(value.http).paths).map((item) => ({
      host: textOf(value.host) ?? '',
      type: textOf(item.value.pathType) ?? '',
      value: textOf(item.value.path) ?? '/',
      backend: item.value.backend,
      path: ['spec', 'rules', index, 'http', 'paths', item.index],
    })),
  );
}

// ---------------------------------------------------------------- wildcards

/** Annotations that make a controller read paths as expressions. */
function hasExpressions({ body }: KubernetesObject): boolean {
  const annotations = Object.keys(objectOf(objectOf(body.metadata).annotations));
  return annotations.some((key) => /regex|rewrite|path-type|path\.type/i.test(key));
}

function checkWildcard(
  object: KubernetesObject,
  { host, type, value, path }: WrittenPath,
  context: AnalysisContext,
  report: Report,
): void {
  if (type !== 'Prefix' && type !== 'Exact') return;
  const isStar = /^[^*()|^$\\[\]]*\/\*$/.test(value);
  if (!isStar && !/\(.*\)|\.\*|\[.*\]/.test(value)) return;
  const plain = isStar ? value.slice(0, -2) || '/' : undefined;
  const sign = isStar ? '*' : 'a regular expression';
  report.add({
    code: 'ingress-path-wildcard',
    severity: 'warning',
    message: `path ${value} has pathType ${type}, for which ${isStar ? '* is a character like others' : 'it is no expression'}`, // prettier-ignore
    place: report.place([...path, 'path']),
    details: [
      { label: 'cause', text: `${type} compares paths ${type === 'Prefix' ? 'element by element' : 'letter by letter'}; ${sign} has a meaning with ImplementationSpecific alone, and there for some controllers` }, // prettier-ignore
      { label: 'effect', text: `requests for ${host === '' ? '' : host}${plain === undefined || plain === '/' ? '/' : `${plain}/`}anything find no path, and the controller answers with 404` }, // prettier-ignore
    ],
    fixes: [
      plain !== undefined && type === 'Prefix'
        ? fixBy(`Change the path to ${plain}, which takes all below it`, true, [changeValue(object, [...path, 'path'], plain, context)]) // prettier-ignore
        : fixInWords('Use pathType Prefix with the plain path, or ImplementationSpecific where the controller knows expressions'), // prettier-ignore
    ],
  });
}

// ---------------------------------------------------------------- the same path twice

function checkTwice(
  object: KubernetesObject,
  paths: readonly WrittenPath[],
  context: AnalysisContext,
  report: Report,
): void {
  report.dependsOn('kind networking.k8s.io/Ingress');
  if (isShared(object)) return;
  const { controlPlane } = context.simulation;
  const own = ownPathsTwice(paths);
  const others = [...controlPlane.objectsOfKind('networking.k8s.io', 'Ingress')].filter(
    (other) => other !== object && classOf(other) === classOf(object) && !isShared(other) && !controlPlane.refusal(other.key), // prettier-ignore
  );
  for (const path of paths) {
    const inOwn = own.get(path);
    const rival = inOwn ? { object, path: inOwn } : rivalOf(object, path, others);
    if (!rival) continue;
    const isOpen = [object, rival.object].some((each) => unappliedTo(each, [['spec']], context.scope).length > 0);
    if (isOpen) {
      report.leaveOpen(report.place(path.path));
      continue;
    }
    const where = `${path.host === '' ? 'every host' : path.host}${path.value}`;
    report.add({
      code: 'ingress-path-twice',
      severity: 'warning',
      message: `${where} is sent elsewhere by ${inOwn ? 'another path of the Ingress' : printReference(rival.object)}`,
      place: report.place([...path.path, 'path']),
      details: [
        { label: 'cause', text: `two paths of type ${path.type} are the same, and name different backends` },
        { label: 'effect', text: `one of them takes all requests${inOwn ? '' : ': with most controllers that of the older Ingress'}; the other backend gets none, and some controllers refuse the second Ingress` }, // prettier-ignore
      ],
      related: [relatedMember(rival.object, [...rival.path.path, 'path'], 'The same path', context)],
      fixes: [fixInWords('Take one of the two out, or give it another host or path')],
    });
  }
}

/** Canaries and minions have the path of another Ingress on purpose. */
function isShared(object: KubernetesObject): boolean {
  const annotations = Object.keys(objectOf(objectOf(object.body.metadata).annotations));
  return annotations.some((key) => /canary|mergeable|match|condition|priority|service-weight/i.test(key));
}

function classOf(object: KubernetesObject): string {
  return textOf(specOf(object).ingressClassName) ?? annotationOf(object, 'kubernetes.io/ingress.class') ?? '';
}

/** Told at the younger of two, or at the one that comes later by name. */
function rivalOf(object: KubernetesObject, path: WrittenPath, others: readonly KubernetesObject[]) {
  for (const other of others) {
    // Where a namespace is not said, the two backends may be one and the same.
    if (other.namespace !== object.namespace && !(other.namespaceGiven && object.namespaceGiven)) continue;
    if ((compareAges(other, object) || compareStrings(other.key, object.key)) > 0) continue;
    const same = pathsOf(other).find((each) => isSame(each, path) && backendKey(each, other) !== backendKey(path, object)); // prettier-ignore
    if (same) return { object: other, path: same };
  }
  return undefined;
}

/** A path → the one before it that is the same. */
function ownPathsTwice(paths: readonly WrittenPath[]): ReadonlyMap<WrittenPath, WrittenPath> {
  const twice = new Map<WrittenPath, WrittenPath>();
  for (const [index, path] of paths.entries()) {
    const first = paths.slice(0, index).find((each) => isSame(each, path));
    if (first && JSON.stringify(first.backend) !== JSON.stringify(path.backend)) twice.set(path, first);
  }
  return twice;
}

function isSame(a: WrittenPath, b: WrittenPath): boolean {
  const plain = ({ type, value }: WrittenPath) =>
    type === 'Prefix' && value !== '/' ? value.replace(/\/$/, '') : value;
  return a.host === b.host && a.type === b.type && plain(a) === plain(b);
}

function backendKey({ backend }: WrittenPath, { namespace }: KubernetesObject): string {
  const name = textOf(objectOf(objectOf(backend).service).name);
  return name === undefined
    ? JSON.stringify(backend)
    : objectKey('', 'Service', namespace, name) + JSON.stringify(backend);
}
