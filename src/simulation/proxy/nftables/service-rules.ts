/** What one port of a Service contributes to a node's nftables table: elements of the shared maps, and chains. */

import { parseIp, parsePrefix, prefixContains } from '#base/ip';
import type { RuleCause } from '../../types';
import { categorizeEndpoints, type EndpointCategories, type EndpointInfo, type ProxyNode } from '../endpoints';
import { isExternallyAccessible, servicePortName, usesClusterEndpoints, usesLocalEndpoints } from '../service-port';
import type { ServicePortInfo } from '../service-port';
import { endpointChainBase, portChainBase, portText } from './names';
import {
  chain, drop, fromPodOf, goTo, isAddress, isInSet, isNoAddress, markForMasquerade, rejectChain, RuleMaker, verdict,
  type NftablesContext,
} from './statements'; // prettier-ignore
import type { NftChain, NftElement, NftRule, NftSet, NftStatement, NftVerdict } from './types';

/** The sets and maps that all Services share. */
export const sharedSets = [
  'hairpin-connections',
  'cluster-ips',
  'no-endpoint-services',
  'no-endpoint-nodeports',
  'firewall-ips',
  'service-ips',
  'service-nodeports',
] as const;
export type SharedSet = (typeof sharedSets)[number];

export interface PortRules {
  /** What the names of its chains and sets hold: `shop/web/tcp/http`. */
  readonly text: string;
  elements(set: SharedSet): readonly NftElement[];
  /** All chains of the port's own. Most packets never see them, so they are made when asked for. */
  chains(): readonly NftChain[];
  /** Who of the clients is sent to which endpoint: filled by rules, for session affinity alone. */
  affinitySets(): readonly NftSet[];
}

/** knftables.CommentLengthMax. */
const longestComment = 128;
/** What the kernel takes for a set that rules fill. */
const dynamicSetSize = 65535;

/** Models the loop over Services in pkg/proxy/nftables/proxier.go syncProxyRules (v1.37). */
export function rulesOfPort(
  port: ServicePortInfo,
  all: readonly EndpointInfo[],
  node: ProxyNode,
  context: NftablesContext,
): PortRules {
  return new PortWriter(port, categorizeEndpoints(port, all, node), context);
}

const none: readonly NftElement[] = [];

class PortWriter implements PortRules {
  readonly text: string;
  readonly #port: ServicePortInfo;
  readonly #context: NftablesContext;
  readonly #protocol: string;
  readonly #base: string;
  readonly #endpoints: EndpointCategories;
  readonly #elements: Partial<Record<SharedSet, NftElement[]>> = {};
  #chains: readonly NftChain[] | undefined;
  #sets: readonly NftSet[] | undefined;

  constructor(port: ServicePortInfo, endpoints: EndpointCategories, context: NftablesContext) {
    this.#port = port;
    this.#context = context;
    this.#protocol = port.protocol.toLowerCase();
    this.#endpoints = endpoints;
    this.text = portText(port);
    this.#base = portChainBase(this.text);
    this.#writeElements();
  }

  elements(set: SharedSet): readonly NftElement[] {
    if (set === 'hairpin-connections') this.#elements[set] ??= this.#hairpins();
    return this.#elements[set] ?? none;
  }

  chains(): readonly NftChain[] {
    this.#chains ??= this.#writeChains();
    return this.#chains;
  }

  affinitySets(): readonly NftSet[] {
    const { stickySeconds } = this.#port;
    this.#sets ??= stickySeconds > 0 ? this.#endpoints.reachable.map((endpoint) => this.#affinitySet(endpoint)) : [];
    return this.#sets;
  }

