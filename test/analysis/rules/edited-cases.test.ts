/**
 * What is told otherwise when a few lines of a case are others: each of these edits notices a fault of the rules that no
 * whole case notices. `vitest run test/analysis/rules -u` writes what came out into the files.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCase } from './case-file';
import { edited, parseEdits, printEdits, toldAbout, toldOtherwise } from './edited-case';

const cases = join(import.meta.dirname, '../../cases/findings');
const folder = join(cases, 'edits');

describe.each(readdirSync(folder).sort())('%s', (name) => {
  const path = join(folder, name);
  const given = parseEdits(readFileSync(path, 'utf8'));
  const original = parseCase(readFileSync(join(cases, name.replace('.edits', '.case')), 'utf8'));

  it('tells of each edit what the file says', async () => {
    const before = toldAbout(original);
    const edits = given.edits.map((edit) => ({
      ...edit,
      told: toldOtherwise(before, toldAbout(edited(original, edit))),
    }));
    await expect(printEdits({ ...given, edits })).toMatchFileSnapshot(path);
  });
});
