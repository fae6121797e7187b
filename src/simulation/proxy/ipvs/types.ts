/** What kube-proxy sets up in IPVS mode: virtual and real servers, the dummy device's addresses, ipsets and iptables. */

import type { IpFamily } from '#base/ip';
import type { Protocol } from '#model/kubernetes';
import type { RuleCause, Table } from '../../types';

export interface IpvsRuleset {
  readonly mode: 'ipvs';
  readonly node: string;
  readonly family: IpFamily;
  /** filter and nat. */
  readonly tables: readonly Table[];
  /** By their names; all that kube-proxy makes, empty ones too. */
  readonly sets: ReadonlyMap<string, IpSet>;
  /** By `PROTOCOL ADDRESS:PORT`, as `virtualServerKey` writes it. */
  readonly virtualServers: ReadonlyMap<string, VirtualServer>;
  /** On the device kube-ipvs0, so that the kernel takes packets to them in. */
  readonly addresses: ReadonlySet<string>;
  /**
   * Why the kernel did not take the filter table's rules, in a sentence: kube-proxy writes them at one go, and its chains
   * stay empty. Undefined where it did.
   */
  readonly filterRefused: string | undefined;
}

export const ipvsSchedulers = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'sh', 'dh', 'sed', 'nq', 'mh'] as const;

export type IpvsScheduler = (typeof ipvsSchedulers)[number];

export interface VirtualServer {
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly scheduler: IpvsScheduler;
  /** Seconds that a client stays with its real server; 0 without session affinity. */
  readonly persistenceSeconds: number;
  /** `mh-port` and the like. */
  readonly flags: readonly string[];
  /** By their addresses as text. kube-proxy adds them in random order, so their places in the kernel are not known. */
  readonly realServers: readonly RealServer[];
  readonly cause: RuleCause;
}

export interface RealServer {
  readonly address: string;
  readonly port: number;
  /** 0 for one that is on its way out: it takes no new connections. */
  readonly weight: number;
  readonly cause: RuleCause;
}

export type IpSetType = 'hash:ip' | 'hash:ip,port' | 'hash:ip,port,ip' | 'hash:ip,port,net' | 'bitmap:port';

/** An ipset and its entries. */
export interface IpSet {
  readonly name: string;
  readonly type: IpSetType;
  readonly family: IpFamily;
  readonly comment: string;
  /** By the entry as `ipset save` prints it: `10.96.0.1,tcp:443`. */
  readonly entries: ReadonlyMap<string, RuleCause | undefined>;
}

/** The key of `virtualServers`. */
export function virtualServerKey(protocol: Protocol, address: string, port: number): string {
  return `${protocol} ${address}:${port}`;
}
