/** The kustomizations of a workspace, and which of them stand at the top: those that no other one includes. */

import { compareStrings } from '#base/compare';
import { readKustomization, type Contents, type Kustomization } from './kustomizations';
import { folderOf, isKustomizationPath } from './paths';
import type { ManifestFile } from './types';

/** What of a workspace decides what a kustomization lists. */
export function contentsOf(files: readonly ManifestFile[]): Contents {
  const kustomized = new Set<string>();
  for (const { path } of files) if (isKustomizationPath(path)) kustomized.add(folderOf(path));
  return { files: new Map(files.map((file) => [file.path, file])), kustomized };
}

/** By their folders. */
export function kustomizationsOf(files: readonly ManifestFile[], contents: Contents): Map<string, Kustomization> {
  const found = new Map<string, Kustomization>();
  for (const file of files) {
    const kustomization = readKustomization(file, contents);
    if (!kustomization) continue;
    // Kustomize refuses a folder with two of them; here the first one in the order of the names counts.
    const other = found.get(kustomization.folder);
    if (!other || other.file.path > file.path) found.set(kustomization.folder, kustomization);
  }
  return found;
}

/** Those that none includes; of a ring that none includes from outside, the first one. */
export function rootsOf(kustomizations: ReadonlyMap<string, Kustomization>): Kustomization[] {
  const included = new Set<string>();
  for (const { folder, includes } of kustomizations.values()) {
    for (const target of includes) if (target !== folder) included.add(target);
  }
  const inOrder = [...kustomizations.values()].sort((a, b) => compareStrings(a.folder, b.folder));
  const roots = inOrder.filter(({ folder }) => !included.has(folder));
  const reached = new Set<string>();
  for (const root of roots) reach(root.folder, kustomizations, reached);
  for (const kustomization of inOrder) {
    if (reached.has(kustomization.folder)) continue;
    roots.push(kustomization);
    reach(kustomization.folder, kustomizations, reached);
  }
  return roots;
}

/** Adds the folders that are included from `start` on, itself among them. */
export function reach(start: string, kustomizations: ReadonlyMap<string, Kustomization>, reached: Set<string>): void {
  const open = [start];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (reached.has(folder)) continue;
    reached.add(folder);
    open.push(...(kustomizations.get(folder)?.includes ?? []));
  }
}
