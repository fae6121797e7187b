/**
 * What the mutants run through: each case of the findings, as it is told, and told again after edits; each edit of a case;
 * and unit tests.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '#analysis/workspace';
import { parseCase, renderCase, type Case } from '../analysis/rules/case-file';
import { documentsOf, variantsOf, workspaceOf } from '../analysis/rules/case-workspace';
import { edited, parseEdits, toldAbout } from '../analysis/rules/edited-case';
import '../analysis/rules/nearest.test';
import '../analysis/rules/written-edits.test';
import { collected } from './vitest-shim';

export interface MutationCase {
  readonly name: string;
  /** What is said: the case with its marks, the words and the fixes. Throws where a unit test fails. */
  told(): string;
  /** Whether findings after edits are those of a fresh reading. */
  followsEdits(): boolean;
}

export function readCases(folder: string): readonly MutationCase[] {
  const cases = readdirSync(folder)
    .filter((name) => name.endsWith('.case'))
    .sort()
    .map((name) => {
      const given = parseCase(readFileSync(join(folder, name), 'utf8'));
      return { name, told: () => renderCase(given), followsEdits: () => followsEdits(given) };
    });
  const edits = readdirSync(join(folder, 'edits')).flatMap((name) => {
    const original = parseCase(readFileSync(join(folder, name.replace('.edits', '.case')), 'utf8'));
    return parseEdits(readFileSync(join(folder, 'edits', name), 'utf8')).edits.map((edit, index) => {
      const given = edited(original, edit);
      return { name: `${name} ${index + 1}`, told: () => toldAbout(given).join('\n'), followsEdits: () => true };
    });
  });
  const units = collected.map(({ name, run }) => ({ name, told: () => (run(), 'passed'), followsEdits: () => true }));
  return [...cases, ...edits, ...units];
}

function textOf(index: number, document: string | undefined): string {
  const own = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stays-${index}, namespace: stays}\n`;
  return document === undefined ? own : `${own}---\n${document}`;
}

function read(given: Case, absent: number, others: ReadonlyMap<number, string | undefined> = new Map()): Workspace {
  const texts = documentsOf(given).map((document, index) => {
    const there = index === absent ? undefined : others.has(index) ? others.get(index) : document;
    return [`${index}.yaml`, textOf(index, there)] as const;
  });
  return workspaceOf({ ...given, introduction: '' }, new Map(texts));
}

function toldBy(workspace: Workspace): string {
  const about = [...workspace.files()].map(({ path }) => ({
    path,
    findings: workspace.findings(path).map(({ object: _, ...finding }) => finding),
    unknowns: workspace.unknowns(path).map(({ message, place }) => ({ message, place })),
  }));
  return JSON.stringify(about.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

/** Each object goes and comes again, or is edited and edited back: alone, and while one of the others is away. */
function followsEdits(given: Case): boolean {
  const documents = documentsOf(given);
  const away = documents.length > 8 ? [-1] : [-1, ...documents.keys()];
  return away.every((other) => {
    const edited = read(given, other);
    const whole = toldBy(edited);
    return documents.every((document, index) => {
      if (index === other) return true;
      return [undefined, ...variantsOf(document)].every((text) => {
        edited.setFile(`${index}.yaml`, textOf(index, text));
        edited.update();
        if (toldBy(edited) !== toldBy(read(given, other, new Map([[index, text]])))) return false;
        edited.setFile(`${index}.yaml`, textOf(index, document));
        edited.update();
        return toldBy(edited) === whole;
      });
    });
  });
}
