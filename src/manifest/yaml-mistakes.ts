/** What a YAML parser stumbled over, told as the slip that people make there: its cause, and the place where it was made. */

/** Offsets are from the start of the document's text. */
export interface Mistake {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** An error as the `yaml` package gives it. */
export interface ParserError {
  readonly code: string;
  readonly message: string;
  readonly pos: readonly [number, number];
}

interface Line {
  readonly start: number;
  readonly text: string;
  readonly indent: number;
}

/** The parser's messages name tokens, and often the place where it gave up; these name what the writer sees. */
export function mistakeOf(text: string, { code, message, pos }: ParserError): Mistake {
  const lines = linesOf(text);
  const at = Math.max(0, lines.findLastIndex((line) => line.start <= pos[0])); // prettier-ignore
  const given = { start: pos[0], end: Math.max(pos[0], pos[1]) };
  const found = tornApart(lines, at) ?? byCode(code, message, text, lines, at, given);
  return found ?? { message: decapitalize(message), ...given };
}

function byCode(
  code: string,
  message: string,
  text: string,
  lines: readonly Line[],
  at: number,
  given: { readonly start: number; readonly end: number },
): Mistake | undefined {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { message: 'a tab indents this line; YAML allows spaces only', ...given };
    case 'MISSING_CHAR':
      return unclosedQuote(message, text, lines, at) ?? unclosedBracket(text, given.start) ?? (/^Implicit map keys/.test(message) ? keyWithoutColon(lines, at) : undefined); // prettier-ignore
    case 'BAD_INDENT':
      return (/^Flow /i.test(message) ? unclosedBracket(text, given.start) : undefined) ?? dashed(lines, at) ?? indented(lines, at) ?? { message: `wrong indentation: ${decapitalize(message)}`, ...given }; // prettier-ignore
    case 'MULTILINE_IMPLICIT_KEY':
      return keyWithoutColon(lines, at) ?? { message: 'a key goes over several lines: perhaps a colon is missing, or the line before is indented wrongly', ...given }; // prettier-ignore
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BLOCK_IN_FLOW':
      return unclosedBracket(text, given.start) ?? valueWithColon(lines, at, given.start) ?? dashed(lines, at) ?? indented(lines, at + 1) ?? indented(lines, at) ?? { message: 'a mapping cannot begin here: a line near is indented wrongly, or a value that holds ": " is not quoted', ...given }; // prettier-ignore
    case 'BAD_SCALAR_START':
      return { message: `a value cannot begin with ${text.charAt(given.start)}: put it in quotes`, ...given };
    case 'UNEXPECTED_TOKEN':
      return afterQuote(text, given.start);
    default:
      return undefined;
  }
}

// ---------------------------------------------------------------- of the whole document

/** What other tools leave behind, and what looks like a space and is none. */
function tornApart(lines: readonly Line[], at: number): Mistake | undefined {
  for (const [index, line] of lines.entries()) {
    if (/^(?:<{7} |={7}$|>{7} )/.test(line.text)) return onLine(line, 'a merge conflict is not resolved here');
    const odd = /^[ ]*([\u00a0\u2000-\u200b\u202f\u3000\ufeff])/.exec(line.text);
    if (odd && Math.abs(index - at) < 3 && line.start + line.indent > 0) return { message: `the line is indented with U+${odd[1]!.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}, which only looks like a space`, start: line.start, end: line.start + odd[0].length }; // prettier-ignore
  }
  return undefined;
}

// ---------------------------------------------------------------- quotes and brackets

