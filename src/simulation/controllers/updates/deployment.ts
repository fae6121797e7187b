/** The Deployment controller: how many pods of the new and of the old template there may be at each moment. */

import { isJsonObject, valueAt } from '#base/json';
import type { Workload } from '../../apiserver/workload';
import { scaled, specOf } from './counts';

/** How a Deployment exchanges its pods. */
export type DeploymentStrategy =
  | { readonly type: 'Recreate' }
  | { readonly type: 'RollingUpdate'; readonly maxSurge: number; readonly maxUnavailable: number };

/** Of one ReplicaSet: how many pods it is told to have, and how many of them are available. */
export interface ReplicaSetCounts {
  readonly replicas: number;
  readonly available: number;
}

/** What the controller tells the ReplicaSets next; undefined: nothing is to be done for now. */
export interface DeploymentStep {
  readonly newReplicas: number;
  /** In the order in which they were given. */
  readonly oldReplicas: readonly number[];
}

/**
 * The strategy with its shares resolved: a surge is rounded up, what may be missing is rounded down, and where both
 * come to nothing one pod may be missing.
 * Models pkg/controller/deployment/util/deployment_util.go ResolveFenceposts and MaxUnavailable (v1.37).
 */
export function deploymentStrategy(workload: Workload): DeploymentStrategy {
  const strategy = specOf(workload).strategy;
  if (valueAt(strategy, ['type']) === 'Recreate') return { type: 'Recreate' };
  const rolling = valueAt(strategy, ['rollingUpdate']);
  const written = isJsonObject(rolling) ? rolling : {};
  const { replicas } = workload;
  const maxSurge = scaled(written.maxSurge, replicas, 'up');
  const missing = scaled(written.maxUnavailable, replicas, 'down');
  const maxUnavailable = maxSurge === 0 && missing === 0 ? 1 : Math.min(missing, replicas);
  return { type: 'RollingUpdate', maxSurge, maxUnavailable };
}

/**
 * The next step of an update. `old` are the ReplicaSets of former templates, the oldest first.
 * Models pkg/controller/deployment/rolling.go rolloutRolling with reconcileNewReplicaSet (NewRSNewReplicas of
 * util/deployment_util.go), reconcileOldReplicaSets, cleanupUnhealthyReplicas and
 * scaleDownOldReplicaSetsForRollingUpdate, and recreate.go rolloutRecreate with oldPodsRunning (v1.37). `ended` tells whether no pod of the old
 * ReplicaSets runs any more: only then does Recreate go on.
 */
export function deploymentStep(
  desired: number,
  strategy: DeploymentStrategy,
  current: ReplicaSetCounts,
  old: readonly ReplicaSetCounts[],
  ended: boolean,
): DeploymentStep | undefined {
  const step =
    strategy.type === 'Recreate'
      ? recreate(desired, current, old, ended)
      : rolling(desired, strategy, current, old);
  const isSame = step.newReplicas === current.replicas && step.oldReplicas.every((count, i) => count === old[i]!.replicas);
  return isSame ? undefined : step;
} // prettier-ignore

/**
 * What a Deployment that is paused, or whose number of replicas was changed, makes of its ReplicaSets: one alone gets
 * all pods, several get their shares. `sets` come the oldest first; `most` is how many pods there might be before.
 * Models pkg/controller/deployment/sync.go scale, and GetReplicaSetProportion with getReplicaSetFraction of
 * util/deployment_util.go (v1.37).
 */
export function scaledReplicaSets(
  desired: number,
  strategy: DeploymentStrategy,
  sets: readonly number[],
  current: number,
  most: number,
): readonly number[] {
  const active = sets.flatMap((replicas, index) => (replicas > 0 ? [index] : []));
  if (active.length <= 1) return sets.map((replicas, index) => (index === (active[0] ?? current) ? desired : replicas));
  if (strategy.type === 'Recreate') return sets;
  const allowed = desired > 0 ? desired + strategy.maxSurge : 0;
  const missing = allowed - sum(sets);
  if (missing === 0) return sets;
  // The largest first; of the same size, the newest one grows first and the oldest one shrinks first.
  const order = active.toSorted((a, b) => sets[b]! - sets[a]! || (missing > 0 ? b - a : a - b));
  const sized = [...sets];
  let left = missing;
  for (const index of order) {
    if (left === 0) break;
    const share =
      desired === 0 ? -sets[index]! : Math.round((sets[index]! * allowed) / Math.max(1, most)) - sets[index]!;
    const taken = missing > 0 ? Math.min(share, left) : Math.max(share, left);
    sized[index] = sets[index]! + taken;
    left -= taken;
  }
  sized[order[0]!] = Math.max(0, sized[order[0]!]! + left);
  return sized;
}

function recreate(
  desired: number,
  current: ReplicaSetCounts,
  old: readonly ReplicaSetCounts[],
  ended: boolean,
): DeploymentStep {
  const waits = old.some(({ replicas }) => replicas > 0) || !ended;
  return { newReplicas: waits ? current.replicas : desired, oldReplicas: old.map(() => 0) };
}

function rolling(
  desired: number,
  { maxSurge, maxUnavailable }: Extract<DeploymentStrategy, { type: 'RollingUpdate' }>,
  current: ReplicaSetCounts,
  old: readonly ReplicaSetCounts[],
): DeploymentStep {
  const oldReplicas = old.map(({ replicas }) => replicas);
  const all = current.replicas + sum(oldReplicas);
  // Up comes before down, each in a turn of its own.
  const newReplicas =
    current.replicas >= desired ? desired : current.replicas + Math.max(0, Math.min(desired + maxSurge - all, desired - current.replicas)); // prettier-ignore
  if (newReplicas !== current.replicas) return { newReplicas, oldReplicas };
  const least = desired - maxUnavailable;
  const removable = all - least - (current.replicas - current.available);
  if (removable <= 0) return { newReplicas, oldReplicas };
  const cleaned = takeFrom(oldReplicas, (i) => old[i]!.replicas - old[i]!.available, removable);
  const available = current.available + sum(old.map((each) => each.available));
  const left = takeFrom(cleaned, (i) => cleaned[i]!, Math.max(0, available - least));
  return { newReplicas, oldReplicas: left };
}

/** Takes `most` pods away, the first ReplicaSet first, from each at most what `share` gives. */
function takeFrom(counts: readonly number[], share: (index: number) => number, most: number): readonly number[] {
  let rest = most;
  return counts.map((count, i) => {
    const taken = Math.max(0, Math.min(count, share(i), rest));
    rest -= taken;
    return count - taken;
  });
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
