/** What one port of a Service contributes to a node's iptables rules. */

import { parseIp, parsePrefix, prefixContains, type IpFamily } from '#base/ip';
import type { Chain, Rule, RuleCause, RuleMatch, RuleTarget } from '../../types';
import type { LocalDetector } from '../local-detector';
import { categorizeEndpoints, type EndpointInfo, type ProxyNode } from '../endpoints';
import {
  isExternallyAccessible, servicePortName, usesClusterEndpoints, usesLocalEndpoints, type ServicePortInfo,
} from '../service-port'; // prettier-ignore
import { chainHash } from './names';

/** What of the node and the settings decides about the rules. */
export interface IptablesContext {
  readonly node: ProxyNode;
  readonly family: IpFamily;
  /** Addresses of the node in this family. */
  readonly nodeAddresses: readonly string[];
  readonly detector: LocalDetector | undefined;
  readonly masqueradeAll: boolean;
  readonly masqueradeMark: number;
  /** More than 1,000 endpoints: kube-proxy then leaves out the comments that make up most of the text. */
  readonly largeCluster: boolean;
  /** Whether 127.0.0.1 takes node ports. */
  readonly localhostNodePorts: boolean;
  /** Whether the release counts packets in nfacct objects. */
  readonly countsPackets: boolean;
}

/** Rules for the shared chains, in the order in which kube-proxy writes them, and chains of the port's own. */
export interface ServiceRules {
  readonly filterServices: readonly Rule[];
  readonly filterExternalServices: readonly Rule[];
  readonly filterNodePorts: readonly Rule[];
  readonly filterFirewall: readonly Rule[];
  readonly natServices: readonly Rule[];
  readonly natNodePorts: readonly Rule[];
  /** Chains that other rules jump to; those of endpoints are reached from here. */
  readonly chainNames: readonly string[];
  /** All chains of the port's own. Most packets never see them, so they are made when asked for. */
  chains(): readonly Chain[];
}

// Most rules are those of endpoints, and there may be a hundred thousand: what they have in common is made once.
const toMasquerade = jump('KUBE-MARK-MASQ');
const protocolModule: RuleMatch = { kind: 'protocol-module' };
const localhost: RuleMatch = { kind: 'destination', negated: false, prefix: '127.0.0.0/8' };

export function comment(text: string): RuleMatch {
  return { kind: 'comment', text };
}

function jump(chain: string): RuleTarget {
  return { kind: 'jump', chain };
}

/** A packet of one of the node's pods, or of anybody else. */
export function fromPodOf(detector: LocalDetector, negated: boolean): RuleMatch {
  return detector.kind === 'source'
    ? { kind: 'source', negated, prefix: detector.prefix }
    : { kind: 'interface-in', negated, name: detector.name };
}

/** Models the loop over Services in pkg/proxy/iptables/proxier.go syncProxyRules (v1.37). */
export function rulesOfPort(
  port: ServicePortInfo,
  all: readonly EndpointInfo[],
  context: IptablesContext,
): ServiceRules {
  const writer = new PortWriter(port, all, context);
  writer.write();
  return writer;
}

class PortWriter implements ServiceRules {
  readonly filterServices: Rule[] = [];
  readonly filterExternalServices: Rule[] = [];
  readonly filterNodePorts: Rule[] = [];
  readonly filterFirewall: Rule[] = [];
  readonly natServices: Rule[] = [];
  readonly natNodePorts: Rule[] = [];
  #chains: Chain[] | undefined;

  readonly #port: ServicePortInfo;
  readonly #context: IptablesContext;
  readonly #name: string;
  readonly #protocol: string;
  readonly #cluster: readonly EndpointInfo[];
  readonly #local: readonly EndpointInfo[];
  readonly #reachable: readonly EndpointInfo[];
  readonly #hasEndpoints: boolean;
  readonly #clusterChain: string;
  readonly #localChain: string;
  readonly #externalChain: string;
  readonly #firewallChain: string;
  readonly #protocolMatch: RuleMatch;
  /** The comment that each endpoint's rules carry. */
  readonly #told: readonly RuleMatch[];
  #plain: readonly RuleMatch[] | undefined;
  /** By endpoint: the cause that its rules share. */
  readonly #causes = new Map<string, RuleCause>();

