/** Which file of the workspace an assistant means: it may know its path from elsewhere than the workspace's folder. */

import { nearestName } from '../rules/near-names';
import { listed } from '../trace/lookup';
import type { Workspace } from '../workspace';
import type { Failed } from './scope';

/** As the workspace calls it; a longer or shorter path is taken where it can be one file alone. */
export function fileNamed(name: string, workspace: Workspace): string | Failed {
  const paths = workspace.paths();
  const path = plainPath(name);
  if (paths.includes(path)) return path;
  const ends = paths.filter((each) => path.endsWith(`/${each}`) || each.endsWith(`/${path}`));
  const [only] = ends;
  if (only !== undefined && ends.length === 1) return only;
  return { error: `There is no manifest ${name}${nearPaths(path, ends.length > 0 ? ends : paths)}.` };
}

/** Without a start that says nothing, and with `/` on every system. */
export function plainPath(path: string): string {
  return path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
}

const mostPaths = 10;

/** The files that are called alike, else some that there are. */
export function nearPaths(path: string, paths: readonly string[]): string {
  const nameOf = (each: string) => each.slice(each.lastIndexOf('/') + 1);
  const near = nearestName(nameOf(path), paths.map(nameOf));
  const alike = paths.filter((each) => nameOf(each) === nameOf(path) || nameOf(each) === near);
  const told = alike.length > 0 ? alike : paths;
  return told.length === 0 ? '' : `; there ${told.length === 1 ? 'is' : 'are'} ${listed(told, mostPaths)}`;
}
