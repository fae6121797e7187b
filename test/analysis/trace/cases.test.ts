/**
 * Traces, case by case: each file of test/cases/trace is a sentence, a workspace, requests, and what becomes of them.
 * `vitest run test/analysis/trace -u` writes what came out into the files.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCase, renderCase } from './case-file';

const folder = join(import.meta.dirname, '../../cases/trace');

describe('trace cases', () => {
  for (const name of readdirSync(folder).sort()) {
    it(name, async () => {
      const path = join(folder, name);
      const given = parseCase(readFileSync(path, 'utf8'));
      expect(given.introduction).not.toBe('');
      expect(given.requests.length).toBeGreaterThan(0);
      await expect(renderCase(given)).toMatchFileSnapshot(path);
    });
  }
});
