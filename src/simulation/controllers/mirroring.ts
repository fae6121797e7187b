/** The EndpointSlice mirroring controller: a hand-written Endpoints of a Service without selector gives slices. */

import { compareStrings } from '#base/compare';
import { familyOf, parseIp, printIp, type IpFamily } from '#base/ip';
import type { Endpoint, EndpointAddress, EndpointPort, EndpointSlice, Endpoints, Labels } from '#model/kubernetes';
import { managedByLabel, serviceNameLabel } from './endpoint-slices';
import { repackSubsets, targetUid } from './endpoint-subsets';
import { generatedName } from './generated-names';
import { slicePortsInOrder } from './port-order';

export const mirroringControllerName = 'endpointslicemirroring-controller.k8s.io';
const skipMirrorLabel = 'endpointslice.kubernetes.io/skip-mirror';
const leaderAnnotation = 'control-plane.alpha.kubernetes.io/leader';
const droppedAnnotations = new Set([
  'endpoints.kubernetes.io/last-change-trigger-time', 'kubectl.kubernetes.io/last-applied-configuration',
]); // prettier-ignore
/** kube-controller-manager's --mirroring-max-endpoints-per-subset. */
const maxAddressesPerSubset = 1000;
const families: readonly IpFamily[] = ['IPv4', 'IPv6'];

/** Whether the Endpoints asks not to be mirrored. Models endpointslicemirroring skipMirror. */
export function isMirrored(endpoints: Endpoints): boolean {
  const { labels = {}, annotations = {} } = endpoints.metadata;
  return labels[skipMirrorLabel] !== 'true' && annotations[leaderAnnotation] === undefined;
}

/**
 * One slice per family and set of ports. `serving`, `terminating` and the zone stay unknown.
 * Models pkg/controller/endpointslicemirroring reconcile (v1.29…1.37).
 */
export function mirrorEndpoints(endpoints: Endpoints): readonly EndpointSlice[] {
  const groups = new Map<string, { family: IpFamily; ports: readonly EndpointPort[]; endpoints: Endpoint[] }>();
  for (const subset of repackSubsets(endpoints.subsets ?? [], targetUid)) {
    const ports = slicePortsInOrder((subset.ports ?? []).map(mirrorPort));
    // An invalid address does not count.
    const addresses = [
      ...(subset.addresses ?? []).flatMap((address) => mirrorAddress(address, true)),
      ...(subset.notReadyAddresses ?? []).flatMap((address) => mirrorAddress(address, false)),
    ];
    for (const endpoint of addresses.slice(0, maxAddressesPerSubset)) {
      const family = familyOf(endpoint.addresses[0]!)!;
      const key = `${families.indexOf(family)}${JSON.stringify(ports)}`;
      const group = groups.get(key) ?? groups.set(key, { family, ports, endpoints: [] }).get(key)!;
      group.endpoints.push(endpoint);
    }
  }
  return [...groups]
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([key, group]) =>
      sliceOf(endpoints, `${endpoints.metadata.namespace}/${endpoints.metadata.name}/${key}`, group),
    );
}

function mirrorPort(port: EndpointPort): EndpointPort {
  return { ...port, name: port.name ?? '' };
}

/** Models pkg/controller/endpointslicemirroring addressToEndpoint; nothing for what is no address. */
function mirrorAddress(address: EndpointAddress, ready: boolean): readonly Endpoint[] {
  const { hostname, nodeName, targetRef } = address;
  const ip = parseIp(withoutLeadingZeros(address.ip));
  if (!ip) return [];
  const endpoint = {
    addresses: [printIp(ip)],
    conditions: { ready },
    ...(hostname && { hostname }),
    ...(nodeName && { nodeName }),
    ...(targetRef && { targetRef }),
  };
  return [endpoint];
}

/** As k8s.io/utils/net ParseIPSloppy reads an IPv4 address, and older API servers let it pass. */
function withoutLeadingZeros(text: string): string {
  return text.includes(':') ? text : text.replace(/(^|\.)0+(?=\d)/g, '$1');
}

function sliceOf(
  endpoints: Endpoints,
  seed: string,
  group: {
    readonly family: IpFamily;
    readonly ports: readonly EndpointPort[];
    readonly endpoints: readonly Endpoint[];
  },
): EndpointSlice {
  const { name, namespace } = endpoints.metadata;
  const annotations = without(endpoints.metadata.annotations, droppedAnnotations);
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: generatedName(`${name}-`, seed),
      generateName: `${name}-`,
      namespace,
      labels: { ...endpoints.metadata.labels, [managedByLabel]: mirroringControllerName, [serviceNameLabel]: name },
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Endpoints', name, controller: true, blockOwnerDeletion: true }],
    },
    addressType: group.family,
    endpoints: group.endpoints,
    ports: group.ports.length > 0 ? group.ports : null,
  };
}

function without(labels: Labels | undefined, dropped: ReadonlySet<string>): Labels {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !dropped.has(key)));
}
