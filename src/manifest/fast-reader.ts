/**
 * Reads the plain block style that nearly all manifests are written in, straight into JSON values.
 * It answers only where it is sure: at anything else (anchors, tags, scalars over several lines, tabs, a doubtful
 * indentation, …) it gives up, and the full YAML reader decides. One file, since its functions call each other in
 * a ring and share one cursor.
 */

import type { JsonValue } from '#base/json';
import { keyOfPlain, resolvePlain } from './scalar';
import { placedScalar, type NodeStyle, type PlacedEntry, type PlacedNode } from './places';

export interface FastResult {
  readonly value: JsonValue;
  /** Only when asked for. */
  readonly place: PlacedNode | undefined;
}

/**
 * The value of the one document in `text` from `from` to `to`, or undefined where this reader is not sure.
 * With `places`, also where each part of it stands.
 */
export function readFast(text: string, from: number, to: number, places: 'places' | 'values'): FastResult | undefined {
  const reader = new FastReader(text, from, to, places === 'places');
  const value = reader.document();
  return value === GIVE_UP ? undefined : { value, place: reader.place };
}

const GIVE_UP = Symbol('not sure');
type Read<T> = T | typeof GIVE_UP;
type MutableObject = { [key: string]: JsonValue };

const deepest = 100;
const longestImplicitKey = 1000;

const [TAB, LF, CR, SPACE, DOUBLE, HASH, SINGLE, COMMA, DASH, COLON] = [9, 10, 13, 32, 34, 35, 39, 44, 45, 58] as const;
const [GREATER, QUESTION, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN_MAP, PIPE, CLOSE_MAP] = [
  62, 63, 91, 92, 93, 123, 124, 125,
] as const;

/** ASCII characters with a meaning at the start of a plain scalar; `-`, `?` and `:` are looked at one by one. */
const indicators = new Uint8Array(128);
for (const character of ',[]{}#&*!|>\'"%@`') indicators[character.charCodeAt(0)] = 1;

class FastReader {
  /** Where the node that was read last stands; kept only when places are wanted. */
  place: PlacedNode | undefined;
  readonly #text: string;
  readonly #to: number;
  readonly #places: boolean;
  #at: number;
  /** Column of `#at` in its line, when `#at` is at the first character of a line's content; -1 at the end. */
  #indent = 0;
  #depth = 0;
  /** Whether a flow collection may go over several lines. */
  #manyLines = false;
  /** The end of the scalar that was read last. */
  #end = 0;
  #style: NodeStyle = 'plain';

  constructor(text: string, from: number, to: number, places: boolean) {
    this.#text = text;
    this.#at = from;
    this.#to = to;
    this.#places = places;
  }

  document(): Read<JsonValue> {
    const start = this.#at;
    // A marker line that holds more than the marker.
    if ((start < this.#to && this.#text.startsWith('---', start)) || !this.#nextLine()) return GIVE_UP;
    if (this.#indent < 0) {
      if (this.#places) this.place = placedScalar('plain', start, start);
      return null;
    }
    const first = this.#text.charCodeAt(this.#at);
    const value = first === OPEN_MAP || first === OPEN_LIST ? this.#flowDocument() : this.#node(this.#indent);
    return value === GIVE_UP || this.#indent >= 0 ? GIVE_UP : value;
  }

  /** A document that is one flow collection, such as JSON: nothing is said about how its lines are indented. */
  #flowDocument(): Read<JsonValue> {
    this.#manyLines = true;
    const value = this.#flow();
    return value !== GIVE_UP && this.#endOfValue() ? value : GIVE_UP;
  }

  /** Goes from the start of a line to the next content and sets the indent; false at what this reader does not know. */
  #nextLine(): boolean {
    const text = this.#text;
    const to = this.#to;
    let at = this.#at;
    for (;;) {
      const start = at;
      while (at < to && text.charCodeAt(at) === SPACE) at++;
      if (at >= to) {
        this.#at = to;
        this.#indent = -1;
        return true;
      }
      const code = text.charCodeAt(at);
      if (code === LF) {
        at++;
      } else if (code === HASH) {
        at = text.indexOf('\n', at) + 1;
        if (at === 0 || at > to) at = to;
      } else if (code === CR) {
        if (text.charCodeAt(at + 1) !== LF) return false;
        at += 2;
      } else {
        this.#at = at;
        this.#indent = at - start;
        return code !== TAB && code !== 0xfeff;
      }
    }
  }

  /** From behind a value to the next content: nothing but a comment may follow. */
  #endOfValue(): boolean {
    const text = this.#text;
    const to = this.#to;
    const start = this.#at;
    let at = start;
    while (at < to && text.charCodeAt(at) === SPACE) at++;
    if (at < to) {
      const code = text.charCodeAt(at);
      if (code === HASH) {
        if (at === start) return false;
        at = text.indexOf('\n', at) + 1;
        if (at === 0 || at > to) at = to;
      } else if (code === LF) at++;
      else if (code === CR && text.charCodeAt(at + 1) === LF) at += 2;
      else return false;
    }
    this.#at = at;
    return this.#nextLine();
  }

