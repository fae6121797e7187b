/** Fixes that are made together: each whole or not at all, and no two of them at the same place. */

import { comparePositions, LineIndex } from '#base/text';
import type { Fix, TextEdit } from '../types';

/** All are about the texts as they are before the first of them is made. */
export class FixesTogether {
  readonly #edits: TextEdit[] = [];
  readonly #byLine = new Map<string, TextEdit[]>();

  get edits(): readonly TextEdit[] {
    return this.#edits;
  }

  /** Takes a finding's fix where it has exactly one that it prefers and nobody has changed those places before. */
  offer(fixes: readonly Fix[]): Fix | undefined {
    const [fix, ...more] = fixes.filter(({ preferred, edits }) => preferred && edits.length > 0);
    if (!fix || more.length > 0) return undefined;
    // Two findings may be mended by the same change.
    const isNew = fix.edits.filter((edit) => !this.#near(edit).some((other) => isSame(edit, other)));
    if (isNew.some((edit) => this.#near(edit).some((other) => touch(edit, other)))) return undefined;
    for (const edit of isNew) this.#add(edit);
    return fix;
  }

  #add(edit: TextEdit): void {
    this.#edits.push(edit);
    for (const line of linesOf(edit)) {
      const others = this.#byLine.get(line);
      if (others) others.push(edit);
      else this.#byLine.set(line, [edit]);
    }
  }

  /** By the lines that they touch: a file may have thousands. */
  #near(edit: TextEdit): readonly TextEdit[] {
    return linesOf(edit).flatMap((line) => this.#byLine.get(line) ?? []);
  }
}

/** The text with the edits made, all of which are about it. */
export function withEdits(text: string, edits: readonly Pick<TextEdit, 'range' | 'newText'>[]): string {
  const lines = new LineIndex(text);
  const spans = edits.map(({ range, newText }) => ({ start: lines.offset(range.start), end: lines.offset(range.end), newText }));
  return spans
    .sort((a, b) => b.start - a.start)
    .reduce((result, { start, end, newText }) => result.slice(0, start) + newText + result.slice(end), text);
} // prettier-ignore

function linesOf({ file, range }: TextEdit): string[] {
  const count = range.end.line - range.start.line + 1;
  return Array.from({ length: count }, (_, i) => `${file}:${range.start.line + i}`);
}

function isSame(a: TextEdit, b: TextEdit): boolean {
  return a.file === b.file && a.newText === b.newText && comparePositions(a.range.start, b.range.start) === 0 && comparePositions(a.range.end, b.range.end) === 0; // prettier-ignore
}

/** Whether both change the same text, or texts without anything between them. */
function touch(a: TextEdit, b: TextEdit): boolean {
  const [first, second] = comparePositions(a.range.start, b.range.start) <= 0 ? [a, b] : [b, a];
  return comparePositions(first.range.end, second.range.start) >= 0;
}
