/** `--fix`: the preferred fixes of what was found, applied together as far as they do not touch, until none is left. */

import { writeFile } from 'node:fs/promises';
import { isGrave } from '#analysis/features/fix-all';
import { FixesTogether, withEdits } from '#analysis/features/together';
import type { Fix } from '#analysis/types';
import type { Workspace } from '#analysis/workspace';
import { reasonOf } from '#server/disk';
import { Failure } from './failure';
import type { Loaded } from './load';
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

/** Brings the workspace to the fixed texts, without writing any file; in the order of the paths. */
export async function fixFound(
  { workspace, bringUp, isGiven = () => true }: Pick<Loaded, 'workspace' | 'bringUp' | 'isGiven'>,
  wanted: (files: readonly FileReport[]) => readonly FileReport[],
): Promise<readonly FixedFile[]> {
  const before = new Map<string, string>();
  const made = new Map<string, FixedFile['made'][number][]>();
  for (let round = 0; round < mostRounds; round++) {
    const changes = new Round(workspace, isGiven);
    for (const told of wanted(reportsOf(workspace)).flatMap((file) => file.told)) changes.offer(told);
    if (changes.texts().size === 0) break;
    for (const [path, text] of changes.texts()) {
      if (!before.has(path)) before.set(path, workspace.file(path)?.text ?? '');
      workspace.setFile(path, text);
    }
    for (const item of changes.made) for (const path of filesOf(item.fix)) made.set(path, [...(made.get(path) ?? []), item]);
    // What was rendered of the texts before tells nothing of these.
    if (bringUp) await bringUp();
    else workspace.update();
  }
  return [...before]
    .map(([path, text]) => ({ path, before: text, after: workspace.file(path)?.text ?? text, made: made.get(path) ?? [] }))
    .filter((file) => file.before !== file.after)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
} // prettier-ignore

/** The fixes of one round: all are about the texts as they were at its beginning. */
class Round {
  readonly made: { told: Told; fix: Fix }[] = [];
  readonly #workspace: Workspace;
  readonly #isGiven: (path: string) => boolean;
  readonly #together = new FixesTogether();

  constructor(workspace: Workspace, isGiven: (path: string) => boolean) {
    this.#workspace = workspace;
    this.#isGiven = isGiven;
  }

  offer(told: Told): void {
    if (!isGrave(told) || !told.fixes.every((fix) => this.#isWritable(fix))) return;
    // A base beside PATH may be that of others, of which nothing is known here.
    const fix = this.#together.offer(told.fixes.filter((each) => [...filesOf(each)].every(this.#isGiven)));
    if (fix) this.made.push({ told, fix });
  }

  /** The changed files with their new texts. */
  texts(): ReadonlyMap<string, string> {
    const { edits } = this.#together;
    const paths = new Set(edits.map(({ file }) => file));
    return new Map([...paths].map((path) => [path, withEdits(this.#textOf(path), edits.filter(({ file }) => file === path))])); // prettier-ignore
  }

  /** What was no UTF-8 would be written as something else. */
  #isWritable(fix: Fix): boolean {
    return [...filesOf(fix)].every((path) => {
      const text = this.#workspace.file(path)?.text;
      return text !== undefined && !text.includes('\ufffd');
    });
  }

  #textOf(path: string): string {
    return this.#workspace.file(path)?.text ?? '';
  }
}

function filesOf(fix: Fix): ReadonlySet<string> {
  return new Set(fix.edits.map(({ file }) => file));
}

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
