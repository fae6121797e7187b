/** Cuts a stream into its documents, without reading them. */

import type { Span } from '#base/text';

/**
 * The documents of a YAML stream, each from its first directive or the text after its `---` to the next marker.
 * A marker counts at column 0 only: there it ends every scalar, whatever its style, by YAML's own rule, which is
 * also how kubectl cuts its input. A marker line that holds more than a comment stays part of its document.
 * What precedes the first marker is a document only if it holds more than comments.
 */
export function splitDocuments(text: string): Span[] {
  const spans: Span[] = [];
  const dots = text.startsWith('...') || text.includes('\n...');
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let opened = false;
  let marker = isMarker(text, start) ? start : nextMarker(text, start, dots);
  while (marker < text.length) {
    const directives = !opened && onlyDirectives(text, start, marker);
    if (!directives && (opened || !isBlank(text, start, marker))) spans.push({ start, end: marker });
    opened = text.charCodeAt(marker) === 45;
    const end = lineEnd(text, marker);
    if (!opened || (!directives && isBlank(text, marker + 3, end))) start = end;
    else if (!directives) start = marker;
    marker = nextMarker(text, marker + 3, dots);
  }
  if (opened || !isBlank(text, start, text.length)) spans.push({ start, end: text.length });
  return spans;
}

/** The offset of the next marker line after `from`; the text's length where there is none. */
function nextMarker(text: string, from: number, dots: boolean): number {
  const dashes = nextLineOf(text, '\n---', from);
  return dots ? Math.min(dashes, nextLineOf(text, '\n...', from)) : dashes;
}

function nextLineOf(text: string, start: '\n---' | '\n...', from: number): number {
  for (let at = text.indexOf(start, from); at >= 0; at = text.indexOf(start, at + 4)) {
    if (isMarker(text, at + 1)) return at + 1;
  }
  return text.length;
}

function isMarker(text: string, line: number): boolean {
  if (!text.startsWith('---', line) && !text.startsWith('...', line)) return false;
  const after = text.charCodeAt(line + 3);
  return Number.isNaN(after) || after === 32 || after === 9 || after === 10 || after === 13;
}

/** The offset behind the line's end. */
function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

/** Whether there is nothing but blanks and comments. */
export function isBlank(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code === 35) i = lineEnd(text, i) - 1;
    else if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return false;
  }
  return true;
}

/** Whether there is a directive (`%YAML 1.1`) and beside it nothing but blanks and comments. */
function onlyDirectives(text: string, from: number, to: number): boolean {
  let any = false;
  for (let line = from; line < to; line = lineEnd(text, line)) {
    if (text.charCodeAt(line) === 37) any = true;
    else if (!isBlank(text, line, lineEnd(text, line))) return false;
  }
  return any;
}
