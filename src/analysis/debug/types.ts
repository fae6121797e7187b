/** A request as a list of stops, each with what there is to see at it: a debugger moves through them. */

import type { ProxyMode } from '#model/settings';
import type { AskedSet } from '#simulation/types';
import type { HopCause, Place, TraceOutcome } from '../types';

/** A line of a node's rules. */
export interface RulesLine {
  readonly node: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly mode: ProxyMode;
  readonly line: number;
}

/** Where somebody who looks at a stop is led: to a line of rules, or to the YAML that makes it so. */
export type StopPlace = { readonly rules: RulesLine } | { readonly yaml: Place };

export interface Frame {
  /** `KUBE-SERVICES`, `node-a nat PREROUTING`. */
  readonly name: string;
  readonly place: StopPlace | undefined;
}

export interface ConntrackView {
  /** Of the first packet: always NEW. */
  readonly state: 'NEW';
  /** `DNAT`, `SNAT`: what this node has translated so far. */
  readonly status: readonly string[];
  /** `10.244.1.4:41312 → 10.96.0.10:80`, as the packet came to this node. */
  readonly original: string;
  /** As the answer to what it is now would come. */
  readonly reply: string;
}

/** A packet on its way through a node. */
export interface PacketView {
  readonly node: string;
  readonly family: 'IPv4' | 'IPv6';
  readonly protocol: string;
  readonly saddr: string;
  readonly sport: number;
  readonly daddr: string;
  readonly dport: number;
  /** What it came in by, in words. */
  readonly iif: string;
  /** What it leaves by, in words; undefined before it is routed. */
  readonly oif: string | undefined;
  readonly mark: number;
  /** The virtual server for which IPVS sent it on here. */
  readonly ipvs: string | undefined;
  readonly conntrack: ConntrackView;
}

export interface RuleView {
  /** As its tool prints it. */
  readonly text: string;
  readonly chain: string;
  readonly table: string;
  /** `chance`: it matches, and the draw fell on another rule. */
  readonly matched: 'yes' | 'no' | 'chance';
  /** Why it does not match; else what it does. */
  readonly words: string;
  /** `shop/web http → 10.244.1.5:8080`: who made it. */
  readonly owner: string | undefined;
  readonly sets: readonly AskedSet[];
}

/** One of the ways that lead on from a choice. */
export interface Way {
  /** Its number among the ways of the recording. */
  readonly path: number;
  /** Where it ends: `shop/web-1:8080`, `refused: …`. */
  readonly text: string;
  /** Of those that lead on from the choice. */
  readonly probability: number;
}

export type StopKind =
  'request' | 'name' | 'http' | 'service' | 'hook' | 'rule' | 'policy' | 'route' | 'plugin' | 'pod' | 'reply';

export interface Stop {
  readonly kind: StopKind;
  /** What happens here, in a line. */
  readonly title: string;
  /** More of it. */
  readonly lines: readonly string[];
  /** The innermost frame. */
  readonly frame: Frame;
  /** The others, from the inside out. */
  readonly callers: readonly Frame[];
  /** The hook that it is in: rules of one have one number. */
  readonly hook: number | undefined;
  readonly packet: PacketView | undefined;
  readonly rule: RuleView | undefined;
  /** Several ways lead on from here: all of them. */
  readonly choice: readonly Way[];
  readonly causes: readonly HopCause[];
}

export interface Recording {
  readonly from: string;
  readonly to: string;
  readonly verdict: string;
  readonly symptom: string;
  readonly assumptions: readonly string[];
  readonly ways: readonly Way[];
  /** Which of them the stops are of. */
  readonly path: number;
  readonly stops: readonly Stop[];
  /** How this way ends: a failure ends at its last stop. */
  readonly outcome: TraceOutcome;
  /** What makes it end so, as the trace has it. */
  readonly causes: readonly HopCause[];
  /** Fixes, in words. */
  readonly fixes: readonly string[];
}
