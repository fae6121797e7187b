/** The stops of one path of a trace: a stop for each hop, each hook and each rule that looks at the packet. */

import { printMetRule } from '#simulation/proxy/modes';
import type {
  HookTrail, MetRule, PacketHeader, RuleEvent, Ruleset, TrailChain, WalkPath, WalkStep,
} from '#simulation/types'; // prettier-ignore
import { familyOf } from '#base/ip';
import { rulesDocument } from '../rules-view/document';
import { ownerOfChain } from '../rules-view/owners';
import type { Tracing } from '../trace/causes';
import { printHeader } from '../trace/packet-hops';
import type { Hop } from '../types';
import { viewOf, type PacketHere, type Whereabouts } from './packet-view';
import type { Frame, PacketView, RuleView, Stop, StopPlace } from './types';
import { decisionOf, hopDecision, stepDecision, type Unit } from './units';
import { actionWords, ownerWords } from './words';

/** A stop, and what was decided there where ways part. */
export interface DecidedStop {
  readonly stop: Stop;
  readonly decision: string | undefined;
}

const noStop = { lines: [], callers: [], hook: undefined, packet: undefined, rule: undefined, choice: [], causes: [] };

/** The stops of a path's parts, in order; `request` is the outermost frame. */
export function stopsOf(units: readonly Unit[], request: Frame, tracing: Tracing): DecidedStop[] {
  const builder = new Builder(request, tracing);
  for (const unit of units) builder.add(unit);
  return builder.stops;
}

class Builder {
  readonly stops: DecidedStop[] = [];
  readonly #request: Frame;
  readonly #tracing: Tracing;
  #hooks = 0;
  #here: Omit<Whereabouts, 'hook' | 'at'> | undefined;
  #packet: PacketHere | undefined;

  constructor(request: Frame, tracing: Tracing) {
    this.#request = request;
    this.#tracing = tracing;
  }

  add(unit: Unit): void {
    switch (unit.kind) {
      case 'hop':
        this.#here = undefined;
        return this.#addHop(unit.hop, undefined, hopDecision(unit.hop));
      case 'walked':
        return this.#addHop(unit.hop, this.#viewAtStep(unit.hop, unit.way, unit.at), undefined);
      case 'step':
        return unit.step.kind === 'plugin' ? this.#addPlugin(unit.step, unit.way, unit.at) : this.#addServer(unit.step, unit.way, unit.at); // prettier-ignore
      case 'hook':
        return this.#addHook(unit.trail, unit.way);
    }
  }

