/** What an engine rendered as a file of objects, and the sources of each of their fields. */

import type { JsonPath } from '#base/json';
import { readManifest } from './read-manifest';
import type { FieldSource, Rendered, RenderedObject } from './render-types';
import type { ManifestFile, RenderedOrigins, SourceUse } from './types';

/** The sources of a field, and what of its path lies below them. */
export interface FieldOrigin {
  /** Never empty; the last one decided. */
  readonly sources: readonly FieldSource[];
  readonly rest: JsonPath;
}

const start = 'rendered:';

/** The path under which the objects of a scope are kept that were rendered: no file has such a path. */
export function renderedPath(scope: string): string {
  return `${start}${scope}.yaml`;
}

/** The scope whose rendered objects are kept there; undefined for the path of a file. */
export function scopeOfRenderedPath(path: string): string | undefined {
  return path.startsWith(start) ? path.slice(start.length, -'.yaml'.length) : undefined;
}

/** The rendered text, read as any manifest is. `wanted` is called when origins are needed that nobody looked for yet. */
export function renderedFile(scope: string, result: Rendered, entry: string, wanted: () => void): ManifestFile {
  const file = readManifest(renderedPath(scope), result.text);
  const origins = originsOf(file, result.objects, entry);
  return { ...file, rendered: result.untraced ? { ...origins, wanted } : origins };
}

/** What objects say of their fields, ready to be asked from both ends. */
export function originsOf(file: ManifestFile, objects: readonly RenderedObject[], entry: string): RenderedOrigins {
  const byDocument = new Map<number, RenderedObject>();
  const bySource = new Map<string, SourceUse[]>();
  let next = 0;
  for (const object of [...objects].sort((a, b) => a.start - b.start)) {
    // Both are in the order of the text.
    while (next < file.documents.length && file.documents[next]!.span.end <= object.start) next++;
    const document = file.documents[next];
    if (!document) break;
    byDocument.set(document.index, object);
    for (const { path, sources } of object.fields)
      for (const [i, source] of sources.entries()) {
        const use = { document: document.index, path, source, isLast: i === sources.length - 1 };
        const uses = bySource.get(source.file);
        if (uses) uses.push(use);
        else bySource.set(source.file, [use]);
      }
  }
  return { objects: byDocument, bySource, entry };
}

/** The origins of what was rendered; those of the render before where they are still to be looked for, which is then asked. */
export function originsNow({ rendered }: ManifestFile): RenderedOrigins | undefined {
  rendered?.wanted?.();
  return rendered?.meanwhile ?? rendered;
}

const indexes = new WeakMap<RenderedObject, ReadonlyMap<string, readonly FieldSource[]>>();

function indexOf(object: RenderedObject): ReadonlyMap<string, readonly FieldSource[]> {
  let index = indexes.get(object);
  if (!index) {
    index = new Map(object.fields.map(({ path, sources }) => [JSON.stringify(path), sources]));
    indexes.set(object, index);
  }
  return index;
}

/** The sources of a field, or of the nearest one above it whose way is known. */
export function fieldOrigin(origins: RenderedOrigins, document: number, path: JsonPath): FieldOrigin {
  origins.wanted?.();
  const object = origins.objects.get(document);
  const index = object ? indexOf(object) : none;
  for (let length = path.length; length >= 0; length--) {
    const sources = index.get(JSON.stringify(path.slice(0, length)));
    if (sources && sources.length > 0) return { sources, rest: path.slice(length) };
  }
  const { file, document: inFile = 0 } = object?.source ?? { file: origins.entry };
  const at = { kind: 'path', document: inFile, path: [] } as const;
  return { sources: [{ role: 'base', file, at, verbatim: false }], rest: object?.source ? path : [] };
}

const none: ReadonlyMap<string, readonly FieldSource[]> = new Map();
