/** Places as an assistant takes them: a file and a line, counted from 1. */

import type { KubernetesObject } from '#model/object';
import { namePlaceOf, type Files } from '../places';
import { lineIndexOf } from '#manifest/index';
import type { Place, TextEdit } from '../types';

export interface LineOfFile {
  readonly file: string;
  readonly line: number;
}

export function lineOf({ file, range }: Place): LineOfFile {
  return { file, line: range.start.line + 1 };
}

/** Where the object names itself; nothing of what has no file. */
export function lineOfObject(object: KubernetesObject, files: Files): Partial<LineOfFile> {
  const place = namePlaceOf(object, files);
  return place ? lineOf(place) : {};
}

/** What stands in the lines from `line` on, and what is to stand there: whole lines, so that nobody counts columns. */
export interface LineEdit extends LineOfFile {
  readonly before: string;
  readonly after: string;
}

/** Edits that begin in one line come as one. */
export function lineEdits(edits: readonly TextEdit[], files: Files): readonly LineEdit[] {
  const groups = new Map<string, TextEdit[]>();
  for (const edit of edits) {
    const key = `${edit.range.start.line} ${edit.file}`;
    groups.set(key, [...(groups.get(key) ?? []), edit]);
  }
  return [...groups.values()].flatMap((group) => lineEdit(group, files) ?? []);
}

function lineEdit(edits: readonly TextEdit[], files: Files): LineEdit | undefined {
  const [first] = edits;
  const file = first && files.file(first.file);
  if (!first || !file) return undefined;
  const lines = lineIndexOf(file);
  const line = first.range.start.line;
  const last = Math.max(...edits.map(({ range }) => range.end.line));
  const start = lines.offset({ line, character: 0 });
  const end = lines.offset({ line: last + 1, character: 0 });
  let after = file.text.slice(start, end);
  for (const { range, newText } of [...edits].sort((a, b) => lines.offset(b.range.start) - lines.offset(a.range.start)))
    after = after.slice(0, lines.offset(range.start) - start) + newText + after.slice(lines.offset(range.end) - start);
  const trimmed = (text: string) => text.replace(/\r?\n$/, '');
  return { ...lineOf(first), before: trimmed(file.text.slice(start, end)), after: trimmed(after) };
}