  #push(stop: Stop, decision?: string): void {
    this.stops.push({ stop, decision });
  }

  #addHop(hop: Hop, packet: PacketView | undefined, decision: string | undefined): void {
    const { kind, title, result, lines, causes } = hop;
    const place = causes.find((cause) => cause.place)?.place;
    const frame = { name: title, place: place && { yaml: place } };
    const text = result === '' ? title : `${title}: ${result}`;
    // Hops about rules have stops of their own, but for the few that belong to no walk.
    const as = kind === 'rules' ? 'route' : kind;
    this.#push({ ...noStop, kind: as, title: text, lines, frame, callers: [this.#request], packet, causes }, decision);
  }

  #viewAtStep({ kind }: Hop, way: WalkPath, at: number): PacketView | undefined {
    const step = way.steps[at];
    if (!step || !this.#packet || kind === 'reply') return undefined;
    const header = kind === 'pod' ? this.#packet.header : headerOf(step);
    return this.#view({ ...this.#packet, header }, { way, at, hook: undefined });
  }

  #addPlugin(step: Extract<WalkStep, { readonly kind: 'plugin' }>, way: WalkPath, at: number): void {
    const { node, hook, message, before, after } = step;
    this.#arrive(node, way, before);
    const packet: PacketHere = { mark: 0, translated: false, from: 'network', ...this.#packet, header: before };
    const title = `${node} network plugin (nat ${hook}): ${message}`;
    const frame = { name: `${node} network plugin ${hook}`, place: undefined };
    const view = this.#view(packet, { way, at, hook });
    const lines = [`${printHeader(before)} becomes ${printHeader(after)}`];
    this.#push({ ...noStop, kind: 'plugin', title, lines, frame, callers: [this.#request], packet: view });
    this.#packet = { ...packet, header: after };
  }

  /** A virtual server of IPVS. */
  #addServer(step: Extract<WalkStep, { readonly kind: 'rule' }>, way: WalkPath, at: number): void {
    const { node, hook, met, action, cause } = step;
    this.#arrive(node, way, step.before);
    const ruleset = this.#ruleset(node, step.before, way);
    const packet: PacketHere = { ...step.state, header: step.before };
    const line = ruleset && met.tool === 'ipvs' ? rulesDocument(ruleset).server(met.virtualServer, met.realServer) : undefined; // prettier-ignore
    const rule: RuleView = {
      text: printMetRule(met, step.chain),
      chain: step.chain,
      table: 'ipvs',
      matched: 'yes',
      words: actionWords(action),
      owner: cause && ownerWords(cause),
      sets: [],
    };
    const frame = { name: `IPVS ${step.chain}`, place: placeOf(ruleset, line) };
    const own = ruleset && met.tool === 'ipvs' ? rulesDocument(ruleset).server(met.virtualServer) : undefined;
    const callers = [{ name: `${node} ipvs ${hook}`, place: placeOf(ruleset, own) }, this.#request];
    const title = `IPVS ${step.chain}: ${rule.words}`;
    const view = this.#view(packet, { way, at, hook });
    const lines = [rule.text];
    this.#push({ ...noStop, kind: 'rule', title, lines, frame, callers, hook: ++this.#hooks, packet: view, rule }, stepDecision(step)); // prettier-ignore
    this.#packet = { ...packet, header: step.after };
  }

  #addHook(trail: HookTrail, way: WalkPath): void {
    const { node, hook, events, at } = trail;
    const [first] = events;
    if (!first) return;
    this.#arrive(node, way, first.packet.header);
    const ruleset = this.#ruleset(node, first.packet.header, way);
    const context: HookContext = { trail, way, ruleset, number: ++this.#hooks, tracing: this.#tracing };
    const where = { way, at, hook };
    let stack: readonly OpenChain[] = [];
    let view: PacketView | undefined;
    let seen: PacketHere | undefined;
    let inTable: string | undefined;
    for (const event of events) {
      if (seen !== event.packet) view = this.#view(event.packet, where);
      seen = event.packet;
      if (stack.length === 0) {
        const isNew = inTable !== `${event.chain.table} ${event.chain.name}`;
        inTable = `${event.chain.table} ${event.chain.name}`;
        if (isNew) this.#push({ ...hookStop(event.chain, context, this.#request), packet: view });
      }
      stack = entered(stack, event);
      for (const { stop, decision } of ruleStops(event, stack, context, this.#request))
        this.#push({ ...stop, packet: view }, decision);
      stack = leftBy(stack, event);
    }
    this.#packet = afterHook(trail, way, seen ?? first.packet);
  }

  #ruleset(node: string, header: PacketHeader, way: WalkPath): Ruleset | undefined {
    const { dataPlane } = this.#tracing.context.simulation;
    const mode = way.hooks?.[0]?.mode;
    return mode && dataPlane.rules(node, mode, familyOf(header.destination) ?? 'IPv4');
  }

  #arrive(node: string, way: WalkPath, header: PacketHeader): void {
    if (this.#here?.node !== node || this.#here.way !== way) this.#here = { node, way, original: header };
  }

  #view(packet: PacketHere, where: Pick<Whereabouts, 'way' | 'at' | 'hook'>): PacketView {
    const { node = '', original = packet.header } = this.#here ?? {};
    return viewOf(packet, { node, original, ...where });
  }
}

function headerOf(step: WalkStep): PacketHeader {
  return 'after' in step ? step.after : step.header;
}

/** What the packet is once the hook is behind it: a source that is hidden is in the walk's last step of the hook. */
function afterHook({ at, count }: HookTrail, way: WalkPath, last: PacketHere): PacketHere {
  const rule = way.steps.slice(at, at + count).findLast((step) => step.kind === 'rule');
  return rule ? { ...last, header: rule.after } : last;
}

interface HookContext {
  readonly trail: HookTrail;
  readonly way: WalkPath;
  readonly ruleset: Ruleset | undefined;
  readonly number: number;
  readonly tracing: Tracing;
}

/** A chain that the packet is in, with the line of the rule that looks at it, or that sent it on. */
interface OpenChain {
  readonly chain: TrailChain;
  readonly index: number;
  readonly sentTo?: { readonly kind: 'jump' | 'goto'; readonly chain: string };
}

/** The stack as the event finds it: a rule that sent the packet on has opened a chain, or taken its own one's place. */
function entered(stack: readonly OpenChain[], event: RuleEvent): readonly OpenChain[] {
  const { chain } = event;
  const index = event.kind === 'met' ? event.index : event.kind === 'passed' ? event.from : chain.rules.length;
  const top = stack.at(-1);
  if (!top) return [{ chain, index }];
  if (top.sentTo?.chain === chain.name && event.kind !== 'left') {
    const below = top.sentTo.kind === 'goto' ? stack.slice(0, -1) : stack;
    return [...below, { chain, index }];
  }
  return [...stack.slice(0, -1), { chain, index }];
}

function leftBy(stack: readonly OpenChain[], event: RuleEvent): readonly OpenChain[] {
  const top = stack.at(-1);
  if (event.kind === 'policy') return [];
  if (event.kind === 'left' && top) {
    // A chain without rules was never entered.
    if (top.sentTo?.chain === event.chain.name) return [...stack.slice(0, -1), { chain: top.chain, index: top.index }];
    return stack.slice(0, -1);
  }
  if (event.kind !== 'met' || !event.taken || !top) return stack;
  const { action } = event;
  if (action.kind !== 'jump' && action.kind !== 'goto') return stack;
  return [...stack.slice(0, -1), { ...top, index: event.index, sentTo: action }];
}

