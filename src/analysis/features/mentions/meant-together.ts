/** What stands at a position of a file, with all that means the same, in every scope that holds one of the places. */

import type { Position, Range } from '#base/text';
import type { ScopeState } from '../../context';
import type { Workspace } from '../../workspace';
import { objectInScope, objectsAt } from '../object-at';
import { objectOfScope } from '../object-of-scope';
import { isKustomization } from '../kustomization-objects';
import { givenAt, givenElsewhere } from './kustomizations';
import { mentionIndex } from './mention-index';
import { mentionAt, placeOfMention } from './mention-places';
import { occurrences } from './occurrences';
import type { MentionIn } from './types';

export interface FoundInScope {
  readonly state: ScopeState;
  readonly found: MentionIn;
}

/** A file that several scopes share brings them all in: the same place then comes once for each of them. */
export function meantTogether(workspace: Workspace, file: string, position: Position): FoundInScope[] {
  const seen = new Set<ScopeState>();
  const all: FoundInScope[] = [];
  const waiting: FoundInScope[] = mentionsAt(workspace, file, position);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { state, found } = next;
    if (seen.has(state)) continue;
    seen.add(state);
    for (const each of occurrences(found, state, workspace)) {
      all.push({ state, found: each });
      const place = placeOfMention(each, workspace);
      if (isKustomization(each.object)) waiting.push(...givenElsewhere(each, workspace));
      // What a kustomization gives stands nowhere that others share.
      const others = state.scope.rendered === undefined && place ? workspace.scopesOfFile(each.object.origin.file) : [];
      for (const other of others) {
        const same = seen.has(other) ? undefined : inScope(each, other, workspace);
        if (same) waiting.push({ state: other, found: same });
      }
      // By their places, since renders are other texts in each scope.
      for (const other of place ? workspace.scopesOfFile(place.file) : []) {
        if (seen.has(other) || (state.scope.rendered === undefined && other.scope.rendered === undefined)) continue;
        const at = objectInScope(workspace, other, place!.file, place!.range.start);
        const same = at && mentionAt(at, place!.range.start, workspace);
        if (same) waiting.push({ state: other, found: same });
      }
    }
  }
  return all;
}

/** What is meant at a position, in each scope that has it, with the place of its text. */
export function mentionsAt(
  workspace: Workspace,
  file: string,
  position: Position,
): (FoundInScope & { readonly range: Range })[] {
  const inObjects = objectsAt(workspace, file, position).flatMap((at) => {
    const found = mentionAt(at, position, workspace);
    return found ? [{ state: at.state, found, range: found.range }] : [];
  });
  return inObjects.length > 0 ? inObjects : givenAt(workspace, file, position);
}

/** The same place as another scope has it. */
function inScope({ object, mention }: MentionIn, state: ScopeState, workspace: Workspace): MentionIn | undefined {
  const { origin } = object;
  const content = workspace.file(origin.file)?.documents[origin.document]?.content;
  const path = JSON.stringify(origin.path);
  const written = content?.kind === 'objects' ? content.objects.find((each) => JSON.stringify(each.origin.path) === path) : undefined; // prettier-ignore
  if (!written) return undefined;
  const own = objectOfScope(written, state);
  const field = JSON.stringify(mention.path);
  const same = mentionIndex(workspace, state)
    .mentions(own)
    .find((each) => JSON.stringify(each.path) === field && each.part === mention.part && each.meaning.kind === mention.meaning.kind && each.span?.start === mention.span?.start); // prettier-ignore
  return same && { object: own, mention: same };
}
