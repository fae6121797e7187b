/** Faults in what pods name to start with: ConfigMaps and their keys, Secrets, claims, ServiceAccounts. */

import { isApplied } from '#analysis/merge-findings';
import { podReferences, type PodReference } from '#analysis/rules/pod-references';
import { objectOf } from '#simulation/http/read';
import { valueAt, type JsonPath, type JsonValue } from '#base/json';
import { objectKey, type ObjectKey } from '#model/object';
import type { PodGroup } from '#simulation/types';
import { together, type Application } from '../application';
import type { Candidate, FaultKind } from '../types';
import { misspelled, misspelledText } from '../typos';

type Kind = PodReference['kind'];

/** What pods that have nothing of the kind are given: an object of a name, and the member of the pod's spec that names it. */
interface Gift {
  readonly body: string;
  readonly owner: (spec: JsonPath) => JsonPath;
  readonly member: string;
  readonly value: (name: string) => JsonValue;
}

const container = (spec: JsonPath) => [...spec, 'containers', 0];

const gifts: Readonly<Record<Kind, Gift>> = {
  ConfigMap: {
    body: 'data:\n  log-level: info\n  language: en',
    owner: container,
    member: 'env',
    value: (name) => [{ name: 'LOG_LEVEL', valueFrom: { configMapKeyRef: { name, key: 'log-level' } } }],
  },
  Secret: { body: 'type: Opaque', owner: container, member: 'envFrom', value: (name) => [{ secretRef: { name } }] },
  PersistentVolumeClaim: {
    body: 'spec:\n  accessModes: [ReadWriteOnce]\n  resources:\n    requests:\n      storage: 1Gi',
    owner: (spec) => spec,
    member: 'volumes',
    value: (name) => [{ name: 'fault', persistentVolumeClaim: { claimName: name } }],
  },
  ServiceAccount: { body: '', owner: (spec) => spec, member: 'serviceAccountName', value: (name) => name },
};

/** The first reference of pods to one thing, and that thing. */
interface Relation {
  readonly group: PodGroup;
  readonly kind: Kind;
  readonly name: string;
  readonly target: ObjectKey;
  readonly prepare?: Candidate['prepare'];
}

function* relations(app: Application, kind: Kind): Iterable<Relation> {
  const { scope } = app.state;
  if (scope.kind === 'kustomization' && !isApplied(scope)) return;
  for (const { object, groups } of app.services()) {
    const [group, second] = groups;
    if (!group || second || group.templatePath.length === 0) continue;
    const relation = (name: string) => ({ group, kind, name, target: objectKey('', kind, group.namespace, name) });
    const written = referencesOf(app, group).find((each) => each.kind === kind && app.object(relation(each.name).target));
    if (written) yield relation(written.name);
    const { body, owner, member, value } = gifts[kind];
    const spec = [...group.templatePath, 'spec'];
    if (!app.isPlain(object) || referencesOf(app, group).some((each) => each.kind === kind)) continue;
    const name = `${object.name}-settings`;
    const text = (namespace: string) => `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}${namespace}\n${body}`;
    const prepare = (a: Application) =>
      valueAt(group.object.body, [...owner(spec), member]) !== undefined ? undefined : together(a.append(object, text), a.put(group.object, owner(spec), member, value(name))); // prettier-ignore
    if (group.object.origin.file === object.origin.file) yield { ...relation(name), prepare };
  }
} // prettier-ignore

function referencesOf(app: Application, { object, templatePath }: PodGroup): readonly PodReference[] {
  return podReferences(app.object(object.key) ?? object, [...templatePath, 'spec']);
}

/** Whether each thing that the pods name is there, with the keys that they want: what the kubelet asks. */
function answerOf(app: Application, { group, kind }: Relation): string {
  return referencesOf(app, group)
    .filter((each) => each.kind === kind)
    .map((each) => {
      const target = app.object(objectKey('', kind, group.namespace, each.name));
      const keys = each.keys.map(({ key }) => Object.hasOwn(objectOf(target?.body.data), key));
      return target ? `there, ${keys.join(' ')}` : 'not there';
    })
    .join('; ');
}

function fault(
  name: string,
  kind: Kind,
  code: string,
  spoil: (app: Application, relation: Relation, reference: PodReference, ...rest: [Parameters<Candidate['spoil']>[1]]) => ReturnType<Candidate['spoil']>,
): FaultKind {
  return {
    name,
    codes: [code],
    *candidates(application) {
      for (const relation of relations(application, kind)) {
        const { group, target, prepare } = relation;
        yield {
          id: `${group.key} ${target}`,
          ...(prepare && { prepare }),
          spoil: (app, random) => {
            const reference = referencesOf(app, group).find((each) => each.kind === kind && each.name === relation.name);
            return reference && spoil(app, relation, reference, random);
          },
          answer: (app) => answerOf(app, relation),
          otherSides: (app) => [app.place(app.object(target), ['metadata', 'name'])],
        };
      }
    },
  };
} // prettier-ignore

function nameFault(what: string, kind: Kind): FaultKind {
  return fault(`${what}’s name in a pod`, kind, 'pod-reference-missing', (app, { group, name }, reference, random) => {
    const other = misspelled(name, new Set(), random);
    const now = app.object(group.object.key);
    return now && other !== undefined ? app.set(now, reference.path, other) : undefined;
  });
}

const keyFault = fault('key of a ConfigMap in a pod', 'ConfigMap', 'config-map-key-missing', (app, { group, target }, reference, random) => {
  const [wanted] = reference.keys;
  const there = Object.keys(objectOf(app.object(target)?.body.data));
  const other = wanted && misspelledText(wanted.key, random);
  const now = app.object(group.object.key);
  return now && wanted && other !== undefined && !there.includes(other) ? app.set(now, wanted.path, other) : undefined;
}); // prettier-ignore

export const referenceFaults: readonly FaultKind[] = [
  nameFault('ConfigMap', 'ConfigMap'),
  nameFault('Secret', 'Secret'),
  nameFault('PersistentVolumeClaim', 'PersistentVolumeClaim'),
  nameFault('ServiceAccount', 'ServiceAccount'),
  keyFault,
];
