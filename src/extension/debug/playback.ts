/** Moves through the stops of a recording: steps, breakpoints, and the way back, which is exact. */

import type { WirePacket, WireRecording, WireStop } from '#protocol/debug';
import { holds, type Seen } from './evaluate';

/** A line of rules at which to stop, or where something is to be said. */
export interface LineBreakpoint {
  readonly id: number;
  /** As `lineKey` writes it. */
  readonly key: string;
  readonly condition: string | undefined;
  /** At which of its hits it stops: `3`, `>= 2`, `% 2`; undefined for all of them. */
  readonly hitCondition: string | undefined;
  readonly logMessage: string | undefined;
}

export interface Breakpoints {
  readonly lines: readonly LineBreakpoint[];
  /** Names of chains: to stop where one is entered. */
  readonly chains: readonly string[];
  /** Fields of the packet: to stop where one has changed. */
  readonly fields: readonly string[];
  /** Whether to stop where the request fails. */
  readonly failure: boolean;
}

export type Reason = 'step' | 'breakpoint' | 'function breakpoint' | 'data breakpoint' | 'exception' | 'entry' | 'goto';

export type Moved =
  | { readonly kind: 'stopped'; readonly reason: Reason; readonly hit: readonly number[]; readonly text?: string }
  | { readonly kind: 'ended' };

/** Stops at which nothing but a step stops: all of them, or those alone at which the packet meets a rule. */
export type Granularity = 'every' | 'met';

export function lineKey(rules: { readonly node: string; readonly mode: string; readonly family: string }, scope: string, line: number): string {
  return [scope, rules.node, rules.mode, rules.family, line].join(' ');
} // prettier-ignore

export class Playback {
  readonly #granularity: Granularity;
  #recording: WireRecording;
  #at = 0;

  constructor(recording: WireRecording, granularity: Granularity) {
    this.#recording = recording;
    this.#granularity = granularity;
  }

  get recording(): WireRecording {
    return this.#recording;
  }

  get at(): number {
    return this.#at;
  }

  get stop(): WireStop {
    return this.#recording.stops[this.#at]!;
  }

