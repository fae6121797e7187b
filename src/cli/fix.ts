/** `--fix`: the preferred fixes of what was found, applied together as far as they do not touch, until none is left. */

import { writeFile } from 'node:fs/promises';
import type { Fix, TextEdit } from '#analysis/types';
import type { Workspace } from '#analysis/workspace';
import { LineIndex } from '#base/text';
import { reasonOf } from '#server/files';
import { Failure } from './failure';
import { at, reportsOf, type FileReport, type Told } from './report';
import { unifiedDiff } from './unified-diff';

/** A fix can bring the next one to light; more rounds than these mean that two of them undo each other. */
const mostRounds = 5;

export interface FixedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly made: readonly { readonly told: Told; readonly fix: Fix }[];
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly newText: string;
}

/** Brings the workspace to the fixed texts, without writing any file; in the order of the paths. */
export function fixFound(
  workspace: Workspace,
  wanted: (files: readonly FileReport[]) => readonly FileReport[],
): readonly FixedFile[] {
  const before = new Map<string, string>();
  const made = new Map<string, FixedFile['made'][number][]>();
  for (let round = 0; round < mostRounds; round++) {
    const changes = new Round(workspace);
    for (const told of wanted(reportsOf(workspace)).flatMap((file) => file.told)) changes.offer(told);
    if (changes.texts().size === 0) break;
    for (const [path, text] of changes.texts()) {
      if (!before.has(path)) before.set(path, workspace.file(path)?.text ?? '');
      workspace.setFile(path, text);
    }
    for (const item of changes.made) for (const path of filesOf(item.fix)) made.set(path, [...(made.get(path) ?? []), item]);
    workspace.update();
  }
  return [...before]
    .map(([path, text]) => ({ path, before: text, after: workspace.file(path)?.text ?? text, made: made.get(path) ?? [] }))
    .filter((file) => file.before !== file.after)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
} // prettier-ignore

/** The fixes of one round: all are about the texts as they were at its beginning, so no two may touch. */
class Round {
  readonly made: { told: Told; fix: Fix }[] = [];
  readonly #workspace: Workspace;
  readonly #spans = new Map<string, readonly Span[]>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /**
   * Takes the finding's fix where it has exactly one preferred one and nobody has changed those places before. A hint
   * is not certain enough to change a file of its own accord.
   */
  offer(told: Told): void {
    if (told.severity !== 'error' && told.severity !== 'warning') return;
    const preferred = told.fixes.filter((fix) => fix.preferred && fix.edits.length > 0);
    const [fix] = preferred;
    if (!fix || preferred.length > 1) return;
    const spans = new Map<string, readonly Span[]>();
    for (const path of filesOf(fix)) {
      const text = this.#workspace.file(path)?.text;
      // What was no UTF-8 would be written as something else.
      if (text === undefined || text.includes('\ufffd')) return;
      spans.set(path, spansOf(text, fix.edits.filter(({ file }) => file === path)));
    }
    const free = [...spans].every(([path, added]) => added.every((span) => this.#isFree(path, span)));
    if (!free) return;
    for (const [path, added] of spans) this.#spans.set(path, [...(this.#spans.get(path) ?? []), ...added]);
    this.made.push({ told, fix });
  } // prettier-ignore

  /** The changed files with their new texts. */
  texts(): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    for (const [path, spans] of this.#spans) texts.set(path, applied(this.#workspace.file(path)?.text ?? '', spans));
    return texts;
  }

  #isFree(path: string, span: Span): boolean {
    return (this.#spans.get(path) ?? []).every((taken) => span.end < taken.start || taken.end < span.start);
  }
}

function filesOf(fix: Fix): ReadonlySet<string> {
  return new Set(fix.edits.map(({ file }) => file));
}

function spansOf(text: string, edits: readonly TextEdit[]): readonly Span[] {
  const lines = new LineIndex(text);
  return edits.map(({ range, newText }) => ({
    start: lines.offset(range.start),
    end: lines.offset(range.end),
    newText,
  }));
}

function applied(text: string, spans: readonly Span[]): string {
  const backwards = [...spans].sort((a, b) => b.start - a.start);
  return backwards.reduce((result, { start, end, newText }) => result.slice(0, start) + newText + result.slice(end), text);
} // prettier-ignore

/** Writes each file once. */
export async function writeFixed(files: readonly FixedFile[], displayPath: (path: string) => string): Promise<void> {
  for (const { path, after } of files) {
    const name = displayPath(path);
    await writeFile(name, after).catch((error: unknown) => {
      throw new Failure(`cannot write ${name}: ${reasonOf(error)}`);
    });
  }
}

/** What was changed, in the words of the fixes. */
export function fixText(files: readonly FixedFile[], displayPath: (path: string) => string): string {
  if (files.length === 0) return 'Nothing could be fixed.';
  const lines = files.flatMap(({ path, made }) =>
    made.map(({ told, fix }) => `Fixed ${displayPath(path)}:${at(told.range)}  ${fix.title}  (${told.code})`),
  );
  return lines.join('\n');
}

export function fixDiff(files: readonly FixedFile[], displayPath: (path: string) => string): string {
  return files.map(({ path, before, after }) => unifiedDiff(displayPath(path), before, after)).join('\n');
}
