/** A packet goes through the chains of iptables, and may come out on several branches. */

import { assertNever } from '#base/assert';
import type { Chain, IptablesRuleset, PacketState, Rule, RuleAction, Table, WalkStep } from '../types';
import { nextRule } from './chain-lookup';
import type { Hook, NodeRules, Passage, Verdict } from './node-rules';
import { meets, type LocalAddresses, type MatchContext, type Packet } from './packet';
import type { RuleEvent, Trail, TrailChain } from './trail';

export interface HookPlace {
  readonly node: string;
  readonly hook: Hook;
  readonly table: Table;
  readonly context: MatchContext;
  /** Where recording begins; undefined where nothing is to be recorded. */
  readonly trail: Trail | undefined;
}

/** A node with kube-proxy in iptables mode: nat translates, filter filters; nothing of ours is in mangle. */
export function iptablesNode(ruleset: IptablesRuleset, addresses: LocalAddresses, trail?: Trail): NodeRules {
  const pass = (packet: Packet, hook: Hook, name: Table['name']) => {
    const table = ruleset.tables.find((candidate) => candidate.name === name);
    return table ? passHook(packet, { node: ruleset.node, hook, table, context: { addresses }, trail }) : [];
  };
  return {
    addresses,
    translate: (packet, hook) => pass(packet, hook, 'nat'),
    filter: (packet, hook) => pass(packet, hook, 'filter'),
    leave: (packet) => pass(packet, 'POSTROUTING', 'nat'),
  };
}

/** A branch on its way: `end` once a rule has decided. */
interface Branch {
  readonly probability: number;
  readonly packet: Packet;
  readonly end: Verdict | undefined;
  readonly masquerade: boolean;
  readonly steps: readonly WalkStep[];
  readonly trail: Trail | undefined;
}

/** All ways through a hook. Jumps into chains in which nothing happens leave no step. */
export function passHook(packet: Packet, place: HookPlace): Passage[] {
  const chain = place.table.chains.get(place.hook);
  const start: Branch = { probability: 1, packet, end: undefined, masquerade: false, steps: [], trail: place.trail };
  const counted: Counted = { looked: 0 };
  const branches = chain ? passChain(chain, start, { ...place, counted }) : [start];
  return branches.map((branch) => ({
    probability: branch.probability,
    packet: branch.packet,
    verdict: branch.end ?? (chain?.policy === 'DROP' ? 'drop' : 'accept'),
    masquerade: branch.masquerade,
    steps: branch.steps.length > 0 ? branch.steps : [noMatch(packet, place, counted.looked)],
    trail: chain && branch.end === undefined ? atPolicy(branch, chain, place) : branch.trail,
  }));
}

function atPolicy({ trail, packet }: Branch, chain: Chain, { table }: HookPlace): Trail | undefined {
  const verdict = chain.policy === 'DROP' ? 'drop' : 'accept';
  return trail?.with({ kind: 'policy', chain: trailChain(chain, table), verdict, packet });
}

function trailChain({ name, rules }: Chain, table: Table): TrailChain {
  return { table: table.name, name, rules };
}

/** Rules that looked at the packet in a hook. */
interface Counted {
  looked: number;
}

type Place = HookPlace & { readonly counted: Counted };

function noMatch(packet: Packet, { node, hook, table }: HookPlace, looked: number): WalkStep {
  return { kind: 'no-match', node, hook, table: table.name, header: packet.header, looked };
}

/** Goes through a chain's rules from one on; where a rule matches by chance, the branch parts. */
function passChain(chain: Chain, start: Branch, place: Place, from = 0, matched = 0): Branch[] {
  const done: Branch[] = [];
  const here = start.trail && trailChain(chain, place.table);
  let rest = start;
  let recorded = from;
  for (let index = from, looked = from; ; index++) {
    index = nextRule(chain, index, start.packet.header);
    // Those in between have looked too, and want another address or port.
    place.counted.looked += Math.min(index + 1, chain.rules.length) - looked;
    looked = index + 1;
    const rule = chain.rules[index];
    if (!rule) break;
    const chance = chanceOf(rule, rest.packet, place);
    if (chance === 0) continue;
    if (here) {
      rest = { ...rest, trail: rest.trail?.past(here, recorded, index, rest.packet) };
      recorded = index + 1;
    }
    const decided = (isTaken: boolean, share: number): Branch => ({
      ...rest,
      probability: rest.probability * share,
      trail: here && rest.trail?.with(metEvent(here, index, rule, isTaken, share, rest.packet)),
    });
    const taken = decided(true, chance);
    for (const branch of follow(
      rule,
      taken,
      place,
      stepOf({ chain, index, rule, chance, passedOver: index - matched, place }),
    )) {
      if (branch.end !== undefined || rule.target.kind === 'return') done.push(branch);
      else done.push(...passChain(chain, branch, place, index + 1, matched + 1));
    }
    if (chance === 1) return done;
    rest = decided(false, 1 - chance);
  }
  if (here) rest = { ...rest, trail: rest.trail?.past(here, recorded, chain.rules.length, rest.packet) };
  return [...done, rest];
}