  get #hasInternal(): boolean {
    return this.#endpoints.hasAny && (!this.#port.internalPolicyLocal || this.#endpoints.local.length > 0);
  }

  get #hasExternal(): boolean {
    return this.#endpoints.hasAny && (!this.#port.externalPolicyLocal || this.#endpoints.local.length > 0);
  }

  get #hasFirewall(): boolean {
    return this.#port.loadBalancerVIPs.length > 0 && this.#port.sourceRanges.length > 0;
  }

  get #isSticky(): boolean {
    return this.#port.stickySeconds > 0;
  }

  get #clusterChain(): string {
    return `service-${this.#base}`;
  }

  get #localChain(): string {
    return `local-${this.#base}`;
  }

  get #externalChain(): string {
    return `external-${this.#base}`;
  }

  get #firewallChain(): string {
    return `firewall-${this.#base}`;
  }

  get #internalChain(): string {
    return this.#port.internalPolicyLocal ? this.#localChain : this.#clusterChain;
  }

  // ------------------------------------------------------------ elements

  #writeElements(): void {
    const { clusterIP, externalIPs, loadBalancerVIPs, nodePort, cause } = this.#port;
    this.#add('cluster-ips', { key: clusterIP, verdict: undefined, comment: undefined, cause });
    if (this.#hasInternal) this.#send('service-ips', this.#keyOf(clusterIP), this.#internalChain);
    else this.#refuse('no-endpoint-services', this.#keyOf(clusterIP));
    for (const ip of externalIPs) this.#writeExternal(ip);
    for (const ip of loadBalancerVIPs) {
      this.#writeExternal(ip);
      if (this.#hasFirewall) this.#send('firewall-ips', this.#keyOf(ip), this.#firewallChain);
    }
    if (nodePort !== 0) {
      const key = `${this.#protocol} . ${nodePort}`;
      if (this.#endpoints.hasAny) this.#send('service-nodeports', key, this.#externalChain);
      if (!this.#hasExternal) this.#refuse('no-endpoint-nodeports', key);
    }
  }

  /** Where only local endpoints count and there are none, packets from within may still go to others. */
  #writeExternal(ip: string): void {
    if (this.#endpoints.hasAny) this.#send('service-ips', this.#keyOf(ip), this.#externalChain);
    if (!this.#hasExternal) this.#refuse('no-endpoint-services', this.#keyOf(ip));
  }

  /** A pod that reaches itself through a Service. Every endpoint would be one, so they are made when asked for. */
  #hairpins(): NftElement[] {
    const local = this.#endpoints.reachable.filter(({ isLocal }) => isLocal);
    return local.map((endpoint) => {
      const key = `${endpoint.ip} . ${endpoint.ip} . ${this.#protocol} . ${endpoint.port}`;
      return { key, verdict: undefined, comment: undefined, cause: this.#causeOf(endpoint) };
    });
  }

  #keyOf(ip: string): string {
    return `${ip} . ${this.#protocol} . ${this.#port.port}`;
  }

  #add(set: SharedSet, element: NftElement): void {
    (this.#elements[set] ??= []).push(element);
  }

  #send(set: SharedSet, key: string, target: string): void {
    const { cause } = this.#port;
    this.#add(set, { key, verdict: goTo(target), comment: undefined, cause });
  }

  #refuse(set: SharedSet, key: string): void {
    const { hasAny } = this.#endpoints;
    const cause: RuleCause = { ...this.#port.cause, refusal: hasAny ? 'no local endpoints' : 'no endpoints' };
    const refusal: NftVerdict = hasAny ? { kind: 'drop' } : goTo(rejectChain);
    this.#add(set, { key, verdict: refusal, comment: servicePortName(this.#port).slice(0, longestComment), cause });
  }

  #causeOf(endpoint: EndpointInfo): RuleCause {
    return { ...this.#port.cause, endpoint: endpoint.address };
  }

  // ------------------------------------------------------------ chains

  #writeChains(): readonly NftChain[] {
    const { cluster, local, reachable, hasAny } = this.#endpoints;
    const chains: NftChain[] = [];
    if (this.#hasEndpointChains) chains.push(...reachable.map((endpoint) => this.#endpointRules(endpoint)));
    if (usesClusterEndpoints(this.#port) && cluster.length > 0)
      chains.push(this.#policyChain(this.#clusterChain, cluster));
    if (usesLocalEndpoints(this.#port) && local.length > 0) chains.push(this.#policyChain(this.#localChain, local));
    if (hasAny && isExternallyAccessible(this.#port)) chains.push(this.#externalPolicyChain());
    if (this.#hasFirewall) chains.push(this.#sourceRangesChain());
    return chains;
  }

  /** Before 1.36, each endpoint had a chain of its own. */
  get #hasEndpointChains(): boolean {
    return this.#isSticky || this.#context.release.nftables === 'chains';
  }

  #maker(cause: RuleCause = this.#port.cause): RuleMaker {
    return new RuleMaker(this.#context.nftFamily, cause);
  }

  /** The chain of a traffic policy: choose an endpoint. */
  #policyChain(name: string, endpoints: readonly EndpointInfo[]): NftChain {
    const rules: NftRule[] = [];
    const { release } = this.#context;
    if (release.nftables === 'chains' && name === this.#internalChain) rules.push(...this.#maskRules());
    if (this.#isSticky) rules.push(...endpoints.map((endpoint) => this.#stickyRule(endpoint)));
    const maker = this.#maker();
    if (this.#hasEndpointChains) {
      const verdicts = endpoints.map((endpoint) => ({
        verdict: goTo(this.#endpointChain(endpoint)),
        cause: this.#causeOf(endpoint),
      }));
      rules.push(maker.rule({ kind: 'random-verdict', verdicts }));
    } else rules.push(this.#translationRule(endpoints));
    return chain(name, rules);
  }

  /** Models writeServiceToEndpointDNATs. */
  #translationRule(endpoints: readonly EndpointInfo[]): NftRule {
    const [only] = endpoints;
    if (only && endpoints.length === 1 && this.#context.release.writesSingleEndpoint)
      return this.#maker(this.#causeOf(only)).rule(this.#isProtocol, dnatTo(only));
    const ends = endpoints.map((endpoint) => ({
      address: endpoint.ip,
      port: endpoint.port,
      cause: this.#causeOf(endpoint),
    }));
    return this.#maker().rule(this.#isProtocol, { kind: 'random-dnat', ends });
  }

  get #isProtocol(): NftStatement {
    return { kind: 'protocol', protocol: this.#protocol };
  }

  /** Before 1.36: packets to the ClusterIP that are not a pod's leave with the node's address. */
  #maskRules(): NftRule[] {
    const { detector, masqueradeAll, release } = this.#context;
    if (!masqueradeAll && !detector) return [];
    const { clusterIP, port } = this.#port;
    const toPort: NftStatement = { kind: 'destination-port', protocol: this.#protocol, port };
    const statements = [isAddress('destination', clusterIP)];
    if (release.marksByPort) statements.push(toPort);
    if (!masqueradeAll && detector) statements.push(fromPodOf(detector, true));
    return [this.#maker().rule(...statements, markForMasquerade(this.#context))];
  }

  #stickyRule(endpoint: EndpointInfo): NftRule {
    const known = isInSet('source', this.#affinityName(endpoint));
    return this.#maker(this.#causeOf(endpoint)).rule(known, verdict(goTo(this.#endpointChain(endpoint))));
  }

  #externalPolicyChain(): NftChain {
    const { externalPolicyLocal } = this.#port;
    const { detector, release } = this.#context;
    const maker = this.#maker();
    const mark = markForMasquerade(this.#context);
    const toCluster = verdict(goTo(this.#clusterChain));
    const fromNode: NftStatement = { kind: 'address-type', side: 'source', type: 'local' };
    const rules: NftRule[] = [];
    if (externalPolicyLocal) {
      if (detector) rules.push(maker.told('short-circuit pod traffic', fromPodOf(detector, false), toCluster));
      rules.push(maker.told('masquerade local traffic', fromNode, mark));
      rules.push(maker.told('short-circuit local traffic', fromNode, toCluster));
    } else rules.push(release.nftables === 'maps' ? maker.told('masquerade', mark) : maker.rule(mark));
    if (this.#hasExternal)
      rules.push(maker.rule(verdict(goTo(externalPolicyLocal ? this.#localChain : this.#clusterChain))));
    return chain(this.#externalChain, rules);
  }

  #sourceRangesChain(): NftChain {
    const { sourceRanges, loadBalancerVIPs, cause } = this.#port;
    const own = this.#context.nodeAddress;
    // The node itself reaches the address with that very address as its source.
    const allowsNode = own !== undefined && sourceRanges.some((range) => isIn(own, range));
    const sources = allowsNode ? [...sourceRanges, ...loadBalancerVIPs] : sourceRanges;
    const maker = this.#maker({ ...cause, refusal: 'source ranges' });
    return chain(this.#firewallChain, [maker.rule(isNoAddress('source', ...sources), drop)]);
  }

  #endpointRules(endpoint: EndpointInfo): NftChain {
    const maker = this.#maker(this.#causeOf(endpoint));
    const rules: NftRule[] = [];
    if (this.#context.release.nftables === 'chains')
      rules.push(maker.rule(isAddress('source', endpoint.ip), markForMasquerade(this.#context)));
    if (this.#isSticky) rules.push(maker.rule({ kind: 'update-set', set: this.#affinityName(endpoint) }));
    rules.push(maker.rule(this.#isProtocol, dnatTo(endpoint)));
    return chain(this.#endpointChain(endpoint), rules);
  }

  #endpointChain(endpoint: EndpointInfo): string {
    return `endpoint-${endpointChainBase(this.text, endpoint)}`;
  }

  #affinityName(endpoint: EndpointInfo): string {
    return `affinity-${endpointChainBase(this.text, endpoint)}`;
  }

  #affinitySet(endpoint: EndpointInfo): NftSet {
    return {
      name: this.#affinityName(endpoint),
      kind: 'set',
      keyTypes: [this.#context.family === 'IPv4' ? 'ipv4_addr' : 'ipv6_addr'],
      comment: undefined,
      dynamic: { size: dynamicSetSize, timeoutSeconds: this.#port.stickySeconds },
      elements: new Map(),
    };
  }
}

function dnatTo({ ip, port }: EndpointInfo): NftStatement {
  return { kind: 'dnat', address: ip, port };
}

function isIn(address: string, range: string): boolean {
  const prefix = parsePrefix(range);
  const ip = parseIp(address);
  return prefix !== undefined && ip !== undefined && prefixContains(prefix, ip);
}
