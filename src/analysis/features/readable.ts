/** Documents that are broken at the moment, for questions about them: what the rest of them says. */

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

/** A line that nobody can read at the moment. */
export interface UnreadLine {
  readonly file: string;
  /** Zero-based. */
  readonly line: number;
  readonly text: string;
}

/** Beyond, a workspace has texts that only look like manifests. */
const mostBroken = 50;

/**
 * Asks about all files together, each broken document taken as it would be without what is wrong in it: what means the same
 * may stand in any of them. `unread` are the lines that are left out even so.
 */
export function withAllReadable<T>(workspace: Workspace, ask: (unread: readonly UnreadLine[]) => T): T {
  const broken = [...workspace.files()].filter(isBroken).slice(0, mostBroken);
  if (broken.length === 0) return ask([]);
  const mended = broken.map((file) => ({ file: file.path, text: mendedFile(file)?.text ?? file.text }));
  return withChange(mended, workspace, () =>
    ask(broken.flatMap((file) => unreadLines(file, workspace.file(file.path) ?? file))),
  );
}

function isBroken({ documents }: ManifestFile): boolean {
  return documents.some(({ content }) => content.kind === 'broken');
}

function unreadLines(written: ManifestFile, read: ManifestFile): readonly UnreadLine[] {
  const index = lineIndexOf(read);
  const broken = read.documents.filter(({ content }) => content.kind === 'broken').map(({ span }) => index.range(span));
  const left = read.text.split('\n');
  return written.text.split('\n').flatMap((text, line) => {
    const isLeftOut =
      left[line]?.trim() === '' || broken.some(({ start, end }) => start.line <= line && line <= end.line);
    return isLeftOut && text.trim() !== '' ? [{ file: written.path, line, text }] : [];
  });
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
