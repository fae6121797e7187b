/**
 * Makes documents readable that somebody is writing just now. Nothing moves: a line is emptied, or something is put at
 * its end, so that each line and column of what comes out is the same place in what was given.
 */

import { lineIndexOf } from './locate';
import { defaultLimits } from './limits';
import type { ManifestFile } from './types';
import { readYaml } from './yaml-reader';

export interface Mended {
  readonly text: string;
  /** The zero-based lines that are not as they were written, in order. */
  readonly lines: readonly number[];
}

/** Each try reads the document with the slow reader; a document that somebody types is no longer than this. */
const longestDocument = 64 * 1024;
const mostSteps = 8;

const known = new WeakMap<ManifestFile, Mended | undefined>();

/** The file with each broken document made readable, as far as that goes; undefined where there is nothing to mend. */
export function mendedFile(file: ManifestFile): Mended | undefined {
  if (!known.has(file)) known.set(file, mend(file));
  return known.get(file);
}

function mend(file: ManifestFile): Mended | undefined {
  const lines: number[] = [];
  let text = '';
  let end = 0;
  for (const { span, content } of file.documents) {
    if (content.kind !== 'broken' || span.end - span.start > longestDocument) continue;
    const mended = mendDocument(file.text.slice(span.start, span.end));
    if (!mended) continue;
    const first = lineIndexOf(file).position(span.start).line;
    lines.push(...mended.lines.map((line) => first + line));
    text += file.text.slice(end, span.start) + mended.text;
    end = span.end;
  }
  return lines.length === 0 ? undefined : { text: text + file.text.slice(end), lines };
}

function mendDocument(text: string): Mended | undefined {
  let lines = text.split(/(?<=\n)/);
  const changed = new Set<number>();
  for (let step = 0, wrong = wrongLine(lines); step < mostSteps; step++) {
    if (wrong === undefined) return { text: lines.join(''), lines: [...changed].sort((a, b) => a - b) };
    const best = bestRepair(lines, wrong);
    if (!best) return undefined;
    changed.add(best.at);
    lines = best.lines;
    wrong = best.wrong;
  }
  return undefined;
}

interface Repair {
  readonly at: number;
  readonly lines: string[];
  /** The first line that is wrong then; undefined where none is. */
  readonly wrong: number | undefined;
}

/** Of the repairs of a wrong line and of the one before it, the one after which most can be read. */
function bestRepair(lines: readonly string[], wrong: number): Repair | undefined {
  const before = lines.slice(0, wrong).findLastIndex((line) => /^\s*[^\s#]/.test(line));
  let best: Repair | undefined;
  for (const at of [wrong, before]) {
    for (const line of repairsOf(lines[at], lines[at + 1])) {
      const next = lines.with(at, line);
      const repair: Repair = { at, lines: next, wrong: wrongLine(next) };
      if (repair.wrong === undefined) return repair;
      if (best?.wrong === undefined || repair.wrong > best.wrong) best = repair;
    }
  }
  return best;
}

/** What may be meant by a line, the likeliest first; at last nothing, which takes the least along. */
function repairsOf(line: string | undefined, next = ''): string[] {
  const [, written = '', end = ''] = /^(.*?)(\s*)$/s.exec(line ?? '') ?? [];
  if (written === '') return [];
  const closed = written + closers(written);
  const isOuter = indentOf(next) > indentOf(written);
  const repairs = [
    written.replace(/^[\t ]+/, (indent) => ' '.repeat(indent.length)),
    closed,
    ...(isOuter && !/[:|>-]$/.test(written) ? [`${written}:`] : []),
    ' '.repeat(written.length),
  ];
  return repairs.filter((repair) => repair !== written).map((repair) => repair + end);
}

function indentOf(line: string): number {
  return Math.max(0, line.search(/\S/));
}

/** What quotes and brackets lack at the end of a line. */
function closers(text: string): string {
  const open: string[] = [];
  for (const char of text.replaceAll(/\\./g, '')) {
    const last = open.at(-1);
    if (last === '"' || last === "'") {
      if (char === last) open.pop();
    } else if (char === '"' || char === "'") open.push(char);
    else if (char === '{') open.push('}');
    else if (char === '[') open.push(']');
    else if (char === last) open.pop();
  }
  return open.reverse().join('');
}

/** The line of the first mistake; undefined where the text can be read. */
function wrongLine(lines: readonly string[]): number | undefined {
  const text = lines.join('');
  const { value, problems } = readYaml(text, 0, text.length, defaultLimits);
  if (value !== undefined) return undefined;
  const start = problems[0]?.span.start ?? 0;
  let line = 0;
  for (let offset = lines[0]?.length ?? 0; offset <= start && line < lines.length - 1; line++)
    offset += lines[line + 1]?.length ?? 0;
  return line;
}
