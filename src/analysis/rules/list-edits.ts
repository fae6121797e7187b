/** Edits of lists in an object's own text: an item more, or two items made one. */

import type { JsonPath } from '#base/json';
import type { Position, Range } from '#base/text';
import { LineIndex } from '#base/text';
import { locate } from '#manifest/index';
import type { KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import type { WrittenField } from '../places';
import type { TextEdit } from '../types';
import { editWritten } from './written-edits';

interface WrittenItem {
  readonly file: string;
  readonly text: string;
  readonly range: Range;
  readonly start: number;
  readonly end: number;
  /** What stands before the item on its line. */
  readonly before: string;
  /** The item's own text. */
  readonly own: string;
}

/** An item behind the last one; `members` are lines of flow style, `ports: [{port: 53}]`. */
export function appendItem(
  object: KubernetesObject,
  last: JsonPath,
  members: readonly string[],
  context: AnalysisContext,
): TextEdit | undefined {
  return editWritten(object, [last], context, ([field]) => appendTo(writtenItem(field), members));
}

function appendTo(item: WrittenItem | undefined, members: readonly string[]): TextEdit | undefined {
  if (!item) return undefined;
  const { file, range } = item;
  const at = { start: range.end, end: range.end };
  const dash = /^(.*?)-(\s+)$/.exec(item.before);
  if (!dash) return isBlock(item) ? undefined : { file, range: at, newText: `, {${members.join(', ')}}` };
  const [, indent = '', gap = ' '] = dash;
  const start = `\n${' '.repeat(indent.length)}`;
  const own = isBlock(item) ? members.join(`${start} ${' '.repeat(gap.length)}`) : `{${members.join(', ')}}`;
  const newText = `${start}-${gap}${own}`;
  // Behind a comment at the end of the line.
  const end = endOfLine(item, range.end);
  return { file, range: { start: end, end }, newText };
}

/** Other members in the place of an item's own. */
export function replaceItem(
  object: KubernetesObject,
  path: JsonPath,
  members: readonly string[],
  context: AnalysisContext,
): TextEdit | undefined {
  return editWritten(object, [path], context, ([field]) => {
    const item = writtenItem(field);
    if (!item) return undefined;
    const { file, range, before } = item;
    const newText = isBlock(item) ? members.join(`\n${' '.repeat(before.length)}`) : `{${members.join(', ')}}`;
    return { file, range, newText };
  });
}

/** Two neighbours of a list as one item with the members of both; `change` may alter the text. */
export function joinItems(
  object: KubernetesObject,
  first: JsonPath,
  second: JsonPath,
  change: (text: string) => string,
  context: AnalysisContext,
): TextEdit | undefined {
  return editWritten(object, [first, second], context, ([a, b]) => join(writtenItem(a), writtenItem(b), change));
}

function join(
  a: WrittenItem | undefined,
  b: WrittenItem | undefined,
  change: (text: string) => string,
): TextEdit | undefined {
  if (!a || !b || a.end > b.start || isBlock(a) !== isBlock(b)) return undefined;
  const range = { start: a.range.start, end: b.range.end };
  if (isBlock(a)) {
    if (!a.before.trimEnd().endsWith('-') || a.before.length !== b.before.length) return undefined;
    return { file: a.file, range, newText: change(`${a.own}\n${' '.repeat(a.before.length)}${b.own}`) };
  }
  return { file: a.file, range, newText: change(`${a.own.replace(/\s*\}$/, '')}, ${b.own.replace(/^\{\s*/, '')}`) };
}

function isBlock({ own }: WrittenItem): boolean {
  return !own.startsWith('{');
}

function writtenItem(field: WrittenField | undefined): WrittenItem | undefined {
  if (!field) return undefined;
  const { file } = field;
  const place = locate(file, field.document, field.path);
  if (!place || file.path.endsWith('.json')) return undefined;
  const lines = new LineIndex(file.text);
  const start = lines.offset(place.value.start);
  const end = lines.offset(place.value.end);
  const before = file.text.slice(start - place.value.start.character, start);
  return { file: file.path, text: file.text, range: place.value, start, end, before, own: file.text.slice(start, end) };
}

function endOfLine({ text, end }: WrittenItem, position: Position): Position {
  const rest = /^[^\r\n]*/.exec(text.slice(end))![0];
  return { line: position.line, character: position.character + rest.length };
}