  /** A mapping or a sequence that begins at the cursor, in this column. */
  #node(column: number): Read<JsonValue> {
    if (this.#isDash()) return this.#sequence(column);
    return this.#startsMapping() ? this.#mapping(column) : GIVE_UP;
  }

  #isDash(): boolean {
    return this.#text.charCodeAt(this.#at) === DASH && this.#isBlankAt(this.#at + 1);
  }

  #isBlankAt(at: number): boolean {
    if (at >= this.#to) return true;
    const code = this.#text.charCodeAt(at);
    return code === SPACE || code === LF || code === CR || code === TAB;
  }

  /** Whether a key and its colon stand at the cursor. */
  #startsMapping(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    if (code === DOUBLE || code === SINGLE) {
      const start = this.#at;
      const quoted = this.#quoted(code);
      const end = this.#at;
      this.#at = start;
      return quoted !== GIVE_UP && this.#text.charCodeAt(end) === COLON && this.#isBlankAt(end + 1);
    }
    return this.#plainKeyEnd() >= 0;
  }

  /** The offset of the colon behind the plain key at the cursor, or -1. */
  #plainKeyEnd(): number {
    const text = this.#text;
    const to = this.#to;
    const start = this.#at;
    const first = text.charCodeAt(start);
    if (first < 128 && indicators[first] === 1) return -1;
    if (first === COLON || first === QUESTION || (first === DASH && this.#isBlankAt(start + 1))) return -1;
    for (let at = start; at < to; at++) {
      const code = text.charCodeAt(at);
      if (code === COLON) {
        if (this.#isBlankAt(at + 1)) return at - start > longestImplicitKey ? -1 : at;
      } else if (code <= HASH) {
        if (code === LF || code === CR || code === TAB) return -1;
        if (code === HASH && text.charCodeAt(at - 1) === SPACE) return -1;
      }
    }
    return -1;
  }

  #mapping(column: number): Read<JsonValue> {
    if (++this.#depth > deepest) return GIVE_UP;
    const text = this.#text;
    const start = this.#at;
    const object: MutableObject = {};
    const entries: PlacedEntry[] | undefined = this.#places ? [] : undefined;
    let end = start;
    do {
      const keyStart = this.#at;
      const key = this.#key();
      if (key === GIVE_UP) return GIVE_UP;
      const keyEnd = this.#end;
      // A member that is there already may be a duplicate or inherited (`constructor`); `__proto__` is no member at all.
      if (object[key] !== undefined) return GIVE_UP;
      this.#at++;
      const value = this.#member(column);
      if (value === GIVE_UP) return GIVE_UP;
      object[key] = value;
      if (entries) {
        entries.push({ key, keyStart, keyEnd, value: this.place!, merged: false });
        end = this.place!.end;
      }
    } while (this.#indent === column && text.charCodeAt(this.#at) !== DASH);
    if (this.#indent > column) return GIVE_UP;
    this.#depth--;
    if (entries) this.place = { kind: 'mapping', style: 'block', start, end, entries };
    return object;
  }

  /** Leaves the cursor at the colon and `#end` behind the key. */
  #key(): Read<string> {
    const text = this.#text;
    const code = text.charCodeAt(this.#at);
    if (code === DOUBLE || code === SINGLE) {
      const key = this.#quoted(code);
      this.#end = this.#at;
      return key !== GIVE_UP && text.charCodeAt(this.#at) === COLON && this.#isBlankAt(this.#at + 1) ? key : GIVE_UP;
    }
    const colon = this.#plainKeyEnd();
    if (colon < 0 || text.charCodeAt(colon - 1) === SPACE) return GIVE_UP;
    const plain = text.slice(this.#at, colon);
    this.#at = this.#end = colon;
    // Words and numbers are short or start with a digit; anything else is a string.
    if (plain.length > 5 && code >= 58) return plain;
    return plain === '<<' ? GIVE_UP : (keyOfPlain(plain) ?? GIVE_UP);
  }

  /** The value of a mapping's member; the cursor is behind the colon and ends at the next content. */
  #member(column: number): Read<JsonValue> {
    const text = this.#text;
    const colonEnd = this.#at;
    while (text.charCodeAt(this.#at) === SPACE) this.#at++;
    if (!this.#isLineEnd(colonEnd)) return this.#inline(column);
    if (!this.#endOfValue()) return GIVE_UP;
    if (this.#indent > column) return this.#node(this.#indent);
    if (this.#indent === column && this.#isDash()) return this.#sequence(column);
    if (this.#places) this.place = placedScalar('plain', colonEnd, colonEnd);
    return null;
  }

  /** Whether nothing but a comment follows at the cursor; `before` is where the blanks before it began. */
  #isLineEnd(before: number): boolean {
    if (this.#at >= this.#to) return true;
    const code = this.#text.charCodeAt(this.#at);
    if (code === LF || code === CR) return true;
    if (code !== HASH || this.#at === before) return false;
    this.#at = before;
    return true;
  }

  #sequence(column: number): Read<JsonValue> {
    if (++this.#depth > deepest) return GIVE_UP;
    const text = this.#text;
    const start = this.#at;
    const list: JsonValue[] = [];
    const items: PlacedNode[] | undefined = this.#places ? [] : undefined;
    let end = start;
    do {
      const line = this.#at - column;
      const dashEnd = ++this.#at;
      while (text.charCodeAt(this.#at) === SPACE) this.#at++;
      const value = this.#isLineEnd(dashEnd) ? this.#itemBelow(column, dashEnd) : this.#item(column, this.#at - line);
      if (value === GIVE_UP) return GIVE_UP;
      list.push(value);
      if (items) {
        items.push(this.place!);
        end = this.place!.end;
      }
    } while (this.#indent === column && this.#isDash());
    if (this.#indent > column) return GIVE_UP;
    this.#depth--;
    if (items) this.place = { kind: 'sequence', style: 'block', start, end, items };
    return list;
  }

  #itemBelow(column: number, dashEnd: number): Read<JsonValue> {
    if (!this.#endOfValue()) return GIVE_UP;
    if (this.#indent > column) return this.#node(this.#indent);
    if (this.#places) this.place = placedScalar('plain', dashEnd, dashEnd);
    return null;
  }

  /** An item that begins on the line of its dash, in this column. */
  #item(sequence: number, column: number): Read<JsonValue> {
    const code = this.#text.charCodeAt(this.#at);
    if (code === DASH && this.#isDash()) return this.#sequence(column);
    if (code === OPEN_MAP || code === OPEN_LIST || code === PIPE || code === GREATER) return this.#inline(sequence);
    return this.#startsMapping() ? this.#mapping(column) : this.#inline(sequence);
  }

  /** A scalar or a flow collection at the cursor; `column` is that of the parent. Ends at the next content. */
  #inline(column: number): Read<JsonValue> {
    const start = this.#at;
    const code = this.#text.charCodeAt(start);
    if (code === PIPE || code === GREATER) return this.#blockScalar(column);
    let value: Read<JsonValue>;
    if (code === DOUBLE || code === SINGLE) {
      value = this.#quoted(code);
      this.#end = this.#at;
    } else if (code === OPEN_MAP || code === OPEN_LIST) {
      value = this.#flow();
      this.#end = -1;
    } else value = this.#plain(column);
    if (value === GIVE_UP) return GIVE_UP;
    if (this.#places && this.#end >= 0) this.place = placedScalar(this.#style, start, this.#end);
    return this.#endOfValue() ? value : GIVE_UP;
  }

  /** A plain scalar; lines below that are indented more than the parent continue it. */
  #plain(parent: number): Read<JsonValue> {
    const text = this.#text;
    const start = this.#at;
    const first = text.charCodeAt(start);
    if (first < 128 && indicators[first] === 1) return GIVE_UP;
    if ((first === COLON || first === QUESTION || first === DASH) && this.#isBlankAt(start + 1)) return GIVE_UP;
    if (!this.#plainLine()) return GIVE_UP;
    this.#style = 'plain';
    let content = text.slice(start, this.#end);
    for (let breaks = this.#toContinuation(parent); breaks > 0; breaks = this.#toContinuation(parent)) {
      const line = this.#at;
      if (!this.#plainLine()) return GIVE_UP;
      content += breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
      content += text.slice(line, this.#end);
    }
    return finite(resolvePlain(content));
  }

  /** Goes to the end of a plain scalar's line, where a comment or the line's end follows; sets `#end` there, too. */
  #plainLine(): boolean {
    const text = this.#text;
    const to = this.#to;
    const start = this.#at;
    let at = start;
    for (; at < to; at++) {
      const code = text.charCodeAt(at);
      if (code === COLON) {
        if (this.#isBlankAt(at + 1)) return false;
      } else if (code <= HASH) {
        if (code === LF || (code === HASH && text.charCodeAt(at - 1) === SPACE)) break;
        if (code === CR) {
          if (text.charCodeAt(at + 1) !== LF) return false;
          break;
        }
        if (code === TAB) return false;
      } else if (code === 0xfeff) return false;
    }
    let end = at;
    while (text.charCodeAt(end - 1) === SPACE) end--;
    // The comment's mark must be seen behind its blank.
    this.#at = this.#end = end;
    return true;
  }

  /** Goes to the line that continues a plain scalar; gives the number of line breaks before it, 0 if there is none. */
  #toContinuation(parent: number): number {
    const text = this.#text;
    const to = this.#to;
    let at = this.#at;
    let breaks = 0;
    for (;;) {
      const before = at;
      while (at < to && text.charCodeAt(at) === SPACE) at++;
      if (at >= to) return 0;
      const code = text.charCodeAt(at);
      if (code === LF) {
        breaks++;
        at++;
      } else if (code === CR && text.charCodeAt(at + 1) === LF) {
        breaks++;
        at += 2;
      } else {
        // Behind a comment, a line cannot continue the scalar: the caller finds that it does not fit.
        if (breaks === 0 || code === HASH || at - before <= parent) return 0;
        this.#at = at;
        return breaks;
      }
    }
  }

  /** A quoted scalar that ends on its line; the cursor ends behind the quote. */
  #quoted(quote: typeof DOUBLE | typeof SINGLE): Read<string> {
    const text = this.#text;
    const to = this.#to;
    const start = this.#at + 1;
    let escaped = false;
    let at = start;
    for (; at < to; at++) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        if (quote === DOUBLE || text.charCodeAt(at + 1) !== SINGLE) break;
        escaped = true;
        at++;
      } else if (code === BACKSLASH && quote === DOUBLE) {
        escaped = true;
        at++;
      } else if (code === LF || code === CR) return GIVE_UP;
    }
    if (at >= to) return GIVE_UP;
    this.#at = at + 1;
    this.#style = quote === DOUBLE ? 'double' : 'single';
    const content = text.slice(start, at);
    if (!escaped) return content;
    return quote === SINGLE ? content.replaceAll("''", "'") : unescape(text.slice(start - 1, at + 1));
  }

  /** A literal or folded scalar with an indentation and chomping of the simple kinds; ends at the next content. */
  #blockScalar(parent: number): Read<JsonValue> {
    const text = this.#text;
    const to = this.#to;
    const start = this.#at;
    const folded = text.charCodeAt(start) === GREATER;
    let at = start + 1;
    const strip = text.charCodeAt(at) === DASH;
    if (strip) at++;
    while (text.charCodeAt(at) === SPACE) at++;
    if (text.charCodeAt(at) === CR) at++;
    if (at >= to || text.charCodeAt(at) !== LF) return GIVE_UP;
    at++;
    let indent = -1;
    let content = '';
    let blanks = 0;
    let lines = 0;
    let end = at;
    while (at < to) {
      const line = at;
      while (at < to && text.charCodeAt(at) === SPACE) at++;
      const lineFeed = text.indexOf('\n', at);
      // Readers differ on a last line that has no end.
      if (lineFeed < 0 || lineFeed >= to) {
        if (at >= to && (indent < 0 || at - line <= indent)) break;
        return GIVE_UP;
      }
      const lineEnd = text.charCodeAt(lineFeed - 1) === CR && lineFeed > at ? lineFeed - 1 : lineFeed;
      const spaces = at - line;
      if (at === lineEnd) {
        // Blanks beyond the indentation are content, and before the first line they are a mistake.
        if (indent < 0 ? spaces > parent + 1 : spaces > indent) return GIVE_UP;
        blanks++;
      } else {
        if (text.charCodeAt(at) === TAB && (indent < 0 || spaces < indent)) return GIVE_UP;
        if (indent < 0) {
          if (spaces <= parent) return GIVE_UP;
          indent = spaces;
        }
        if (spaces < indent) {
          at = line;
          break;
        }
        // In the folded style, lines that are indented more, or begin with a tab, keep their breaks.
        if (folded && (spaces > indent || text.charCodeAt(at) === TAB)) return GIVE_UP;
        content += lines === 0 ? '\n'.repeat(blanks) : separator(folded, blanks);
        content += text.slice(line + indent, lineEnd);
        lines++;
        blanks = 0;
        end = lineEnd;
      }
      at = lineFeed + 1;
    }
    if (indent < 0 || text.charCodeAt(end - 1) === CR) return GIVE_UP;
    this.#at = at;
    if (this.#places) this.place = placedScalar('literal', start, trimmedEnd(text, end));
    if (!this.#nextLine()) return GIVE_UP;
    return strip ? content : `${content}\n`;
  }

  /** A flow collection, on one line unless it is the whole document; the cursor ends behind its bracket. */
  #flow(): Read<JsonValue> {
    if (++this.#depth > deepest) return GIVE_UP;
    const value = this.#text.charCodeAt(this.#at) === OPEN_MAP ? this.#flowMapping() : this.#flowSequence();
    this.#depth--;
    return value;
  }

  #flowMapping(): Read<JsonValue> {
    const start = this.#at++;
    const object: MutableObject = {};
    const entries: PlacedEntry[] | undefined = this.#places ? [] : undefined;
    for (;;) {
      this.#blanks();
      if (this.#text.charCodeAt(this.#at) === CLOSE_MAP) break;
      const keyStart = this.#at;
      const key = this.#flowKey();
      if (key === GIVE_UP || object[key] !== undefined) return GIVE_UP;
      const keyEnd = this.#end;
      this.#at++;
      this.#blanks();
      const value = this.#flowValue();
      if (value === GIVE_UP) return GIVE_UP;
      object[key] = value;
      entries?.push({ key, keyStart, keyEnd, value: this.place!, merged: false });
      if (!this.#nextFlowItem(CLOSE_MAP)) return GIVE_UP;
    }
    this.#at++;
    if (entries) this.place = { kind: 'mapping', style: 'flow', start, end: this.#at, entries };
    return object;
  }

  #flowSequence(): Read<JsonValue> {
    const start = this.#at++;
    const list: JsonValue[] = [];
    const items: PlacedNode[] | undefined = this.#places ? [] : undefined;
    for (;;) {
      this.#blanks();
      if (this.#text.charCodeAt(this.#at) === CLOSE_LIST) break;
      const value = this.#flowValue();
      if (value === GIVE_UP) return GIVE_UP;
      list.push(value);
      items?.push(this.place!);
      if (!this.#nextFlowItem(CLOSE_LIST)) return GIVE_UP;
    }
    this.#at++;
    if (items) this.place = { kind: 'sequence', style: 'flow', start, end: this.#at, items };
    return list;
  }

  #blanks(): void {
    const text = this.#text;
    const to = this.#to;
    while (this.#at < to) {
      const code = text.charCodeAt(this.#at);
      if (code === SPACE || (this.#manyLines && (code === LF || code === TAB))) this.#at++;
      else if (this.#manyLines && code === CR && text.charCodeAt(this.#at + 1) === LF) this.#at += 2;
      else return;
    }
  }

  /** Steps over a comma; true as well before the closing bracket. */
  #nextFlowItem(close: number): boolean {
    this.#blanks();
    const code = this.#text.charCodeAt(this.#at);
    if (this.#at >= this.#to) return false;
    if (code === COMMA) this.#at++;
    return code === COMMA || code === close;
  }

  /** Leaves the cursor at the colon. */
  #flowKey(): Read<string> {
    const text = this.#text;
    const start = this.#at;
    const code = text.charCodeAt(this.#at);
    if (code === DOUBLE || code === SINGLE) {
      const key = this.#quoted(code);
      this.#end = this.#at;
      // Behind quotes, the colon needs no blank.
      return text.charCodeAt(this.#at) === COLON && this.#at - start <= longestImplicitKey ? key : GIVE_UP;
    }
    const plain = this.#flowPlainText();
    if (plain === GIVE_UP || plain === '<<') return GIVE_UP;
    return text.charCodeAt(this.#at) === COLON && this.#isBlankAt(this.#at + 1)
      ? (keyOfPlain(plain) ?? GIVE_UP)
      : GIVE_UP;
  }

  #flowValue(): Read<JsonValue> {
    const start = this.#at;
    if (start >= this.#to) return GIVE_UP;
    const code = this.#text.charCodeAt(start);
    if (code === OPEN_MAP || code === OPEN_LIST) return this.#flow();
    const quoted = code === DOUBLE || code === SINGLE;
    const content = quoted ? this.#quoted(code) : this.#flowPlainText();
    if (content === GIVE_UP || this.#at >= this.#to) return GIVE_UP;
    if (this.#places) this.place = placedScalar(this.#style, start, quoted ? this.#at : this.#end);
    return quoted ? content : finite(resolvePlain(content));
  }

  /** A plain scalar of letters, digits and a few signs, which mean the same everywhere. */
  #flowPlainText(): Read<string> {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    while (at < this.#to && isFlowPlain(text.charCodeAt(at))) at++;
    const first = text.charCodeAt(start);
    if (at === start || (first === DASH && this.#isBlankAt(start + 1))) return GIVE_UP;
    this.#at = this.#end = at;
    this.#style = 'plain';
    return text.slice(start, at);
  }
}

/** Letters, digits and `_ . / - + ~`: no blank, no indicator of the flow style, no colon. */
function isFlowPlain(code: number): boolean {
  if (code >= 97) return code <= 122 || code === 126;
  if (code >= 65) return code <= 90 || code === 95;
  return (code >= 45 && code <= 57) || code === 43;
}

/** What stands between two lines of a block scalar. */
function separator(folded: boolean, blanks: number): string {
  if (folded) return blanks === 0 ? ' ' : '\n'.repeat(blanks);
  return blanks === 0 ? '\n' : '\n'.repeat(blanks + 1);
}

function trimmedEnd(text: string, end: number): number {
  while (text.charCodeAt(end - 1) === SPACE) end--;
  return end;
}

/** YAML's infinities have no JSON form: the full reader tells the user. */
function finite(value: JsonValue): Read<JsonValue> {
  return typeof value !== 'number' || Number.isFinite(value) ? value : GIVE_UP;
}

/** JSON's escapes mean the same in YAML; YAML's others are left to the full reader. */
function unescape(quoted: string): Read<string> {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return GIVE_UP;
  }
}
