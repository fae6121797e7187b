/** kube-proxy of every node: rules that are kept per Service and made anew only for what an edit touched. */

import { familyOf, parseIp, parsePrefix, prefixContains, type IpFamily } from '#base/ip';
import type { Node } from '#model/kubernetes';
import type { ClusterSettings } from '#model/settings';
import type { ControlPlane, Ruleset } from '../types';
import { endpointsOf, type EndpointInfo, type ProxyNode } from './endpoints';
import { localDetector, type LocalDetector } from './local-detector';
import { proxyRelease, type ProxyRelease } from './releases';
import type { ServiceEntry, ServiceList } from './service-list';
import { servicePorts, type ServicePortInfo } from './service-port';

/** What of the node, the settings and the cluster decides about a node's rules. */
export interface ProxyContext {
  readonly node: ProxyNode;
  readonly family: IpFamily;
  /** Addresses of the node in this family. */
  readonly nodeAddresses: readonly string[];
  /** How a packet of one of the node's pods is known; undefined where nothing tells. */
  readonly detector: LocalDetector | undefined;
  readonly settings: ClusterSettings;
  readonly release: ProxyRelease;
  /** Endpoints of all Services, ready or not. */
  readonly endpointCount: number;
}

/** How one mode writes its rules. `Part` is what one port of a Service contributes. */
export interface ModeWriter<Part, R extends Ruleset = Ruleset> {
  /** What of the whole decides about each part; when it becomes another, all parts are written anew. */
  variant(context: ProxyContext): string;
  write(port: ServicePortInfo, endpoints: readonly EndpointInfo[], context: ProxyContext): Part;
  assemble(parts: readonly Part[], context: ProxyContext): R;
}

interface PortWithEndpoints {
  readonly port: ServicePortInfo;
  readonly endpoints: readonly EndpointInfo[];
}

interface KeptService<Part> {
  readonly entry: ServiceEntry;
  readonly ports: readonly PortWithEndpoints[];
  readonly endpoints: number;
  parts: readonly Part[] | undefined;
}

/** The proxier of one node, mode and family. */
export class Proxier<Part, R extends Ruleset = Ruleset> {
  readonly #controlPlane: ControlPlane;
  readonly #nodeName: string;
  readonly #family: IpFamily;
  readonly #writer: ModeWriter<Part, R>;
  #list: ServiceList | undefined;
  #kept: ReadonlyMap<string, KeptService<Part>> = new Map();
  #node: Node | undefined;
  #settings: ClusterSettings | undefined;
  #variant = '';
  #ruleset: R | undefined;

  constructor(controlPlane: ControlPlane, nodeName: string, family: IpFamily, writer: ModeWriter<Part, R>) {
    this.#controlPlane = controlPlane;
    this.#nodeName = nodeName;
    this.#family = family;
    this.#writer = writer;
  }

  /** The rules for these Services; the same value while nothing changed. Undefined where the node is gone. */
  rules(list: ServiceList, settings: ClusterSettings): R | undefined {
    const node = this.#controlPlane.node(this.#nodeName);
    if (!node) return undefined;
    const ownChanged = node !== this.#node || settings !== this.#settings;
    if (!ownChanged && list === this.#list && this.#ruleset) return this.#ruleset;
    const proxyNode = proxyNodeOf(node, settings);
    const services = list.map((entry) => {
      const before = ownChanged ? undefined : this.#kept.get(entry.name);
      return before?.entry === entry ? before : keep<Part>(entry, this.#family, proxyNode);
    });
    const context: ProxyContext = {
      node: proxyNode,
      family: this.#family,
      nodeAddresses: addressesOf(node, this.#family),
      detector: localDetector(node, this.#family, settings),
      settings,
      release: proxyRelease(settings.kubernetesVersion),
      endpointCount: services.reduce((sum, service) => sum + service.endpoints, 0),
    };
    const variant = this.#writer.variant(context);
    if (variant !== this.#variant) for (const service of services) service.parts = undefined;
    this.#list = list;
    this.#kept = new Map(services.map((service) => [service.entry.name, service]));
    this.#node = node;
    this.#settings = settings;
    this.#variant = variant;
    this.#ruleset = this.#writer.assemble(this.#partsOf(services, context), context);
    return this.#ruleset;
  }

  #partsOf(services: readonly KeptService<Part>[], context: ProxyContext): readonly Part[] {
    const parts: Part[] = [];
    for (const service of services) {
      service.parts ??= service.ports.map(({ port, endpoints }) => this.#writer.write(port, endpoints, context));
      for (const part of service.parts) parts.push(part);
    }
    return parts;
  }
}

function keep<Part>(entry: ServiceEntry, family: IpFamily, node: ProxyNode): KeptService<Part> {
  const ports = servicePorts(entry.service, family).map((port) => ({
    port,
    endpoints: endpointsOf(port, entry.slices, family, node),
  }));
  const endpoints = ports.reduce((sum, port) => sum + port.endpoints.length, 0);
  return { entry, ports, endpoints, parts: undefined };
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

/** Which of the node's addresses take node ports: all, or just these. */
export type NodePortAddresses = 'all' | readonly string[];

/**
 * The node's interfaces are taken to be its own addresses and the loopback. `unset` is what the mode does where the
 * setting is empty. Models pkg/proxy/util/nodeport_addresses.go NewNodePortAddresses (v1.37).
 */
export function nodePortAddressesOf(context: ProxyContext, unset: 'all' | 'primary'): NodePortAddresses {
  const { family, nodeAddresses, settings } = context;
  const written = settings.nodePortAddresses.length > 0 ? settings.nodePortAddresses : unset === 'all' ? [] : [unset];
  if (written.includes('primary')) return nodeAddresses.slice(0, 1);
  const ranges = written.map(parsePrefix).filter((prefix) => prefix?.family === family);
  if (ranges.length === 0 || ranges.some((prefix) => prefix?.length === 0)) return 'all';
  return [...nodeAddresses, ...(family === 'IPv4' ? ['127.0.0.1'] : [])].filter((address) => {
    const ip = parseIp(address);
    return ip && ranges.some((prefix) => prefix && prefixContains(prefix, ip));
  });
}
