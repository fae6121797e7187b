/** kube-proxy of every node: rules that are kept per Service and made anew only for what an edit touched. */

import { familyOf, parseIp, parsePrefix, prefixContains, type IpFamily } from '#base/ip';
import type { Node } from '#model/kubernetes';
import type { ClusterSettings } from '#model/settings';
import type { ControlPlane, Ruleset, Table } from '../types';
import { endpointsOf, type EndpointInfo, type ProxyNode } from './endpoints';
import { rulesOfPort, type IptablesContext, type ServiceRules } from './iptables/service-rules';
import { assembleTables, type NodePortAddresses } from './iptables/tables';
import { proxyRelease } from './releases';
import type { ServiceEntry, ServiceList } from './service-list';
import { servicePorts, type ServicePortInfo } from './service-port';

/** kube-proxy's largeClusterEndpointsThreshold. */
const largeClusterThreshold = 1000;

interface PortWithEndpoints {
  readonly port: ServicePortInfo;
  readonly endpoints: readonly EndpointInfo[];
}

interface KeptService {
  readonly entry: ServiceEntry;
  readonly ports: readonly PortWithEndpoints[];
  readonly endpoints: number;
  rules: readonly ServiceRules[] | undefined;
}

/** The iptables proxier of one node and family. */
export class IptablesProxier {
  readonly #controlPlane: ControlPlane;
  readonly #nodeName: string;
  readonly #family: IpFamily;
  #list: ServiceList | undefined;
  #kept: ReadonlyMap<string, KeptService> = new Map();
  #node: Node | undefined;
  #largeCluster = false;
  #ruleset: Ruleset | undefined;

  constructor(controlPlane: ControlPlane, nodeName: string, family: IpFamily) {
    this.#controlPlane = controlPlane;
    this.#nodeName = nodeName;
    this.#family = family;
  }

  /** The rules for these Services; the same value while nothing changed. Undefined where the node is gone. */
  rules(list: ServiceList): Ruleset | undefined {
    const node = this.#controlPlane.node(this.#nodeName);
    if (!node) return undefined;
    const nodeChanged = node !== this.#node;
    if (!nodeChanged && list === this.#list && this.#ruleset) return this.#ruleset;
    const proxyNode = proxyNodeOf(node, this.#controlPlane.settings);
    const services = list.map((entry) => {
      const before = nodeChanged ? undefined : this.#kept.get(entry.name);
      return before?.entry === entry ? before : keep(entry, this.#family, proxyNode);
    });
    const largeCluster = services.reduce((sum, service) => sum + service.endpoints, 0) > largeClusterThreshold;
    if (largeCluster !== this.#largeCluster) for (const service of services) service.rules = undefined;
    this.#list = list;
    this.#kept = new Map(services.map((service) => [service.entry.name, service]));
    this.#node = node;
    this.#largeCluster = largeCluster;
    const tables = this.#assemble(node, services);
    this.#ruleset = { node: this.#nodeName, mode: 'iptables', family: this.#family, tables };
    return this.#ruleset;
  }

  #assemble(node: Node, services: readonly KeptService[]): readonly Table[] {
    const { settings } = this.#controlPlane;
    const nodePorts = nodePortAddressesOf(node, this.#family, settings);
    const { countsPackets } = proxyRelease(settings.kubernetesVersion);
    const localhostNodePorts = nodePorts === 'all' ? this.#family === 'IPv4' : nodePorts.includes('127.0.0.1');
    const context: IptablesContext = {
      node: proxyNodeOf(node, settings),
      family: this.#family,
      nodeAddresses: addressesOf(node, this.#family),
      clusterCIDR: settings.clusterCIDRs.find((cidr) => parsePrefix(cidr)?.family === this.#family),
      masqueradeAll: settings.masqueradeAll,
      largeCluster: this.#largeCluster,
      localhostNodePorts,
      countsPackets,
    };
    const parts: ServiceRules[] = [];
    for (const service of services) {
      service.rules ??= service.ports.map(({ port, endpoints }) => rulesOfPort(port, endpoints, context));
      parts.push(...service.rules);
    }
    return assembleTables(parts, context, nodePorts);
  }
}

function keep(entry: ServiceEntry, family: IpFamily, node: ProxyNode): KeptService {
  const ports = servicePorts(entry.service, family).map((port) => ({
    port,
    endpoints: endpointsOf(port, entry.slices, family, node),
  }));
  const endpoints = ports.reduce((sum, port) => sum + port.endpoints.length, 0);
  return { entry, ports, endpoints, rules: undefined };
}

function proxyNodeOf(node: Node, settings: ClusterSettings): ProxyNode {
  return {
    name: node.metadata.name,
    zone: node.metadata.labels?.['topology.kubernetes.io/zone'],
    readsNodeHints: proxyRelease(settings.kubernetesVersion).readsNodeHints,
  };
}

/** The node's own addresses (InternalIP and ExternalIP) of a family. */
export function addressesOf(node: Node, family?: IpFamily): readonly string[] {
  return (node.status.addresses ?? [])
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .map(({ address }) => address)
    .filter((address) => familyOf(address) !== undefined && (family === undefined || familyOf(address) === family));
}

/**
 * The node's interfaces are taken to be its own addresses and the loopback.
 * Models pkg/proxy/util/nodeport_addresses.go NewNodePortAddresses (v1.37).
 */
function nodePortAddressesOf(node: Node, family: IpFamily, settings: ClusterSettings): NodePortAddresses {
  const ranges = settings.nodePortAddresses.map(parsePrefix).filter((prefix) => prefix?.family === family);
  if (settings.nodePortAddresses.includes('primary')) return addressesOf(node, family).slice(0, 1);
  if (ranges.length === 0 || ranges.some((prefix) => prefix?.length === 0)) return 'all';
  return [...addressesOf(node, family), ...(family === 'IPv4' ? ['127.0.0.1'] : [])].filter((address) => {
    const ip = parseIp(address);
    return ip && ranges.some((prefix) => prefix && prefixContains(prefix, ip));
  });
}
