/** A cursor within a block text, as ConfigMaps hold whole files. */

import { isJsonObject, type JsonObject, type JsonPath } from '#base/json';
import type { Position } from '#base/text';
import type { ManifestFile } from '#manifest/types';
import { linesAround, objectOf } from './cursor';
import { pathTo, tokensOf } from './lines';

export interface BlockCursor {
  /** From the object to the text. */
  readonly path: JsonPath;
  /** Of the line that the cursor is on, what stands before it. */
  readonly before: string;
  readonly body: JsonObject;
}

/** Undefined outside of block texts. */
export function blockAt(file: ManifestFile, position: Position): BlockCursor | undefined {
  const { lines, first } = linesAround(file, position);
  const row = position.line - first;
  const line = lines[row] ?? '';
  const above = tokensOf(lines.slice(0, row));
  const last = above.at(-1);
  const indent = line.search(/\S/);
  if (last?.kind !== 'pair' || !/^[|>][-+0-9]*$/.test(last.value) || indent <= last.indent) return undefined;
  const path = [...pathTo(above.slice(0, -1), last.indent), last.key];
  const { start, body } = objectOf(tokensOf(lines), path);
  return isJsonObject(body) ? { path: path.slice(start.length), before: line.slice(0, position.character), body } : undefined; // prettier-ignore
}
