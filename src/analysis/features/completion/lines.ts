/**
 * The lines of a document that somebody is writing: keys, items and their indentation. It need not be YAML at the moment,
 * so nothing is refused: what makes no sense is passed over.
 */

import { isJsonObject, type JsonPath, type JsonValue } from '#base/json';
import { resolveFlow } from './flow';

export interface Token {
  readonly kind: 'item' | 'pair' | 'other';
  readonly line: number;
  /** Column of the dash, the key or the text. */
  readonly indent: number;
  /** Of a pair. */
  readonly key: string;
  /** What stands behind the colon, without a comment; of other text all of it. */
  readonly value: string;
  /** Column where that begins. */
  readonly valueColumn: number;
}

const pair = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#'"{[][^#]*?)\s*:(?=\s|$)/;

/** Lines of block scalars and comments have no tokens. */
export function tokensOf(lines: readonly string[]): Token[] {
  const tokens: Token[] = [];
  /** Deeper lines are text of a block scalar. */
  let block: number | undefined;
  for (const [line, text] of lines.entries()) {
    const indent = text.search(/\S/);
    if (indent < 0) continue;
    if (block !== undefined && indent > block) continue;
    block = undefined;
    if (text[indent] === '#') continue;
    const last = lineTokens(text, line, indent, tokens);
    if (last && /^[|>][-+0-9]*\s*$/.test(last.value)) block = last.indent;
  }
  return tokens;
}

/** Adds the tokens of a line: its dashes, then what follows them; gives the last one. */
function lineTokens(text: string, line: number, indent: number, tokens: Token[]): Token | undefined {
  let column = indent;
  while (text[column] === '-' && /^\s|^$/.test(text.slice(column + 1, column + 2))) {
    tokens.push({ kind: 'item', line, indent: column, key: '', value: '', valueColumn: column + 1 });
    const next = text.slice(column + 1).search(/\S/);
    if (next < 0) return tokens.at(-1);
    column += 1 + next;
  }
  const rest = text.slice(column);
  const found = pair.exec(rest);
  if (!found) {
    const value = withoutComment(rest);
    tokens.push({ kind: 'other', line, indent: column, key: '', value, valueColumn: column });
    return tokens.at(-1);
  }
  const behind = rest.slice(found[0].length);
  const blank = behind.length - behind.trimStart().length;
  const valueColumn = column + found[0].length + blank;
  tokens.push({ kind: 'pair', line, indent: column, key: unquoted(found[1]!), value: withoutComment(behind.trim()), valueColumn }); // prettier-ignore
  return tokens.at(-1);
}

function withoutComment(text: string): string {
  return text.replace(/(?:^|\s)#.*$/, '').trimEnd();
}

export function unquoted(text: string): string {
  return /^(["'])([^]*)\1$/.exec(text)?.[2] ?? text;
}

/** What the tokens say, as far as it can be made out. */
export function valueOfTokens(tokens: readonly Token[]): JsonValue {
  return readBlock(tokens, 0, -1).value;
}

interface Read {
  readonly value: JsonValue;
  readonly next: number;
}

/** Reads what stands deeper than `outer`, from the token at `at`. */
function readBlock(tokens: readonly Token[], at: number, outer: number): Read {
  const first = tokens[at];
  if (!first || first.indent <= outer) return { value: null, next: at };
  if (first.kind === 'item') return readItems(tokens, at, first.indent);
  if (first.kind === 'pair') return readPairs(tokens, at, first.indent);
  return { value: resolveFlow(first.value), next: at + 1 };
}

function readItems(tokens: readonly Token[], start: number, indent: number): Read {
  const items: JsonValue[] = [];
  let at = start;
  for (let token = tokens[at]; token && token.indent >= indent; token = tokens[at]) {
    if (token.kind !== 'item' || token.indent !== indent) {
      if (token.indent === indent) break;
      at++;
      continue;
    }
    const { value, next } = readBlock(tokens, at + 1, indent);
    items.push(value);
    at = next;
  }
  return { value: items, next: at };
}

function readPairs(tokens: readonly Token[], start: number, indent: number): Read {
  const members: Record<string, JsonValue> = {};
  let at = start;
  for (let token = tokens[at]; token && token.indent >= indent; token = tokens[at]) {
    at++;
    if (token.indent > indent || token.kind === 'other') continue;
    if (token.kind === 'item') {
      at--;
      break;
    }
    const below = tokens[at];
    // The items of a member may stand as deep as its key.
    const isList = below?.kind === 'item' && below.indent === indent;
    const read = token.value !== '' ? { value: resolveFlow(token.value), next: at } : isList ? readItems(tokens, at, indent) : readBlock(tokens, at, indent); // prettier-ignore
    members[token.key] = read.value;
    at = read.next;
  }
  return { value: members, next: at };
}

/** The way to what begins at a column behind the tokens: through the members and items that it stands in. */
export function pathTo(tokens: readonly Token[], column: number): JsonPath {
  const path: (string | number)[] = [];
  let indent = column;
  let isItem = false;
  for (let at = tokens.length - 1; at >= 0; at--) {
    const token = tokens[at]!;
    if (token.kind === 'item' && token.indent < indent) {
      path.unshift(itemsBefore(tokens, at));
      [indent, isItem] = [token.indent, true];
    } else if (token.kind === 'pair' && (token.indent < indent || (isItem && token.indent === indent))) {
      path.unshift(token.key);
      [indent, isItem] = [token.indent, false];
    }
  }
  return path;
}

function itemsBefore(tokens: readonly Token[], at: number): number {
  const { indent } = tokens[at]!;
  let count = 0;
  for (let i = at - 1; i >= 0; i--) {
    const token = tokens[i]!;
    if (token.indent < indent || (token.indent === indent && token.kind !== 'item')) break;
    if (token.indent === indent) count++;
  }
  return count;
}

export function stringsOf(value: JsonValue | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === null || item === undefined || typeof item === 'object' ? [] : [[key, String(item)]]))); // prettier-ignore
}
