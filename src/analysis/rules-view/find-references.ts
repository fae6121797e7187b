/** Find all references in a node's rules: the lines that lead to a chain, or ask a set. */

import type { Position } from '#base/text';
import { partAt, tableOf, type RulesDocument } from './document';
import { namedAt, namesIn, type NamedThing } from './references';

/** By table, kind and name: the lines that name it, the declaration and the chain's own rules left out. */
type Index = ReadonlyMap<string, readonly number[]>;

const known = new WeakMap<RulesDocument, Index>();

/** The lines that jump to the chain, or ask the set, whose name is at the position; empty where none is. */
export function rulesReferences(document: RulesDocument, position: Position): readonly number[] {
  const line = document.lines[position.line];
  const part = line && partAt(line, position.character);
  const found = part && namedAt(line.text, part, position.character);
  if (!part || !found) return [];
  const index = known.get(document) ?? indexOf(document);
  known.set(document, index);
  return index.get(keyOf(tableOf(part.subject), found)) ?? [];
}

function indexOf({ lines }: RulesDocument): Index {
  const index = new Map<string, number[]>();
  for (const [line, { parts }] of lines.entries()) {
    for (const { subject } of parts) {
      if (subject.kind !== 'rule' && subject.kind !== 'nft-rule' && subject.kind !== 'nft-element') continue;
      const own = subject.kind === 'rule' ? subject.chain.name : undefined;
      for (const thing of namesIn(subject)) {
        if (thing.kind === 'chain' && thing.name === own) continue;
        const key = keyOf(tableOf(subject), thing);
        const known = index.get(key);
        if (!known) index.set(key, [line]);
        else if (known.at(-1) !== line) known.push(line);
      }
    }
  }
  return index;
}

/** Sets are shared by all tables of iptables, chains are not. */
function keyOf(table: string, { kind, name }: NamedThing): string {
  return kind === 'set' ? `set ${name}` : `chain ${table} ${name}`;
}