  seenAt(index: number): Seen {
    const stop = this.#recording.stops[index]!;
    const { packet, rule } = stop;
    return { packet: packet === undefined ? undefined : this.#recording.packets[packet], rule, stop };
  }

  get seen(): Seen {
    return this.seenAt(this.#at);
  }

  get failed(): boolean {
    return this.#recording.outcome.kind !== 'delivered';
  }

  /** Whether the packet is where its request fails. */
  get isAtFailure(): boolean {
    return this.failed && this.#at === this.#recording.stops.length - 1;
  }

  /** The chain's depth: hops and hooks are at 0, a hook's own chain at 1. */
  #depth(index: number): number {
    const stop = this.#recording.stops[index]!;
    return stop.kind === 'rule' ? (this.#recording.callers[stop.callers] ?? []).length : 0;
  }

  #isPlace(index: number): boolean {
    return this.#granularity === 'every' || this.#recording.stops[index]!.rule?.matched !== 'no';
  }

  stepIn(breakpoints: Breakpoints, log: Log): Moved {
    return this.#forward(breakpoints, log, () => true);
  }

  /** Over the chains that a rule leads to; from a hop, over the hook behind it. */
  next(breakpoints: Breakpoints, log: Log): Moved {
    const depth = this.#depth(this.#at);
    return this.#forward(breakpoints, log, (index) => this.#depth(index) <= depth);
  }

  stepOut(breakpoints: Breakpoints, log: Log): Moved {
    const depth = this.#depth(this.#at);
    return this.#forward(breakpoints, log, (index) => this.#depth(index) < depth);
  }

  continue(breakpoints: Breakpoints, log: Log): Moved {
    return this.#forward(breakpoints, log, () => false);
  }

  /** The reverse of a step over. */
  stepBack(): Moved {
    const depth = this.#depth(this.#at);
    for (let index = this.#at - 1; index > 0; index--)
      if (this.#isPlace(index) && this.#depth(index) <= depth) return this.#stopAt(index, 'step', []);
    return this.#stopAt(0, 'entry', []);
  }

  reverseContinue(breakpoints: Breakpoints): Moved {
    for (let index = this.#at - 1; index > 0; index--) {
      const found = this.#breakpointAt(index, breakpoints, undefined);
      if (found) return this.#stopAt(index, found.reason, found.hit, found.text);
    }
    return this.#stopAt(0, 'entry', []);
  }

  /** The stops at a line of rules: where one can jump to. */
  stopsAtLine(key: string): readonly number[] {
    const { stops, scope } = this.#recording;
    return stops.flatMap((stop, i) => (stop.frame.rules && lineKey(stop.frame.rules, scope, stop.frame.rules.line) === key ? i : [])); // prettier-ignore
  }

  goTo(index: number): Moved {
    return this.#stopAt(Math.max(0, Math.min(index, this.#recording.stops.length - 1)), 'goto', []);
  }

  /** Takes the recording of another way, and stays where the two are still the same. */
  replace(recording: WireRecording): void {
    let common = 0;
    const [ours, theirs] = [this.#recording.stops, recording.stops];
    while (common < this.#at && isSamePlace(ours[common + 1], theirs[common + 1])) common++;
    this.#recording = recording;
    this.#at = Math.min(common, recording.stops.length - 1);
  }

  #forward(breakpoints: Breakpoints, log: Log, isTarget: (index: number) => boolean): Moved {
    const { stops } = this.#recording;
    for (let index = this.#at + 1; index < stops.length; index++) {
      log.passed(index);
      const isLast = this.failed && index === stops.length - 1;
      if (isLast && breakpoints.failure) return this.#stopAt(index, 'exception', []);
      const found = this.#breakpointAt(index, breakpoints, log);
      if (found) return this.#stopAt(index, found.reason, found.hit, found.text);
      if (this.#isPlace(index) && isTarget(index)) return this.#stopAt(index, 'step', []);
    }
    return { kind: 'ended' };
  }

  #breakpointAt(index: number, breakpoints: Breakpoints, log: Log | undefined): Found | undefined {
    const stop = this.#recording.stops[index]!;
    const { rules } = stop.frame;
    const key = rules && lineKey(rules, this.#recording.scope, rules.line);
    const here = key === undefined ? [] : breakpoints.lines.filter((each) => each.key === key);
    const met = here.filter((each) => this.#isHit(each, index));
    for (const { logMessage } of met) if (logMessage !== undefined) log?.said(logMessage, index);
    const hit = met.filter(({ logMessage }) => logMessage === undefined).map(({ id }) => id);
    if (hit.length > 0) return { reason: 'breakpoint', hit };
    const chain = stop.rule?.chain;
    const before = this.#recording.stops[index - 1];
    const isEntered = before?.rule?.chain !== chain || before?.hook !== stop.hook || this.#depth(index) > this.#depth(index - 1); // prettier-ignore
    if (chain !== undefined && isEntered && breakpoints.chains.includes(chain))
      return { reason: 'function breakpoint', hit: [], text: `${chain} is entered` };
    const changed = breakpoints.fields.find((field) => this.#hasChanged(field, index));
    return changed === undefined ? undefined : { reason: 'data breakpoint', hit: [], text: `${changed} has changed` };
  }

  /** Hits are counted from the beginning of the recording: stepping back does not lose count. */
  #isHit(breakpoint: LineBreakpoint, index: number): boolean {
    const { key, condition, hitCondition } = breakpoint;
    const isMet = (at: number) => condition === undefined || holds(condition, this.seenAt(at));
    if (!isMet(index)) return false;
    if (hitCondition === undefined) return true;
    const hits = this.stopsAtLine(key).filter((at) => at <= index && isMet(at)).length;
    return countFits(hitCondition, hits);
  }

  /** Whether a field is another one than where the packet was seen last. */
  #hasChanged(field: string, index: number): boolean {
    const now = this.seenAt(index).packet;
    if (!now) return false;
    for (let before = index - 1; before >= 0; before--) {
      const packet = this.seenAt(before).packet;
      if (packet) return fieldOf(packet, field) !== fieldOf(now, field);
    }
    return false;
  }

  #stopAt(index: number, reason: Reason, hit: readonly number[], text?: string): Moved {
    this.#at = index;
    return { kind: 'stopped', reason, hit, ...(text !== undefined && { text }) };
  }
}

/** Up to where ways part they go by the same rules: at one number, one chain means one rule. */
function isSamePlace(a: WireStop | undefined, b: WireStop | undefined): boolean {
  return a?.kind === b?.kind && a?.frame.name === b?.frame.name;
}

interface Found {
  readonly reason: Reason;
  readonly hit: readonly number[];
  readonly text?: string;
}

const hitForms = /^\s*(>=|<=|==?|>|<|%)?\s*(\d+)\s*$/;

/** Why a hit condition cannot be read. */
export function hitConditionError(text: string): string | undefined {
  return hitForms.test(text) ? undefined : 'A hit count is a number, or one behind >, >=, <, <=, = or %.';
}

/** As editors mean it: a bare number is that hit, `% 2` each second one. */
function countFits(text: string, hits: number): boolean {
  const [, operator = '=', digits = '0'] = hitForms.exec(text) ?? [];
  const count = Number(digits);
  switch (operator) {
    case '>=':
      return hits >= count;
    case '<=':
      return hits <= count;
    case '>':
      return hits > count;
    case '<':
      return hits < count;
    case '%':
      return count > 0 && hits % count === 0;
    default:
      return hits === count;
  }
}

/** Is told of what is gone past. */
export interface Log {
  passed(index: number): void;
  said(message: string, index: number): void;
}

function fieldOf(packet: WirePacket, field: string): unknown {
  return (packet as Readonly<Record<string, unknown>>)[field];
}
