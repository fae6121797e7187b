/** What one port of a Service contributes in IPVS mode: virtual servers, entries of sets, addresses of the node. */

import { parseIp, parsePrefix, prefixContains, type IpFamily } from '#base/ip';
import type { Protocol } from '#model/kubernetes';
import type { RuleCause } from '../../types';
import { categorizeEndpoints, type EndpointInfo, type ProxyNode } from '../endpoints';
import type { ServicePortInfo } from '../service-port';
import { entryPrefix, type SetEntry, type SetName } from './sets';
import type { IpvsScheduler, RealServer, VirtualServer } from './types';

/** What of the node and the settings decides about the part. */
export interface IpvsContext {
  readonly node: ProxyNode;
  readonly family: IpFamily;
  /** Addresses of the node in this family, without those of kube-ipvs0. */
  readonly nodeAddresses: readonly string[];
  /** Those of them that take node ports. */
  readonly nodePortAddresses: readonly string[];
  readonly scheduler: IpvsScheduler;
}

/** An address of a load balancer that the node itself must not reach, as it is in none of the source ranges. */
export interface BarredAddress {
  readonly address: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly cause: RuleCause;
}

export interface IpvsPart {
  readonly virtualServers: readonly VirtualServer[];
  readonly entries: readonly SetEntry[];
  /** The sets of the entries. */
  readonly usedSets: ReadonlySet<SetName>;
  /** To be bound to kube-ipvs0. */
  readonly addresses: readonly string[];
  readonly barred: readonly BarredAddress[];
}

/** Models the loop over Services in pkg/proxy/ipvs/proxier.go syncProxyRules, with syncService and syncEndpoint (v1.37). */
export function partOfPort(port: ServicePortInfo, all: readonly EndpointInfo[], context: IpvsContext): IpvsPart {
  const writer = new PartWriter(port, all, context);
  writer.write();
  return writer;
}

class PartWriter implements IpvsPart {
  readonly virtualServers: VirtualServer[] = [];
  readonly entries: SetEntry[] = [];
  readonly usedSets = new Set<SetName>();
  readonly addresses: string[] = [];
  readonly barred: BarredAddress[] = [];

  readonly #port: ServicePortInfo;
  readonly #all: readonly EndpointInfo[];
  readonly #context: IpvsContext;
  readonly #protocol: string;
  /** By what is asked for: all that the node may use, or its own ones where it has any. */
  readonly #cluster: readonly RealServer[];
  readonly #local: readonly RealServer[];
  readonly #hasAny: boolean;

  constructor(port: ServicePortInfo, all: readonly EndpointInfo[], context: IpvsContext) {
    this.#port = port;
    this.#all = all;
    this.#context = context;
    this.#protocol = port.protocol.toLowerCase();
    const { cluster, local, hasAny } = categorizeEndpoints(port, all, context.node);
    this.#cluster = realServers(cluster, port.cause);
    // Without endpoints of its own the node takes the others': its pods are to reach them, and an answer to somebody
    // outside does not come back the same way and is lost.
    this.#local = local.length > 0 ? realServers(local, port.cause) : this.#cluster;
    this.#hasAny = hasAny;
  }

  write(): void {
    const { port, clusterIP, internalPolicyLocal, externalPolicyLocal, externalIPs, loadBalancerVIPs } = this.#port;
    this.#writeHairpins();
    this.#enter('KUBE-CLUSTER-IP', this.#place(clusterIP, port));
    this.#serve(clusterIP, port, internalPolicyLocal, 'bound');
    for (const ip of externalIPs) {
      this.#enter(externalPolicyLocal ? 'KUBE-EXTERNAL-IP-LOCAL' : 'KUBE-EXTERNAL-IP', this.#place(ip, port));
      this.#serve(ip, port, externalPolicyLocal, 'bound');
    }
    for (const ip of loadBalancerVIPs) this.#writeLoadBalancer(ip);
    this.#writeNodePort();
  }

