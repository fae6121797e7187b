/** What each rule of a hook did with a packet, in the order in which they looked at it: kept only where it is asked for. */

import type { ProxyMode } from '#model/settings';
import type { NftRule } from '../proxy/nftables/types';
import type { MetRule, Rule, RuleAction } from '../types';
import type { Packet } from './packet';

/** A chain in which rules look at a packet. */
export interface TrailChain {
  /** `nat`, `filter`. */
  readonly table: string;
  readonly name: string;
  readonly rules: readonly Rule[] | readonly NftRule[];
}

/** `packet` is as it comes to the rule. */
export type RuleEvent =
  /** Rules `from` to `to` (excluded) looked at the packet, and it met none of them. */
  | {
      readonly kind: 'passed';
      readonly chain: TrailChain;
      readonly from: number;
      readonly to: number;
      readonly packet: Packet;
    }
  /** It met a rule; where that one decides by chance, `taken` says how it fell out on this branch, and with what chance. */
  | {
      readonly kind: 'met';
      readonly chain: TrailChain;
      readonly index: number;
      readonly met: MetRule;
      readonly action: RuleAction;
      readonly taken: boolean;
      readonly chance: number;
      readonly packet: Packet;
    }
  /** It came out of a chain, back to the one that had jumped there. */
  | { readonly kind: 'left'; readonly chain: TrailChain; readonly packet: Packet }
  /** It came to the end of one of the kernel's own chains. */
  | {
      readonly kind: 'policy';
      readonly chain: TrailChain;
      readonly verdict: 'accept' | 'drop';
      readonly packet: Packet;
    };

/** The events on the way to a branch. Branches share what they have in common. */
export class Trail {
  readonly #event: RuleEvent | undefined;
  readonly #before: Trail | undefined;

  private constructor(event?: RuleEvent, before?: Trail) {
    this.#event = event;
    this.#before = before;
  }

  static readonly start = new Trail();

  with(event: RuleEvent): Trail {
    return new Trail(event, this);
  }

  /** With the rules that were gone past, if there are any. */
  past(chain: TrailChain, from: number, to: number, packet: Packet): Trail {
    return to > from ? this.with({ kind: 'passed', chain, from, to, packet }) : this;
  }

  events(): readonly RuleEvent[] {
    const events: RuleEvent[] = [];
    for (let rest = this.#parts(); rest; rest = rest.before.#parts()) events.push(rest.event);
    return events.reverse();
  }

  #parts(): { readonly event: RuleEvent; readonly before: Trail } | undefined {
    return this.#event && this.#before && { event: this.#event, before: this.#before };
  }
}

/** What the rules of one hook did: it stands for the steps `at` to `at + count` (excluded) of the path. */
export interface HookTrail {
  readonly at: number;
  readonly count: number;
  readonly node: string;
  readonly hook: string;
  readonly mode: ProxyMode;
  readonly events: readonly RuleEvent[];
}

/** A set that a rule asks for a packet. */
export interface AskedSet {
  readonly name: string;
  /** The packet's parts, as the set would have them: `10.96.0.10 . tcp . 80`, `10.96.0.10,tcp:80`. */
  readonly key: string;
  /** The entry, with where a map sends it; undefined where there is none. */
  readonly found: string | undefined;
  /** How many entries it has. */
  readonly size: number;
}
