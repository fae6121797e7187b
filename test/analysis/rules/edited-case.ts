/** Edits of the case files for findings: each is a few lines of a case that are others, and what is then told otherwise. */

import type { Finding } from '#analysis/types';
import type { Range } from '#base/text';
import { findingsOf, type Case } from './case-file';

/** Lines of a file that are exchanged, from a line of the case as it is; one-based. */
interface Hunk {
  readonly path: string;
  readonly line: number;
  readonly without: readonly string[];
  readonly instead: readonly string[];
}

export interface Edit {
  readonly hunks: readonly Hunk[];
  /** The lines that stand in the file about what is told. */
  readonly told: readonly string[];
}

export interface EditedCase {
  readonly introduction: string;
  readonly edits: readonly Edit[];
}

const nothingElse = '  nothing else';

export function parseEdits(text: string): EditedCase {
  const [introduction = '', ...parts] = text.split(/\n\n(?=@ )/);
  return { introduction, edits: parts.map(parseEdit) };
}

function parseEdit(text: string): Edit {
  const hunks: { path: string; line: number; without: string[]; instead: string[] }[] = [];
  const lines = text.trimEnd().split('\n');
  const end = lines.indexOf('told');
  for (const line of lines.slice(0, end)) {
    const [, path, number] = /^@ (.+):(\d+)$/.exec(line) ?? [];
    if (path !== undefined) hunks.push({ path, line: Number(number), without: [], instead: [] });
    else (line.startsWith('-') ? hunks.at(-1)!.without : hunks.at(-1)!.instead).push(line.slice(1));
  }
  return { hunks, told: lines.slice(end + 1) };
}

export function printEdits({ introduction, edits }: EditedCase): string {
  return `${[introduction, ...edits.map(printEdit)].join('\n\n')}\n`;
}

function printEdit({ hunks, told }: Edit): string {
  return [
    ...hunks.flatMap(({ path, line, without, instead }) => [
      `@ ${path}:${line}`,
      ...without.map((text) => `-${text}`),
      ...instead.map((text) => `+${text}`),
    ]),
    'told',
    ...told,
  ].join('\n');
}

/** The case with the edit. Throws where the case has other lines than the edit says: it is then another edit. */
export function edited(given: Case, { hunks }: Edit): Case {
  const files = new Map([...given.files].map(([path, text]) => [path, text.split('\n')]));
  // From below, so that lines stay where the edit has them.
  for (const { path, line, without, instead } of [...hunks].reverse()) {
    const lines = files.get(path);
    const found = lines?.splice(line - 1, without.length, ...instead) ?? [];
    if (!lines || found.join('\n') !== without.join('\n')) throw new Error(`${path}:${line} is not as the edit has it`);
  }
  return { ...given, files: new Map([...files].map(([path, lines]) => [path, lines.join('\n')])) };
}

/** All that is told about a case, without lines: edits move them. */
export function toldAbout(given: Case): readonly string[] {
  const { findings, unknowns, problems } = findingsOf(given);
  return [
    ...problems,
    ...findings.flatMap((finding) => toldOf(finding, given)),
    ...unknowns.map(({ message, place }) => `unknown at ${textAt(given, place)}: ${message}`),
  ];
}

function toldOf({ code, severity, message, place, details, related, fixes }: Finding, given: Case): readonly string[] {
  const about = (text: string) => `  ${code}: ${text}`;
  return [
    `${severity} ${code} at ${textAt(given, place)}: ${message}`,
    ...details.map(({ label, text }) => about(`${label}: ${text}`)),
    ...related.map((other) => about(`see ${textAt(given, other)}: ${other.message}`)),
    ...fixes.flatMap(({ title, preferred, edits }) => [
      about(`fix${preferred ? ' (preferred)' : ''}: ${title}`),
      ...edits.map(({ file, range, newText }) => about(`${textAt(given, { file, range })} → ${JSON.stringify(newText)}`)),
    ]),
  ];
} // prettier-ignore

function textAt({ files }: Case, { file, range: { start, end } }: { readonly file: string; readonly range: Range }): string {
  const line = files.get(file)?.split('\n')[start.line] ?? '';
  const text = line.slice(start.character, end.line === start.line ? end.character : undefined);
  return `${file} \`${text.length > 60 ? `${text.slice(0, 59)}…` : text}\``;
} // prettier-ignore

/** What is told of the second and not of the first, and the other way round. */
export function toldOtherwise(before: readonly string[], after: readonly string[]): readonly string[] {
  const lines = [...without(before, after).map((text) => `- ${text}`), ...without(after, before).map((text) => `+ ${text}`)];
  return lines.length === 0 ? [nothingElse] : lines;
} // prettier-ignore

function without(all: readonly string[], known: readonly string[]): readonly string[] {
  const left = [...known];
  return all.filter((text) => {
    const index = left.indexOf(text);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
