/**
 * Findings follow edits that keep the files: an object goes and comes while nothing else is read anew, so only what a
 * rule said that it depends on brings the others up to date.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import { parseCase } from './case-file';

const folder = join(import.meta.dirname, '../../cases/findings');

const cases = readdirSync(folder)
  .filter((name) => /^(?:ingress|route|policy|names)/.test(name))
  .sort()
  .map((name) => {
    const { files } = parseCase(readFileSync(join(folder, name), 'utf8'));
    return { name, documents: [...files.values()].flatMap((text) => text.split(/^---$/m)) };
  });

/** What a file holds while its object is away. */
function placeholder(index: number): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: nothing-${index}, namespace: nowhere}\n`;
}

function workspaceOf(texts: readonly string[]): Workspace {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'test' });
  texts.forEach((text, index) => workspace.setFile(`${index}.yaml`, text));
  workspace.update();
  return workspace;
}

function told(workspace: Workspace, count: number) {
  return Array.from({ length: count }, (_, index) => [
    workspace.findings(`${index}.yaml`),
    workspace.unknowns(`${index}.yaml`),
  ]);
}

describe('findings', () => {
  it.each(cases)('follow what they depend on: $name', ({ documents }) => {
    const indexes = documents.map((_, index) => index);
    const toggles = fc.array(fc.constantFrom(...indexes), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.shuffledSubarray(indexes), toggles, (absent, then) => {
        const texts = documents.map((text, index) => (absent.includes(index) ? placeholder(index) : text));
        const workspace = workspaceOf(texts);
        for (const index of then) {
          texts[index] = texts[index] === documents[index] ? placeholder(index) : documents[index]!;
          workspace.setFile(`${index}.yaml`, texts[index]);
          workspace.update();
        }
        expect(told(workspace, texts.length)).toEqual(told(workspaceOf(texts), texts.length));
      }),
      { numRuns: 60 },
    );
  });
});
