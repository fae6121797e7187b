/** Searches the pods that a Service without pods most probably meant: in its namespace, then its scope, then the others. */

import type { JsonPath, JsonValue } from '#base/json';
import { isJsonObject, valueAt } from '#base/json';
import type { Scope } from '#manifest/types';
import type { Labels } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane, PodGroup, Refusal } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Distance, LabelledPods, NearMiss } from './nearest';
import { nearest } from './nearest';

/** Pods of a template as the search sees them. */
export interface MeantPods extends LabelledPods {
  readonly object: KubernetesObject;
  readonly templatePath: JsonPath;
  /** The scope that they are in, where it is another one. */
  readonly scope: Scope | undefined;
}

/** A workload whose own labels (or selector) match, though its template's do not. */
export interface LabelledWorkload {
  readonly group: PodGroup;
  /** Where the labels stand: `['metadata', 'labels']`. */
  readonly path: JsonPath;
}

/**
 * Up to so many pod groups of a namespace, in the order of their keys, are compared label by label. A larger namespace
 * is searched by index alone for exact matches elsewhere; near misses beyond are not worth a delay at each keystroke.
 */
const mostCompared = 1000;

export interface Search {
  readonly near: NearMiss<MeantPods> | undefined;
  /** Pod templates in the Service's namespace. */
  readonly templatesInNamespace: number;
  readonly scopeHasWorkloads: boolean;
  /** Pods elsewhere that the selector matches exactly: in other namespaces of the scope, then in other scopes. */
  readonly exactElsewhere: NearMiss<MeantPods> | undefined;
  readonly workload: LabelledWorkload | undefined;
  /** A workload that would match, but that the API server refuses. */
  readonly refused: Refusal | undefined;
}

export function searchMeantPods(object: KubernetesObject, selector: Labels, context: AnalysisContext): Search {
  const { controlPlane } = context.simulation;
  const wanted = { name: object.name, selector };
  const all = [...controlPlane.podGroups(object.namespace)];
  const own = all.slice(0, mostCompared);
  const elsewhere = [...exactElsewhere(object, selector, context)];
  const candidates = [
    ...own.map((group) => ({ pods: meantPods(group), distance: 'namespace' as Distance })),
    ...elsewhere,
    ...nearElsewhere(object, controlPlane),
  ];
  return {
    near: nearest(wanted, candidates),
    templatesInNamespace: all.length,
    scopeHasWorkloads: own.length > 0 || hasWorkloads(controlPlane),
    exactElsewhere: nearest(wanted, elsewhere),
    workload: labelledWorkload(own, object, selector),
    refused: refusedWorkload(object, selector, controlPlane),
  };
}

function* exactElsewhere(
  object: KubernetesObject,
  selector: Labels,
  context: AnalysisContext,
): Iterable<{ pods: MeantPods; distance: Distance }> {
  for (const group of context.simulation.controlPlane.groupsMatching(selector))
    if (group.namespace !== object.namespace) yield { pods: meantPods(group), distance: 'other-namespace' };
  for (const { scope, simulation } of context.others())
    for (const group of simulation.controlPlane.groupsMatching(selector))
      if (mayShareNamespace(object, group)) yield { pods: meantPods(group, scope), distance: 'other-scope' };
}

/** Whether both could be applied to one namespace: a manifest that names none goes anywhere. */
function mayShareNamespace(object: KubernetesObject, group: PodGroup): boolean {
  return group.namespace === object.namespace || !object.namespaceGiven || !group.object.namespaceGiven;
}

function* nearElsewhere(
  object: KubernetesObject,
  controlPlane: ControlPlane,
): Iterable<{ pods: MeantPods; distance: Distance }> {
  const groups: PodGroup[] = [];
  for (const namespace of controlPlane.namespaces().keys()) {
    if (namespace === object.namespace) continue;
    for (const group of controlPlane.podGroups(namespace)) groups.push(group);
    // Rather none than some: which ones come first says nothing about who was meant.
    if (groups.length > mostCompared) return;
  }
  for (const group of groups) yield { pods: meantPods(group), distance: 'other-namespace' };
}

function meantPods(group: PodGroup, scope?: Scope): MeantPods {
  const { object, labels, variableLabels, templatePath } = group;
  const key = scope ? `${scope.id} ${group.key}` : group.key;
  return { key, name: object.name, labels, variableLabels, object, templatePath, scope };
}

function hasWorkloads(controlPlane: ControlPlane): boolean {
  for (const namespace of controlPlane.namespaces().keys())
    for (const _ of controlPlane.podGroups(namespace)) return true;
  return false;
}

const labelPaths: readonly JsonPath[] = [
  ['metadata', 'labels'],
  ['spec', 'selector', 'matchLabels'],
];

/** Of several such workloads the one with the Service's name, else the first by key. */
function labelledWorkload(
  groups: readonly PodGroup[],
  object: KubernetesObject,
  selector: Labels,
): LabelledWorkload | undefined {
  let best: LabelledWorkload | undefined;
  for (const group of groups) {
    if (group.templatePath.length === 0) continue;
    const path = labelPaths.find((candidate) => hasLabels(valueAt(group.object.body, candidate), selector));
    if (path && (!best || precedes(group, best.group, object.name))) best = { group, path };
  }
  return best;
}

function precedes(a: PodGroup, b: PodGroup, name: string): boolean {
  const named = Number(b.object.name === name) - Number(a.object.name === name);
  return named !== 0 ? named < 0 : a.key < b.key;
}

function refusedWorkload(object: KubernetesObject, selector: Labels, controlPlane: ControlPlane): Refusal | undefined {
  for (const refusal of controlPlane.refusals()) {
    if (refusal.object.namespace !== object.namespace) continue;
    const { body } = refusal.object;
    const labels = [['spec', 'template'], ['spec', 'jobTemplate', 'spec', 'template'], []].map((path) =>
      valueAt(body, [...path, 'metadata', 'labels']),
    );
    const isPods = refusal.object.kind === 'Pod' ? labels[2] : (labels[0] ?? labels[1]);
    if (hasLabels(isPods, selector)) return refusal;
  }
  return undefined;
}

/** Whether the written labels contain all pairs of the selector. */
function hasLabels(labels: JsonValue | undefined, selector: Labels): boolean {
  if (!isJsonObject(labels)) return false;
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
}