  constructor(port: ServicePortInfo, all: readonly EndpointInfo[], context: IptablesContext) {
    this.#port = port;
    this.#context = context;
    this.#name = servicePortName(port);
    this.#protocol = port.protocol.toLowerCase();
    this.#told = context.largeCluster ? [] : [comment(this.#name)];
    this.#protocolMatch = { kind: 'protocol', negated: false, protocol: this.#protocol };
    const { cluster, local, reachable, hasAny } = categorizeEndpoints(port, all, context.node);
    this.#cluster = cluster;
    this.#local = local;
    this.#reachable = reachable;
    this.#hasEndpoints = hasAny;
    const hash = chainHash(this.#name + this.#protocol);
    this.#clusterChain = `KUBE-SVC-${hash}`;
    this.#localChain = `KUBE-SVL-${hash}`;
    this.#externalChain = `KUBE-EXT-${hash}`;
    this.#firewallChain = `KUBE-FW-${hash}`;
  }

  write(): void {
    const port = this.#port;
    this.#writeClusterIP();
    for (const ip of port.externalIPs) {
      if (this.#hasEndpoints)
        this.natServices.push(this.#to(ip, port.port, `${this.#name} external IP`, jump(this.#externalChain)));
      this.#refuseExternal(ip);
    }
    this.#writeLoadBalancer();
    if (port.nodePort !== 0) this.#writeNodePort();
    if (port.healthCheckNodePort !== 0) this.#writeHealthCheck();
  }

  get chainNames(): readonly string[] {
    if (!this.#hasEndpoints) return [];
    const names: string[] = [];
    if (this.#hasClusterChain) names.push(this.#clusterChain);
    if (this.#hasLocalChain) names.push(this.#localChain);
    if (isExternallyAccessible(this.#port)) names.push(this.#externalChain);
    if (this.#hasFirewall) names.push(this.#firewallChain);
    return names;
  }

  chains(): readonly Chain[] {
    this.#chains ??= this.#hasEndpoints ? this.#writeChains() : [];
    return this.#chains;
  }

  #writeChains(): Chain[] {
    const port = this.#port;
    const chains: Chain[] = [];
    if (this.#hasClusterChain)
      chains.push(this.#policyChain(this.#clusterChain, this.#cluster, !port.internalPolicyLocal));
    if (this.#hasLocalChain) chains.push(this.#policyChain(this.#localChain, this.#local, port.internalPolicyLocal));
    if (isExternallyAccessible(port)) chains.push(this.#externalPolicyChain());
    if (this.#hasFirewall) chains.push(this.#sourceRangesChain());
    for (const endpoint of this.#reachable) chains.push(this.#endpointRules(endpoint));
    return chains;
  }

  get #hasInternal(): boolean {
    return this.#hasEndpoints && (!this.#port.internalPolicyLocal || this.#local.length > 0);
  }

  get #hasExternal(): boolean {
    return this.#hasEndpoints && (!this.#port.externalPolicyLocal || this.#local.length > 0);
  }

  get #hasClusterChain(): boolean {
    return usesClusterEndpoints(this.#port) && this.#cluster.length > 0;
  }

  get #hasLocalChain(): boolean {
    return usesLocalEndpoints(this.#port) && this.#local.length > 0;
  }

  get #hasFirewall(): boolean {
    return this.#hasEndpoints && this.#port.loadBalancerVIPs.length > 0 && this.#port.sourceRanges.length > 0;
  }

  #writeClusterIP(): void {
    const { clusterIP, port } = this.#port;
    if (this.#hasInternal) {
      const chain = this.#port.internalPolicyLocal ? this.#localChain : this.#clusterChain;
      this.natServices.push(this.#to(clusterIP, port, `${this.#name} cluster IP`, jump(chain)));
    } else this.filterServices.push(this.#refusing(clusterIP, port));
  }

  #refusing(ip: string, port: number): Rule {
    return this.#because(this.#refusalReason, this.#to(ip, port, this.#whyNot(), this.#refusal()));
  }

  #because(refusal: RuleCause['refusal'], rule: Rule): Rule {
    return { ...rule, cause: { ...this.#port.cause, refusal } };
  }

  get #refusalReason() {
    return this.#hasEndpoints ? 'no local endpoints' : 'no endpoints';
  }

  #whyNot(): string {
    return `${this.#name} has ${this.#refusalReason}`;
  }

  #refusal(): RuleTarget {
    if (this.#hasEndpoints) return { kind: 'drop' };
    return {
      kind: 'reject',
      with: this.#context.family === 'IPv4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable',
    };
  }

  #refuseExternal(ip: string): void {
    if (!this.#hasExternal) this.filterExternalServices.push(this.#refusing(ip, this.#port.port));
  }

  #writeLoadBalancer(): void {
    const { loadBalancerVIPs, port } = this.#port;
    for (const ip of loadBalancerVIPs) {
      const chain = this.#hasFirewall ? this.#firewallChain : this.#externalChain;
      if (this.#hasEndpoints) this.natServices.push(this.#to(ip, port, `${this.#name} loadbalancer IP`, jump(chain)));
      if (this.#hasFirewall)
        this.filterFirewall.push(
          this.#because(
            'source ranges',
            this.#to(ip, port, `${this.#name} traffic not accepted by ${chain}`, { kind: 'drop' }),
          ),
        );
    }
    for (const ip of loadBalancerVIPs) this.#refuseExternal(ip);
  }

  #writeNodePort(): void {
    const protocol = this.#protocolMatch;
    const port: RuleMatch = { kind: 'destination-port', port: this.#port.nodePort };
    if (this.#hasEndpoints) {
      const target = jump(this.#externalChain);
      const accounting: RuleMatch = { kind: 'accounting', name: 'localhost_nps_accepted_pkts' };
      if (this.#context.localhostNodePorts && this.#context.countsPackets)
        this.natNodePorts.push(this.#rule([localhost, protocol, comment(this.#name), port, accounting], target));
      this.natNodePorts.push(this.#rule([protocol, comment(this.#name), port], target));
    }
    if (this.#hasExternal) return;
    const local: RuleMatch = { kind: 'destination-type', negated: false, type: 'LOCAL' };
    const refusing = this.#rule([protocol, comment(this.#whyNot()), local, port], this.#refusal());
    this.filterExternalServices.push(this.#because(this.#refusalReason, refusing));
  }

  #writeHealthCheck(): void {
    const protocol: RuleMatch = { kind: 'protocol', negated: false, protocol: 'tcp' };
    const port: RuleMatch = { kind: 'destination-port', port: this.#port.healthCheckNodePort };
    this.filterNodePorts.push(
      this.#rule([protocol, comment(`${this.#name} health check node port`), port], { kind: 'accept' }),
    );
  }

  /** The chain of a traffic policy: masquerade what is not from a pod (for the cluster IP), then choose an endpoint. */
  #policyChain(name: string, endpoints: readonly EndpointInfo[], isInternal: boolean): Chain {
    const { clusterIP, port, stickySeconds } = this.#port;
    const { detector, masqueradeAll } = this.#context;
    const rules: Rule[] = [];
    if (isInternal && (masqueradeAll || detector)) {
      const outside: RuleMatch[] = masqueradeAll || !detector ? [] : [fromPodOf(detector, true)];
      const rule = this.#to(clusterIP, port, `${this.#name} cluster IP`, toMasquerade);
      rules.push({ ...rule, matches: [...outside, ...rule.matches] });
    }
    const told = (endpoint: EndpointInfo) =>
      this.#context.largeCluster ? [] : [comment(`${this.#name} -> ${endpoint.address}`)];
    if (stickySeconds > 0) {
      for (const endpoint of endpoints) {
        const chain = this.#endpointChain(endpoint);
        const recent = this.#recent(chain, 'rcheck');
        rules.push(this.#rule([...told(endpoint), recent], jump(chain), endpoint.address));
      }
    }
    for (const [i, endpoint] of endpoints.entries()) {
      const random: RuleMatch[] =
        i < endpoints.length - 1 ? [{ kind: 'random', probability: 1 / (endpoints.length - i) }] : [];
      rules.push(this.#rule([...told(endpoint), ...random], jump(this.#endpointChain(endpoint)), endpoint.address));
    }
    return { name, policy: undefined, rules };
  }

  #externalPolicyChain(): Chain {
    const { externalPolicyLocal } = this.#port;
    const rules: Rule[] = [];
    const about = (what: string) => comment(`${what} for ${this.#name} external destinations`);
    if (externalPolicyLocal) {
      const source: RuleMatch = { kind: 'source-type', negated: false, type: 'LOCAL' };
      const { detector } = this.#context;
      if (detector) {
        const fromPod = fromPodOf(detector, false);
        rules.push(this.#rule([fromPod, about('pod traffic')], jump(this.#clusterChain)));
      }
      rules.push(this.#rule([about('masquerade LOCAL traffic'), source], toMasquerade));
      rules.push(this.#rule([about('route LOCAL traffic'), source], jump(this.#clusterChain)));
    } else rules.push(this.#rule([about('masquerade traffic')], toMasquerade));
    if (this.#hasExternal)
      rules.push(this.#rule([], jump(externalPolicyLocal ? this.#localChain : this.#clusterChain)));
    return { name: this.#externalChain, policy: undefined, rules };
  }

  #sourceRangesChain(): Chain {
    const { sourceRanges, loadBalancerVIPs } = this.#port;
    const target = jump(this.#externalChain);
    const from = (prefix: string) =>
      this.#rule([{ kind: 'source', negated: false, prefix }, comment(`${this.#name} loadbalancer IP`)], target);
    const rules = sourceRanges.map(from);
    // The node itself reaches the address with that very address as its source.
    const [nodeAddress = loopbackOf(this.#context.family)] = this.#context.nodeAddresses;
    const allowsNode = sourceRanges.some((range) => isIn(nodeAddress, range));
    if (allowsNode) rules.push(...loadBalancerVIPs.map((ip) => from(this.#single(ip))));
    rules.push(
      this.#rule([comment(`other traffic to ${this.#name} will be dropped by KUBE-PROXY-FIREWALL`)], { kind: 'none' }),
    );
    return { name: this.#firewallChain, policy: undefined, rules };
  }

  #endpointRules(endpoint: EndpointInfo): Chain {
    const name = this.#endpointChain(endpoint);
    const itself: RuleMatch = { kind: 'source', negated: false, prefix: this.#single(endpoint.ip) };
    const dnat: RuleTarget = { kind: 'dnat', address: endpoint.ip, port: endpoint.port };
    return {
      name,
      policy: undefined,
      rules: [
        this.#rule([itself, ...this.#told], toMasquerade, endpoint.address),
        this.#rule(this.#translating(name), dnat, endpoint.address),
      ],
    };
  }

  /** What the rule that translates to an endpoint matches: the same for all endpoints but for their affinity. */
  #translating(chain: string): readonly RuleMatch[] {
    if (this.#port.stickySeconds > 0)
      return [this.#protocolMatch, ...this.#told, this.#recent(chain, 'set'), protocolModule];
    this.#plain ??= [this.#protocolMatch, ...this.#told, protocolModule];
    return this.#plain;
  }

  #endpointChain(endpoint: EndpointInfo): string {
    return `KUBE-SEP-${chainHash(this.#name + this.#protocol + endpoint.address)}`;
  }

  #recent(list: string, action: 'rcheck' | 'set'): RuleMatch {
    const addressMask = this.#context.family === 'IPv4' ? '255.255.255.255' : 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff';
    return {
      kind: 'recent',
      list,
      action,
      seconds: action === 'rcheck' ? this.#port.stickySeconds : undefined,
      addressMask,
    };
  }

  #single(ip: string): string {
    return `${ip}/${this.#context.family === 'IPv4' ? 32 : 128}`;
  }

  /** A rule for packets to an address and port. */
  #to(ip: string, port: number, text: string, target: RuleTarget): Rule {
    const destination: RuleMatch = { kind: 'destination', negated: false, prefix: this.#single(ip) };
    return this.#rule([destination, this.#protocolMatch, comment(text), { kind: 'destination-port', port }], target);
  }

  #rule(matches: readonly RuleMatch[], target: RuleTarget, endpoint?: string): Rule {
    return { matches, target, cause: endpoint === undefined ? this.#port.cause : this.#causeOf(endpoint) };
  }

  #causeOf(endpoint: string): RuleCause {
    const known = this.#causes.get(endpoint);
    if (known) return known;
    const { service, portName, protocol } = this.#port.cause;
    const cause: RuleCause = { service, portName, protocol, endpoint };
    this.#causes.set(endpoint, cause);
    return cause;
  }
}

/** What kube-proxy takes as the address of a node that has none. */
function loopbackOf(family: IpFamily): string {
  return family === 'IPv4' ? '127.0.0.1' : '::1';
}

function isIn(address: string, range: string): boolean {
  const ip = parseIp(address);
  const prefix = parsePrefix(range);
  return ip !== undefined && prefix !== undefined && prefixContains(prefix, ip);
}
