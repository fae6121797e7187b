/** Findings after any series of edits are those of a fresh reading, over the documents of all the cases. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import { parseCase } from './case-file';

const folder = join(import.meta.dirname, '../../cases/findings');

/** The documents of each case: those of one case have to do with each other. */
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.case'))
  .sort()
  .map((name) => {
    const { files } = parseCase(readFileSync(join(folder, name), 'utf8'));
    return { name, documents: [...files.values()].flatMap((text) => text.split(/^---$/m)) };
  });

function told(workspace: Workspace) {
  return [...workspace.files()]
    .map(({ path }) => [path, workspace.findings(path), workspace.unknowns(path)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Stands in each file, so that none comes or goes: that would have everything derived anew. */
const stays = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stays-INDEX, namespace: stays}\n';

function textOf(index: number, document: string | undefined): string {
  const own = stays.replace('INDEX', String(index));
  return document === undefined ? own : `${own}---\n${document}`;
}

function read(documents: readonly string[], present: ReadonlySet<number>): Workspace {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'test' });
  documents.forEach((document, index) => {
    workspace.setFile(`${index}.yaml`, textOf(index, present.has(index) ? document : undefined));
  });
  workspace.update();
  return workspace;
}

describe('findings', () => {
  // Each document is in a file of its own, so that an edit touches one object.
  it.each(cases)('come to the same by edits as by a fresh reading: $name', ({ documents }) => {
    const indexes = documents.map((_, index) => index);
    const toggles = fc.array(fc.nat({ max: documents.length - 1 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.subarray(indexes), toggles, (first, then) => {
        const present = new Set(first);
        const edited = read(documents, present);
        for (const index of then) {
          if (!present.delete(index)) present.add(index);
          edited.setFile(`${index}.yaml`, textOf(index, present.has(index) ? documents[index] : undefined));
          edited.update();
        }
        expect(told(edited)).toEqual(told(read(documents, present)));
      }),
      { numRuns: 20 },
    );
  });
});
