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
 * Models pkg/controller/statefulset/stateful_set_control.go updateStatefulSet with processReplica and processCondemned,
 * and newVersionedStatefulSetPod of stateful_set_utils.go (v1.37).
 */
export function statefulStep(workload: Workload, pods: readonly StatefulPod[], minor: number): readonly StatefulAction[] {
  const start = workload.ordinalsStart;
  const end = start + workload.replicas;
  const byOrdinal = new Map(pods.map((pod) => [pod.ordinal, pod]));
  const monotonic = isOneByOne(workload);
  const { partition, maxUnavailable, onDelete, several } = updateStrategy(workload, minor);
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
  const replicas = pods.filter(({ ordinal }) => ordinal >= start && ordinal < end).toSorted((a, b) => b.ordinal - a.ordinal);
  const replaced = several
    ? replaceSeveral(replicas, start + partition, maxUnavailable, monotonic)
    : replaceOne(replicas, start + partition);
  return replaced.map(({ ordinal }) => ({ kind: 'delete', ordinal, because: 'update' }));
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

/**
 * One at a time from the highest ordinal down: what came before has to be available again.
 * Models the end of updateStatefulSet without the gate MaxUnavailableStatefulSet. `pods`: the highest ordinal first.
 */
function replaceOne(pods: readonly StatefulPod[], lowest: number): readonly StatefulPod[] {
  for (const pod of pods) {
    if (pod.ordinal < lowest) break;
    if (isOld(pod)) return [pod];
    if (!pod.available) break;
  }
  return [];
}

/**
 * As many as may be missing. A set that works in parallel first replaces those that are not available anyway, however
 * many they are. Models updateStatefulSetAfterInvariantEstablished. `pods`: the highest ordinal first.
 */
function replaceSeveral(
  pods: readonly StatefulPod[],
  lowest: number,
  maxUnavailable: number,
  monotonic: boolean,
): readonly StatefulPod[] {
  const room = Math.max(0, maxUnavailable - pods.filter(({ available }) => !available).length);
  const old = pods.filter((pod) => pod.ordinal >= lowest && isOld(pod));
  if (monotonic) return old.slice(0, room);
  return [...old.filter(({ available }) => !available), ...old.filter(({ available }) => available).slice(0, room)];
}

function isOld({ revision, terminating }: StatefulPod): boolean {
  return revision === 'current' && !terminating;
}

/** `maxUnavailable` as getStatefulSetMaxUnavailable of stateful_set_utils.go has it: rounded down, at least one. */
function updateStrategy(workload: Workload, minor: number) {
  const strategy = specOf(workload).updateStrategy;
  const rolling = (field: string) => valueAt(strategy, ['rollingUpdate', field]);
  const partition = rolling('partition');
  const several = behaves(minor, 'updatesSeveralStatefulPods');
  return {
    onDelete: valueAt(strategy, ['type']) === 'OnDelete',
    partition: typeof partition === 'number' ? partition : 0,
    maxUnavailable: Math.max(1, scaled(rolling('maxUnavailable') ?? 1, workload.replicas, 'down')),
    several,
  };
}
