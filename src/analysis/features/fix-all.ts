/** All fixes of a file at once: of each finding the one that a user most probably wants, as far as they do not collide. */

import { comparePositions } from '#base/text';
import type { Finding, TextEdit } from '../types';
import type { Workspace } from '../workspace';

export interface FixAll {
  readonly edits: readonly TextEdit[];
  /** How many findings they mend. */
  readonly findings: number;
}

/** Of findings of one code, or of every code; only fixes that their finding calls the preferred one. */
export function fixAll(workspace: Workspace, file: string, code?: string): FixAll {
  const made = new MadeEdits();
  let findings = 0;
  for (const finding of workspace.findings(file)) {
    if (code !== undefined && finding.code !== code) continue;
    const wanted = preferredEdits(finding);
    const isNew = wanted.filter((edit) => !made.has(edit));
    // A fix is made whole or not at all: half of it would be another change.
    if (wanted.length === 0 || isNew.some((edit) => made.collides(edit))) continue;
    for (const edit of isNew) made.add(edit);
    findings++;
  }
  return { edits: made.edits, findings };
}

function preferredEdits({ fixes }: Finding): readonly TextEdit[] {
  return fixes.find(({ preferred, edits }) => preferred && edits.length > 0)?.edits ?? [];
}

/** Edits by the lines that they touch: a file may have thousands. */
class MadeEdits {
  readonly edits: TextEdit[] = [];
  readonly #byLine = new Map<string, TextEdit[]>();

  add(edit: TextEdit): void {
    this.edits.push(edit);
    for (const line of linesOf(edit)) {
      const others = this.#byLine.get(line);
      if (others) others.push(edit);
      else this.#byLine.set(line, [edit]);
    }
  }

  has(edit: TextEdit): boolean {
    return this.#near(edit).some((other) => isSame(edit, other));
  }

  collides(edit: TextEdit): boolean {
    return this.#near(edit).some((other) => collide(edit, other));
  }

  #near(edit: TextEdit): readonly TextEdit[] {
    return linesOf(edit).flatMap((line) => this.#byLine.get(line) ?? []);
  }
}

function linesOf({ file, range }: TextEdit): string[] {
  const count = range.end.line - range.start.line + 1;
  return Array.from({ length: count }, (_, i) => `${file}:${range.start.line + i}`);
}

function isSame(a: TextEdit, b: TextEdit): boolean {
  return a.file === b.file && a.newText === b.newText && comparePositions(a.range.start, b.range.start) === 0 && comparePositions(a.range.end, b.range.end) === 0; // prettier-ignore
}

/** Whether both change the same text, or insert at the same place. */
function collide(a: TextEdit, b: TextEdit): boolean {
  const [first, second] = comparePositions(a.range.start, b.range.start) <= 0 ? [a, b] : [b, a];
  return comparePositions(first.range.end, second.range.start) > 0 || comparePositions(first.range.start, second.range.start) === 0; // prettier-ignore
}
