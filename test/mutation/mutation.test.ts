/** The mutation check itself, and the part of it that is quick: what would not be said, or not be said anew. */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { instrument } from './instrument';

/** The source's value under a mutant, or as it is. */
function run(source: string, on: number): unknown {
  const { text } = instrument('rule.ts', source, 0);
  const evaluate = new Function('mutant', `${text}; return result;`) as (mutant: (id: number) => boolean) => unknown;
  return evaluate((id) => id === on);
}

function changesOf(source: string): readonly string[] {
  return instrument('rule.ts', source, 7).mutants.map(({ id, kind, change }) => `${id} ${kind} ${change}`);
}

describe('a mutant', () => {
  it.each([
    ['const result = [1, 2, 3].map((n) => n < 2)', [[true, false, false], [true, true, false], [false, true, true]]],
    ['const result = [1, 2].map((n) => n === 2)', [[false, true], [true, false]]],
    ['const result = [true, false].map((a) => a && !a)', [[false, false], [true, true], [true, false]]],
    ['const result = [1, 2].some((n) => n > 1 /* all? */)', [true, false, true, true]],
    ['let result = 1; if (result > 0) { result = 2; } else result = 3', [2, 3, 2, 3]],
    ['const result = ((a) => a ? "yes" : "no")(1)', ['yes', 'no']],
  ])('changes what %s gives', (source, [plain, ...mutated]) => {
    expect(run(source, -1)).toEqual(plain);
    expect(mutated.map((_, id) => run(source, id))).toEqual(mutated);
    expect(instrument('rule.ts', source, 0).mutants).toHaveLength(mutated.length);
  }); // prettier-ignore

  it('can be a rule that is switched off, and a word or a mark that is left out', () => {
    expect(
      changesOf(`
        export const rule = {
          codes: ['a'],
          check(object, context, report) {
            report.dependsOn('pods');
            report.add({ code: 'a' });
          },
        };`),
    ).toEqual([
      '7 rule check → switched off',
      "8 dependency report.dependsOn('pods'); → ",
      "9 statement report.add({ code: 'a' }); → ",
    ]);
  });
});

describe('the cases of the findings', () => {
  it('notice each rule, finding and dependency that is left out', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'run.mjs'), '--rules'], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  }, 300_000);
});
