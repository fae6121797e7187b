/** The ReplicaSet controller: which pods go first where there are too many. */

import { compareStrings } from '#base/compare';
import type { Pod } from '#model/kubernetes';
import { isReady } from '../pod-conditions';

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** A pod, and when it came: of two, the one with the greater number is the younger. */
export interface RankedPod {
  readonly pod: Pod;
  readonly created: number;
}

/**
 * The pods in the order in which they are deleted: without a node, waiting and unready ones first, then the cheapest,
 * then those that share their node with the most of `related`, then the youngest. How long each has been ready and how
 * often its containers restarted is not known here; the younger one is taken to be ready for less time.
 * Models pkg/controller/replicaset getPodsToDelete and pkg/controller ActivePodsWithRanks (v1.37).
 */
export function deletionOrder(pods: readonly RankedPod[], related: readonly Pod[]): readonly RankedPod[] {
  const onNode = new Map<string, number>();
  for (const { spec } of related) {
    const node = spec.nodeName ?? '';
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const rank = ({ spec }: Pod) => onNode.get(spec.nodeName ?? '') ?? 0;
  return pods.toSorted(
    (a, b) =>
      Number(a.pod.spec.nodeName !== undefined) - Number(b.pod.spec.nodeName !== undefined) ||
      phaseOf(a.pod) - phaseOf(b.pod) ||
      Number(isReady(a.pod)) - Number(isReady(b.pod)) ||
      costOf(a.pod) - costOf(b.pod) ||
      rank(b.pod) - rank(a.pod) ||
      b.created - a.created ||
      compareStrings(a.pod.metadata.name, b.pod.metadata.name),
  );
}

function phaseOf({ status }: Pod): number {
  return phases[status.phase ?? 'Pending'] ?? 0;
}

function costOf({ metadata }: Pod): number {
  const text = metadata.annotations?.[deletionCost];
  return text !== undefined && /^-?(?:0|[1-9]\d*)$/.test(text) ? Number(text) : 0;
}
