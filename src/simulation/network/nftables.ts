/** A packet goes through the chains of kube-proxy's nftables table, and may come out on several branches. */

import { assertNever } from '#base/assert';
import type {
  NftablesRuleset, NftChain, NftElement, NftHook, NftRule, NftStatement, NftVerdict,
} from '../proxy/nftables/types'; // prettier-ignore
import { printEnd } from '../proxy/nftables/print';
import type { MetRule, RuleAction, RuleCause, WalkStep } from '../types';
import type { Hook, NodeRules, Passage, Verdict } from './node-rules';
import { elementOf, isMatch, meetsNft, type NftContext, type NftMatch } from './nftables-match';
import type { LocalAddresses, Packet } from './packet';
import type { Trail, TrailChain } from './trail';

const hooks: Readonly<Record<Hook, NftHook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};

/** The priority at which destinations are translated at OUTPUT; what filters behind it filters what is translated. */
const translation = -100;

/** A node with kube-proxy in nftables mode. */
export function nftablesNode(ruleset: NftablesRuleset, addresses: LocalAddresses, trail?: Trail): NodeRules {
  const context: NftContext = { addresses, sets: ruleset.table.sets };
  const bases = baseChains(ruleset);
  const pass = (packet: Packet, hook: Hook, isPart: (chain: BaseChain) => boolean = () => true): readonly Passage[] => {
    const chains = bases.filter((chain) => chain.base.hook === hooks[hook] && isPart(chain));
    return passChains(packet, chains, { ruleset, hook, context, counted: { looked: 0 }, trail });
  };
  return {
    addresses,
    translate: (packet, hook) => pass(packet, hook, ({ base }) => base.priority <= translation),
    filter: (packet, hook) =>
      pass(packet, hook, hook === 'OUTPUT' ? ({ base }) => base.priority > translation : undefined),
    leave: (packet) => pass(packet, 'POSTROUTING'),
  };
}

type BaseChain = NftChain & { readonly base: NonNullable<NftChain['base']> };

/** In the order in which the kernel calls them. They are listed first, before chains that may not be made yet. */
function baseChains({ table }: NftablesRuleset): readonly BaseChain[] {
  const found: BaseChain[] = [];
  for (const chain of table.chains.values()) {
    if (!isBase(chain)) break;
    found.push(chain);
  }
  return found.sort((a, b) => a.base.priority - b.base.priority);
}

function isBase(chain: NftChain): chain is BaseChain {
  return chain.base !== undefined;
}

interface Place {
  readonly ruleset: NftablesRuleset;
  readonly hook: Hook;
  readonly context: NftContext;
  readonly counted: { looked: number };
  /** Where recording begins; undefined where nothing is to be recorded. */
  readonly trail: Trail | undefined;
}

/** In one of the base chains and those that it leads to. */
type InChain = Place & { readonly type: 'filter' | 'nat' };

/** A branch on its way: `end` once a rule has decided. */
interface Branch {
  readonly probability: number;
  readonly packet: Packet;
  readonly end: Verdict | undefined;
  readonly masquerade: boolean;
  readonly steps: readonly WalkStep[];
  /** Whose element of a map sent the packet to the chain where it is. */
  readonly sentBy: RuleCause | undefined;
  readonly trail: Trail | undefined;
}

/** Through the base chains of a hook, one after the other: `accept` ends the one where it stands, no more. */
function passChains(packet: Packet, chains: readonly BaseChain[], place: Place): readonly Passage[] {
  let branches: readonly Branch[] = [
    { probability: 1, packet, end: undefined, masquerade: false, steps: [], sentBy: undefined, trail: place.trail },
  ];
  for (const chain of chains) {
    branches = branches.flatMap((branch) => {
      if (branch.end === 'drop' || branch.end === 'reject') return [branch];
      const inChain = { ...place, type: chain.base.type };
      const out = passChain(chain, { ...branch, end: undefined, sentBy: undefined }, inChain);
      return place.trail ? out.map((each) => (each.end === undefined ? atPolicy(each, chain, inChain) : each)) : out;
    });
  }
  return branches.map((branch) => ({
    probability: branch.probability,
    packet: branch.packet,
    verdict: branch.end ?? 'accept',
    masquerade: branch.masquerade,
    steps: branch.steps.length > 0 ? branch.steps : [noMatch(packet, chains, place)],
    trail: branch.trail,
  }));
}

/** kube-proxy's base chains all accept what comes to their end. */
function atPolicy(branch: Branch, chain: NftChain, place: InChain): Branch {
  const { trail, packet } = branch;
  return {
    ...branch,
    trail: trail?.with({ kind: 'policy', chain: trailChain(chain, place), verdict: 'accept', packet }),
  };
}

