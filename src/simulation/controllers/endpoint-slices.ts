/** The EndpointSlice controller: a Service and the pods that its selector matches give slices. */

import { compareStrings } from '#base/compare';
import { familyOf, parseIp, printIp, type IpFamily } from '#base/ip';
import {
  isHeadless, type Endpoint, type EndpointPort, type EndpointSlice, type Labels, type Pod, type PodSpec, type Service,
} from '#model/kubernetes'; // prettier-ignore
import { generatedName } from './generated-names';
import { endpointHostname, isReady, podAddressesOf, shouldBeInEndpoints, targetOf, uidOf } from './pod-conditions';
import { slicePortsInOrder } from './port-order';
import { findPort } from './target-port';
import { withTopologyHints, wantsTopologyHints } from './topology-hints';
import { trafficDistributionOf, withDistributionHints } from './traffic-distribution';

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const headlessLabel = 'service.kubernetes.io/headless';
export const sliceControllerName = 'endpointslice-controller.k8s.io';
const reservedLabels = new Set([serviceNameLabel, managedByLabel, headlessLabel]);
/** kube-controller-manager's --max-endpoints-per-slice. */
const maxEndpointsPerSlice = 100;

/** What the controller knows beside the Service and its pods. */
export interface SliceContext {
  readonly zoneOf: (nodeName: string) => string | undefined;
  /** See `zoneRatios`. */
  readonly zoneRatios: ReadonlyMap<string, number> | undefined;
  /** 37 for 1.37. */
  readonly minor: number;
}

/** Endpoints that share their ports, and so their slices. */
interface PortGroup {
  /** In the order of the Service. */
  readonly ports: readonly EndpointPort[];
  endpoints: readonly Endpoint[];
}

/**
 * The slices of a Service with a selector, as from scratch: per family and set of resolved ports as few as hold all
 * endpoints, and an empty one where a family has none. `pods` are those that the selector matches, in any state.
 * Models k8s.io/endpointslice Reconcile (v1.37). A pod on a node that nobody described counts as if the node existed.
 */
export function computeEndpointSlices(
  service: Service,
  pods: readonly Pod[],
  context: SliceContext,
): readonly EndpointSlice[] {
  const counted = pods.filter((pod) => shouldBeInEndpoints(pod, 'taken'));
  return addressTypes(service).flatMap((family) => {
    const groups = withHints(service, groupByPorts(service, counted, family, context), context);
    if (groups.length === 0) groups.push({ ports: [], endpoints: [] });
    return groups.flatMap((group) => pack(service, family, group));
  });
}

/** Models k8s.io/endpointslice getAddressTypesForService. */
function addressTypes(service: Service): readonly IpFamily[] {
  const { ipFamilies, clusterIP } = service.spec;
  if (ipFamilies?.length) return ipFamilies;
  if (!clusterIP || isHeadless(service)) return ['IPv4', 'IPv6'];
  return [familyOf(clusterIP) ?? 'IPv4'];
}

function groupByPorts(service: Service, pods: readonly Pod[], family: IpFamily, context: SliceContext): PortGroup[] {
  const groups = new Map<string, { ports: readonly EndpointPort[]; endpoints: Endpoint[] }>();
  // Pods of one template share their spec's containers: what they resolve to is worked out once.
  const groupOfContainers = new Map<PodSpec['containers'], { endpoints: Endpoint[] }>();
  for (const pod of pods) {
    const endpoint = endpointOf(service, pod, family, context);
    if (!endpoint) continue;
    let group = groupOfContainers.get(pod.spec.containers);
    if (!group) {
      const ports = resolvePorts(service, pod.spec);
      const key = JSON.stringify(ports);
      group = groups.get(key) ?? groups.set(key, { ports, endpoints: [] }).get(key)!;
      groupOfContainers.set(pod.spec.containers, group);
    }
    group.endpoints.push(endpoint);
  }
  return [...groups].sort(([a], [b]) => compareStrings(a, b)).map(([, group]) => group);
}

/** The Service's ports as the pod has them, without those that it does not have. Models getEndpointPorts. */
function resolvePorts(service: Service, spec: PodSpec): readonly EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const port of service.spec.ports ?? []) {
    const number = findPort(spec, port);
    if (number === undefined) continue;
    const { name = '', protocol, appProtocol } = port;
    ports.push({ name, port: number, protocol, ...(appProtocol !== undefined && { appProtocol }) });
  }
  return ports;
}

/** Models k8s.io/endpointslice podToEndpoint. */
function endpointOf(service: Service, pod: Pod, family: IpFamily, context: SliceContext): Endpoint | undefined {
  const addresses = podAddressesOf(pod, family).map(canonical);
  if (addresses.length === 0) return undefined;
  const serving = isReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { nodeName } = pod.spec;
  const zone = nodeName ? context.zoneOf(nodeName) : undefined;
  const hostname = endpointHostname(pod, service.metadata);
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hostname !== undefined && { hostname }),
    ...(nodeName && { nodeName }),
    targetRef: targetOf(pod),
    ...(zone && { zone }),
  };
}

function canonical(address: string): string {
  if (!address.includes(':')) return address;
  const ip = parseIp(address);
  return ip ? printIp(ip) : address;
}

function withHints(service: Service, groups: readonly PortGroup[], context: SliceContext): PortGroup[] {
  if (wantsTopologyHints(service)) {
    // The parts are those of all endpoints of the family, whatever ports they have.
    const hinted = withTopologyHints(groups.flatMap((group) => group.endpoints), context.zoneRatios); // prettier-ignore
    let start = 0;
    return groups.map(({ ports, endpoints }) => {
      const group = { ports, endpoints: hinted.slice(start, start + endpoints.length) };
      start += endpoints.length;
      return group;
    });
  }
  const distribution = trafficDistributionOf(service.spec.trafficDistribution, context.minor);
  if (!distribution) return [...groups];
  return groups.map(({ ports, endpoints }) => ({
    ports,
    endpoints: endpoints.map((endpoint) => withDistributionHints(endpoint, distribution)),
  }));
}

function pack(service: Service, family: IpFamily, group: PortGroup): EndpointSlice[] {
  const slices: EndpointSlice[] = [];
  const { name, namespace } = service.metadata;
  const ports = slicePortsInOrder(group.ports);
  const seed = `${namespace}/${name}/${family}/${JSON.stringify(group.ports)}`;
  for (let start = 0; start < group.endpoints.length || start === 0; start += maxEndpointsPerSlice) {
    const endpoints = group.endpoints.slice(start, start + maxEndpointsPerSlice);
    slices.push({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: generatedName(`${name}-`, seed, slices.length),
        generateName: `${name}-`,
        namespace,
        labels: sliceLabels(service),
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Service', name, ...uidOf(service), controller: true, blockOwnerDeletion: true },
        ],
      },
      addressType: family,
      // Empty lists are stored as null: the storage's encoding does not tell them apart.
      endpoints: endpoints.length > 0 ? endpoints : null,
      ports: ports.length > 0 ? ports : null,
    });
  }
  return slices;
}

/** Models k8s.io/endpointslice setEndpointSliceLabels. */
function sliceLabels(service: Service): Labels {
  const own = Object.entries(service.metadata.labels ?? {}).filter(([key]) => !reservedLabels.has(key));
  return {
    ...Object.fromEntries(own),
    [managedByLabel]: sliceControllerName,
    [serviceNameLabel]: service.metadata.name,
    ...((isHeadless(service) || !service.spec.clusterIP) && { [headlessLabel]: '' }),
  };
}
