/** kube-proxy's nftables table as values: sets, maps, chains and rules, which print as `nft list table` shows them. */

import type { IpFamily } from '#base/ip';
import type { RuleCause } from '../../types';

/** `table ip kube-proxy` or `table ip6 kube-proxy` of one node. */
export interface NftablesRuleset {
  readonly mode: 'nftables';
  readonly node: string;
  readonly family: IpFamily;
  readonly table: NftTable;
}

/** What a table is for, and the word with which its rules name addresses: `ip daddr`, `ip6 daddr`. */
export type NftFamily = 'ip' | 'ip6';

export interface NftTable {
  readonly family: NftFamily;
  readonly name: string;
  readonly comment: string;
  /** Sets and maps by their names, in the order in which they are listed. */
  readonly sets: NftIndex<NftSet>;
  readonly chains: NftIndex<NftChain>;
}

/** Things by their names; one may be made when it is first asked for. */
export interface NftIndex<T> {
  get(name: string): T | undefined;
  values(): Iterable<T>;
}

export type NftKeyType = 'ipv4_addr' | 'ipv6_addr' | 'inet_proto' | 'inet_service';

export interface NftSet {
  readonly name: string;
  readonly kind: 'set' | 'map';
  readonly keyTypes: readonly NftKeyType[];
  readonly comment: string | undefined;
  /** `dynamic,timeout` for those that rules fill. */
  readonly dynamic?: { readonly size: number; readonly timeoutSeconds: number };
  /** By the key as it is printed: `10.96.0.1 . tcp . 443`. */
  readonly elements: ReadonlyMap<string, NftElement>;
}

export interface NftElement {
  /** `10.96.0.1 . tcp . 443`; the number that was drawn, for a rule's own map: `2`. */
  readonly key: string;
  /** Of a map. */
  readonly verdict: NftVerdict | undefined;
  /** Of a map of addresses: `10.244.1.7 . 8080`. */
  readonly data?: string;
  readonly comment: string | undefined;
  readonly cause: RuleCause | undefined;
}

export type NftVerdict =
  { readonly kind: 'accept' | 'drop' | 'return' } | { readonly kind: 'jump' | 'goto'; readonly chain: string };

export type NftHook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/** What makes a chain a base chain. */
export interface NftBase {
  readonly type: 'filter' | 'nat';
  readonly hook: NftHook;
  readonly priority: number;
  /** As it is printed: `dstnat - 10`, `filter`, `-110`. */
  readonly priorityText: string;
}

export interface NftChain {
  readonly name: string;
  readonly comment: string | undefined;
  /** Only for base chains. */
  readonly base: NftBase | undefined;
  readonly rules: readonly NftRule[];
}

/** What is looked up in a set or map: parts of the packet, joined by ` . `. */
export type NftKeyPart = 'source' | 'destination' | 'protocol' | 'destination-port';

/** Expressions that let the packet pass or not, and statements that do something, in the rule's order. */
export type NftStatement =
  | {
      readonly kind: 'address';
      readonly side: 'source' | 'destination';
      readonly negated: boolean;
      /** As kube-proxy writes them; several print as an anonymous set: `{ 10.0.0.0/8, 192.0.2.0/24 }`. */
      readonly prefixes: readonly string[];
    }
  /** `@name`; `key` of one part prints as `ip daddr`, of several as a concatenation. */
  | { readonly kind: 'in-set'; readonly key: readonly NftKeyPart[]; readonly negated: boolean; readonly set: string }
  /** `br0`, or `veth*` for all that begin so. */
  | { readonly kind: 'interface-in'; readonly negated: boolean; readonly name: string }
  | { readonly kind: 'protocol'; readonly protocol: string }
  /** `tcp dport 80`. */
  | { readonly kind: 'destination-port'; readonly protocol: string; readonly port: number }
  | { readonly kind: 'connection-state'; readonly states: readonly string[] }
  | { readonly kind: 'connection-status'; readonly status: 'dnat' }
  /** `fib daddr type local`. */
  | { readonly kind: 'address-type'; readonly side: 'source' | 'destination'; readonly type: 'local' }
  /** `meta mark & MASK != 0`. */
  | { readonly kind: 'mark'; readonly mask: number; readonly negated: boolean; readonly value: number }
  | { readonly kind: 'set-mark'; readonly operator: 'or' | 'xor'; readonly value: number }
  | { readonly kind: 'verdict-map'; readonly key: readonly NftKeyPart[]; readonly map: string }
  /** `numgen random mod N vmap { 0 : goto a, … }`. */
  | { readonly kind: 'random-verdict'; readonly verdicts: readonly NftChance[] }
  | { readonly kind: 'dnat'; readonly address: string; readonly port: number }
  /** `dnat ip to numgen random mod N map { 0 : A . P, … }`. */
  | { readonly kind: 'random-dnat'; readonly ends: readonly NftEnd[] }
  | { readonly kind: 'update-set'; readonly set: string }
  | { readonly kind: 'masquerade' }
  | { readonly kind: 'reject' }
  | { readonly kind: 'verdict'; readonly verdict: NftVerdict };

export interface NftChance {
  readonly verdict: NftVerdict;
  readonly cause: RuleCause;
}

export interface NftEnd {
  readonly address: string;
  readonly port: number;
  readonly cause: RuleCause;
}

export interface NftRule {
  readonly family: NftFamily;
  readonly statements: readonly NftStatement[];
  readonly comment: string | undefined;
  readonly cause: RuleCause | undefined;
}