function trailChain({ name, rules }: NftChain, { type }: InChain): TrailChain {
  return { table: type, name, rules };
}

function noMatch({ header }: Packet, chains: readonly BaseChain[], { ruleset, hook, counted }: Place): WalkStep {
  const table = chains.at(-1)?.base.type ?? 'filter';
  return { kind: 'no-match', node: ruleset.node, hook, table, header, looked: counted.looked };
}

/** Goes through a chain's rules from one on; a branch without an end has come out at the bottom. */
function passChain(chain: NftChain, branch: Branch, place: InChain, from = 0, matched = 0): Branch[] {
  for (let index = from; index < chain.rules.length; index++) {
    const rule = chain.rules[index]!;
    place.counted.looked++;
    const effects = effectsOf(rule, branch.packet, place);
    if (!effects) continue;
    const at: RulePlace = { chain, index, passedOver: index - matched, rule, place };
    const here = withPassed(branch, chain, place, from, index);
    return effects.flatMap((effect) => {
      const { goesOn, branches } = follow(effect, here, at);
      if (!goesOn) return branches;
      return branches.flatMap((next) =>
        next.end === undefined ? passChain(chain, next, place, index + 1, matched + 1) : [next],
      );
    });
  }
  return [withPassed(branch, chain, place, from, chain.rules.length)];
}

function withPassed(branch: Branch, chain: NftChain, place: InChain, from: number, to: number): Branch {
  if (!branch.trail) return branch;
  return { ...branch, trail: branch.trail.past(trailChain(chain, place), from, to, branch.packet) };
}

interface RulePlace {
  readonly chain: NftChain;
  readonly index: number;
  readonly passedOver: number;
  readonly rule: NftRule;
  readonly place: InChain;
}

/** What a rule does to a packet that meets it, in one of the ways that chance leaves. */
interface Effect {
  readonly chance: number;
  /** As the rule leaves it. */
  readonly packet: Packet;
  readonly masquerade: boolean;
  readonly action: RuleAction;
  readonly element: NftElement | undefined;
}

/** Undefined for a rule that the packet does not meet: one of its expressions fails, or its map has no such element. */
function effectsOf(rule: NftRule, packet: Packet, place: InChain): readonly Effect[] | undefined {
  let effect: Effect | undefined = {
    chance: 1,
    packet,
    masquerade: false,
    action: { kind: 'none' },
    element: undefined,
  };
  for (const statement of rule.statements) {
    // What is drawn ends its rule.
    if (statement.kind === 'random-verdict' || statement.kind === 'random-dnat') return drawn(effect, statement);
    effect = isMatch(statement) ? passed(effect, statement, place) : done(effect, statement, place);
    if (!effect) return undefined;
  }
  return [effect];
}

function passed(effect: Effect, match: NftMatch, { context }: InChain): Effect | undefined {
  if (!meetsNft(effect.packet, match, context)) return undefined;
  if (match.kind !== 'in-set') return effect;
  return { ...effect, element: elementOf(effect.packet, match.key, match.set, context) };
}

type Random = Extract<NftStatement, { readonly kind: 'random-verdict' | 'random-dnat' }>;

function drawn(effect: Effect, statement: Random): readonly Effect[] {
  if (statement.kind === 'random-verdict') {
    const chance = 1 / statement.verdicts.length;
    return statement.verdicts.map(({ verdict, cause }, i) => {
      const element: NftElement = { key: `${i}`, verdict, comment: undefined, cause };
      return { ...effect, chance, action: verdict, element };
    });
  }
  const chance = 1 / statement.ends.length;
  return statement.ends.map((end, i) => {
    const element: NftElement = { key: `${i}`, verdict: undefined, data: printEnd(end), comment: undefined, cause: end.cause }; // prettier-ignore
    const { address, port } = end;
    return { ...effect, chance, packet: translated(effect.packet, end), action: { kind: 'dnat', address, port }, element }; // prettier-ignore
  });
}

