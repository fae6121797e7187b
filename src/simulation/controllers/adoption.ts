/**
 * Dependents without an owner that the selector of a workload matches: its controller takes them over, and keeps or
 * deletes them. So it is with Pods, and with the ReplicaSets that a Deployment finds.
 */

import type { Labels, ObjectMeta, Pod } from '#model/kubernetes';
import { compareOrigins, type KubernetesObject } from '#model/object';
import type { Workload } from '../apiserver/admission';
import { selectorMatches, selectsAll } from '../apiserver/metadata';
import { sameValue } from '../control-plane/same';
import { deletionOrder } from './updates/replica-set';
import { plannedReplicas, selectsByHand } from './workload-pods';

/** Who adopts which dependents, and what becomes of them. */
export interface AdoptionRules<T> {
  adopts(workload: Workload): boolean;
  metadataOf(dependent: T): ObjectMeta;
  /** Whether the workload adopts this dependent of its namespace, which is an orphan. */
  claims(workload: Workload, dependent: T): boolean;
  /** Those that stay as they are; the controller deletes or empties the others. */
  keptOf(workload: Workload, adopted: readonly T[]): ReadonlySet<T>;
}

/** A Pod of the files. */
export interface BarePod {
  readonly pod: Pod;
  readonly object: KubernetesObject;
}

/** Whether anybody may adopt it. Models pkg/controller BaseControllerRefManager ClaimObject (v1.37). */
export function isOrphan({ ownerReferences, deletionTimestamp }: ObjectMeta): boolean {
  return deletionTimestamp === undefined && !ownerReferences?.some(({ controller }) => controller === true);
}

function selects({ selector }: Workload, labels: Labels = {}): boolean {
  return selector !== undefined && (selectsAll(selector) || selectorMatches(selector, labels));
}

/** Pods of the controllers that look for them by labels alone; only a Deployment's and a Job's carry one of their own. */
export const podAdoption: AdoptionRules<BarePod> = {
  adopts: (workload) => {
    switch (workload.kind) {
      case 'ReplicaSet':
      case 'ReplicationController':
      case 'StatefulSet':
      case 'DaemonSet':
        return true;
      case 'Job':
        return selectsByHand(workload);
      default:
        return false;
    }
  },
  metadataOf: ({ pod }) => pod.metadata,
  claims: (workload, { pod: { metadata, status } }) => {
    if (!selects(workload, metadata.labels)) return false;
    if (workload.kind === 'StatefulSet') return parentOf(metadata.name) === workload.metadata.name;
    // One that has ended is no replica; the DaemonSet controller deletes it.
    return workload.kind === 'DaemonSet' || (status.phase !== 'Succeeded' && status.phase !== 'Failed');
  },
  keptOf: keptPods,
};

/** The StatefulSet that a pod of this name would be of. Models pkg/controller/statefulset getParentName. */
export function parentOf(podName: string): string | undefined {
  return /^(.*)-\d+$/.exec(podName)?.[1];
}

/**
 * As many as there are replicas, the others are deleted in the controller's own order. A StatefulSet and a DaemonSet
 * exchange them for pods of their revision, which those do not have.
 */
function keptPods(workload: Workload, adopted: readonly BarePod[]): ReadonlySet<BarePod> {
  if (workload.kind === 'StatefulSet' || workload.kind === 'DaemonSet') return new Set();
  const surplus = adopted.length - plannedReplicas(workload);
  if (surplus <= 0) return new Set(adopted);
  const inOrder = adopted.toSorted((a, b) => compareOrigins(a.object.origin, b.object.origin));
  const byPod = new Map(inOrder.map((bare) => [bare.pod, bare]));
  const ranked = inOrder.map(({ pod }, created) => ({ pod, created }));
  const gone = deletionOrder(ranked, [...byPod.keys()]).slice(0, surplus);
  for (const { pod } of gone) byPod.delete(pod);
  return new Set(byPod.values());
}

/**
 * ReplicaSets that a Deployment finds: the first with its own template becomes its newest, so that the Deployment makes
 * no other; the rest are old ones and end without pods. Models pkg/controller/deployment/util FindNewReplicaSet (v1.37).
 */
export const replicaSetAdoption: AdoptionRules<Workload> = {
  adopts: ({ kind }) => kind === 'Deployment',
  metadataOf: ({ metadata }) => metadata,
  claims: (deployment, replicaSet) => selects(deployment, replicaSet.metadata.labels),
  keptOf: (deployment, adopted) => {
    const inOrder = adopted.toSorted((a, b) => compareOrigins(a.object.origin, b.object.origin));
    const newest = inOrder.find(({ template }) => sameValue(template, deployment.template));
    return new Set(newest ? [newest] : []);
  },
};