function hookStop(chain: TrailChain, context: HookContext, request: Frame): Stop {
  const frame = hookFrame(chain, context);
  const title = `${frame.name}: ${summary(context, chain.table)}`;
  return { ...noStop, kind: 'hook', title, frame, callers: [request] };
}

/** A hook is at the line where its chain is declared. */
function hookFrame(chain: TrailChain, { trail, ruleset }: HookContext): Frame {
  const line = ruleset && rulesDocument(ruleset).chain(tableOf(chain, ruleset), chain.name)?.declaration;
  return { name: `${trail.node} ${chain.table} ${trail.hook}`, place: placeOf(ruleset, line) };
}

/** What the hook comes to in the end. */
function summary({ trail, way }: HookContext, table: string): string {
  const steps = way.steps.slice(trail.at, trail.at + trail.count);
  const actions = steps.flatMap((step) => (step.kind === 'rule' && step.table === table ? step.action : []));
  const told = actions.filter(({ kind }) => !['jump', 'goto', 'none', 'return'].includes(kind));
  return told.length === 0 ? 'no rule decides' : told.map((action) => `it ${actionWords(action)}`).join(', then ');
}

function ruleStops(
  event: RuleEvent,
  stack: readonly OpenChain[],
  context: HookContext,
  request: Frame,
): readonly DecidedStop[] {
  const { trail, ruleset, tracing } = context;
  const { dataPlane } = tracing.context.simulation;
  const callers = callersOf(stack, context, request);
  const { chain } = event;
  const at = (index: number) => ({ ...noStop, kind: 'rule' as const, frame: frameOf(chain, index, context), callers, hook: context.number }); // prettier-ignore
  const view = (met: MetRule, packet: PacketHere, rest: Pick<RuleView, 'matched' | 'words'>): RuleView => {
    const cause = ('rule' in met ? met.rule.cause : undefined) ?? ('element' in met ? met.element?.cause : undefined);
    const sets = ruleset ? dataPlane.asked(ruleset, met, packet) : [];
    const owner = cause && ownerWords(cause);
    return { text: printMetRule(met, chain.name), chain: chain.name, table: chain.table, owner, sets, ...rest };
  };
  switch (event.kind) {
    case 'passed': {
      const reasons = ruleset ? dataPlane.reasons(ruleset, event) : [];
      return reasons.map((words, i) => {
        const index = event.from + i;
        const rule = view(metOf(chain, index, ruleset), event.packet, { matched: 'no', words });
        return { stop: { ...at(index), title: `${chain.name}: not met, ${words}`, rule }, decision: undefined };
      });
    }
    case 'met': {
      const { met, action, taken, chance, packet, index } = event;
      const share = chance < 1 ? ` (a chance of ${Number((chance * 100).toFixed(1))} %)` : '';
      const words = taken ? `it ${actionWords(action)}${share}` : `chance leads past it${share}`;
      const rule = view(met, packet, { matched: taken ? 'yes' : 'chance', words });
      return [{ stop: { ...at(index), title: `${chain.name}: ${words}`, rule }, decision: decisionOf(event, trail) }];
    }
    default:
      return [];
  }
}

function metOf(chain: TrailChain, index: number, ruleset: Ruleset | undefined): MetRule {
  const rule = chain.rules[index]!;
  return (ruleset?.mode === 'nftables' ? { tool: 'nft', rule } : { tool: 'iptables', rule }) as MetRule;
}

function frameOf(chain: TrailChain, index: number, { ruleset, trail }: HookContext): Frame {
  const line = ruleset && rulesDocument(ruleset).rule(tableOf(chain, ruleset), chain.name, index);
  return { name: nameOf(chain, trail), place: placeOf(ruleset, line) };
}

/** `KUBE-SVC-…  shop/web http`: the chain, and whose it is. */
function nameOf({ name, rules }: TrailChain, { hook }: HookTrail): string {
  const owner = ownerOfChain({ name, rules, policy: undefined } as Parameters<typeof ownerOfChain>[0]);
  return owner ? `${name} (${ownerWords(owner)})` : name === hook ? `${name} chain` : name;
}

function callersOf(stack: readonly OpenChain[], context: HookContext, request: Frame): readonly Frame[] {
  const outer = stack.slice(0, -1).map(({ chain, index }) => frameOf(chain, index, context)).reverse(); // prettier-ignore
  const [base] = stack;
  return [...outer, ...(base ? [hookFrame(base.chain, context)] : []), request];
}

/** The tables of nftables have no part in its chains' names. */
function tableOf({ table }: TrailChain, { mode }: Ruleset): string {
  return mode === 'nftables' ? '' : table;
}

function placeOf(ruleset: Ruleset | undefined, line: number | undefined): StopPlace | undefined {
  if (!ruleset || line === undefined) return undefined;
  const { node, family, mode } = ruleset;
  return { rules: { node, family, mode, line } };
}
