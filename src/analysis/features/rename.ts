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
import { isKustomization } from './kustomization-objects';
import { meantTogether, mentionsAt, type FoundInScope } from './mentions/meant-together';
import { placeOfMention } from './mentions/mention-places';
import type { MentionIn } from './mentions/types';
import { withAllReadable, type UnreadLine } from './readable';
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
  const subject = withAllReadable(workspace, () => subjectAt(workspace, file, position));
  return subject && { range: subject.range, placeholder: subject.written };
}

interface Subject {
  readonly range: Range;
  /** The name as it stands there. */
  readonly written: string;
  /** All that have to move, in each scope as it calls them. */
  readonly places: readonly Namesake[];
}

interface Namesake extends FoundInScope {
  /** What the scope puts around the name; the name itself is between. */
  readonly around: Around;
  /** Whether the name stands there without what is put around it. */
  readonly isInner: boolean;
}

function subjectAt(workspace: Workspace, file: string, position: Position): Subject | undefined {
  const [at] = mentionsAt(workspace, file, position);
  const name = at && textOf(at.found);
  if (!at || name === undefined) return undefined;
  const all = meantTogether(workspace, file, position);
  const around = new Map<ScopeState, Around>();
  for (const each of all) {
    const surrounding = around.has(each.state) ? undefined : aroundOf(each, workspace);
    if (surrounding) around.set(each.state, surrounding);
  }
  const own = around.get(at.state) ?? nothing;
  const written = own === nothing || at.found.mention.span ? name : (textAt(file, at.range, workspace) ?? name);
  const inner = written === name ? within(name, own) : written;
  if (inner === undefined) return undefined;
  const places = all.flatMap(({ found, state }): Namesake[] => {
    const surrounding = around.get(state) ?? nothing;
    const text = textOf(found);
    const isInner = surrounding !== nothing && (text === inner || writtenText(found, workspace) === inner);
    // A port may be meant by its number, which stays.
    return isInner || text === wrapped(inner, surrounding) ? [{ found, state, around: surrounding, isInner }] : [];
  });
  // The same refusal comes first, in whichever order the files were read.
  places.sort((a, b) => compareOrigins(a.found.object.origin, b.found.object.origin));
  const isDefined = at.found.mention.meaning.kind === 'namespace' || places.some(({ found }) => found.mention.role === 'definition'); // prettier-ignore
  return isDefined ? { range: at.range, written, places } : undefined;
}

export function rename(workspace: Workspace, file: string, position: Position, name: string): Renaming {
  return withAllReadable(workspace, (unread) => renameRead(workspace, file, position, name, unread));
}

function renameRead(
  workspace: Workspace,
  file: string,
  position: Position,
  name: string,
  unread: readonly UnreadLine[],
): Renaming {
  const subject = subjectAt(workspace, file, position);
  if (!subject) return { refused: 'There is no name here that Services depend on.' };
  if (name === subject.written) return { edits: [] };
  const inner = innerName(subject, name);
  if (typeof inner === 'object') return inner;
  const { places } = subject;
  const edits = new Map<string, RenameEdit>();
  const given = givenLabels(places, workspace);
  for (const { found, state, around, isInner } of places) {
    const { mention } = found;
    const whole = wrapped(inner, around);
    const refused = whyNoName(mention.meaning, whole) ?? whyTaken(found, whole, state, workspace);
    if (refused !== undefined) return { refused };
    const edit = isInner ? editOfText(found, inner, workspace) : editOf(found, whole, state, workspace);
    if (!edit && given.get(state)?.includes(found)) continue;
    if (!edit) return { refused: notWritten(found) };
    const place = `${edit.file} ${edit.range.start.line}:${edit.range.start.character}`;
    const changed = isKustomization(found.object) ? [found, ...(given.get(state) ?? [])] : [found];
    const before = edits.get(place);
    if (before && before.newText !== edit.newText) return { refused: `Two scopes have the name in ${edit.file}, and kustomizations put other things around it in each.` }; // prettier-ignore
    const immutable = before?.immutable ?? changed.map(whyForbidden).find((why) => why !== undefined);
    edits.set(place, { ...edit, immutable, isIdentity: isIdentity(found) });
  }
  const hidden = unread.find(({ text }) => hasWord(text, subject.written));
  if (hidden)
    return {
      refused: `Line ${hidden.line + 1} of ${hidden.file} is no YAML at the moment and may mean it, too: mend it first.`,
    };
  const inOrder = [...edits.values()].sort((a, b) => compareStrings(a.file, b.file) || comparePositions(a.range.start, b.range.start)); // prettier-ignore
  const repeated = whyRepeated(inOrder, places.map(({ found }) => found), name, workspace); // prettier-ignore
  return repeated === undefined ? { edits: inOrder } : { refused: repeated };
}

