/** Fixes that are made together: whole or not at all, none at the place of another, and each change once. */

import { describe, expect, it } from 'vitest';
import { FixesTogether, withEdits } from '#analysis/features/together';
import type { Fix, TextEdit } from '#analysis/types';

function edit(from: number, to: number, newText: string, line = 0): TextEdit {
  return { file: 'a.yaml', range: { start: { line, character: from }, end: { line, character: to } }, newText };
}

function fix(...edits: readonly TextEdit[]): Fix {
  return { title: 'Mend', edits, preferred: true };
}

/** What becomes of `0123456789`, twice. */
function result(...offered: readonly (readonly Fix[])[]): string {
  const together = new FixesTogether();
  for (const fixes of offered) together.offer(fixes);
  return withEdits('0123456789\n0123456789', together.edits);
}

describe('fixes', () => {
  it('that are apart are all made, in any order', () => {
    expect(result([fix(edit(7, 8, 'b'))], [fix(edit(1, 2, 'a'), edit(0, 1, 'c', 1))])).toBe('0a23456b89\nc123456789');
  });

  it('that touch are made one at a time, and whole', () => {
    expect(result([fix(edit(1, 3, 'a'))], [fix(edit(2, 4, 'b'), edit(8, 9, 'b'))])).toBe('0a3456789\n0123456789');
    expect(result([fix(edit(1, 3, 'a'))], [fix(edit(3, 4, 'b'))])).toBe('0a3456789\n0123456789');
    expect(result([fix(edit(5, 5, 'a'))], [fix(edit(5, 5, 'b'))])).toBe('01234a56789\n0123456789');
    expect(result([fix(edit(1, 3, 'a'))], [fix(edit(1, 3, 'b', 1))])).toBe('0a3456789\n0b3456789');
  });

  it('that are the same change are made once', () => {
    expect(result([fix(edit(5, 5, 'a'))], [fix(edit(5, 5, 'a'), edit(8, 9, 'b'))])).toBe('01234a567b9\n0123456789');
  });

  it('are made only where a finding prefers one', () => {
    const [one, other] = [fix(edit(1, 2, 'a')), fix(edit(4, 5, 'b'))];
    expect(result([one, other])).toBe('0123456789\n0123456789');
    expect(result([{ ...one, preferred: false }, other])).toBe('0123b56789\n0123456789');
    expect(result([{ ...one, edits: [] }])).toBe('0123456789\n0123456789');
  });
});
