/** Documents that are broken at the moment, for questions about a place in them: what the rest of them says. */

import type { Position } from '#base/text';
import { lineIndexOf, mendedFile } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import { withChange } from '../with-change';
import type { Workspace } from '../workspace';

/**
 * Asks about a position. In a document that cannot be read the file is taken as it would be without what is wrong in it:
 * `left` then has the zero-based lines that are not read as they stand. Lines and columns are those of the real file.
 */
export function withReadable<T>(
  workspace: Workspace,
  path: string,
  position: Position,
  ask: (left: readonly number[]) => T,
): T {
  const file = workspace.file(path);
  const mended = file && isBrokenAt(file, position) ? mendedFile(file) : undefined;
  return mended ? withChange([{ file: path, text: mended.text }], workspace, () => ask(mended.lines)) : ask([]);
}

export function isBrokenAt(file: ManifestFile, position: Position): boolean {
  if (!file.documents.some(({ content }) => content.kind === 'broken')) return false;
  const offset = lineIndexOf(file).offset(position);
  const document = file.documents.findLast(({ span }) => span.start <= offset && offset <= span.end);
  return document?.content.kind === 'broken';
}

/** `Line 7 is no YAML at the moment` */
export function brokenText(left: readonly number[]): string {
  const numbers = left.map((line) => line + 1);
  return numbers.length === 1
    ? `Line ${numbers[0]} is no YAML at the moment: this is what the rest says.`
    : `Lines ${numbers.join(', ')} are no YAML at the moment: this is what the rest says.`;
}
