/** Rename: all places that have to move together, in one edit; refused where what comes out would be something else. */

import { compareStrings } from '#base/compare';
import { valueAt, type JsonPath } from '#base/json';
import { comparePositions, type Position, type Range } from '#base/text';
import { compareOrigins, printReference } from '#model/object';
import { changeValue, renameKey } from '../rules/edits';
import type { TextEdit } from '../types';
import type { Workspace } from '../workspace';
import { whyImmutable } from './mentions/immutable';
import { meantTogether, type FoundInScope } from './mentions/meant-together';
import { mentionAt, placeOfMention } from './mentions/mention-places';
import type { MentionIn } from './mentions/types';
import { objectAt } from './object-at';
import { whyRepeated } from './rename-repeats';
import { whyNoName, whyTaken } from './rename-checks';

export interface RenameEdit extends TextEdit {
  /** Why a cluster does not take this change of an object that it has already, as a sentence. */
  readonly immutable: string | undefined;
  /** Whether it is the object's own name or namespace: a cluster then has another object, beside the old one. */
  readonly isIdentity: boolean;
}

export type Renaming = { readonly refused: string } | { readonly edits: readonly RenameEdit[] };

export interface RenameTarget {
  readonly range: Range;
  readonly placeholder: string;
}

/** What would be renamed; undefined outside of names that are ours, so that another provider may answer. */
export function renameTarget(workspace: Workspace, file: string, position: Position): RenameTarget | undefined {
  const at = objectAt(workspace, file, position);
  const found = at && mentionAt(at, position, workspace);
  const placeholder = found && textOf(found);
  if (!found || placeholder === undefined) return undefined;
  const places = namesakes(meantTogether(workspace, file, position), placeholder);
  const isDefined = found.mention.meaning.kind === 'namespace' || places.some(({ found: each }) => each.mention.role === 'definition'); // prettier-ignore
  return isDefined ? { range: found.range, placeholder } : undefined;
}

export function rename(workspace: Workspace, file: string, position: Position, name: string): Renaming {
  const target = renameTarget(workspace, file, position);
  if (!target) return { refused: 'There is no name here that Services depend on.' };
  if (name === target.placeholder) return { edits: [] };
  const places = namesakes(meantTogether(workspace, file, position), target.placeholder);
  const edits = new Map<string, RenameEdit>();
  for (const { found, state } of places) {
    const { mention, object } = found;
    const refused = whyNoName(mention.meaning, name) ?? whyTaken(found, name, state, workspace);
    if (refused !== undefined) return { refused };
    const edit = editOf(found, name, state, workspace);
    if (!edit) return { refused: notWritten(found) };
    const why = whyImmutable(object, mention.path);
    const immutable = why === undefined ? undefined : `${capitalized(why)}: ${printReference(object)} would have to be deleted and made anew`; // prettier-ignore
    const place = `${edit.file} ${edit.range.start.line}:${edit.range.start.character}`;
    edits.set(place, { ...edit, immutable, isIdentity: isIdentity(mention.path) });
  }
  const inOrder = [...edits.values()].sort((a, b) => compareStrings(a.file, b.file) || comparePositions(a.range.start, b.range.start)); // prettier-ignore
  const repeated = whyRepeated(inOrder, places.map(({ found }) => found), name, workspace); // prettier-ignore
  return repeated === undefined ? { edits: inOrder } : { refused: repeated };
}

/** Why a place cannot be changed by itself. */
function notWritten({ object, mention: { path, span } }: MentionIn): string {
  const where = `${path.join('.')} of ${printReference(object)}`;
  return span
    ? `${where} has the name in a text with escapes: change it there first.`
    : `${where} is not written as such in its file: a kustomization gives it, or an alias.`;
}

function isIdentity([first, second]: JsonPath): boolean {
  return first === 'metadata' && (second === 'name' || second === 'namespace');
}

/** Those places that say the name itself: a port may be meant by its number, which stays. */
function namesakes(places: readonly FoundInScope[], name: string): FoundInScope[] {
  const same = places.filter(({ found }) => textOf(found) === name);
  // The same refusal comes first, in whichever order the files were read.
  return same.sort((a, b) => compareOrigins(a.found.object.origin, b.found.object.origin));
}

/** The name as it stands there; undefined for a number. */
function textOf({ object, mention }: MentionIn): string | undefined {
  const { path, part, span } = mention;
  const value = part === 'key' ? path.at(-1) : valueAt(object.body, path);
  if (typeof value !== 'string') return undefined;
  return span ? value.slice(span.start, span.end) : value;
}

function editOf(
  found: MentionIn,
  name: string,
  state: FoundInScope['state'],
  workspace: Workspace,
): TextEdit | undefined {
  // prettier-ignore
  const { object, mention } = found;
  const context = workspace.context(state);
  if (mention.span) {
    const place = placeOfMention(found, workspace);
    return place && { ...place, newText: name };
  }
  if (mention.part === 'key') return renameKey(object, mention.path, name, context);
  return changeValue(object, mention.path, name, context);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
