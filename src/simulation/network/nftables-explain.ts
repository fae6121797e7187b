/** Why a packet went past a rule of nftables. */

import { printRule } from '../proxy/nftables/print';
import type { NftRule } from '../proxy/nftables/types';
import type { PassedRule, WalkStep } from '../types';
import { elementOf, isMatch, keyOf, meetsNft, whyNot, type NftContext } from './nftables-match';
import type { Packet } from './packet';

type RuleStep = Extract<WalkStep, { readonly kind: 'rule' }>;

/** The last `limit` of the rules that the packet went past in the chain before the one that it met. */
export function passedOverNft(step: RuleStep, limit: number, context: NftContext): readonly PassedRule[] {
  const packet: Packet = { header: step.before, ...step.state };
  const rules = step.rules as readonly NftRule[];
  const passed: PassedRule[] = [];
  for (let index = step.index - 1; index >= 0 && passed.length < Math.min(limit, step.passedOver); index--) {
    const rule = rules[index]!;
    const reason = reasonOfNft(rule, packet, context);
    if (reason !== undefined) passed.push({ text: printRule(rule), reason, cause: rule.cause });
  }
  return passed.reverse();
}

/** The first of the rule's conditions that the packet does not meet; undefined for a rule that let it go on. */
export function reasonOfNft(rule: NftRule, packet: Packet, context: NftContext): string | undefined {
  for (const statement of rule.statements) {
    if (isMatch(statement)) {
      if (!meetsNft(packet, statement, context)) return whyNot(statement, packet);
    } else if (statement.kind === 'verdict-map' && !elementOf(packet, statement.key, statement.map, context))
      return `${keyOf(packet, statement.key)} is not in @${statement.map}`;
  }
  return undefined;
}
