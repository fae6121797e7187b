/** The DaemonSet controller: on which nodes pods are made, and which ones give way to the new template. */

import { valueAt } from '#base/json';
import type { Workload } from '../../apiserver/workload';
import { scaled, specOf } from './counts';

export interface DaemonPod {
  readonly name: string;
  readonly node: string;
  readonly revision: 'current' | 'update';
  readonly ready: boolean;
  /** Ready for as long as it has to be. */
  readonly available: boolean;
  readonly terminating: boolean;
}

export type DaemonAction =
  | { readonly kind: 'create'; readonly node: string; readonly because: 'missing' | 'surge' }
  | { readonly kind: 'delete'; readonly name: string; readonly because: 'update' | 'node' };

/** The nodes that matter to a DaemonSet. */
export interface DaemonNodes {
  /** Those that are to have a pod, in order. */
  readonly wanted: readonly string[];
  /** Whether a pod that is on the node may stay there: also on some of those that are to have none. */
  mayStay(node: string): boolean;
}

/**
 * What the controller does in one turn.
 * Models pkg/controller/daemon/daemon_controller.go podsShouldBeOnNode, and update.go rollingUpdate with
 * updatedDesiredNodeCounts and findUpdatedPodsOnNode (v1.37). It meets the nodes in no order; here they come in theirs.
 */
export function daemonStep(workload: Workload, nodes: DaemonNodes, pods: readonly DaemonPod[]): readonly DaemonAction[] {
  const strategy = specOf(workload).updateStrategy;
  const counts = nodes.wanted.length;
  const surge = scaled(valueAt(strategy, ['rollingUpdate', 'maxSurge']), counts, 'up');
  const unavailable = scaled(valueAt(strategy, ['rollingUpdate', 'maxUnavailable']), counts, 'up');
  const onDelete = valueAt(strategy, ['type']) === 'OnDelete';
  const byNode = new Map<string, DaemonPod[]>();
  for (const pod of pods) byNode.set(pod.node, [...(byNode.get(pod.node) ?? []), pod]);
  const active = (node: string) => (byNode.get(node) ?? []).filter(({ terminating }) => !terminating);
  // Where there may be two, the new one does not wait for one that is ending.
  const isMissing = (node: string) => (!onDelete && surge > 0 ? active(node).length === 0 : !byNode.has(node));
  const created = nodes.wanted.filter(isMissing).map((node): DaemonAction => ({ kind: 'create', node, because: 'missing' }));
  const removed = pods
    .filter(({ node, terminating }) => !terminating && !nodes.mayStay(node))
    .map(({ name }): DaemonAction => ({ kind: 'delete', name, because: 'node' }));
  const done = [...created, ...removed];
  if (onDelete) return done;
  const onNodes = [...new Set([...nodes.wanted, ...byNode.keys()])].filter(nodes.mayStay).map((node) => ({
    node,
    wanted: nodes.wanted.includes(node),
    fresh: active(node).find(({ revision }) => revision === 'update'),
    old: active(node).find(({ revision }) => revision === 'current'),
  }));
  if (surge > 0) return [...done, ...surging(onNodes.filter(({ wanted }) => wanted), surge)];
  return [...done, ...replacing(onNodes, unavailable === 0 ? 1 : unavailable)];
} // prettier-ignore

interface OnNode {
  readonly node: string;
  readonly fresh: DaemonPod | undefined;
  readonly old: DaemonPod | undefined;
}

/** An old pod goes first, and a new one comes in its place: at once where the old one is not available anyway. */
function replacing(nodes: readonly OnNode[], maxUnavailable: number): readonly DaemonAction[] {
  const isUp = ({ fresh, old }: OnNode) => (fresh && old ? false : ((fresh ?? old)?.available ?? false));
  const missing = nodes.filter((each) => !isUp(each)).length;
  const old = nodes.flatMap((each) => (each.old && !each.fresh ? [each.old] : []));
  const broken = old.filter(({ available }) => !available);
  const others = old.filter(({ available }) => available).slice(0, Math.max(0, maxUnavailable - missing));
  return [...broken, ...others].map(({ name }) => ({ kind: 'delete', name, because: 'update' }));
}

/** A new pod comes beside the old one, which goes once the new one is available or it is itself not ready. */
function surging(nodes: readonly OnNode[], maxSurge: number): readonly DaemonAction[] {
  let room = maxSurge - nodes.filter(({ fresh, old }) => fresh && old && !fresh.available).length;
  const actions: DaemonAction[] = [];
  for (const { node, fresh, old } of nodes) {
    if (!old) continue;
    if (fresh) {
      if (fresh.available || !old.ready) actions.push({ kind: 'delete', name: old.name, because: 'update' });
      continue;
    }
    // What is not available anyway is replaced without counting.
    if (old.available && room-- <= 0) continue;
    actions.push({ kind: 'create', node, because: 'surge' });
  }
  return actions;
}
