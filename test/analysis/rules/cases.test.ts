/**
 * Findings, case by case: each file of test/cases/findings is a sentence, a workspace, and what is said about it.
 * `vitest run test/analysis/rules -u` writes what came out into the files.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Finding } from '#analysis/types';
import { printReference } from '#model/object';
import { applyEdits, findingsOf, parseCase, renderCase, renameLetters } from './case-file';

const folder = join(import.meta.dirname, '../../cases/findings');
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.case'))
  .sort();

function identityOf({ code, message, object }: Finding): string {
  return `${code} ${printReference(object)} ${message}`;
}

/** What is there by a fix may be looked at for the first time: a hint about it is not the fix's doing. */
function isGrave({ severity }: Finding): boolean {
  return severity === 'error' || severity === 'warning';
}

/** Codes that are there more often than before. */
function newCodes(before: readonly Finding[], after: readonly Finding[]): readonly string[] {
  const known = before.map(({ code }) => code);
  return after
    .map(({ code }) => code)
    .filter((code) => {
      const index = known.indexOf(code);
      if (index >= 0) known.splice(index, 1);
      return index < 0;
    });
}

describe.each(names)('%s', (name) => {
  const path = join(folder, name);
  const given = parseCase(readFileSync(path, 'utf8'));

  it('says what the case says', async () => {
    await expect(renderCase(given)).toMatchFileSnapshot(path);
  });

  it('has fixes that mend, and break nothing', () => {
    const before = findingsOf(given);
    for (const finding of before.findings) {
      for (const fix of finding.fixes.filter(({ edits }) => edits.length > 0)) {
        const after = findingsOf(applyEdits(given, fix.edits));
        expect(after.problems, fix.title).toEqual(before.problems);
        expect(after.findings.map(identityOf), fix.title).not.toContain(identityOf(finding));
        expect(
          newCodes(before.findings, after.findings.filter(isGrave)),
          `${identityOf(finding)}: ${fix.title}`,
        ).toEqual([]);
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
