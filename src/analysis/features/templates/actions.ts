/**
 * The actions of a Helm template (`{{ … }}`) as text: which values they read, which helpers they define and include.
 * Nothing is rendered here: what is not written as such is not known.
 */

import type { Span } from '#base/text';
import type { ManifestFile } from '#manifest/types';

/** `.Values.web.port`, by whichever way it is written. */
export interface ValueUse {
  /** Below `.Values`. */
  readonly path: readonly string[];
  /** Where each step of the path stands; those that a `with` around it gives stand nowhere. */
  readonly steps: readonly (Span | undefined)[];
}

/** A named template, where it is defined and where it is included. */
export interface HelperUse {
  readonly name: string;
  readonly role: 'definition' | 'reference';
  /** Without the quotes. */
  readonly span: Span;
}

export interface TemplateText {
  readonly values: readonly ValueUse[];
  readonly helpers: readonly HelperUse[];
  readonly actions: readonly Span[];
  /** What `.` stands for at the end of the text. */
  readonly dot: Dot;
}

/** The root (`.Values`, `.Chart`, …), a value of the chart, or something that only rendering knows. */
export type Dot = 'root' | 'unknown' | readonly string[];

const known = new WeakMap<ManifestFile, TemplateText>();

export function templateText(file: ManifestFile): TemplateText {
  let text = known.get(file);
  if (!text) known.set(file, (text = scanTemplate(file.text)));
  return text;
}

export function scanTemplate(text: string): TemplateText {
  const scan = new Scan(text);
  for (const action of actionsOf(text)) scan.action(action);
  return { values: scan.values, helpers: scan.helpers, actions: scan.actions, dot: scan.dot };
}

/** With the braces; the last one may not be closed yet. Models text/template/parse/lex.go: quotes and comments hide braces. */
function* actionsOf(text: string): Generator<Span> {
  const inner =
    /\{\{-?\s*\/\*[^]*?(?:\*\/\s*-?\}\}|$)|\{\{(?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|(?!\}\})[^])*(?:\}\}|$)/g;
  for (const { 0: found, index } of text.matchAll(inner)) yield { start: index, end: index + found.length };
}

interface Word {
  readonly kind: 'chain' | 'text' | 'name' | 'other';
  readonly text: string;
  readonly start: number;
}

const word = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|(?:\$\w*)?(?:\.\w+)+|\$\w*|\.|\w+|[^\s\w]/g;

function wordsOf(text: string, from: number): Word[] {
  return [...text.matchAll(word)].map(({ 0: found, index }) => ({ kind: kindOf(found), text: found, start: from + index })); // prettier-ignore
}

function kindOf(found: string): Word['kind'] {
  if (/^["`]/.test(found)) return 'text';
  if (/^[.$]/.test(found)) return 'chain';
  return /^\w/.test(found) ? 'name' : 'other';
}

interface Block {
  readonly keyword: string;
  readonly outer: Dot;
}

class Scan {
  readonly values: ValueUse[] = [];
  readonly helpers: HelperUse[] = [];
  readonly actions: Span[] = [];
  readonly #text: string;
  readonly #blocks: Block[] = [];
  dot: Dot = 'root';

  constructor(text: string) {
    this.#text = text;
  }

  action(span: Span): void {
    this.actions.push(span);
    const inner = this.#text.slice(span.start + 2, span.end).replace(/-?\}\}$/, '');
    if (/^-?\s*\/\*/.test(inner)) return;
    const dash = inner.startsWith('-') ? 1 : 0;
    const words = wordsOf(inner.slice(dash), span.start + 2 + dash);
    const [keyword, ...rest] = words;
    if (keyword?.kind === 'name' && this.#control(keyword.text, rest)) return;
    this.#expression(words);
  }

  /** Whether the action opens, turns or closes a block. */
  #control(keyword: string, rest: readonly Word[]): boolean {
    switch (keyword) {
      case 'end':
        this.dot = this.#blocks.pop()?.outer ?? 'root';
        return true;
      case 'else': {
        const block = this.#blocks.at(-1);
        if (block) this.dot = block.outer;
        this.#expression(rest);
        if (rest[0]?.text === 'with') this.dot = this.#dotOf(rest.slice(1));
        return true;
      }
      case 'if':
      case 'with':
      case 'range':
      case 'define':
      case 'block':
        this.#open(keyword, rest);
        return true;
      default:
        return false;
    }
  }

  #open(keyword: string, rest: readonly Word[]): void {
    const [name] = rest;
    if ((keyword === 'define' || keyword === 'block') && name?.kind === 'text') this.#helper(name, 'definition');
    this.#expression(rest);
    this.#blocks.push({ keyword, outer: this.dot });
    if (keyword === 'with') this.dot = this.#dotOf(rest);
    else if (keyword === 'range') this.dot = 'unknown';
    // By custom a helper is given the root.
    else if (keyword === 'define' || keyword === 'block') this.dot = 'root';
  }

  /** What `with` makes of the dot: a value where it names one and nothing else. */
  #dotOf(words: readonly Word[]): Dot {
    const [only, ...more] = words;
    if (only?.kind !== 'chain' || more.length > 0) return 'unknown';
    return only.text === '.' ? this.dot : only.text === '$' ? 'root' : (this.#valueOf(only)?.path ?? 'unknown');
  }

  #expression(words: readonly Word[]): void {
    for (const [i, each] of words.entries()) {
      if (each.kind === 'name' && (each.text === 'include' || each.text === 'template')) {
        const name = words[i + 1];
        if (name?.kind === 'text') this.#helper(name, 'reference');
      }
      if (each.kind !== 'chain') continue;
      const value = this.#valueOf(each);
      if (value) this.values.push(words[i - 1]?.text === 'index' ? withIndexes(value, words.slice(i + 1)) : value);
    }
  }

  #helper({ text, start }: Word, role: HelperUse['role']): void {
    this.helpers.push({ name: text.slice(1, -1), role, span: { start: start + 1, end: start + text.length - 1 } });
  }

  #valueOf({ text, start }: Word): ValueUse | undefined {
    const [variable = '', ...names] = text.split('.');
    if (names.length === 0 || names.includes('') || (variable !== '' && variable !== '$')) return undefined;
    const base = variable === '$' ? 'root' : this.dot;
    if (base === 'unknown' || (base === 'root' && names[0] !== 'Values')) return undefined;
    let at = start + variable.length;
    const steps = names.map((name) => {
      const span = { start: at + 1, end: at + 1 + name.length };
      at = span.end;
      return span;
    });
    if (base === 'root') return { path: names.slice(1), steps: steps.slice(1) };
    return { path: [...base, ...names], steps: [...base.map(() => undefined), ...steps] };
  }
}

/** `index .Values "my-key" "port"` */
function withIndexes({ path, steps }: ValueUse, words: readonly Word[]): ValueUse {
  const end = words.findIndex(({ kind }) => kind !== 'text');
  const keys = end < 0 ? words : words.slice(0, end);
  return {
    path: [...path, ...keys.map(({ text }) => text.slice(1, -1))],
    steps: [...steps, ...keys.map(({ text, start }) => ({ start: start + 1, end: start + text.length - 1 }))],
  };
}
