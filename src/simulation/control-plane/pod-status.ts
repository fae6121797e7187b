/** The kubelet: the status of a pod, as far as its manifest does not have one. */

import { assertNever } from '#base/assert';
import type { Node, Pod, PodCondition, PodStatus } from '#model/kubernetes';
import { podAddresses } from '../controllers/pod-conditions';
import { readinessOf, type Readiness } from '../controllers/readiness';
import type { Binding } from '../controllers/scheduler/scheduler';
import { isNodeReady } from './nodes';

const running: readonly PodCondition[] = conditions('True', 'True');
const notReady: readonly PodCondition[] = conditions('True', 'False');
const notInitialized: readonly PodCondition[] = conditions('False', 'False');
const scheduled: readonly PodCondition[] = [{ type: 'PodScheduled', status: 'True' }];

function conditions(initialized: 'True' | 'False', ready: 'True' | 'False'): readonly PodCondition[] {
  return [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Initialized', status: initialized },
    { type: 'ContainersReady', status: ready },
    { type: 'Ready', status: ready },
  ];
}

/**
 * Whether the pod's node runs it: one without a status is taken to run wherever its node is ready, one that waits or
 * has ended keeps what its status says.
 */
export function isRun(pod: Pod, node: Node | undefined): boolean {
  if (pod.status.phase !== undefined) return pod.status.phase === 'Running';
  return node === undefined || isNodeReady(node);
}

export function hasEnded(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

/**
 * The whole status. `hostAddresses` are those of the node, `assigned` those that the simulation gave the pod.
 * Models pkg/kubelet generateAPIPodStatus and pkg/scheduler handleSchedulingFailure (v1.37) in what networking reads.
 */
export function completeStatus(
  pod: Pod,
  binding: Binding,
  node: Node | undefined,
  hostAddresses: readonly string[],
  assigned: readonly string[],
): PodStatus {
  const { status } = pod;
  if (typeof binding !== 'string' && status.phase === undefined) {
    const waiting: PodCondition = { type: 'PodScheduled', status: 'False', ...binding };
    return { ...status, phase: 'Pending', conditions: status.conditions ?? [waiting] };
  }
  const runs = isRun(pod, node);
  if (!runs && status.phase === undefined)
    return { ...status, phase: 'Pending', conditions: status.conditions ?? scheduled };
  const readiness = readinessOf(pod.spec);
  const given = podAddresses(pod);
  const own = runs && pod.spec.hostNetwork ? hostAddresses : assigned;
  const addresses = given.length > 0 ? given : own;
  return {
    ...status,
    phase: status.phase ?? (readiness === 'never initialized' ? 'Pending' : 'Running'),
    conditions: status.conditions ?? (runs ? conditionsOf(readiness) : notReady),
    ...(hostAddresses[0] !== undefined &&
      !status.hostIP && { hostIP: hostAddresses[0], hostIPs: hostAddresses.map((ip) => ({ ip })) }),
    ...(addresses[0] !== undefined && { podIP: addresses[0], podIPs: addresses.map((ip) => ({ ip })) }),
  };
}

/** Of a pod that runs; what could not be ready never is. */
function conditionsOf(readiness: Readiness): readonly PodCondition[] {
  switch (readiness) {
    case 'ready':
      return running;
    case 'never ready':
      return notReady;
    case 'never initialized':
      return notInitialized;
    default:
      return assertNever(readiness);
  }
}
