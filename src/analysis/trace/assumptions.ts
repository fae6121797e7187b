/** What a trace takes for granted because no manifest says it. */

import { isJsonObject, valueAt } from '#base/json';
import { namespacedName, type NamespacedName, type Pod, type Service } from '#model/kubernetes';
import { isOverflowAddress, podAddresses } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { listed } from './lookup';

/** In words for people: addresses by the simulation, pods that are taken as ready, what the scope may lack. */
export function assumptionsOf(
  context: AnalysisContext,
  services: readonly { readonly service: Service; readonly address: string }[],
  pods: readonly NamespacedName[],
): string[] {
  const found = pods.flatMap((name) => context.simulation.controlPlane.pod(name) ?? []);
  return [
    ...assignedAddresses(context, services),
    ...simulatedPods(context, found),
    ...overflowing(found),
    ...context.scope.incomplete,
    ...(context.scope.notes ?? []),
  ];
}

function assignedAddresses(
  { simulation }: AnalysisContext,
  services: readonly { readonly service: Service; readonly address: string }[],
): string[] {
  const assigned = services.filter(({ service, address }) => simulation.controlPlane.isAssigned(service, address));
  const texts = assigned.map(({ service, address }) => `address ${address} of Service ${namespacedName(service)}`);
  return texts.length === 0 ? [] : [`${listed([...new Set(texts)])}: assigned by the simulation`];
}

function simulatedPods({ simulation }: AnalysisContext, pods: readonly Pod[]): string[] {
  const groups = new Map<string, PodGroup>();
  for (const pod of pods) {
    const group = simulation.controlPlane.groupOfPod(namespacedName(pod));
    if (group) groups.set(group.key, group);
  }
  const all = [...groups.values()];
  const made = all.filter((group) => group.object.kind !== 'Pod').map(nameOf);
  const placed = all.filter((group) => group.object.kind === 'Pod' && !hasAddress(group)).map(nameOf);
  const ready = all.filter((group) => !saysReady(group)).map(nameOf);
  return [
    ...(made.length > 0
      ? [`names, nodes and addresses of the pods of ${listed(made)}: assigned by the simulation`]
      : []),
    ...(placed.length > 0 ? [`address (and node, where none is written) of ${listed(placed)}: assigned by the simulation`] : []), // prettier-ignore
    ...(ready.length > 0 ? [`taken as running and ready, since no status says otherwise: ${listed(ready)}`] : []),
  ];
}

function nameOf(group: PodGroup): string {
  return `${group.object.kind} ${group.namespace}/${group.object.name}`;
}

function hasAddress(group: PodGroup): boolean {
  return valueAt(group.object.body, ['status', 'podIP']) !== undefined;
}

function saysReady(group: PodGroup): boolean {
  return isJsonObject(valueAt(group.object.body, ['status'])) && group.object.kind === 'Pod';
}

/** A node's range holds some 250 pods; the simulation gives those beyond it addresses of a range of its own. */
function overflowing(pods: readonly Pod[]): string[] {
  const beyond = pods.filter((pod) => podAddresses(pod).some(isOverflowAddress)).map(namespacedName);
  if (beyond.length === 0) return [];
  return [`the nodes have no room for so many pods; addresses from a range of its own for ${listed(beyond, 3)}: assigned by the simulation`]; // prettier-ignore
}
