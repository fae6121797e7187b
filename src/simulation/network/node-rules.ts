/** What the rules of one node do with a packet, hook by hook, whatever tool they are written for. */

import type { WalkStep } from '../types';
import type { LocalAddresses, Packet } from './packet';
import type { Trail } from './trail';

/** Netfilter's hooks. */
export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

export type Verdict = 'accept' | 'drop' | 'reject';

/** One of the ways that a packet may take through a hook. */
export interface Passage {
  readonly probability: number;
  readonly packet: Packet;
  readonly verdict: Verdict;
  /** Whether the packet is to leave with the node's address. */
  readonly masquerade: boolean;
  readonly steps: readonly WalkStep[];
  /** What each rule did, where that is recorded. */
  readonly trail?: Trail | undefined;
}

/** The rules of a node, as a packet meets them. */
export interface NodeRules {
  /** What the node takes in as its own: its addresses, the loopback, and those that the mode adds. */
  readonly addresses: LocalAddresses;
  /** PREROUTING or OUTPUT up to the translation of the destination, that included. */
  translate(packet: Packet, hook: 'PREROUTING' | 'OUTPUT'): readonly Passage[];
  /** INPUT, FORWARD or OUTPUT where packets are filtered. */
  filter(packet: Packet, hook: 'INPUT' | 'FORWARD' | 'OUTPUT'): readonly Passage[];
  /** POSTROUTING: whether the source is translated. */
  leave(packet: Packet): readonly Passage[];
  /**
   * IPVS: what has come in at INPUT, or is about to leave at OUTPUT before it is filtered, is sent on to a real server.
   * Undefined where the packet is none of its virtual servers' (or the mode has none).
   */
  schedule?(packet: Packet, hook: 'INPUT' | 'OUTPUT'): readonly Passage[] | undefined;
}