/** Whether it stands there by itself, be it as a part of a host name. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!/[\w-]/.test(text.charAt(at - 1)) && !/[\w-]/.test(text.charAt(at + word.length))) return true;
  return false;
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

/** What a kustomization puts around the names of a scope. */
interface Around {
  readonly before: string;
  readonly after: string;
}

const nothing: Around = { before: '', after: '' };

function aroundOf({ found, state }: FoundInScope, workspace: Workspace): Around | undefined {
  const whole = state.scope.rendered === undefined ? undefined : textOf(found);
  const written = found.mention.span ? undefined : writtenText(found, workspace);
  if (whole === undefined || written === undefined || written === whole) return undefined;
  const at = whole.indexOf(written);
  return at < 0 ? undefined : { before: whole.slice(0, at), after: whole.slice(at + written.length) };
}

function wrapped(name: string, { before, after }: Around): string {
  return before + name + after;
}

/** The name without what is around it; undefined where that is not there. */
function within(name: string, { before, after }: Around): string | undefined {
  const inner = name.slice(before.length, name.length - after.length);
  return inner !== '' && wrapped(inner, { before, after }) === name ? inner : undefined;
}

/** The new name without what a kustomization puts around it, where the old one stands with it. */
function innerName({ written, places }: Subject, name: string): string | { readonly refused: string } {
  const isWhole = ({ found, isInner }: Namesake) => !isInner && textOf(found) === written;
  const around = places.find(isWhole)?.around ?? nothing;
  const inner = within(name, around);
  if (inner !== undefined) return inner;
  return { refused: `A kustomization puts ${around.before || around.after} ${around.before ? 'before' : 'behind'} the name: keep that, or change it in the kustomization.` }; // prettier-ignore
}

/** The name as it stands there; undefined for a number. */
function textOf({ object, mention }: MentionIn): string | undefined {
  const { path, part, span } = mention;
  const value = part === 'key' ? path.at(-1) : valueAt(object.body, path);
  if (typeof value !== 'string') return undefined;
  return span ? value.slice(span.start, span.end) : value;
}

function editOf(found: MentionIn, name: string, state: ScopeState, workspace: Workspace): TextEdit | undefined {
  const { object, mention } = found;
  const context = workspace.context(state);
  if (mention.span) return editOfText(found, name, workspace);
  if (mention.part === 'key') return renameWrittenKey(object, mention.path, name, context);
  // What a kustomization replaces may be written otherwise.
  if (isGiven(object, mention.path, context) && writtenText(found, workspace) !== textOf(found)) return undefined;
  return changeWritten(object, mention.path, name, context);
}

/** Exchanges the very text that means it. */
function editOfText(found: MentionIn, name: string, workspace: Workspace): TextEdit | undefined {
  const place = placeOfMention(found, workspace);
  return place && { ...place, newText: name };
}

function writtenText(found: MentionIn, workspace: Workspace): string | undefined {
  const place = placeOfMention(found, workspace);
  return place && textAt(place.file, place.range, workspace);
}

function textAt(path: string, { start, end }: Range, workspace: Workspace): string | undefined {
  const file = workspace.file(path);
  const lines = file && lineIndexOf(file);
  return lines && file.text.slice(lines.offset(start), lines.offset(end));
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
