/** Where a rule that a packet met stands in the document of its node's rules. */

import type { HopRule } from '../types';
import type { RulesDocument } from './document';

/** Undefined where the document has no such rule any more. */
export function lineOfRule(document: RulesDocument, rule: Pick<HopRule, 'text' | 'chain' | 'at'>): number | undefined {
  const { table, index } = rule.at;
  // Virtual servers and their real servers say all about themselves.
  if (document.ruleset.mode === 'ipvs' && table === 'ipvs') return found(document.lines.findIndex(({ text }) => text.trim() === rule.text)); // prettier-ignore
  let count = -1;
  const line = document.lines.findIndex(({ parts }) => {
    const subject = parts[0]?.subject;
    const isOfChain =
      (subject?.kind === 'rule' && subject.table === table && subject.chain.name === rule.chain) ||
      (subject?.kind === 'nft-rule' && subject.chain.name === rule.chain);
    if (isOfChain) count++;
    return isOfChain && count === index;
  });
  return found(line);
}

function found(line: number): number | undefined {
  return line < 0 ? undefined : line;
}
