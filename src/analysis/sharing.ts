/** Who else reads the files that a change is written into: what is changed for one overlay of a base is changed for all. */

import { compareStrings } from '#base/compare';
import type { ScopeState } from './context';

/** Whoever knows which scopes read a file. */
interface ScopesOfFiles {
  scopesOfFile(path: string): readonly ScopeState[];
}

/** Names of the other scopes that an edit of these files changes, sorted. */
export function alsoChangedBy(files: Iterable<string>, state: ScopeState, workspace: ScopesOfFiles): readonly string[] {
  const names = new Set<string>();
  for (const path of files)
    for (const { scope } of workspace.scopesOfFile(path)) if (scope.id !== state.scope.id) names.add(scope.name);
  return [...names].sort(compareStrings);
}
