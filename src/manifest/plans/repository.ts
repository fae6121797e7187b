/** Which folder of the workspace a deployment tool means by a repository and a path of it. */

import { editDistance } from '#base/edit-distance';
import { folderOf, resolvePath } from '../paths';
import type { PlanContext } from './context';

/** What is named: a path of a repository, in a file of the workspace. */
export interface NamedFolder {
  /** Undefined where the file does not say which repository it is. */
  readonly url: string | undefined;
  /** From the repository's top. */
  readonly path: string;
  readonly file: string;
}

export type Whereabouts =
  | { readonly kind: 'here'; readonly folder: string; readonly note: string | undefined }
  | { readonly kind: 'missing'; readonly message: string }
  | { readonly kind: 'elsewhere'; readonly what: string };

/**
 * Nobody tells the workspace its own URL: a repository is this one where one of the paths that are named of it is here.
 * Gives the names of those repositories.
 */
export function repositoriesHere(named: readonly NamedFolder[], context: PlanContext): ReadonlySet<string> {
  const here = new Set<string>();
  for (const folder of named) {
    // The top of a repository is there in each of them.
    const isTelling = resolvePath('', folder.path) !== '';
    if (folder.url !== undefined && isTelling && folderHere(folder, context) !== undefined)
      here.add(nameOf(folder.url));
  }
  return here;
}

export function whereaboutsOf(named: NamedFolder, here: ReadonlySet<string>, context: PlanContext): Whereabouts {
  const { url, path } = named;
  const isHere = url === undefined || here.has(nameOf(url));
  const folder = folderHere(named, context);
  const isTop = resolvePath('', path) === '';
  if (isTop && url === undefined) return { kind: 'elsewhere', what: 'its source is not in this workspace, so whether it is this repository is not known' }; // prettier-ignore
  if (folder !== undefined && (isHere || !isTop)) {
    const shown = folder === '' ? '.' : folder;
    const note = url === undefined ? undefined : `${url} is taken for this repository, since ${shown} is here`;
    return { kind: 'here', folder, note };
  }
  const near = nearFolder(named, context);
  const meant = near === undefined ? '' : `; did you mean ${near}?`;
  if (isHere || near !== undefined) return { kind: 'missing', message: `${path} is not there, or is left out here; nothing is rendered from it${meant}` }; // prettier-ignore
  return { kind: 'elsewhere', what: `${url} is not available here: it is another repository, since nothing that is named of it (${path}) is in this workspace` }; // prettier-ignore
} // prettier-ignore

/**
 * From the top of the workspace, else from the folders above the file, the outermost first: a workspace may hold several
 * repositories.
 */
export function folderHere({ path, file }: NamedFolder, { folders }: PlanContext): string | undefined {
  const relative = path.replace(/^\/+/, '');
  for (const top of topsFor(file)) {
    const folder = resolvePath(top, relative);
    if (folder !== undefined && folders.has(folder)) return folder;
  }
  return undefined;
}

/** The folder beside it whose name is but a slip of the pen away: that a repository has the others is no chance. */
function nearFolder({ path, file }: NamedFolder, { folders }: PlanContext): string | undefined {
  for (const top of topsFor(file)) {
    const wanted = resolvePath(top, path.replace(/^\/+/, ''));
    const parent = wanted === undefined ? '' : folderOf(wanted);
    if (wanted === undefined || parent === '' || !folders.has(parent)) continue;
    const near = [...folders].filter((folder) => folderOf(folder) === parent && isSlip(folder, wanted));
    if (near.length === 1) return near[0];
  }
  return undefined;
}

function isSlip(folder: string, wanted: string): boolean {
  return folder.length > 3 && !/\d/.test(folder + wanted) && editDistance(folder, wanted, 2) <= (wanted.length - folderOf(wanted).length > 6 ? 2 : 1); // prettier-ignore
}

/** The folders that a path of the repository may start from. */
export function topsFor(file: string): readonly string[] {
  const tops: string[] = [];
  for (let folder = folderOf(file); folder !== ''; folder = folderOf(folder)) tops.unshift(folder);
  return ['', ...tops];
}

/** `git@host:a/b.git` and `https://host/a/b` are one repository. */
function nameOf(url: string): string {
  return url
    .trim()
    .replace(/^[\w+]+:\/\/(?:[^@/]*@)?|^[\w.-]+@/, '')
    .replace(':', '/')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .toLowerCase();
}
