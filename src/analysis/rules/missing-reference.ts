/**
 * pod-reference-missing, config-map-key-missing: pods of a Service name a ConfigMap, Secret, claim or ServiceAccount, or
 * a key, that is not there, and what most probably was meant is. Without a near one nothing is said: somebody else may
 * make it.
 */

import { objectKey, printReference, type KubernetesObject } from '#model/object';
import type { PodGroup } from '#simulation/types';
import { objectOf } from '#simulation/http/read';
import type { AnalysisContext } from '../context';
import { isApplied } from '../merge-findings';
import type { RelatedPlace } from '../types';
import { changeValue, fixBy } from './edits';
import type { Rule } from './index';
import { nearestName } from './near-names';
import { effectOfNeverReady, servicesMissing } from './never-ready';
import { podReferences, type PodReference } from './pod-references';
import { relatedMember, relatedName, type Report } from './report';
import { mayBeMade } from './unseen-references';

export const missingReference: Rule = {
  codes: ['pod-reference-missing', 'config-map-key-missing'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const group = controlPlane.podGroup(object.key);
    // In a cluster, the pods' own status tells.
    if (!group || group.object !== object || object.origin.kind === 'cluster') return;
    const byTarget = new Map<string, PodReference[]>();
    for (const reference of podReferences(object, [...group.templatePath, 'spec'])) {
      const key = keyOf(reference, object.namespace);
      byTarget.set(key, [...(byTarget.get(key) ?? []), reference]);
    }
    for (const [key, references] of byTarget) {
      report.dependsOn(key);
      const target = controlPlane.object(key);
      if (target) checkKeys({ object, group, references }, target, context, report);
      // What is refused says itself what is wrong with it.
      else if (!controlPlane.refusal(key)) checkName({ object, group, references }, context, report);
    }
  },
};

/** What pods name by one name: the first of the references is told, all of them are mended. */
interface Named {
  readonly object: KubernetesObject;
  readonly group: PodGroup;
  readonly references: readonly PodReference[];
}

function keyOf({ kind, name }: Pick<PodReference, 'kind' | 'name'>, namespace: string): string {
  return objectKey('', kind, namespace, name);
}

// ---------------------------------------------------------------- names

function checkName({ object, group, references }: Named, context: AnalysisContext, report: Report): void {
  const { controlPlane } = context.simulation;
  const [reference] = references;
  if (!reference || madeByCluster[reference.kind] === reference.name) return;
  const { kind, name, path, use } = reference;
  report.dependsOn(`names /${kind} ${object.namespace}`);
  // That nobody names the other one speaks for a slip, where the letters of short names do not.
  const isIdle = (other: string) => other.length <= longestShort && usersOf(kind, other, object.namespace, context).length === 0; // prettier-ignore
  const near = nearestName(name, namesOf(kind, object.namespace, context), isIdle);
  if (near === undefined) return;
  // Whoever makes it, and whom else it serves, may be anything.
  report.searchedElsewhere();
  if (servicesMissing(group, context).length === 0) return;
  if (isOpen(context) || mayBeMade(reference, object, context)) return report.leaveOpen(report.place(path)); // prettier-ignore
  const target = controlPlane.object(keyOf({ kind, name: near }, object.namespace));
  const others = target ? usersOf(kind, near, object.namespace, context) : [];
  report.add({
    code: 'pod-reference-missing',
    severity: others.length === 0 ? 'warning' : 'hint',
    message: `${kind} ${name} is not in namespace ${object.namespace}; ${near} is`,
    place: report.member(path),
    details: [
      { label: 'cause', text: causeOf(reference, object.namespace) },
      { label: 'nearest', text: `${kind} ${object.namespace}/${near}${others.length === 0 ? '' : `, which ${printReference(others[0]!)} names`}` }, // prettier-ignore
      { label: 'effect', text: `${printReference(object)}: ${effectOfNeverReady(group, context, use === 'account' ? 'not created' : 'not ready')}` }, // prettier-ignore
    ],
    related: [target && relatedName(target, `${kind} ${near} is here`, context), ...furtherPlaces(references, object, context)], // prettier-ignore
    fixes: [fixBy(`Change the name to ${near}`, true, references.map((each) => changeValue(object, each.path, near, context)))], // prettier-ignore
  });
}

