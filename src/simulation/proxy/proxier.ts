/** kube-proxy of every node: rules that are kept per Service and made anew only for what an edit touched. */

import { compareStrings } from '#base/compare';
import { familyOf, parseIp, parsePrefix, prefixContains, type IpFamily } from '#base/ip';
import type { EndpointSlice, Node, Service } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import type { ClusterSettings } from '#model/settings';
import type { ControlPlane, Ruleset, Table } from '../types';
import { endpointsOf, type EndpointInfo, type ProxyNode } from './endpoints';
import { rulesOfPort, type IptablesContext, type ServiceRules } from './iptables/service-rules';
import { assembleTables, type NodePortAddresses } from './iptables/tables';
import { servicePorts, type ServicePortInfo } from './service-port';

/** kube-proxy's largeClusterEndpointsThreshold. */
const largeClusterThreshold = 1000;

interface PortWithEndpoints {
  readonly port: ServicePortInfo;
  readonly endpoints: readonly EndpointInfo[];
}

interface KeptService {
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  readonly ports: readonly PortWithEndpoints[];
  readonly endpoints: number;
  rules: readonly ServiceRules[] | undefined;
}

/** The iptables proxier of one node and family. */
export class IptablesProxier {
  readonly #controlPlane: ControlPlane;
  readonly #nodeName: string;
  readonly #family: IpFamily;
  #kept = new Map<string, KeptService>();
  #node: Node | undefined;
  #largeCluster = false;
  #ruleset: Ruleset | undefined;

  constructor(controlPlane: ControlPlane, nodeName: string, family: IpFamily) {
    this.#controlPlane = controlPlane;
    this.#nodeName = nodeName;
    this.#family = family;
  }

  /** The rules as of now; the same value while nothing changed. Undefined where the node is gone. */
  rules(): Ruleset | undefined {
    const node = this.#controlPlane.node(this.#nodeName);
    if (!node) return undefined;
    const nodeChanged = node !== this.#node;
    const { kept, changed, endpoints } = this.#refresh(node, nodeChanged);
    const largeCluster = endpoints > largeClusterThreshold;
    if (!changed && !nodeChanged && this.#ruleset && kept.size === this.#kept.size) return this.#ruleset;
    if (largeCluster !== this.#largeCluster) for (const service of kept.values()) service.rules = undefined;
    this.#kept = kept;
    this.#node = node;
    this.#largeCluster = largeCluster;
    this.#ruleset = {
      node: this.#nodeName,
      mode: 'iptables',
      family: this.#family,
      tables: this.#assemble(
        node,
        [...kept].sort(([a], [b]) => compareStrings(a, b)).map(([, service]) => service),
      ),
    };
    return this.#ruleset;
  }

  #refresh(node: Node, nodeChanged: boolean) {
    const proxyNode = proxyNodeOf(node);
    const kept = new Map<string, KeptService>();
    let changed = false;
    let endpoints = 0;
    for (const service of this.#controlPlane.services()) {
      const name = namespacedName(service);
      const slices = this.#controlPlane.endpointSlices(name);
      const before = nodeChanged ? undefined : this.#kept.get(name);
      const same = before?.service === service && before.slices === slices;
      const next = same ? before : keep(service, slices, this.#family, proxyNode);
      changed ||= !same;
      endpoints += next.endpoints;
      kept.set(name, next);
    }
    return { kept, changed, endpoints };
  }

  #assemble(node: Node, services: readonly KeptService[]): readonly Table[] {
    const { settings } = this.#controlPlane;
    const context: IptablesContext = {
      node: proxyNodeOf(node),
      family: this.#family,
      nodeAddresses: addressesOf(node, this.#family),
      clusterCIDR: settings.clusterCIDRs.find((cidr) => parsePrefix(cidr)?.family === this.#family),
      masqueradeAll: settings.masqueradeAll,
      largeCluster: this.#largeCluster,
    };
    const parts: ServiceRules[] = [];
    for (const service of services) {
      service.rules ??= service.ports.map(({ port, endpoints }) => rulesOfPort(port, endpoints, context));
      parts.push(...service.rules);
    }
    return assembleTables(parts, this.#family, nodePortAddressesOf(node, this.#family, settings));
  }
}

function keep(service: Service, slices: readonly EndpointSlice[], family: IpFamily, node: ProxyNode): KeptService {
  const ports = servicePorts(service, family).map((port) => ({
    port,
    endpoints: endpointsOf(port, slices, family, node),
  }));
  const endpoints = ports.reduce((sum, port) => sum + port.endpoints.length, 0);
  return { service, slices, ports, endpoints, rules: undefined };
}

export function proxyNodeOf(node: Node): ProxyNode {
  return { name: node.metadata.name, zone: node.metadata.labels?.['topology.kubernetes.io/zone'] };
}

/** The node's own addresses (InternalIP and ExternalIP) of a family. */
export function addressesOf(node: Node, family?: IpFamily): readonly string[] {
  return (node.status.addresses ?? [])
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .map(({ address }) => address)
    .filter((address) => familyOf(address) !== undefined && (family === undefined || familyOf(address) === family));
}

/** Models pkg/proxy/util/nodeport_addresses.go NewNodePortAddresses (v1.37). */
function nodePortAddressesOf(node: Node, family: IpFamily, settings: ClusterSettings): NodePortAddresses {
  const ranges = settings.nodePortAddresses.map(parsePrefix).filter((prefix) => prefix?.family === family);
  if (settings.nodePortAddresses.includes('primary')) return addressesOf(node, family).slice(0, 1);
  if (ranges.length === 0 || ranges.some((prefix) => prefix?.length === 0)) return 'all';
  return addressesOf(node, family).filter((address) => {
    const ip = parseIp(address);
    return ip && ranges.some((prefix) => prefix && prefixContains(prefix, ip));
  });
}
