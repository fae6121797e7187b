/** The DaemonSet controller: on which nodes pods are made, and which ones give way to the new template. */

import { valueAt } from '#base/json';
import type { Workload } from '../../apiserver/workload';
import { scaled, specOf } from './counts';

export interface DaemonPod {
  readonly name: string;
  readonly node: string;
  readonly revision: 'current' | 'update';
  readonly available: boolean;
  readonly terminating: boolean;
}

export type DaemonAction =
  | { readonly kind: 'create'; readonly node: string; readonly because: 'missing' | 'surge' }
  | { readonly kind: 'delete'; readonly name: string };

/**
 * What the controller does in one turn. `nodes` are those that are to have a pod, in order.
 * Models pkg/controller/daemon podsShouldBeOnNode, rollingUpdate and updatedDesiredNodeCounts (v1.37).
 */
export function daemonStep(
  workload: Workload,
  nodes: readonly string[],
  pods: readonly DaemonPod[],
): readonly DaemonAction[] {
  const byNode = new Map<string, DaemonPod[]>();
  for (const pod of pods) byNode.set(pod.node, [...(byNode.get(pod.node) ?? []), pod]);
  const active = (node: string) => (byNode.get(node) ?? []).filter(({ terminating }) => !terminating);
  const missing = nodes.filter((node) => (byNode.get(node) ?? []).length === 0);
  const created: readonly DaemonAction[] = missing.map((node) => ({ kind: 'create', node, because: 'missing' }));
  const strategy = specOf(workload).updateStrategy;
  if (valueAt(strategy, ['type']) === 'OnDelete') return created;
  const surge = scaled(valueAt(strategy, ['rollingUpdate', 'maxSurge']), nodes.length, 'up');
  const unavailable = scaled(valueAt(strategy, ['rollingUpdate', 'maxUnavailable']), nodes.length, 'up');
  const onNodes = nodes.map((node) => ({
    node,
    fresh: active(node).find(({ revision }) => revision === 'update'),
    old: active(node).find(({ revision }) => revision === 'current'),
  }));
  if (surge > 0) return [...created, ...surging(onNodes, surge)];
  return [...created, ...replacing(onNodes, unavailable === 0 ? 1 : unavailable)];
}

interface OnNode {
  readonly node: string;
  readonly fresh: DaemonPod | undefined;
  readonly old: DaemonPod | undefined;
}

/** An old pod goes first, and a new one comes in its place. */
function replacing(nodes: readonly OnNode[], maxUnavailable: number): readonly DaemonAction[] {
  let missing = nodes.filter(({ fresh, old }) => !old && !fresh?.available).length;
  const actions: DaemonAction[] = [];
  for (const { fresh, old } of nodes) {
    if (fresh || !old) continue;
    if (old.available && missing >= maxUnavailable) continue;
    if (old.available) missing++;
    actions.push({ kind: 'delete', name: old.name });
  }
  return actions;
}

/** A new pod comes beside the old one, which goes once the new one is available. */
function surging(nodes: readonly OnNode[], maxSurge: number): readonly DaemonAction[] {
  let surged = nodes.filter(({ fresh, old }) => fresh && old && !fresh.available).length;
  const actions: DaemonAction[] = [];
  for (const { node, fresh, old } of nodes) {
    if (!old) continue;
    if (fresh?.available) actions.push({ kind: 'delete', name: old.name });
    if (fresh || surged >= maxSurge) continue;
    surged++;
    actions.push({ kind: 'create', node, because: 'surge' });
  }
  return actions;
}
