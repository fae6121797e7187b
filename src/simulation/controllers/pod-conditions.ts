/** What the endpoint controllers read from a pod's status. */

import { familyOf, type IpFamily } from '#base/ip';
import type { Endpoint, ObjectMeta, Pod } from '#model/kubernetes';

/**
 * Whether a pod counts at all: it has an address, it has not come to its end, and it is not going away where
 * `terminating` is `left out`.
 * Models k8s.io/endpointslice/util ShouldPodBeInEndpoints (v1.37).
 */
export function shouldBeInEndpoints(pod: Pod, terminating: 'taken' | 'left out'): boolean {
  if (pod.status.phase === 'Failed' || pod.status.phase === 'Succeeded') return false;
  if (!pod.status.podIP && !pod.status.podIPs?.length) return false;
  return terminating === 'taken' || pod.metadata.deletionTimestamp === undefined;
}

/** The condition Ready; a pod without it is not ready. Models pkg/api/v1/pod IsPodReady. */
export function isReady(pod: Pod): boolean {
  return pod.status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
}

export function podAddresses(pod: Pod): readonly string[] {
  if (pod.status.podIPs?.length) return pod.status.podIPs.map(({ ip }) => ip);
  return pod.status.podIP ? [pod.status.podIP] : [];
}

export function podAddressesOf(pod: Pod, family: IpFamily): readonly string[] {
  return podAddresses(pod).filter((address) => familyOf(address) === family);
}

/** The name that DNS gives the endpoint. Models k8s.io/endpointslice/util ShouldSetHostname. */
export function endpointHostname(
  pod: Pod,
  service: { readonly name: string; readonly namespace: string },
): string | undefined {
  const { hostname, subdomain } = pod.spec;
  return hostname && subdomain === service.name && pod.metadata.namespace === service.namespace ? hostname : undefined;
}

/** How an endpoint refers to its pod: only what a cluster has made has a uid. */
export function targetOf(pod: Pod): NonNullable<Endpoint['targetRef']> {
  const { namespace, name } = pod.metadata;
  return { kind: 'Pod', namespace, name, ...uidOf(pod) };
}

export function uidOf({ metadata }: { readonly metadata: ObjectMeta }): { readonly uid?: string } {
  return typeof metadata.uid === 'string' && metadata.uid !== '' ? { uid: metadata.uid } : {};
}
