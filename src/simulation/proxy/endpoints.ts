/** The endpoints of a Service's port as a node's kube-proxy sees them. */

import { compareStrings } from '#base/compare';
import type { IpFamily } from '#base/ip';
import type { EndpointSlice } from '#model/kubernetes';
import {
  canonical,
  isWatchedSlice,
  usesClusterEndpoints,
  usesLocalEndpoints,
  type ServicePortInfo,
} from './service-port';

export interface EndpointInfo {
  readonly ip: string;
  readonly port: number;
  /** `IP:port`, `[IP]:port` for IPv6: its identity. */
  readonly address: string;
  readonly nodeName: string | undefined;
  readonly isLocal: boolean;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

/** What of a node decides about endpoints. */
export interface ProxyNode {
  readonly name: string;
  readonly zone: string | undefined;
  readonly readsNodeHints: boolean;
}

/**
 * The endpoints of a port, joined by the port's name and protocol, sorted by `IP:port` as text.
 * Models pkg/proxy/endpointslicecache.go endpointInfoByServicePort and addEndpoints (v1.37).
 */
export function endpointsOf(
  port: ServicePortInfo,
  slices: readonly EndpointSlice[],
  family: IpFamily,
  node: ProxyNode,
): readonly EndpointInfo[] {
  const byAddress = new Map<string, EndpointInfo>();
  for (const slice of slices) {
    if (slice.addressType !== family || !isWatchedSlice(slice)) continue;
    for (const slicePort of slice.ports ?? []) {
      if (
        (slicePort.name ?? '') !== port.portName ||
        (slicePort.protocol ?? 'TCP') !== port.protocol ||
        !slicePort.port
      )
        continue;
      for (const endpoint of slice.endpoints ?? []) {
        const written = endpoint.addresses[0];
        if (written === undefined) continue;
        const ip = canonical(written);
        const address = family === 'IPv4' ? `${ip}:${slicePort.port}` : `[${ip}]:${slicePort.port}`;
        const { ready = true, serving = true, terminating = false } = endpoint.conditions ?? {};
        // Of two with one address the later one counts, unless it is on its way out.
        if (byAddress.has(address) && terminating) continue;
        byAddress.set(address, {
          ip,
          port: slicePort.port,
          address,
          nodeName: endpoint.nodeName,
          isLocal: endpoint.nodeName === node.name,
          ready,
          serving,
          terminating,
          zoneHints: (endpoint.hints?.forZones ?? []).map(({ name }) => name),
          nodeHints: (endpoint.hints?.forNodes ?? []).map(({ name }) => name),
        });
      }
    }
  }
  return [...byAddress.values()].sort((a, b) => compareStrings(a.address, b.address));
}

export interface EndpointCategories {
  /** For the Cluster traffic policy. */
  readonly cluster: readonly EndpointInfo[];
  /** For the Local traffic policy. */
  readonly local: readonly EndpointInfo[];
  /** All that a rule of this node may send to. */
  readonly reachable: readonly EndpointInfo[];
  /** Whether there is any usable endpoint anywhere: it decides between REJECT and DROP. */
  readonly hasAny: boolean;
}

/** Models pkg/proxy/topology.go CategorizeEndpoints (v1.37). */
export function categorizeEndpoints(
  port: ServicePortInfo,
  endpoints: readonly EndpointInfo[],
  node: ProxyNode,
): EndpointCategories {
  if (endpoints.length === 0) return { cluster: [], local: [], reachable: [], hasAny: false };
  const isTerminatingButServing = (endpoint: EndpointInfo) => endpoint.serving && endpoint.terminating;
  let cluster: readonly EndpointInfo[] = [];
  let hasAny = false;
  if (usesClusterEndpoints(port)) {
    const available = availability(endpoints, node);
    cluster = endpoints.filter((endpoint) => endpoint.ready && available(endpoint));
    if (cluster.length === 0) cluster = endpoints.filter(isTerminatingButServing);
    hasAny = cluster.length > 0;
  }
  if (!usesLocalEndpoints(port)) return { cluster, local: [], reachable: cluster, hasAny };
  hasAny ||= endpoints.some((endpoint) => endpoint.ready || isTerminatingButServing(endpoint));
  let local = endpoints.filter((endpoint) => endpoint.ready && endpoint.isLocal);
  if (local.length === 0) local = endpoints.filter((endpoint) => endpoint.isLocal && isTerminatingButServing(endpoint));
  if (!usesClusterEndpoints(port)) return { cluster, local, reachable: local, hasAny };
  const addresses = new Set([...cluster, ...local].map(({ address }) => address));
  return { cluster, local, reachable: endpoints.filter(({ address }) => addresses.has(address)), hasAny };
}

/**
 * Which ready endpoints the node prefers: hints count only where every ready endpoint has them and one names this node
 * or its zone. Models pkg/proxy/topology.go topologyModeFromHints (v1.37).
 */
function availability(endpoints: readonly EndpointInfo[], node: ProxyNode): (endpoint: EndpointInfo) => boolean {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  const forNode = (endpoint: EndpointInfo) => endpoint.nodeHints.includes(node.name);
  const forZone = (endpoint: EndpointInfo) => node.zone !== undefined && endpoint.zoneHints.includes(node.zone);
  if (ready.length === 0) return () => true;
  if (node.readsNodeHints && ready.every(({ nodeHints }) => nodeHints.length > 0) && ready.some(forNode))
    return forNode;
  if (ready.every(({ zoneHints }) => zoneHints.length > 0) && ready.some(forZone)) return forZone;
  return () => true;
}
