/**
 * Findings, case by case: each file of test/cases/findings is a sentence, a workspace, and what is said about it.
 * `vitest run test/analysis/rules -u` writes what came out into the files.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyEdits, findingsOf, parseCase, renderCase, renameLetters } from './case-file';

const folder = join(import.meta.dirname, '../../cases/findings');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.case'))
  .sort();

describe.each(names)('%s', (name) => {
  const path = join(folder, name);
  const given = parseCase(readFileSync(path, 'utf8'));

  it('says what the case says', async () => {
    await expect(renderCase(given)).toMatchFileSnapshot(path);
  });

  it('has fixes that mend', () => {
    for (const finding of findingsOf(given).findings) {
      const what = `${finding.code} ${finding.message}`;
      for (const fix of finding.fixes.filter(({ edits }) => edits.length > 0)) {
        const after = findingsOf(applyEdits(given, fix.edits));
        expect(after.problems, fix.title).toEqual([]);
        expect(
          after.findings.map(({ code, message }) => `${code} ${message}`),
          fix.title,
        ).not.toContain(what);
      }
      expect(finding.fixes.filter(({ preferred }) => preferred).length).toBeLessThanOrEqual(1);
      expect(finding.message.length, finding.message).toBeLessThanOrEqual(90);
    }
  });

  it('says the same under other names', () => {
    const codes = (found: ReturnType<typeof findingsOf>) => found.findings.map(({ code }) => code).sort();
    const plain = findingsOf(renameLetters(given, 0));
    for (const shift of [1, 7, 19]) expect(codes(findingsOf(renameLetters(given, shift)))).toEqual(codes(plain));
  });
});
