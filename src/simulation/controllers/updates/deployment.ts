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
 * Models pkg/controller/deployment/util ResolveFenceposts and MaxUnavailable (v1.37).
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
 * Models pkg/controller/deployment rolloutRolling with reconcileNewReplicaSet, cleanupUnhealthyReplicas and
 * scaleDownOldReplicaSetsForRollingUpdate, and rolloutRecreate (v1.37). `ended` tells whether no pod of the old
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
