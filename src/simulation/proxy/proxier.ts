/** kube-proxy of every node: rules that are kept per Service and made anew only for what an edit touched. */

import { familyOf, parseIp, parsePrefix, prefixContains, type IpFamily } from '#base/ip';
import type { Node } from '#model/kubernetes';
import type { ClusterSettings } from '#model/settings';
import type { ControlPlane, Ruleset } from '../types';
import { endpointsOf, type EndpointInfo, type ProxyNode } from './endpoints';
import { localDetector, type LocalDetector } from './local-detector';
import { proxyRelease, type ProxyRelease } from './releases';
import { serviceCIDRs } from './service-cidrs';
import type { ServiceEntry, ServiceList } from './service-list';
import { canonical, servicePorts, type ServicePortInfo } from './service-port';

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
  /** Ranges of ClusterIPs in this family. */
  readonly serviceCIDRs: readonly string[];
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
  #serviceCIDRs: readonly string[] = [];
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
    const ranges = serviceCIDRs(this.#controlPlane, this.#family);
    if (!ownChanged && list === this.#list && isSame(ranges, this.#serviceCIDRs) && this.#ruleset) return this.#ruleset;
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
      serviceCIDRs: ranges,
      endpointCount: services.reduce((sum, service) => sum + service.endpoints, 0),
    };
    const variant = this.#writer.variant(context);
    if (variant !== this.#variant) for (const service of services) service.parts = undefined;
    this.#list = list;
    this.#kept = new Map(services.map((service) => [service.entry.name, service]));
    this.#node = node;
    this.#settings = settings;
    this.#serviceCIDRs = ranges;
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

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
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

const addressesOfNodes = new WeakMap<Node, Readonly<Record<IpFamily | 'all', readonly string[]>>>();

/**
 * The node's own addresses of a family (or of both), canonical; the first one of a family is what kube-proxy takes as
 * the node's. Models pkg/util/node/node.go GetNodeHostIPs (v1.37): those of type InternalIP before ExternalIP.
 */
export function addressesOf(node: Node, family: IpFamily | 'all' = 'all'): readonly string[] {
  let known = addressesOfNodes.get(node);
  if (!known) {
    const all = ['InternalIP', 'ExternalIP'].flatMap((wanted) =>
      (node.status.addresses ?? []).filter(({ type }) => type === wanted).map(({ address }) => canonical(address)),
    );
    const own = (wanted: IpFamily) => all.filter((address) => familyOf(address) === wanted);
    const [IPv4, IPv6] = [own('IPv4'), own('IPv6')];
    known = { IPv4, IPv6, all: all.filter((address) => familyOf(address) !== undefined) };
    addressesOfNodes.set(node, known);
  }
  return known[family];
}

/** Which of the node's addresses take node ports: all, or just these. */
export type NodePortAddresses = 'all' | readonly string[];

/**
 * The node's interfaces are taken to be its own addresses and, for IPv4, the loopback. `unset` is what the mode does
 * where the setting is empty. Models pkg/proxy/util/nodeport_addresses.go NewNodePortAddresses and
 * cmd/kube-proxy/app/server.go expandNodePortAddressKeywords (v1.37).
 */
export function nodePortAddressesOf(context: ProxyContext, unset: 'all' | 'primary'): NodePortAddresses {
  const { family, nodeAddresses, settings } = context;
  const written = settings.nodePortAddresses.length > 0 ? settings.nodePortAddresses : [unset];
  const ranges = written
    .flatMap((word) => expandKeyword(word, nodeAddresses[0]))
    .map(parsePrefix)
    .filter((prefix) => prefix?.family === family);
  // What says nothing about this family says nothing against any of its addresses.
  if (ranges.length === 0 || ranges.some((prefix) => prefix?.length === 0)) return 'all';
  return [...nodeAddresses, ...(family === 'IPv4' ? ['127.0.0.1'] : [])].filter((address) => {
    const ip = parseIp(address);
    return ip && ranges.some((prefix) => prefix && prefixContains(prefix, ip));
  });
}

function expandKeyword(word: string, primary: string | undefined): readonly string[] {
  switch (word) {
    case 'primary':
      return primary === undefined ? [] : [`${primary}/${primary.includes(':') ? 128 : 32}`];
    case 'localhost':
      return ['127.0.0.0/8', '::1/128'];
    case 'all':
      return ['0.0.0.0/0', '::/0'];
    default:
      return [word];
  }
}
