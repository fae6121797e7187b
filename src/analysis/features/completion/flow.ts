/** Flow style on one line, `{app: web, ports: [http]}`, as far as it is written. */

import type { JsonPath, JsonValue } from '#base/json';

/** A scalar, mapping or sequence; what is not closed ends with the text. */
export function resolveFlow(text: string): JsonValue {
  return new FlowReader(text).read();
}

class FlowReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): JsonValue {
    this.#skip();
    const char = this.#text[this.#at];
    if (char === '{') return this.#mapping();
    if (char === '[') return this.#sequence();
    return scalar(this.#at === 0 ? this.#text : this.#word(/[,{}[\]]/));
  }

  #skip(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #word(end: RegExp): string {
    const quote = this.#text[this.#at];
    const start = this.#at;
    if (quote === '"' || quote === "'") {
      const close = this.#text.indexOf(quote, start + 1);
      this.#at = close < 0 ? this.#text.length : close + 1;
      return this.#text.slice(start, this.#at);
    }
    while (this.#at < this.#text.length && !end.test(this.#text[this.#at]!)) this.#at++;
    return this.#text.slice(start, this.#at).trim();
  }

  #mapping(): JsonValue {
    const members: Record<string, JsonValue> = {};
    this.#at++;
    for (this.#skip(); this.#at < this.#text.length && this.#text[this.#at] !== '}'; this.#skip()) {
      const key = String(scalar(this.#word(/[:,}]/)) ?? '');
      if (this.#text[this.#at] === ':') {
        this.#at++;
        members[key] = this.#nested();
      } else if (key !== '') members[key] = null;
      this.#skip();
      if (this.#text[this.#at] === ',') this.#at++;
      else if (this.#text[this.#at] !== '}') break;
    }
    this.#at++;
    return members;
  }

  #sequence(): JsonValue {
    const items: JsonValue[] = [];
    this.#at++;
    for (this.#skip(); this.#at < this.#text.length && this.#text[this.#at] !== ']'; this.#skip()) {
      items.push(this.#nested());
      this.#skip();
      if (this.#text[this.#at] === ',') this.#at++;
      else if (this.#text[this.#at] !== ']') break;
    }
    this.#at++;
    return items;
  }

  #nested(): JsonValue {
    this.#skip();
    const char = this.#text[this.#at];
    if (char === '{') return this.#mapping();
    if (char === '[') return this.#sequence();
    return scalar(this.#word(/[,}\]]/));
  }
}

function scalar(text: string): JsonValue {
  const quoted = /^(["'])([^]*)\1$/.exec(text);
  if (quoted) return quoted[2]!;
  if (text === '' || text === 'null' || text === '~') return null;
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}

export interface FlowPosition {
  readonly path: JsonPath;
  readonly part: 'key' | 'value';
  /** What is typed of the word at the end. */
  readonly typed: string;
}

/** Where the end of an unfinished text in flow style stands; undefined where no bracket is open. */
export function flowPosition(text: string): FlowPosition | undefined {
  const open: { step: string | number | undefined }[] = [];
  let typed = '';
  for (const char of text) {
    const top = open.at(-1);
    if (char === '{' || char === '[') {
      open.push({ step: char === '[' ? 0 : undefined });
      typed = '';
    } else if (char === '}' || char === ']') {
      open.pop();
      typed = '';
    } else if (char === ',' && top) {
      top.step = typeof top.step === 'number' ? top.step + 1 : undefined;
      typed = '';
    } else if (char === ':' && top?.step === undefined) {
      if (top) top.step = String(scalar(typed.trim()) ?? '');
      typed = '';
    } else typed += char;
  }
  const top = open.at(-1);
  if (!top) return undefined;
  const path = open.flatMap(({ step }) => step ?? []);
  return { path, part: top.step === undefined ? 'key' : 'value', typed: typed.trimStart() };
}