/** Names of more letters are told apart by them alone. */
const longestShort = 5;

/** What each namespace has although no manifest shows it. */
const madeByCluster: { readonly [kind in PodReference['kind']]?: string } = {
  ServiceAccount: 'default',
  ConfigMap: 'kube-root-ca.crt',
};

function namesOf(kind: PodReference['kind'], namespace: string, { simulation }: AnalysisContext): readonly string[] {
  const names = [madeByCluster[kind] ?? []].flat();
  for (const found of simulation.controlPlane.objectsOfKind('', kind))
    if (found.namespace === namespace) names.push(found.name);
  return names;
}

/** Generators, prefixes and patches of a kustomization are known once it is rendered. */
function isOpen({ scope }: AnalysisContext): boolean {
  return scope.incomplete.length > 0 || (scope.kind === 'kustomization' && !isApplied(scope));
}

/** The pods that name such an object. */
function usersOf(
  kind: PodReference['kind'],
  name: string,
  namespace: string,
  { simulation }: AnalysisContext,
): readonly KubernetesObject[] {
  return [...simulation.controlPlane.podGroups(namespace)].flatMap(
    ({ object, templatePath }) =>
    podReferences(object, [...templatePath, 'spec']).some((each) => each.kind === kind && each.name === name) ? object : [], // prettier-ignore
  );
}

/** As the kubelet, the scheduler and the API server say it. */
function causeOf({ kind, name, use }: PodReference, namespace: string): string {
  const missing = `${kind.toLowerCase()} "${name}" not found`;
  switch (use) {
    case 'variable':
      return `the kubelet does not create the container: CreateContainerConfigError, ${missing}`;
    case 'volume':
      return `the kubelet cannot mount the volume: FailedMount, ${missing}; the pods stay in ContainerCreating`;
    case 'claim':
      return `the scheduler finds no node: FailedScheduling, ${missing}; the pods stay Pending`;
    case 'account':
      return `the API server refuses each pod: error looking up service account ${namespace}/${name}: ${missing}`;
  }
}

function furtherPlaces(
  references: readonly PodReference[],
  object: KubernetesObject,
  context: AnalysisContext,
): readonly (RelatedPlace | undefined)[] {
  return references.slice(1, 4).map(({ path }) => relatedMember(object, path, 'Named here as well', context));
}

// ---------------------------------------------------------------- keys

/** Of ConfigMaps alone: what a Secret holds is not read. */
function checkKeys({ object, group, references }: Named, target: KubernetesObject, context: AnalysisContext, report: Report): void {
  if (target.kind !== 'ConfigMap') return;
  const [text, binary] = [objectOf(target.body.data), objectOf(target.body.binaryData)];
  for (const reference of references)
    for (const { key, path } of reference.keys) {
      // Variables are text.
      const there = reference.use === 'variable' ? Object.keys(text) : [...Object.keys(text), ...Object.keys(binary)];
      const near = there.includes(key) ? undefined : nearestName(key, there);
      if (near === undefined) continue;
      report.searchedElsewhere();
      if (servicesMissing(group, context).length === 0) continue;
      if (isOpen(context)) {
        report.leaveOpen(report.place(path));
        continue;
      }
      report.add({
        code: 'config-map-key-missing',
        severity: 'warning',
        message: `${printReference(target)} has no key ${key}; it has ${near}`,
        place: report.member(path),
        details: [
          { label: 'cause', text: causeOfKey(reference, key, target) },
          { label: 'effect', text: `${printReference(object)}: ${effectOfNeverReady(group, context)}` },
        ],
        related: [relatedMember(target, [Object.hasOwn(text, near) ? 'data' : 'binaryData', near], `The key ${near}`, context)],
        fixes: [fixBy(`Change the key to ${near}`, true, [changeValue(object, path, near, context)])],
      });
    }
} // prettier-ignore

function causeOfKey({ use, name }: PodReference, key: string, { namespace }: KubernetesObject): string {
  return use === 'variable'
    ? `the kubelet does not create the container: CreateContainerConfigError, couldn't find key ${key} in ConfigMap ${namespace}/${name}`
    : `the kubelet cannot mount the volume: FailedMount, configmap references non-existent config key: ${key}; the pods stay in ContainerCreating`;
}
