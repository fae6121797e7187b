/** What plans are called: by their folder, and where that does not tell them apart, by who asks for them. */

import type { Draft } from './types';

/** By the plans' ids; no two are the same. */
export function namesOf(drafts: readonly Draft[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const kinds = new Map<string, Set<string>>();
  for (const { request } of drafts)
    kinds.set(request.folder, (kinds.get(request.folder) ?? new Set()).add(request.kind));
  for (const draft of drafts) {
    const name = [nameOf(draft, kinds), fullNameOf(draft), draft.id].find((candidate) => !taken.has(candidate));
    names.set(draft.id, name ?? draft.id);
    taken.add(name ?? draft.id);
  }
  return names;
}

function nameOf({ asker, request }: Draft, kinds: ReadonlyMap<string, ReadonlySet<string>>): string {
  const folder = folderName(request);
  if (asker !== undefined) return `${folder} (${asker})`;
  const isAlone = kinds.get(request.folder)?.size === 1;
  return isAlone ? folder : `${folder} (${request.kind === 'helm' ? 'chart' : 'kustomization'})`;
}

/** With the file that asks, for two of the same name. */
function fullNameOf(draft: Draft): string {
  const { asker, askedBy } = draft;
  return `${folderName(draft.request)} (${asker ?? draft.id}${askedBy ? ` in ${askedBy.file}` : ''})`;
}

function folderName({ folder }: Draft['request']): string {
  return folder === '' ? '.' : folder;
}
