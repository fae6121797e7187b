/** Why a packet went past a rule: the first of the rule's conditions that it does not meet. */

import { printRule } from '../proxy/iptables/print';
import type { NftRule } from '../proxy/nftables/types';
import type { PassedRule, Rule, RuleEvent, RuleMatch, Ruleset, WalkStep } from '../types';
import { ipvsContext } from './ipvs';
import { passedOverNft, reasonOfNft } from './nftables-explain';
import { meets, type MatchContext, type Packet } from './packet';

export type RuleStep = Extract<WalkStep, { readonly kind: 'rule' }>;

/** The last `limit` of the rules that the packet went past in the chain before the one that it met. */
export function passedOver(step: RuleStep, limit: number, context: MatchContext): readonly PassedRule[] {
  if (step.met.tool === 'nft' && step.ruleset?.mode === 'nftables')
    return passedOverNft(step, limit, { addresses: context.addresses, sets: step.ruleset.table.sets });
  if (step.met.tool !== 'iptables') return [];
  const packet: Packet = { header: step.before, ...step.state };
  const asked = step.ruleset?.mode === 'ipvs' ? ipvsContext(step.ruleset, context.addresses) : context;
  const passed: PassedRule[] = [];
  const rules = step.rules as readonly Rule[];
  for (let index = Math.max(0, step.index - Math.min(limit, step.passedOver)); index < step.index; index++) {
    const rule = rules[index]!;
    passed.push({ text: printRule(rule, step.chain), reason: reasonOf(rule, packet, asked), cause: rule.cause });
  }
  return passed;
}

/** Why the packet of a recorded event met none of its rules, one by one; '' for a rule that let it go on. */
export function reasonsPast(
  ruleset: Ruleset,
  { chain, from, to, packet }: Extract<RuleEvent, { readonly kind: 'passed' }>,
  context: MatchContext,
): readonly string[] {
  if (ruleset.mode === 'nftables') {
    const asked = { addresses: context.addresses, sets: ruleset.table.sets };
    const rules = chain.rules.slice(from, to) as readonly NftRule[];
    return rules.map((rule) => reasonOfNft(rule, packet, asked) ?? '');
  }
  const asked = ruleset.mode === 'ipvs' ? ipvsContext(ruleset, context.addresses) : context;
  return (chain.rules.slice(from, to) as readonly Rule[]).map((rule) => reasonOf(rule, packet, asked));
}

function reasonOf(rule: Rule, packet: Packet, context: MatchContext): string {
  for (const match of rule.matches) {
    if (match.kind === 'random') return `chance: taken with probability ${match.probability.toFixed(3)}`;
    if (!meets(packet, match, context)) return whyNot(match, packet);
  }
  return rule.target.kind === 'jump' ? `no rule of ${rule.target.chain} decides` : 'it matches and goes on';
}

function whyNot(match: Exclude<RuleMatch, { kind: 'random' }>, { header, mark, from }: Packet): string {
  const is = 'negated' in match && match.negated ? 'is' : 'is not';
  switch (match.kind) {
    case 'source':
      return `source ${header.source} ${is} in ${match.prefix}`;
    case 'destination':
      return `destination ${header.destination} ${is} in ${match.prefix}`;
    case 'protocol':
      return `protocol ${header.protocol.toLowerCase()} ${is} ${match.protocol}`;
    case 'destination-port':
      return `destination port ${header.destinationPort} is not ${match.port}`;
    case 'source-type':
      return `source ${header.source} ${is} an address of the node`;
    case 'destination-type':
      return `destination ${header.destination} ${is} an address of the node`;
    case 'connection-state':
      return `a new connection ${is} ${match.states.join(', ')}`;
    case 'mark':
      return `mark 0x${mark.toString(16)} ${match.negated ? 'has' : 'has not'} 0x${match.value.toString(16)}`;
    case 'recent':
      return `client ${header.source} has not been sent to this endpoint before`;
    case 'set':
      return `the packet ${is} in set ${match.set}`;
    case 'bridge-port-in':
      return 'it came in by no bridge';
    case 'virtual-server':
      return `IPVS has not sent it on for ${match.protocol} ${match.address}:${match.port}`;
    case 'interface-in':
      return `it came in from ${from === 'pod' ? "one of the node's pods" : 'elsewhere'}`;
    default:
      return 'it matches';
  }
}