function done(effect: Effect, statement: Exclude<NftStatement, NftMatch | Random>, place: InChain): Effect | undefined {
  const { packet } = effect;
  switch (statement.kind) {
    case 'set-mark': {
      const { operator, value } = statement;
      const mark = (operator === 'or' ? packet.mark | value : packet.mark ^ value) >>> 0;
      const action: RuleAction = { kind: 'mark', value, mask: operator === 'or' ? value : 0 };
      return { ...effect, packet: { ...packet, mark }, action };
    }
    case 'verdict-map': {
      const element = elementOf(packet, statement.key, statement.map, place.context);
      return element?.verdict && { ...effect, action: element.verdict, element };
    }
    case 'dnat': {
      const { address, port } = statement;
      return { ...effect, packet: translated(packet, statement), action: { kind: 'dnat', address, port } };
    }
    case 'update-set':
      return effect;
    case 'masquerade':
      return { ...effect, masquerade: true, action: { kind: 'masquerade' } };
    case 'reject':
      return { ...effect, action: { kind: 'reject', with: unreachable[place.ruleset.family] } };
    case 'verdict':
      return { ...effect, action: statement.verdict };
    default:
      return assertNever(statement);
  }
}

/** What nft answers where a rule says no more than `reject`, in the words of iptables. */
const unreachable = { IPv4: 'icmp-port-unreachable', IPv6: 'icmp6-port-unreachable' } as const;

function translated(packet: Packet, { address, port }: { readonly address: string; readonly port: number }): Packet {
  return { ...packet, header: { ...packet.header, destination: address, destinationPort: port }, translated: true };
}

interface Followed {
  /** Whether branches without an end go on behind the rule; else they have left its chain. */
  readonly goesOn: boolean;
  readonly branches: readonly Branch[];
}

function follow(effect: Effect, came: Branch, at: RulePlace): Followed {
  const { action } = effect;
  const branch = came.trail ? { ...came, trail: recorded(came.trail, effect, came.packet, at) } : came;
  const before = branch.packet;
  const cause = effect.element?.cause ?? at.rule.cause ?? branch.sentBy;
  const next: Branch = {
    ...branch,
    probability: branch.probability * effect.chance,
    packet: effect.packet,
    masquerade: branch.masquerade || effect.masquerade,
    steps: [...branch.steps, stepOf(effect, before, cause, at)],
  };
  switch (action.kind) {
    case 'jump':
    case 'goto':
      return dispatch(action, { ...next, sentBy: effect.element?.cause ?? branch.sentBy }, branch, at);
    case 'accept':
    case 'drop':
    case 'reject':
      return { goesOn: false, branches: [{ ...next, end: action.kind }] };
    case 'masquerade':
    case 'dnat':
      return { goesOn: false, branches: [{ ...next, end: 'accept' }] };
    case 'mark':
      return { goesOn: true, branches: [next] };
    case 'return':
      return { goesOn: false, branches: [branch] };
    case 'none':
      return { goesOn: true, branches: [branch] };
    default:
      return assertNever(action);
  }
}

function recorded(trail: Trail, { element, action, chance }: Effect, packet: Packet, at: RulePlace): Trail {
  const met: MetRule = { tool: 'nft', rule: at.rule, ...(element && { element }) };
  const chain = trailChain(at.chain, at.place);
  return trail.with({ kind: 'met', chain, index: at.index, met, action, taken: true, chance, packet });
}

/** Into another chain: a jump comes back behind the rule, a goto to where the last jump was. */
function dispatch(
  { kind, chain: name }: Extract<NftVerdict, { readonly chain: string }>,
  sent: Branch,
  branch: Branch,
  { place }: RulePlace,
): Followed {
  const goesOn = kind === 'jump';
  const chain = place.ruleset.table.chains.get(name);
  if (!chain) return { goesOn, branches: [branch] };
  const branches = passChain(chain, sent, place).map((inner) => {
    const back = goesOn && inner.end === undefined ? leaving({ ...inner, sentBy: branch.sentBy }, chain, place) : inner;
    // Where nothing happened in the chain, the way into it says nothing.
    return inner.steps.length === sent.steps.length ? { ...back, steps: branch.steps } : back;
  });
  return { goesOn, branches };
}

function leaving(branch: Branch, chain: NftChain, place: InChain): Branch {
  const { trail, packet } = branch;
  return trail ? { ...branch, trail: trail.with({ kind: 'left', chain: trailChain(chain, place), packet }) } : branch;
}

function stepOf(effect: Effect, before: Packet, cause: RuleCause | undefined, at: RulePlace): WalkStep {
  const { ruleset, hook, type } = at.place;
  const { element } = effect;
  return {
    kind: 'rule',
    node: ruleset.node,
    hook,
    table: type,
    chain: at.chain.name,
    rules: at.chain.rules,
    met: { tool: 'nft', rule: at.rule, ...(element && { element }) },
    action: effect.action,
    cause,
    index: at.index,
    passedOver: at.passedOver,
    probability: effect.chance,
    before: before.header,
    after: effect.packet.header,
    state: { mark: before.mark, translated: before.translated, from: before.from },
    ruleset,
  };
}
