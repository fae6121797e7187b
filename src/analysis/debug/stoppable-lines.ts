/** Lines of a node's rules at which a debugger can stop: rules and servers; at a chain's declaration, its first rule. */

import { tableOf, type RulesDocument } from '../rules-view/document';

export interface StoppableLines {
  readonly lines: readonly number[];
  readonly chains: readonly { readonly line: number; readonly first: number }[];
}

export function stoppableLines(document: RulesDocument): StoppableLines {
  const lines: number[] = [];
  const chains: { line: number; first: number }[] = [];
  for (const [line, { parts }] of document.lines.entries()) {
    const subject = parts[0]?.subject;
    switch (subject?.kind) {
      case 'rule':
      case 'nft-rule':
      case 'virtual-server':
      case 'real-server':
        lines.push(line);
        break;
      case 'chain':
      case 'nft-chain': {
        const first = document.rule(tableOf(subject), subject.chain.name, 0);
        if (first !== undefined) chains.push({ line, first });
        break;
      }
      default:
    }
  }
  return { lines, chains };
}
