/** The StatefulSet controller: which pod is made, replaced or taken away next. */

import { valueAt } from '#base/json';
import type { Workload } from '../../apiserver/workload';
import { behaves } from '../../releases';
import { isOneByOne } from '../workload-pods';
import { scaled, specOf } from './counts';

/** A pod of the set, by its ordinal. */
export interface StatefulPod {
  readonly ordinal: number;
  readonly revision: 'current' | 'update';
  /** Whether it runs, is ready, and has been so for as long as it has to. */
  readonly available: boolean;
  readonly terminating: boolean;
}

export type StatefulAction =
  | { readonly kind: 'create'; readonly ordinal: number; readonly revision: 'current' | 'update' }
  | { readonly kind: 'delete'; readonly ordinal: number; readonly because: 'scale' | 'update' };

/**
 * What the controller does in one turn; empty where it waits, or where nothing is to be done.
 * Models pkg/controller/statefulset updateStatefulSet with processReplica, processCondemned and
 * newVersionedStatefulSetPod (v1.37).
 */
export function statefulStep(workload: Workload, pods: readonly StatefulPod[], minor: number): readonly StatefulAction[] {
  const start = workload.ordinalsStart;
  const end = start + workload.replicas;
  const byOrdinal = new Map(pods.map((pod) => [pod.ordinal, pod]));
  const monotonic = isOneByOne(workload);
  const { partition, maxUnavailable, onDelete } = updateStrategy(workload, minor);
  const created: StatefulAction[] = [];
  for (let ordinal = start; ordinal < end; ordinal++) {
    const pod = byOrdinal.get(ordinal);
    if (pod) {
      if (monotonic && !pod.available) return created;
      continue;
    }
    created.push({ kind: 'create', ordinal, revision: ordinal < start + partition ? 'current' : 'update' });
    if (monotonic) return created;
  }
  const condemned = pods.filter(({ ordinal }) => ordinal < start || ordinal >= end).toSorted((a, b) => b.ordinal - a.ordinal); // prettier-ignore
  if (created.length > 0) return created;
  const removed = removeCondemned(condemned, monotonic);
  if (removed.length > 0 || (monotonic && condemned.length > 0) || onDelete) return removed;
  return replaceOld(pods.filter(({ ordinal }) => ordinal >= start && ordinal < end), start + partition, maxUnavailable);
} // prettier-ignore

function removeCondemned(condemned: readonly StatefulPod[], monotonic: boolean): readonly StatefulAction[] {
  const actions: StatefulAction[] = [];
  for (const { ordinal, terminating, available } of condemned) {
    if (terminating && monotonic) return [];
    if (terminating) continue;
    // Of those that are not healthy, only the lowest one goes before it is well again: the rest wait for it.
    if (monotonic && !available && condemned.some((pod) => !pod.available && pod.ordinal < ordinal)) return [];
    actions.push({ kind: 'delete', ordinal, because: 'scale' });
    if (monotonic) return actions;
  }
  return actions;
}

/** Models updateStatefulSetAfterInvariantEstablished: the highest ordinals first, as many as may be missing. */
function replaceOld(pods: readonly StatefulPod[], lowest: number, maxUnavailable: number): readonly StatefulAction[] {
  let room = maxUnavailable - pods.filter(({ available }) => !available).length;
  const actions: StatefulAction[] = [];
  for (const { ordinal, revision, terminating, available } of pods.toSorted((a, b) => b.ordinal - a.ordinal)) {
    if (ordinal < lowest) break;
    if (revision === 'update' || terminating) {
      if (maxUnavailable === 1 && !available) break;
      continue;
    }
    // One that is not available is counted already.
    if (available && room <= 0) break;
    if (available) room--;
    actions.push({ kind: 'delete', ordinal, because: 'update' });
  }
  return actions;
}

function updateStrategy(workload: Workload, minor: number) {
  const strategy = specOf(workload).updateStrategy;
  const rolling = (field: string) => valueAt(strategy, ['rollingUpdate', field]);
  const partition = rolling('partition');
  const several = behaves(minor, 'updatesSeveralStatefulPods');
  return {
    onDelete: valueAt(strategy, ['type']) === 'OnDelete',
    partition: typeof partition === 'number' ? partition : 0,
    maxUnavailable: several ? Math.max(1, scaled(rolling('maxUnavailable') ?? 1, workload.replicas, 'down')) : 1,
  };
}
