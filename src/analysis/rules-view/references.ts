/** The chains and sets that a line names, and where in the line it does. */

import { assertNever } from '#base/assert';
import type { NftStatement, NftVerdict } from '#simulation/proxy/nftables/types';
import type { PrintedPart, PrintedSubject } from '#simulation/proxy/printed';

export interface NamedThing {
  readonly kind: 'chain' | 'set';
  readonly name: string;
}

/** The chain or set whose name stands at a column. */
export function namedAt(text: string, part: PrintedPart, character: number): NamedThing | undefined {
  // The longest name first: one may be the beginning of another.
  const things = [...namesIn(part.subject)].sort((a, b) => b.name.length - a.name.length);
  return things.find(({ name }) => spanOf(text, name, part, character) !== undefined);
}

/** Where the name that stands at a column begins. */
function spanOf(text: string, name: string, { from, to }: PrintedPart, character: number): number | undefined {
  for (let at = text.indexOf(name, from); at >= 0 && at < to; at = text.indexOf(name, at + 1))
    if (at <= character && character <= at + name.length) return at;
  return undefined;
}

/** Where a rule may go on, and the sets that it asks. */
export function namesIn(subject: PrintedSubject): readonly NamedThing[] {
  switch (subject.kind) {
    case 'rule': {
      const { rule } = subject;
      const sets = rule.matches.flatMap((match) => (match.kind === 'set' ? [match.set] : []));
      const chains = rule.target.kind === 'jump' ? [rule.target.chain] : [];
      return named([subject.chain.name, ...chains], sets);
    }
    case 'nft-rule':
      return subject.rule.statements.flatMap(namesInStatement);
    case 'nft-element':
      return named(chainsOf(subject.element.verdict), []);
    case 'chain':
    case 'nft-chain':
      return named([subject.chain.name], []);
    case 'nft-set':
    case 'ip-set':
    case 'ip-set-entry':
      return named([], [subject.set.name]);
    case 'section':
    case 'table':
    case 'virtual-server':
    case 'real-server':
    case 'address':
    case 'end':
      return [];
    default:
      return assertNever(subject);
  }
}

function named(chains: readonly string[], sets: readonly string[]): readonly NamedThing[] {
  return [
    ...chains.map((name): NamedThing => ({ kind: 'chain', name })),
    ...sets.map((name): NamedThing => ({ kind: 'set', name })),
  ];
}

function namesInStatement(statement: NftStatement): readonly NamedThing[] {
  switch (statement.kind) {
    case 'verdict':
      return named(chainsOf(statement.verdict), []);
    case 'random-verdict':
      return named(statement.verdicts.flatMap(({ verdict }) => chainsOf(verdict)), []); // prettier-ignore
    case 'verdict-map':
      return named([], [statement.map]);
    case 'in-set':
    case 'update-set':
      return named([], [statement.set]);
    default:
      return [];
  }
}

function chainsOf(verdict: NftVerdict | undefined): readonly string[] {
  return verdict && 'chain' in verdict ? [verdict.chain] : [];
}
