/** References and highlights: every place that means what stands under the cursor, in all scopes that hold the file. */

import { comparePositions, type Position } from '#base/text';
import { compareStrings } from '#base/compare';
import { placeOf } from '../places';
import type { Place } from '../types';
import type { Workspace } from '../workspace';
import type { KubernetesObject } from '#model/object';
import { meantTogether, mentionsAt } from './mentions/meant-together';
import { placeOfMention } from './mentions/mention-places';
import { occurrences } from './mentions/occurrences';
import type { Mention, MentionIn } from './mentions/types';
import { withAllReadable } from './readable';
import { literalAt } from './templates/literal';
import type { TemplatesElsewhere } from './templates/others';
import { templateAt } from './templates/template-at';
import { placesOf } from './templates/template-navigation';

export type ReferenceKinds = 'all' | 'references' | 'definitions';

/** In the order of files and lines, each place once. */
export function references(
  workspace: Workspace,
  file: string,
  position: Position,
  kinds: ReferenceKinds,
  templates: TemplatesElsewhere = 'nothing',
): Place[] {
  const action = templates === 'everything' ? undefined : templateAt(workspace, file, position);
  if (action) return placesOf(action, workspace, kinds);
  const places = withAllReadable(workspace, () => referencesAt(workspace, file, position, kinds));
  const literal = places.length > 0 ? undefined : literalAt(workspace, file, position);
  return literal ? literal.alike.filter(({ mention }) => kinds === 'all' || kinds === `${mention.role}s`).map(({ file: path, range }) => ({ file: path, range })) : places; // prettier-ignore
}

/** The same in a document that can be read. */
export function referencesAt(workspace: Workspace, file: string, position: Position, kinds: ReferenceKinds): Place[] {
  const found = meantTogether(workspace, file, position).map(({ found: each }) => each);
  return inOrder(kinds === 'definitions' ? definitionsIn(found) : found.filter(({ mention }) => kinds === 'all' || mention.role === 'reference'), workspace); // prettier-ignore
}

/** The references within the file itself. */
export function highlights(workspace: Workspace, file: string, position: Position): Place[] {
  const found = mentionsAt(workspace, file, position).flatMap(({ state, found: mention }) => {
    // Asked at each move of the cursor: objects of other files are not looked at.
    const own = state.scope.rendered ?? file;
    return occurrences(mention, state, workspace, ({ origin }) => origin.file === own || origin.file === file);
  });
  return inOrder(found, workspace).filter((place) => place.file === file);
}

/** A port of a Service is named by its name; by its number only where it has no name. */
function definitionsIn(found: readonly MentionIn[]): MentionIn[] {
  const definitions = found.filter(({ mention }) => mention.role === 'definition');
  const named = new Set(definitions.flatMap(({ object, mention }) => (isNameOfPort(mention) ? portOf(object, mention) : []))); // prettier-ignore
  return definitions.filter(({ object, mention }) => isNameOfPort(mention) || !named.has(portOf(object, mention)));
}

function isNameOfPort({ meaning, path }: Mention): boolean {
  return meaning.kind === 'service-port' && path.at(-1) === 'name';
}

function portOf({ key }: KubernetesObject, { path }: Mention): string {
  return `${key} ${path.slice(0, -1).join('.')}`;
}

/** What an engine made is found where it was made. */
function sourceOf({ object, mention }: MentionIn, workspace: Workspace): Place | undefined {
  return workspace.file(object.origin.file)?.rendered && placeOf(object, mention.path, workspace);
}

function inOrder(found: readonly MentionIn[], workspace: Workspace): Place[] {
  const places = new Map<string, Place>();
  for (const each of found) {
    const place = placeOfMention(each, workspace) ?? sourceOf(each, workspace);
    if (!place) continue;
    const { file, range } = place;
    places.set(`${file} ${range.start.line}:${range.start.character}`, place);
  }
  return [...places.values()].sort((a, b) => compareStrings(a.file, b.file) || comparePositions(a.range.start, b.range.start)); // prettier-ignore
}