function metEvent(
  chain: TrailChain,
  index: number,
  rule: Rule,
  taken: boolean,
  chance: number,
  packet: Packet,
): RuleEvent {
  const met = { tool: 'iptables', rule } as const;
  return { kind: 'met', chain, index, met, action: actionOf(rule), taken, chance, packet };
}

/** 0: does not match, 1: matches, between: by chance. */
function chanceOf(rule: Rule, packet: Packet, place: HookPlace): number {
  let chance = 1;
  for (const match of rule.matches) {
    if (match.kind === 'random') chance *= match.probability;
    else if (!meets(packet, match, place.context)) return 0;
  }
  return chance;
}

type StepMaker = (before: Packet, after: Packet) => WalkStep;

function stepOf(at: {
  readonly chain: Chain;
  readonly index: number;
  readonly rule: Rule;
  readonly chance: number;
  readonly passedOver: number;
  readonly place: HookPlace;
}): StepMaker {
  return (before, after) => ({
    kind: 'rule',
    node: at.place.node,
    hook: at.place.hook,
    table: at.place.table.name,
    chain: at.chain.name,
    rules: at.chain.rules,
    met: { tool: 'iptables', rule: at.rule },
    action: actionOf(at.rule),
    cause: at.rule.cause,
    index: at.index,
    passedOver: at.passedOver,
    probability: at.chance,
    before: before.header,
    after: after.header,
    state: stateOf(before),
  });
}

function stateOf({ mark, translated, from, virtualServer }: Packet): PacketState {
  return virtualServer === undefined ? { mark, translated, from } : { mark, translated, from, virtualServer };
}

/** The target, which in iptables is the one thing that a rule does. */
function actionOf({ target }: Rule): RuleAction {
  return target;
}

function leaving(branch: Branch, chain: Chain, table: Table): Branch {
  const { trail, packet } = branch;
  return { ...branch, trail: trail?.with({ kind: 'left', chain: trailChain(chain, table), packet }) };
}

/** What a matching rule does; a branch without an end goes on behind the rule. */
function follow(rule: Rule, branch: Branch, place: Place, step: StepMaker): Branch[] {
  const { target } = rule;
  const { packet, steps } = branch;
  const ended = (end: Verdict, after: Packet = packet): Branch[] => [
    { ...branch, end, packet: after, steps: [...steps, step(packet, after)] },
  ];
  switch (target.kind) {
    case 'jump': {
      const chain = place.table.chains.get(target.chain);
      if (!chain) return [branch];
      const jumped = [...steps, step(packet, packet)];
      return passChain(chain, { ...branch, steps: jumped }, place).map((inner) => {
        const back = inner.trail && inner.end === undefined ? leaving(inner, chain, place.table) : inner;
        // Where nothing happened in the chain, the jump into it says nothing.
        return inner.steps.length === jumped.length ? { ...back, steps } : back;
      });
    }
    case 'accept':
    case 'drop':
    case 'reject':
      return ended(target.kind);
    case 'return':
    case 'none':
      return [branch];
    case 'mark': {
      const after = { ...packet, mark: (packet.mark & ~target.mask) ^ target.value };
      return [{ ...branch, packet: after, steps: [...steps, step(packet, after)] }];
    }
    case 'masquerade':
      return [{ ...branch, end: 'accept', masquerade: true, steps: [...steps, step(packet, packet)] }];
    case 'dnat': {
      const header = { ...packet.header, destination: target.address, destinationPort: target.port };
      return ended('accept', { ...packet, header, translated: true });
    }
    default:
      return assertNever(target);
  }
}
