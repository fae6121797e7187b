/** The Endpoints controller: the older summary of the pods that a Service's selector matches. */

import {
  isHeadless, type EndpointAddress, type EndpointPort, type Endpoints, type EndpointSubset, type Pod, type Service,
} from '#model/kubernetes'; // prettier-ignore
import { behaves } from '../releases';
import { headlessLabel } from './endpoint-slices';
import { repackSubsets, targetName } from './endpoint-subsets';
import { endpointHostname, isReady, podAddressesOf, shouldBeInEndpoints, targetOf } from './pod-conditions';
import { findPort } from './target-port';

export const endpointsManagedByLabel = 'endpoints.kubernetes.io/managed-by';
const endpointsControllerName = 'endpoint-controller';
const overCapacityAnnotation = 'endpoints.kubernetes.io/over-capacity';
const maxAddresses = 1000;

/**
 * The Endpoints of a Service with a selector; `pods` are those that the selector matches, in any state. Only the
 * Service's first family is in it.
 * Models pkg/controller/endpoint syncService (v1.37); `minor` is 37 for 1.37.
 */
export function computeEndpoints(service: Service, pods: readonly Pod[], minor: number): Endpoints {
  const { name, namespace, labels = {} } = service.metadata;
  const counted = pods.filter((pod) =>
    shouldBeInEndpoints(pod, service.spec.publishNotReadyAddresses ? 'taken' : 'left out'),
  );
  const repacked = repackSubsets(
    counted.flatMap((pod) => subsetsOf(service, pod)),
    targetName,
  );
  const subsets = truncate(repacked);
  const { [headlessLabel]: _, ...own } = labels;
  const allLabels = {
    ...own,
    ...(behaves(minor, 'labelsEndpoints') && { [endpointsManagedByLabel]: endpointsControllerName }),
    ...((isHeadless(service) || !service.spec.clusterIP) && { [headlessLabel]: '' }),
  };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name,
      namespace,
      ...(Object.keys(allLabels).length > 0 && { labels: allLabels }),
      ...(subsets !== repacked && { annotations: { [overCapacityAnnotation]: 'truncated' } }),
    },
    ...(subsets.length > 0 && { subsets }),
  };
}

function subsetsOf(service: Service, pod: Pod): EndpointSubset[] {
  const ip = podAddressesOf(pod, service.spec.ipFamilies?.[0] ?? 'IPv4')[0];
  if (ip === undefined) return [];
  const hostname = endpointHostname(pod, service.metadata);
  const address: EndpointAddress = {
    ip,
    ...(hostname !== undefined && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: targetOf(pod),
  };
  const ready = service.spec.publishNotReadyAddresses === true || isReady(pod);
  const place = ready ? { addresses: [address] } : { notReadyAddresses: [address] };
  const ports = service.spec.ports ?? [];
  if (ports.length === 0) return isHeadless(service) ? [place] : [];
  return ports.flatMap((port) => {
    const number = findPort(pod.spec, port);
    if (number === undefined) return [];
    const { name, protocol, appProtocol } = port;
    const endpointPort: EndpointPort = {
      ...(name && { name }),
      port: number,
      protocol,
      ...(appProtocol !== undefined && { appProtocol }),
    };
    return [{ ...place, ports: [endpointPort] }];
  });
}

/**
 * Keeps a thousand addresses, ready ones first, from each subset in proportion; the same array where all fit.
 * Models pkg/controller/endpoint truncateEndpoints.
 */
function truncate(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const ready = count(subsets, 'addresses');
  const notReady = count(subsets, 'notReadyAddresses');
  if (ready + notReady <= maxAddresses) return subsets;
  const which = ready > maxAddresses ? 'addresses' : 'notReadyAddresses';
  const total = which === 'addresses' ? ready : notReady;
  const capacity = which === 'addresses' ? maxAddresses : maxAddresses - ready;
  let left = capacity;
  return subsets.flatMap((subset) => {
    const all = subset[which] ?? [];
    const kept = all.slice(0, Math.min(Math.ceil((all.length / total) * capacity), left));
    left -= kept.length;
    const addresses = which === 'addresses' ? kept : (subset.addresses ?? []);
    const notReadyAddresses = which === 'addresses' ? [] : kept;
    if (addresses.length + notReadyAddresses.length === 0) return [];
    return {
      ...(addresses.length > 0 && { addresses }),
      ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
      ...(subset.ports && { ports: subset.ports }),
    };
  });
}

function count(subsets: readonly EndpointSubset[], which: 'addresses' | 'notReadyAddresses'): number {
  return subsets.reduce((sum, subset) => sum + (subset[which]?.length ?? 0), 0);
}
