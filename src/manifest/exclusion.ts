/** Which paths of a workspace are left out: what Git ignores, what the user excludes, and what is never a manifest. */

import ignore, { type Ignore } from 'ignore';
import { folderOf } from './paths';

export interface ExclusionRules {
  /** The `.gitignore` files of the workspace; `folder` is relative to its root, `''` for the root itself. */
  readonly gitignores: readonly { readonly folder: string; readonly text: string }[];
  /** Patterns as in a `.gitignore` of the workspace's root. */
  readonly exclude: readonly string[];
}

/**
 * A test for paths relative to the workspace (with `/` or `\`; a folder's with a `/` at its end): true for what is
 * left out. A `.gitignore` counts for what is below its folder, and a deeper one overrules those above it.
 */
export function createExclusion({ gitignores, exclude }: ExclusionRules): (path: string) => boolean {
  const byFolder = new Map<string, Ignore>();
  for (const { folder, text } of gitignores) byFolder.set(folder.replace(/\/+$/, ''), ignore().add(text));
  const excluded = ignore().add(['.git', 'node_modules', ...exclude]);
  const folders = new Map<string, boolean>();

  /** A file in a folder that is left out cannot be taken in again. */
  const isFolderOut = (folder: string): boolean => {
    if (folder === '') return false;
    let out = folders.get(folder);
    if (out === undefined) folders.set(folder, (out = isFolderOut(folderOf(folder)) || isOut(folder, '/')));
    return out;
  };

  const isOut = (path: string, end: '' | '/'): boolean => {
    if (excluded.ignores(path + end)) return true;
    for (let folder: string | undefined = folderOf(path); folder !== undefined;) {
      const relative = folder === '' ? path : path.slice(folder.length + 1);
      const result = byFolder.get(folder)?.test(relative + end);
      if (result?.ignored) return true;
      if (result?.unignored) return false;
      folder = folder === '' ? undefined : folderOf(folder);
    }
    return false;
  };

  return (path) => {
    const slashed = path.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
    const trimmed = slashed.replace(/\/+$/, '');
    if (trimmed === '' || trimmed === '.' || !ignore.isPathValid(trimmed)) return false;
    return slashed === trimmed ? isFolderOut(folderOf(trimmed)) || isOut(trimmed, '') : isFolderOut(trimmed);
  };
}
