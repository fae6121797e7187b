/** YAML or JSON inside of a value of a manifest, as ConfigMaps hold whole files: its value, and where its parts stand. */

import type { JsonPath, JsonValue } from '#base/json';
import { emptyRange, LineIndex, type Range } from '#base/text';
import { defaultLimits } from './limits';
import { locate, lineIndexOf } from './locate';
import { rangeOf } from './settings-file';
import { splitDocuments } from './split';
import type { ManifestFile } from './types';
import { readYaml } from './yaml-reader';

export interface EmbeddedText {
  /** Of the first document; undefined where it is empty or broken. */
  readonly value: JsonValue | undefined;
  /** Why it does not parse. */
  readonly problem: { readonly message: string; readonly range: Range } | undefined;
  /** Where a value stands in the text; of one that is not written, the deepest part of its path. */
  rangeOf(path: JsonPath): Range;
}

/** Reads the first document of a text, as a Go program that is given one does; never throws. */
export function readEmbedded(text: string): EmbeddedText {
  const span = splitDocuments(text)[0];
  const lines = new LineIndex(text);
  if (!span || span.end - span.start > defaultLimits.maxIntricateLength) {
    return { value: undefined, problem: undefined, rangeOf: () => emptyRange };
  }
  const { value, place, problems } = readYaml(text, span.start, span.end, defaultLimits);
  const broken = value === undefined ? problems.find(({ severity }) => severity === 'error') : undefined;
  return {
    value,
    problem: broken && { message: broken.message, range: lines.range(broken.span) },
    rangeOf: (path) => (place ? rangeOf(path, 'value', place, lines) : emptyRange),
  };
}

/**
 * Where a range of an embedded text stands in the file; for a text that is no literal block (`|`), the whole value.
 * `path` leads from the document's root to the text.
 */
export function rangeInFile(file: ManifestFile, document: number, path: JsonPath, inner: Range): Range {
  const place = locate(file, document, path);
  if (!place) return emptyRange;
  const lines = lineIndexOf(file);
  const { start } = place.value;
  const header = file.text.slice(lines.offset(start), lines.offset({ line: start.line + 1, character: 0 }));
  if (!/^\|[-+]?\s*(#.*)?$/.test(header.trimEnd())) return place.key ?? place.value;
  const indent = indentBelow(file.text, lines.offset({ line: start.line + 1, character: 0 }));
  const shift = (position: Range['start']) => ({
    line: position.line + start.line + 1,
    character: position.character + indent,
  });
  return { start: shift(inner.start), end: shift(inner.end) };
}

/** How far the first line with any text is indented. */
function indentBelow(text: string, from: number): number {
  const line = /^[ \t]*\S/m.exec(text.slice(from));
  return line ? line[0].length - 1 : 0;
}
