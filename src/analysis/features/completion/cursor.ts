/** What stands at the cursor of a document that may be broken just there: the field, and what is typed of it. */

import { isJsonObject, valueAt, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import type { Position, Range } from '#base/text';
import { lineIndexOf } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import { flowPosition } from './flow';
import { pathTo, tokensOf, valueOfTokens, type Token } from './lines';

export interface Cursor {
  /** From the object, without the document's `items`: of a key, the mapping that it is to stand in. */
  readonly path: JsonPath;
  readonly part: 'key' | 'value';
  /** What is typed already, before the cursor, without a quote. */
  readonly typed: string;
  /** What a completion replaces: the word on both sides of the cursor. */
  readonly range: Range;
  /** Whether a colon follows: a key is there, and only its name is replaced. */
  readonly hasColon: boolean;
  /** Whether it is written between braces. */
  readonly flow: boolean;
  /** The object as far as it can be made out. */
  readonly body: JsonObject;
}

/** Undefined in comments, in block scalars and outside of mappings. */
export function cursorAt(file: ManifestFile, position: Position): Cursor | undefined {
  const all = linesAround(file, position);
  const line = all.lines[position.line - all.first];
  if (line === undefined) return undefined;
  const before = line.slice(0, position.character);
  // What a template makes of its actions is not known here.
  if (/(?:^|\s)#|\{\{/.test(before)) return undefined;
  const row = position.line - all.first;
  const tokens = tokensOf(all.lines);
  const isRead = before.trim() === '' ? isOutsideText(all.lines, row) : tokens.some((token) => token.line === row);
  if (!isRead) return undefined;
  const field = fieldAtEnd(tokensOf([...all.lines.slice(0, row), before]), before, row);
  if (!field) return undefined;
  const { start, body } = objectOf(tokens, field.path);
  const after = /^[^\s:,}\]"'#]*/.exec(line.slice(position.character))![0];
  return {
    path: field.path.slice(start.length),
    part: field.part,
    typed: field.typed,
    range: {
      start: { line: position.line, character: position.character - field.typed.length },
      end: { line: position.line, character: position.character + after.length },
    },
    hasColon: /^["']?\s*:/.test(line.slice(position.character + after.length)),
    flow: field.flow,
    body: isJsonObject(body) ? body : {},
  };
}

/** The object that a path is in, and the way to it: an item of a List, or the document. */
export function objectOf(
  tokens: readonly Token[],
  path: JsonPath,
): { readonly start: JsonPath; readonly body: JsonValue | undefined } {
  const start = path[0] === 'items' && typeof path[1] === 'number' ? path.slice(0, 2) : [];
  return { start, body: valueAt(valueOfTokens(tokens), start) };
}

/** The lines of the document that the position is in; of a long file only these are looked at. */
export function linesAround(
  file: ManifestFile,
  { line }: Position,
): { readonly lines: readonly string[]; readonly first: number } {
  const { text } = file;
  const index = lineIndexOf(file);
  const at = index.offset({ line, character: 0 });
  const mark = /\n---(?=\s|$)/g;
  let start = 0;
  for (let found = text.lastIndexOf('\n---', at - 1); found >= 0; found = text.lastIndexOf('\n---', found - 1)) {
    mark.lastIndex = found;
    if (mark.exec(text)?.index !== found) continue;
    start = index.offset({ line: index.position(found + 1).line + 1, character: 0 });
    break;
  }
  if (text.startsWith('---') && start === 0) start = Math.min(at, index.offset({ line: 1, character: 0 }));
  mark.lastIndex = at;
  const end = mark.exec(text)?.index ?? text.length;
  return { lines: text.slice(start, Math.max(start, end)).split(/\r\n|\r|\n/), first: index.position(start).line };
}

/** Whether an empty line is not part of a block scalar: its depth is the cursor's own. */
function isOutsideText(lines: readonly string[], row: number): boolean {
  const probe = [...lines.slice(0, row), `${lines[row] ?? ''}x`];
  return tokensOf(probe).some((token) => token.line === row);
}

interface Field {
  readonly path: JsonPath;
  readonly part: 'key' | 'value';
  readonly typed: string;
  readonly flow: boolean;
}

/** What the text ends in: `tokens` are those of all lines up to it. */
function fieldAtEnd(tokens: readonly Token[], before: string, row: number): Field | undefined {
  const last = tokens.at(-1);
  const own = last?.line === row ? last : undefined;
  const outer = own && own.kind !== 'item' ? tokens.slice(0, -1) : tokens;
  if (!own || own.kind === 'item') return { path: pathTo(outer, before.length), part: 'key', typed: '', flow: false };
  const path = pathTo(outer, own.indent);
  const written = before.slice(own.valueColumn);
  const inFlow = /^[{[]/.test(written) ? flowPosition(written) : undefined;
  const start = own.kind === 'pair' ? [...path, own.key] : path;
  if (inFlow) return { ...inFlow, typed: withoutQuote(inFlow.typed), path: [...start, ...inFlow.path], flow: true };
  if (own.kind === 'other') return { path, part: 'key', typed: withoutQuote(written), flow: false };
  return { path: start, part: 'value', typed: withoutQuote(written), flow: false };
}

function withoutQuote(text: string): string {
  return text.replace(/^["']/, '');
}
