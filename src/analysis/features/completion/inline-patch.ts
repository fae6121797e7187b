/** A cursor within a patch that stands in a kustomization. */

import type { JsonPath } from '#base/json';
import type { Position } from '#base/text';
import { isKustomizationPath } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import { linesAround } from './cursor';
import { pathTo, tokensOf, type Token } from './lines';

export interface InlinePatch {
  /** Of the kustomization: the entry of its list that the patch is, or is a part of. */
  readonly entry: JsonPath;
  /** The patch alone, at the lines and columns that it has in the kustomization. */
  readonly text: ManifestFile;
}

/** Undefined outside of such patches; they may be broken at the moment. */
export function patchAt(file: ManifestFile, position: Position): InlinePatch | undefined {
  if (!isKustomizationPath(file.path)) return undefined;
  const { lines, first } = linesAround(file, position);
  const row = position.line - first;
  const above = tokensOf(lines.slice(0, row));
  const header = above.at(-1);
  if (!header || !/^\|[-+0-9]*$/.test(header.value)) return undefined;
  const depth = depthOf(header, above);
  const entry = entryOf(header, above);
  const own = indentOf(lines[row] ?? '');
  if (!entry || (own ?? position.character) <= depth) return undefined;
  const end = lines.findIndex((line, i) => i > header.line && (indentOf(line) ?? depth + 1) <= depth);
  const inner = lines.slice(header.line + 1, end < 0 ? undefined : end).join('\n');
  return { entry, text: { ...file, text: '\n'.repeat(first + header.line + 1) + inner } };
}

/** Text is deeper than the key, or than the dash, that it belongs to. */
function depthOf({ kind, indent }: Token, above: readonly Token[]): number {
  return kind === 'pair' ? indent : (above.at(-2)?.indent ?? indent);
}

function entryOf(header: Token, above: readonly Token[]): JsonPath | undefined {
  const path = pathTo(above.slice(0, -1), header.indent);
  const [list] = path;
  if (header.kind === 'pair') return header.key === 'patch' && (list === 'patches' || list === 'patchesJson6902') ? path : undefined; // prettier-ignore
  return header.kind === 'other' && list === 'patchesStrategicMerge' ? path : undefined;
}

/** Undefined for an empty line. */
function indentOf(line: string): number | undefined {
  const indent = line.search(/\S/);
  return indent < 0 ? undefined : indent;
}