  /** Pods that reach themselves through the Service: their own address as a source would have them answer past the node. */
  #writeHairpins(): void {
    for (const endpoint of this.#all) {
      if (!endpoint.isLocal) continue;
      const { ip, port, address } = endpoint;
      this.#enter('KUBE-LOOP-BACK', `${this.#place(ip, port)},${ip}`, address);
    }
  }

  #writeLoadBalancer(ip: string): void {
    const { port, protocol, externalPolicyLocal, sourceRanges: ranges, cause } = this.#port;
    const place = this.#place(ip, port);
    this.#enter('KUBE-LOAD-BALANCER', place);
    if (externalPolicyLocal) this.#enter('KUBE-LOAD-BALANCER-LOCAL', place);
    if (ranges.length > 0) {
      this.#enter('KUBE-LOAD-BALANCER-FW', place);
      for (const range of ranges) this.#enter('KUBE-LOAD-BALANCER-SOURCE-CIDR', `${place},${entryPrefix(range)}`);
      const [nodeAddress] = this.#context.nodeAddresses;
      const allowsNode = nodeAddress !== undefined && ranges.some((range) => isIn(nodeAddress, range));
      if (allowsNode) this.#enter('KUBE-LOAD-BALANCER-SOURCE-IP', `${place},${ip}`);
      else this.barred.push({ address: ip, protocol, port, cause: { ...cause, refusal: 'source ranges' } });
    }
    this.#serve(ip, port, externalPolicyLocal, 'bound');
  }

  /** Without an address for node ports kube-proxy leaves the port there, its health check port included. */
  #writeNodePort(): void {
    const { nodePort, protocol, externalPolicyLocal, healthCheckNodePort } = this.#port;
    const { nodePortAddresses } = this.#context;
    if (nodePort !== 0) {
      if (nodePortAddresses.length === 0) return;
      const suffix = protocol === 'SCTP' ? 'SCTP-HASH' : protocol;
      const entries =
        protocol === 'SCTP' ? nodePortAddresses.map((ip) => this.#place(ip, nodePort)) : [String(nodePort)];
      for (const entry of entries) {
        this.#enter(`KUBE-NODE-PORT-${suffix}`, entry);
        if (externalPolicyLocal) this.#enter(`KUBE-NODE-PORT-LOCAL-${suffix}`, entry);
      }
      for (const ip of nodePortAddresses) this.#serve(ip, nodePort, externalPolicyLocal, 'own');
    }
    if (healthCheckNodePort !== 0) this.#enter('KUBE-HEALTH-CHECK-NODE-PORT', String(healthCheckNodePort));
  }

  /** A virtual server; an address that the node has anyway is not bound to kube-ipvs0. */
  #serve(address: string, port: number, isLocal: boolean, kind: 'bound' | 'own'): void {
    const servers = isLocal ? this.#local : this.#cluster;
    const { scheduler, nodeAddresses } = this.#context;
    const refusal = this.#hasAny ? 'no local endpoints' : 'no endpoints';
    this.virtualServers.push({
      protocol: this.#port.protocol,
      address,
      port,
      scheduler,
      persistenceSeconds: this.#port.stickySeconds,
      flags: scheduler === 'mh' ? ['mh-port'] : [],
      realServers: servers,
      cause: servers.length === 0 ? { ...this.#port.cause, refusal } : this.#port.cause,
    });
    if (kind === 'own' || nodeAddresses.includes(address)) return;
    this.addresses.push(address);
    this.#enter('KUBE-IPVS-IPS', address);
  }

  #place(ip: string, port: number): string {
    return `${ip},${this.#protocol}:${port}`;
  }

  #enter(set: SetName, entry: string, endpoint?: string): void {
    const { cause } = this.#port;
    this.usedSets.add(set);
    this.entries.push({ set, entry, cause: endpoint === undefined ? cause : { ...cause, endpoint } });
  }
}

function realServers(endpoints: readonly EndpointInfo[], cause: RuleCause): readonly RealServer[] {
  return endpoints.map(({ ip, port, address }) => ({
    address: ip,
    port,
    weight: 1,
    cause: { ...cause, endpoint: address },
  }));
}

function isIn(address: string, range: string): boolean {
  const ip = parseIp(address);
  const prefix = parsePrefix(range);
  return ip !== undefined && prefix !== undefined && prefixContains(prefix, ip);
}
