/**
 * Hover, definition and trace suggestion, case by case: each file of test/cases/hover is a sentence, a workspace with
 * cursors (‸), and what is said there. `vitest run test/analysis/features -u` writes what came out into the files.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCase, renderCase, sayHover } from './case-file';

const folder = join(import.meta.dirname, '../../cases/hover');

describe('hover cases', () => {
  for (const name of readdirSync(folder).sort()) {
    it(name, async () => {
      const path = join(folder, name);
      const given = parseCase(readFileSync(path, 'utf8'));
      const rendered = renderCase(given, sayHover);
      for (const said of rendered.split(/^hover .*$/m).slice(1)) {
        const lines = said.split('\n').filter((line) => line.startsWith('  ') && line.trim() !== '');
        expect(lines.length).toBeLessThanOrEqual(15);
      }
      await expect(rendered).toMatchFileSnapshot(path);
    });
  }
});
