/** What plans are called: by their folder, and where that does not tell them apart, by who asks for them. */

import type { Draft } from './types';

/** By the plans' ids: of each the shortest name that no other one has. */
export function namesOf(drafts: readonly Draft[]): ReadonlyMap<string, string> {
  const kinds = new Map<string, Set<string>>();
  for (const { request } of drafts)
    kinds.set(request.folder, (kinds.get(request.folder) ?? new Set()).add(request.kind));
  const forms = drafts.map((draft) => formsOf(draft, kinds));
  const counts = new Map<string, number>();
  for (const names of forms) for (const name of new Set(names)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map(drafts.map(({ id }, index) => [id, forms[index]!.find((name) => counts.get(name) === 1) ?? id]));
}

/** From short to long. */
function formsOf({ asker, qualified, askedBy, request }: Draft, kinds: ReadonlyMap<string, ReadonlySet<string>>) {
  const folder = request.folder === '' ? '.' : request.folder;
  if (asker === undefined) {
    const kind = request.kind === 'helm' ? 'chart' : 'kustomization';
    return kinds.get(request.folder)?.size === 1 ? [folder, `${folder} (${kind})`] : [`${folder} (${kind})`];
  }
  const whole = qualified ?? asker;
  return [`${folder} (${asker})`, `${folder} (${whole})`, `${folder} (${whole} in ${askedBy?.file ?? 'the settings'})`];
}
