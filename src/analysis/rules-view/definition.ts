/** Go to definition in a node's rules: from a name to its chain or set, from anything else to the YAML that made it. */

import type { Position } from '#base/text';
import type { AnalysisContext } from '../context';
import type { Place } from '../types';
import { causePlaces } from './causes';
import { partAt, tableOf, type RulesDocument } from './document';
import { ownerOf } from './owners';
import { namedAt } from './references';

export interface RulesDefinition {
  /** Lines of the document itself. */
  readonly lines: readonly number[];
  readonly places: readonly Place[];
}

const nowhere: RulesDefinition = { lines: [], places: [] };

export function rulesDefinition(
  document: RulesDocument,
  position: Position,
  context: AnalysisContext,
): RulesDefinition {
  const line = document.lines[position.line];
  const part = line && partAt(line, position.character);
  if (!part) return nowhere;
  const target = lineOfName(document, line.text, part, position);
  if (target !== undefined && target !== position.line) return { lines: [target], places: [] };
  const cause = ownerOf(part.subject);
  return cause ? { lines: [], places: causePlaces(cause, context).map(({ place }) => place) } : nowhere;
}

/** A jump leads to the first rule of its chain; the chain that a rule is in, to where the chain is declared. */
function lineOfName(
  document: RulesDocument,
  text: string,
  part: NonNullable<ReturnType<typeof partAt>>,
  { line, character }: Position,
): number | undefined {
  const found = namedAt(text, part, character);
  if (!found) return undefined;
  if (found.kind === 'set') return document.set(found.name);
  const chain = document.chain(tableOf(part.subject), found.name);
  if (!chain) return undefined;
  const { subject } = part;
  const isOwn = subject.kind === 'rule' && subject.chain.name === found.name;
  if (isOwn) return chain.declaration;
  return chain.firstRule ?? (chain.declaration === line ? undefined : chain.declaration);
}