function unclosedQuote(message: string, text: string, lines: readonly Line[], at: number): Mistake | undefined {
  const quote = /closing (["'])/i.exec(message)?.[1];
  if (quote === undefined) return undefined;
  // The parser is at the end; the quote stands before a line whose number of quotes is odd.
  for (let i = at; i >= 0; i--) {
    const line = lines[i]!;
    const start = line.text.search(new RegExp(`(?:^|[\\s:\\[{,-])${quote}`));
    if (start < 0) continue;
    const from = line.start + line.text.indexOf(quote, start);
    const rest = text.slice(from + 1, line.start + line.text.length);
    const closed = quote === '"' ? /(?<!\\)(?:\\\\)*"/.test(rest) : rest.replaceAll("''", '').includes("'");
    if (!closed) return { message: `the quote (${quote}) that begins here is not closed`, start: from, end: line.start + line.text.length }; // prettier-ignore
  }
  return undefined;
}

/** The last bracket before the place that is open there. */
function unclosedBracket(text: string, before: number): Mistake | undefined {
  const open: number[] = [];
  let quote = '';
  for (let i = 0; i < before; i++) {
    const character = text.charAt(i);
    const isFirst = /[\s:[{,]/.test(text.charAt(i - 1) || '\n');
    if (quote !== '') {
      if (character === '\\' && quote === '"') i++;
      else if (character === quote) quote = '';
    } else if ((character === '"' || character === "'") && isFirst) quote = character;
    else if (character === '#' && /\s/.test(text.charAt(i - 1) || '\n')) i = endOfLine(text, i);
    else if ((character === '{' || character === '[') && (open.length > 0 || isFirst)) open.push(i);
    else if ((character === '}' || character === ']') && open.length > 0) open.pop();
  }
  const start = open.at(-1);
  if (start === undefined) return undefined;
  const [bracket, closing] = text.charAt(start) === '{' ? ['{', '}'] : ['[', ']'];
  return { message: `the ${bracket} that begins here is not closed: a ${closing} is missing`, start, end: start + 1 };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** `"one" two`. */
function afterQuote(text: string, at: number): Mistake | undefined {
  const before = text.slice(0, at).trimEnd();
  if (!/["']$/.test(before) || text.slice(before.length, at).includes('\n')) return undefined;
  const message = 'something follows the closing quote: put the whole value in quotes, or none of it';
  return { message, start: at, end: endOfLine(text, at) };
}

// ---------------------------------------------------------------- colons and dashes

const plainKey = /^[\w./$-]+$/;

/** `type:NodePort`, `type NodePort`, `--`. */
function keyWithoutColon(lines: readonly Line[], at: number): Mistake | undefined {
  const line = lines[at];
  if (!line) return undefined;
  const content = line.text.trim();
  if (content === '--' || /^-{4,}$/.test(content)) return onLine(line, `documents are parted by three dashes (---), and here are ${content.length}`); // prettier-ignore
  const joined = /^(?:- )?([\w./$-]+):(\S.*)$/.exec(content);
  if (joined) return onLine(line, `a space is missing after the colon: ${joined[1]!}: ${joined[2]!}`);
  const [key = '', ...rest] = content.replace(/^- /, '').split(' ');
  if (!plainKey.test(key) || content.includes(': ')) return undefined;
  return onLine(line, `a colon is missing: ${[`${key}:`, ...rest].join(' ')}`);
}

/** `note: see this: that`, on one line. */
function valueWithColon(lines: readonly Line[], at: number, start: number): Mistake | undefined {
  const line = lines[at];
  if (!line) return undefined;
  const value = line.text.slice(start - line.start);
  if (start <= line.start + line.indent || !/:(?:\s|$)/.test(value)) return undefined;
  const message = 'the value holds ": ", which begins a mapping: put the value in quotes';
  return { message, start, end: line.start + line.text.trimEnd().length };
}

/** `-port: 80`, on the line or on the one before. */
function dashed(lines: readonly Line[], at: number): Mistake | undefined {
  for (const line of [lines[at], previous(lines, at)]) {
    const item = line && /^-([\w./$-]+:(?:\s.*)?)$/.exec(line.text.trim());
    if (item && item[1]![0] !== '-') return onLine(line, `a space is missing after the dash: - ${item[1]!}`);
  }
  return undefined;
}

// ---------------------------------------------------------------- indentation

/** A line that is neither as far in as the lines that it belongs to, nor in one of them. */
function indented(lines: readonly Line[], at: number): Mistake | undefined {
  const line = lines[at];
  const above = previous(lines, at);
  if (!line || !above || line.text.trim() === '') return undefined;
  const what = wordOf(line);
  const isItem = line.text.startsWith('-', line.indent);
  if (line.indent > innerIndent(above) && /:\s+[^\s|>&#]/.test(above.text))
    return onLine(line, `${what} is indented by ${spaces(line.indent)}, deeper than ${wordOf(above)} above it (${innerIndent(above)}), which has a value already`); // prettier-ignore
  const siblings = columnsAbove(lines, at);
  if (siblings.some(({ indent }) => indent === line.indent)) {
    const [beside] = siblings.filter(({ indent }) => indent === line.indent);
    if (isItem && beside && !beside.isItem)
      return onLine(line, `a list item (-) cannot stand among keys such as ${beside.word}`);
    return undefined;
  }
  const nearest = siblings.filter((sibling) => sibling.isItem === isItem || !isItem);
  const [deeper, shallower] = [nearest.findLast(({ indent }) => indent > line.indent), nearest.find(({ indent }) => indent < line.indent)]; // prettier-ignore
  const places = [deeper, shallower].flatMap((sibling) => sibling ? `by ${sibling.indent} as ${sibling.word}` : []); // prettier-ignore
  if (places.length === 0) return undefined;
  return onLine(line, `${what} is indented by ${spaces(line.indent)}, which fits nothing above it: indent it ${places.join(', or ')}`); // prettier-ignore
}

interface Column {
  readonly indent: number;
  readonly word: string;
  readonly isItem: boolean;
}

/** The columns at which things begin above the line and are still open or end at it, the innermost first. */
function columnsAbove(lines: readonly Line[], at: number): readonly Column[] {
  const columns: Column[] = [];
  let least = Infinity;
  for (let i = at - 1; i >= 0; i--) {
    const line = lines[i]!;
    if (isBlank(line) || line.indent >= least) continue;
    const isItem = line.text.startsWith('-', line.indent);
    const inner = innerIndent(line);
    if (isItem && inner < least && inner > line.indent) columns.push({ indent: inner, word: wordOf(line), isItem: false }); // prettier-ignore
    columns.push({ indent: line.indent, word: isItem ? `the item "${line.text.trim()}"` : wordOf(line), isItem });
    least = line.indent;
  }
  return columns;
}

function previous(lines: readonly Line[], at: number): Line | undefined {
  return lines.slice(0, Math.max(0, at)).findLast((line) => !isBlank(line));
}

function isBlank({ text }: Line): boolean {
  return /^\s*(?:#.*)?$/.test(text);
}

/** Where the key of a list item stands: behind the dash. */
function innerIndent(line: Line): number {
  return line.indent + (/^-\s+/.exec(line.text.slice(line.indent))?.[0].length ?? 0);
}

/** The key of the line, else its text. */
function wordOf(line: Line): string {
  const content = line.text.trim().replace(/^-\s+/, '');
  return /^([^\s:#]+):(?:\s|$)/.exec(content)?.[1] ?? `"${content.length > 30 ? `${content.slice(0, 29)}…` : content}"`;
}

function spaces(count: number): string {
  return count === 1 ? '1 space' : `${count} spaces`;
}

function onLine(line: Line, message: string): Mistake {
  return { message, start: line.start + line.indent, end: line.start + line.text.trimEnd().length };
}

function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const part of text.split('\n')) {
    const line = part.replace(/\r$/, '');
    lines.push({ start, text: line, indent: /^ */.exec(line)![0].length });
    start += part.length + 1;
  }
  return lines;
}

function decapitalize(message: string): string {
  return /^[A-Z][a-z]/.test(message) ? message.charAt(0).toLowerCase() + message.slice(1) : message;
}
