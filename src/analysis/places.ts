/** From an object and a field of it to the place in its file; done only when somebody wants to look there. */

import type { JsonPath } from '#base/json';
import { locate, locateNearest } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { Place } from './types';

/** Whoever knows the files: an `AnalysisContext`, a `Workspace`. */
export interface Files {
  file(path: string): ManifestFile | undefined;
}

/**
 * The place of a field's value, or of the deepest part of its path that is written.
 * `path` starts at the object. Undefined for what has no file, or whose file is gone.
 */
export function placeOf(object: KubernetesObject, path: JsonPath, files: Files): Place | undefined {
  const { origin } = object;
  const file = files.file(origin.file);
  if (!file) return undefined;
  const found = locateNearest(file, origin.document, [...origin.path, ...path]);
  return found && { file: file.path, range: found.value };
}

/** The place of a mapping's member with its key: `app: web`. Undefined where the member is not written. */
export function memberPlaceOf(object: KubernetesObject, path: JsonPath, files: Files): Place | undefined {
  const { origin } = object;
  const file = files.file(origin.file);
  const found = file && locate(file, origin.document, [...origin.path, ...path]);
  if (!found) return undefined;
  return { file: origin.file, range: { start: (found.key ?? found.value).start, end: found.value.end } };
}

/** Where an object names itself: what a click on it opens. */
export function namePlaceOf(object: KubernetesObject, files: Files): Place | undefined {
  return placeOf(object, ['metadata', 'name'], files);
}
