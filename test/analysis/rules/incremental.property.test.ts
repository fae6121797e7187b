/**
 * Findings after any series of edits are those of a fresh reading, over the documents of all the cases. Files neither
 * come nor go, which would have everything derived anew: only what a rule said that it depends on brings it up to date.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Workspace } from '#analysis/workspace';
import { parseCase, type Case } from './case-file';
import { documentsOf, variantsOf, workspaceOf } from './case-workspace';

/** So many series of edits are tried on each case, always the same ones; `RUNS=300 SEED=7` looks longer, and elsewhere. */
const numRuns = Number(process.env.RUNS ?? 8);
const seed = Number(process.env.SEED ?? 1);
/** A longer look takes longer: milliseconds until a series is taken to hang. */
const timeout = Math.max(60_000, numRuns * 20_000);
const folder = join(import.meta.dirname, '../../cases/findings');

/** The documents of each case: those of one case have to do with each other. */
const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.case'))
  .sort()
  .map((name) => {
    const given = parseCase(readFileSync(join(folder, name), 'utf8'));
    // One scope of manifests, whatever the case is about: what goes and comes is to be of one cluster.
    return { name, given: { ...given, introduction: '' }, documents: documentsOf(given) };
  });

/** A file holds this alone while its document is away. */
function textOf(index: number, document: string | undefined): string {
  const own = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stays-${index}, namespace: stays}\n`;
  return document === undefined ? own : `${own}---\n${document}`;
}

/** Each document is in a file of its own, so that an edit touches one object. */
function read(given: Case, documents: readonly (string | undefined)[]): Workspace {
  return workspaceOf(given, new Map(documents.map((document, index) => [`${index}.yaml`, textOf(index, document)])));
}

function told(workspace: Workspace) {
  return [...workspace.files()]
    .map(({ path }) => [path, workspace.findings(path), workspace.unknowns(path)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Texts that are put in the places of others, one after the other; undefined takes a document away. */
type Edits = readonly (readonly [index: number, document: string | undefined])[];

function expectSame(given: Case, first: readonly (string | undefined)[], edits: Edits): void {
  const documents = [...first];
  const edited = read(given, documents);
  for (const [index, document] of edits) {
    documents[index] = document;
    edited.setFile(`${index}.yaml`, textOf(index, document));
    edited.update();
  }
  expect(told(edited)).toEqual(told(read(given, documents)));
}

/** Which documents are there at first, and edits that take one away or bring one back. */
function toggles(documents: readonly string[], most: number) {
  const indexes = documents.map((_, index) => index);
  return fc
    .tuple(fc.subarray(indexes), fc.array(fc.constantFrom(...indexes), { minLength: 1, maxLength: most }))
    .map(([present, switched]) => {
      const there = new Set(present);
      const first = documents.map((document, index) => (there.has(index) ? document : undefined));
      const edits = switched.map((index) => {
        if (!there.delete(index)) there.add(index);
        return [index, there.has(index) ? documents[index] : undefined] as const;
      });
      return { first, edits };
    });
}

const value = /(?<=: ?)[\w./-]+(?=[\s,}\]]|$)/gm;

/** Edits that put another value of the case where one stands (a port, a label, a name), or that the case proposes. */
function changes(documents: readonly string[], most: number) {
  const values = [...new Set(documents.flatMap((document) => document.match(value) ?? []))];
  const change = fc.tuple(fc.nat({ max: documents.length - 1 }), fc.nat(), fc.constantFrom(...values));
  return fc.array(change, { minLength: 1, maxLength: most }).map((made) => {
    const texts = [...documents];
    return made.map(([index, which, wanted]) => {
      const text = texts[index]!;
      const proposed = [...variantsOf(text), ...(text === documents[index] ? [] : [documents[index]!])];
      const places = [...text.matchAll(value)];
      const chosen = which % Math.max(1, places.length + proposed.length);
      const place = places[chosen - proposed.length];
      if (place) texts[index] = text.slice(0, place.index) + wanted + text.slice(place.index + place[0].length);
      else texts[index] = proposed[chosen] ?? text;
      return [index, texts[index]] as const;
    });
  });
}

describe('findings come to the same by edits as by a fresh reading', { timeout }, () => {
  describe.each(cases)('$name', ({ given, documents }) => {
    it('as objects go and come', () => {
      fc.assert(
        fc.property(toggles(documents, 6), ({ first, edits }) => expectSame(given, first, edits)),
        { numRuns, seed },
      );
    });

    it('as values change', () => {
      fc.assert(
        fc.property(changes(documents, 4), (edits) => expectSame(given, documents, edits)),
        { numRuns, seed },
      );
    });
  });

  it('in one cluster that holds the documents of all the cases', () => {
    const everything = cases.flatMap(({ documents }) => documents);
    const given: Case = { introduction: '', files: new Map() };
    expect(new Set(told(read(given, everything)).flatMap(([, findings]) => findings.map(({ code }) => code))).size).toBeGreaterThan(40);
    fc.assert(
      fc.property(toggles(everything, 12), ({ first, edits }) => expectSame(given, first, edits)),
      { numRuns: Math.ceil(numRuns / 2), seed },
    );
    fc.assert(
      fc.property(changes(everything, 12), (edits) => expectSame(given, everything, edits)),
      { numRuns: Math.ceil(numRuns / 2), seed },
    );
  }); // prettier-ignore
});
