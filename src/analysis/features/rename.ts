/** Rename: all places that have to move together, in one edit; refused where what comes out would be something else. */

import { compareStrings } from '#base/compare';
import { valueAt } from '#base/json';
import { comparePositions, type Position, type Range } from '#base/text';
import { compareOrigins, printReference } from '#model/object';
import { lineIndexOf } from '#manifest/index';
import type { ScopeState } from '../context';
import { changeWritten, isGiven, renameWrittenKey } from '../rules/edits';
import type { TextEdit } from '../types';
import type { Workspace } from '../workspace';
import { whyImmutable } from './mentions/immutable';
import { isKustomization } from './mentions/kustomizations';
import { meantTogether, mentionsAt, type FoundInScope } from './mentions/meant-together';
import { placeOfMention } from './mentions/mention-places';
import type { MentionIn } from './mentions/types';
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
  const [at] = mentionsAt(workspace, file, position);
  const placeholder = at && textOf(at.found);
  if (!at || placeholder === undefined) return undefined;
  const { found, range } = at;
  const places = namesakes(meantTogether(workspace, file, position), placeholder);
  const isDefined = found.mention.meaning.kind === 'namespace' || places.some(({ found: each }) => each.mention.role === 'definition'); // prettier-ignore
  return isDefined ? { range, placeholder } : undefined;
}

export function rename(workspace: Workspace, file: string, position: Position, name: string): Renaming {
  const target = renameTarget(workspace, file, position);
  if (!target) return { refused: 'There is no name here that Services depend on.' };
  if (name === target.placeholder) return { edits: [] };
  const places = namesakes(meantTogether(workspace, file, position), target.placeholder);
  const edits = new Map<string, RenameEdit>();
  const given = givenLabels(places, workspace);
  for (const { found, state } of places) {
    const { mention } = found;
    const refused = whyNoName(mention.meaning, name) ?? whyTaken(found, name, state, workspace);
    if (refused !== undefined) return { refused };
    const edit = editOf(found, name, state, workspace);
    if (!edit && given.get(state)?.includes(found)) continue;
    if (!edit) return { refused: notWritten(found) };
    const place = `${edit.file} ${edit.range.start.line}:${edit.range.start.character}`;
    const changed = isKustomization(found.object) ? [found, ...(given.get(state) ?? [])] : [found];
    const immutable = edits.get(place)?.immutable ?? changed.map(whyForbidden).find((why) => why !== undefined);
    edits.set(place, { ...edit, immutable, isIdentity: isIdentity(found) });
  }
  const inOrder = [...edits.values()].sort((a, b) => compareStrings(a.file, b.file) || comparePositions(a.range.start, b.range.start)); // prettier-ignore
  const repeated = whyRepeated(inOrder, places.map(({ found }) => found), name, workspace); // prettier-ignore
  return repeated === undefined ? { edits: inOrder } : { refused: repeated };
}

/** The labels that objects have from a kustomization which is among the places: they change with it. */
function givenLabels(places: readonly FoundInScope[], workspace: Workspace): ReadonlyMap<ScopeState, MentionIn[]> {
  const given = new Map<ScopeState, MentionIn[]>();
  for (const { found, state } of places) if (isKustomization(found.object)) given.set(state, []);
  for (const { found, state } of places)
    if (isGiven(found.object, found.mention.path, workspace.context(state))) given.get(state)?.push(found);
  return given;
}

function whyForbidden({ object, mention }: MentionIn): string | undefined {
  const why = whyImmutable(object, mention.path);
  return why && `${capitalized(why)}: ${printReference(object)} would have to be deleted and made anew`;
}

/** Why a place cannot be changed by itself. */
function notWritten({ object, mention: { path, span } }: MentionIn): string {
  const where = `${path.join('.')} of ${printReference(object)}`;
  return span
    ? `${where} has the name in a text with escapes: change it there first.`
    : `${where} is not written as such in its file: a kustomization gives it, or an alias.`;
}

function isIdentity({ object, mention: { meaning, path } }: MentionIn): boolean {
  const [first, second] = path;
  if (isKustomization(object)) return meaning.kind === 'namespace';
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
  if (mention.part === 'key') return renameWrittenKey(object, mention.path, name, context);
  // What a kustomization replaces may be written otherwise.
  if (isGiven(object, mention.path, context) && writtenText(found, workspace) !== textOf(found)) return undefined;
  return changeWritten(object, mention.path, name, context);
}

function writtenText(found: MentionIn, workspace: Workspace): string | undefined {
  const place = placeOfMention(found, workspace);
  const file = place && workspace.file(place.file);
  if (!file) return undefined;
  const lines = lineIndexOf(file);
  return file.text.slice(lines.offset(place.range.start), lines.offset(place.range.end));
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
