/** From an object and a field of it to the place in its file; done only when somebody wants to look there. */

import type { JsonPath } from '#base/json';
import { emptyRange } from '#base/text';
import { fieldOrigin, locate, locateNearest } from '#manifest/index';
import type { FieldSource, SourceRole } from '#manifest/render-types';
import type { ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { Place, RelatedPlace } from './types';

/** Whoever knows the files: an `AnalysisContext`, a `Workspace`. */
export interface Files {
  file(path: string): ManifestFile | undefined;
}

/** A field as it stands in a file that people edit. */
export interface WrittenField {
  readonly file: ManifestFile;
  readonly document: number;
  /** From the document's root. */
  readonly path: JsonPath;
}

/**
 * The place of a field's value, or of the deepest part of its path that is written.
 * `path` starts at the object. Undefined for what has no file, or whose file is gone. What was rendered leads to the
 * source that decided.
 */
export function placeOf(object: KubernetesObject, path: JsonPath, files: Files): Place | undefined {
  const { origin } = object;
  const file = files.file(origin.file);
  if (!file) return undefined;
  const full = [...origin.path, ...path];
  if (file.rendered) return sourcePlace(file, origin.document, full, files);
  const found = locateNearest(file, origin.document, full);
  return found && { file: file.path, range: found.value };
}

/** The place of a mapping's member with its key: `app: web`. Undefined where the member is not written. */
export function memberPlaceOf(object: KubernetesObject, path: JsonPath, files: Files): Place | undefined {
  const { origin } = object;
  const file = files.file(origin.file);
  const full = [...origin.path, ...path];
  const found = file && locate(file, origin.document, full);
  if (!found) return undefined;
  if (file.rendered) return sourcePlace(file, origin.document, full, files, 'member');
  return { file: origin.file, range: { start: (found.key ?? found.value).start, end: found.value.end } };
}

/**
 * Where an object names itself: what a click on it opens. Of what was rendered that is the base or template which the
 * object begins with, not the prefix or value that completes its name.
 */
export function namePlaceOf(object: KubernetesObject, files: Files): Place | undefined {
  const { origin } = object;
  const file = files.file(origin.file);
  const path = [...origin.path, ...namePath];
  const found = file?.rendered && fieldOrigin(file.rendered, origin.document, path);
  const first = found?.sources.find(({ role }) => beginning.includes(role));
  return first ? placeOfSource(first, found!.rest, files, 'value') : placeOf(object, namePath, files);
}

const namePath = ['metadata', 'name'];
const beginning: readonly SourceRole[] = ['base', 'generator', 'template'];

/**
 * The field in the file that it is written in; of what was rendered only where it stands there as it is. Whether the
 * field is there has to be looked up.
 */
export function writtenField(object: KubernetesObject, path: JsonPath, files: Files): WrittenField | undefined {
  const { origin } = object;
  const file = files.file(origin.file);
  if (!file || origin.kind !== 'manifest') return undefined;
  const full = [...origin.path, ...path];
  if (!file.rendered) return { file, document: origin.document, path: full };
  const source = lastSource(file, origin.document, full);
  const sourceFile = source?.verbatim === true ? files.file(source.file) : undefined;
  if (!source || !sourceFile || source.at.kind !== 'path') return undefined;
  return { file: sourceFile, document: source.at.document, path: [...source.at.path, ...source.rest] };
}

/**
 * The same for a name, also where a kustomization puts something around it (a prefix, a suffix): what is written is then
 * a part of what the object has.
 */
export function nameField(object: KubernetesObject, path: JsonPath, files: Files): WrittenField | undefined {
  const written = writtenField(object, path, files);
  const { origin } = object;
  const file = written ? undefined : files.file(origin.file);
  const found = file?.rendered && fieldOrigin(file.rendered, origin.document, [...origin.path, ...path]);
  if (!found || found.sources.at(-1)?.role !== 'transformer') return written;
  const source = found.sources.findLast(({ role }) => role !== 'transformer');
  const sourceFile = source && files.file(source.file);
  if (!sourceFile || source.at.kind !== 'path') return undefined;
  return { file: sourceFile, document: source.at.document, path: [...source.at.path, ...found.rest] };
}

/** Where a field of a rendered object came by before it was decided, the first one first; empty for what was not rendered. */
export function wayOf(object: KubernetesObject, path: JsonPath, files: Files): readonly RelatedPlace[] {
  const { origin } = object;
  const file = files.file(origin.file);
  const found = file?.rendered && fieldOrigin(file.rendered, origin.document, [...origin.path, ...path]);
  if (!found) return [];
  return found.sources
    .slice(0, -1)
    .map((source) => ({ ...placeOfSource(source, found.rest, files, 'value'), message: wayWords[source.role] }));
}

const wayWords: Record<SourceRole, string> = {
  base: 'It is written here',
  patch: 'A patch changes it here',
  generator: 'It is generated from here',
  transformer: 'The kustomization sets it here',
  replacement: 'A replacement copies it from here',
  template: 'This template renders it',
  value: 'The template reads this value',
};

type Extent = 'value' | 'member';

function lastSource(file: ManifestFile, document: number, path: JsonPath) {
  const found = file.rendered && fieldOrigin(file.rendered, document, path);
  const source = found?.sources.at(-1);
  return found && source && { ...source, rest: found.rest };
}

/** At worst the rendered text itself. */
function sourcePlace(
  file: ManifestFile,
  document: number,
  path: JsonPath,
  files: Files,
  extent: Extent = 'value',
): Place {
  const found = fieldOrigin(file.rendered!, document, path);
  // A file that is no manifest is none that anything is told in: then what takes it in comes next.
  const known = found.sources.findLast((each) => files.file(each.file) !== undefined) ?? found.sources.at(-1);
  const source = known && { ...known, rest: found.rest };
  if (source) return placeOfSource(source, source.rest, files, extent);
  return { file: file.path, range: locateNearest(file, document, path).value };
}

function placeOfSource({ file: path, at }: FieldSource, rest: JsonPath, files: Files, extent: Extent): Place {
  if (at.kind === 'range') return { file: path, range: at.range };
  const file = files.file(path);
  if (!file) return { file: path, range: emptyRange };
  const full = [...at.path, ...rest];
  const exact = extent === 'member' ? locate(file, at.document, full) : undefined;
  if (exact) return { file: path, range: { start: (exact.key ?? exact.value).start, end: exact.value.end } };
  return { file: path, range: locateNearest(file, at.document, full).value };
}
