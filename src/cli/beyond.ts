/** What the kustomizations below PATH need from elsewhere: an overlay is asked about by its own folder, as `kustomize build` is. */

import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { JsonValue } from '#base/json';
import { isJsonObject } from '#base/json';
import { isKustomizationPath, readManifest } from '#manifest/index';
import { disk } from '#server/disk';
import { findManifests } from '#server/find-manifests';

export interface Beyond {
  /** The folder that holds all of it, and PATH. */
  readonly root: string;
  /** The files that are elsewhere, absolute. */
  readonly files: readonly string[];
}

/** Follows what kustomizations among these files (absolute) say, from base to base; `folder` is PATH as a whole. */
export async function beyond(folder: string, files: readonly string[], exclude: readonly string[]): Promise<Beyond> {
  const known = [folder];
  const found = new Set<string>();
  let root = folder;
  let next = files.filter(isKustomization);
  while (next.length > 0) {
    const come: string[] = [];
    for (const place of await referencesOf(next)) {
      if (known.some((each) => isIn(place, each)) || found.has(place)) continue;
      const entries = await disk.list(place).catch(() => undefined);
      const isFile = entries === undefined && 'text' in (await disk.read(place));
      if (entries === undefined && !isFile) continue;
      root = commonFolder(root, isFile ? dirname(place) : place);
      if (isFile) found.add(place);
      // Another folder is read by the engine, where it needs it, and is no manifest of this question.
      if (!entries?.some(({ name }) => isKustomization(name) || name === 'Chart.yaml')) continue;
      known.push(place);
      const own = (await findManifests(disk, place, exclude)).files.map((file) => join(place, file));
      for (const file of own) found.add(file);
      come.push(...own.filter(isKustomization));
    }
    next = come;
  }
  return { root, files: [...found] };
}

function isKustomization(file: string): boolean {
  return isKustomizationPath(basename(file));
}

/** Places outside of their own folders that these kustomizations name. */
async function referencesOf(kustomizations: readonly string[]): Promise<readonly string[]> {
  const places = await Promise.all(
    kustomizations.map(async (file) => {
      const read = await disk.read(file);
      if (!('text' in read)) return [];
      return readManifest(file, read.text).documents.flatMap(({ content }) =>
        content.kind === 'kustomization' ? upwards(content.value).map((path) => resolve(dirname(file), path)) : [],
      );
    }),
  );
  return places.flat();
}

/** All values that are paths which lead out of the folder; an address or a text of several lines is none. */
function upwards(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return /^\.\.(\/[^\n:]*)?$/.test(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(upwards);
  return isJsonObject(value) ? Object.values(value).flatMap(upwards) : [];
}

/** Whether it is the folder, or in it. */
export function isIn(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function commonFolder(a: string, b: string): string {
  let common = a;
  while (!isIn(b, common) && dirname(common) !== common) common = dirname(common);
  return common;
}

/** With `/`, and one at its end; nothing for the folder itself. */
export function prefixOf(root: string, folder: string): string {
  const path = relative(root, folder).replaceAll(sep, '/');
  return path === '' ? '' : `${path}/`;
}
