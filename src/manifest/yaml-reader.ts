/** Reads any YAML document with the `yaml` package's parser, giving values the meaning that kubectl gives them. */

import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Alias, Document, Node, Pair, Scalar, YAMLError, YAMLMap, YAMLSeq } from 'yaml';
import type { JsonValue } from '#base/json';
import type { Span } from '#base/text';
import type { YamlLimits } from './limits';
import { mistakeOf, type Mistake } from './yaml-mistakes';
import { placedScalar, type NodeStyle, type PlacedEntry, type PlacedNode } from './places';
import { keyOfPlain, resolvePlain } from './scalar';

/** Something wrong at a place of the file's text. */
export interface ReadProblem {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly span: Span;
}

export interface YamlResult {
  /** Undefined where the document is broken. */
  readonly value: JsonValue | undefined;
  readonly place: PlacedNode | undefined;
  readonly problems: readonly ReadProblem[];
  /** Whether a mapping is the key of a mapping, as `{{ .Values.name }}` reads to a YAML parser. */
  readonly mappingAsKey: boolean;
}

/**
 * The value of the one document of `text` from `from` to `to`, its problems, and where its parts stand.
 * Models sigs.k8s.io/yaml yaml.go YAMLToJSON with goyaml.v2/decode.go (the version that kubectl v1.37 uses).
 */
export function readYaml(text: string, from: number, to: number, limits: YamlLimits): YamlResult {
  try {
    return new YamlReader(text, from, limits).read(text.slice(from, to));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The parser calls itself for each level: a document can be too deep for the engine's stack.
    return { value: undefined, place: undefined, problems: [tooDeep(limits, from, to)], mappingAsKey: false };
  }
}

function tooDeep(limits: YamlLimits, start: number, end: number): ReadProblem {
  const message = `nested more than ${limits.maxDepth} levels deep; the document is not read`;
  return { code: 'yaml-depth', severity: 'error', message, span: { start, end } };
}

/** Of a document; beyond, they would help nobody. */
const mostProblems = 20;

/** A converted part of a document. */
interface Converted {
  readonly value: JsonValue;
  readonly place: PlacedNode;
  /** How many values it holds when aliases are written out. */
  readonly size: number;
}

/** Ends the reading of one document. */
class Refused extends Error {
  readonly problem: ReadProblem;

  constructor(problem: ReadProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Holds what the walk through one document gathers. */
class YamlReader {
  readonly #text: string;
  readonly #from: number;
  readonly #limits: YamlLimits;
  readonly #problems: ReadProblem[] = [];
  readonly #anchors = new Map<string, Converted | 'open'>();
  #aliased = 0;
  #depth = 0;
  #mappingAsKey = false;

  constructor(text: string, from: number, limits: YamlLimits) {
    this.#text = text;
    this.#from = from;
    this.#limits = limits;
  }

  read(content: string): YamlResult {
    // The failsafe schema leaves every scalar a string; what plain ones mean is decided here.
    const document = parseDocument(content, {
      schema: 'failsafe',
      version: '1.1',
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    const [error] = document.errors;
    if (error) return this.#broken(document, error, content);
    let converted: Converted | undefined;
    try {
      converted = document.contents ? this.#convert(document.contents) : undefined;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#problems.push(error.problem);
      return this.#result(undefined, undefined);
    }
    const place = converted?.place ?? placedScalar('plain', this.#from, this.#from);
    return this.#result(converted?.value ?? null, place);
  }

  /** The first mistake tells enough, and what follows from it is not told; the parts that could be read have places. */
  #broken(document: Document.Parsed, error: YAMLError, content: string): YamlResult {
    const problem = error.code === 'RESOURCE_EXHAUSTION' ? tooDeep(this.#limits, ...this.#span(error.pos)) : this.#syntax(mistakeOf(content, error)); // prettier-ignore
    let place: PlacedNode | undefined;
    try {
      place = document.contents ? this.#convert(document.contents).place : undefined;
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
    }
    return { value: undefined, place, problems: [problem], mappingAsKey: this.#mappingAsKey };
  }

  #syntax({ message, start, end }: Mistake): ReadProblem {
    return { code: 'yaml-syntax', severity: 'error', message, span: { start: this.#from + start, end: this.#from + end } }; // prettier-ignore
  }

  #span([start, end]: readonly [number, number]): [number, number] {
    return [this.#from + start, this.#from + Math.max(start, end)];
  }

  #result(value: JsonValue | undefined, place: PlacedNode | undefined): YamlResult {
    return { value, place, problems: this.#problems, mappingAsKey: this.#mappingAsKey };
  }

  #problem(code: string, message: string, start: number, end: number): void {
    if (this.#problems.length >= mostProblems) return;
    const span = { start: this.#from + start, end: this.#from + Math.max(start, end) };
    this.#problems.push({ code, severity: 'error', message, span });
  }

  #refuse(code: string, message: string, node: Node): never {
    const [start, end] = rangeOf(node);
    throw new Refused({
      code,
      severity: 'error',
      message,
      span: { start: this.#from + start, end: this.#from + end },
    });
  }

  #convert(node: Node): Converted {
    if (isAlias(node)) return this.#alias(node);
    const { anchor } = node as Scalar | YAMLMap | YAMLSeq;
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    if (++this.#depth > this.#limits.maxDepth) {
      throw new Refused(tooDeep(this.#limits, this.#from + rangeOf(node)[0], this.#from + rangeOf(node)[1]));
    }
    const converted = isMap(node)
      ? this.#mapping(node as YAMLMap<Node, Node | null>)
      : isSeq(node)
        ? this.#sequence(node as YAMLSeq<Node>)
        : this.#scalar(node as Scalar);
    this.#depth--;
    if (anchor !== undefined) this.#anchors.set(anchor, converted);
    return converted;
  }

  #alias(node: Alias): Converted {
    const target = this.#anchors.get(node.source);
    if (target === undefined) this.#refuse('yaml-syntax', this.#noAnchor(node.source), node);
    if (target === 'open') this.#refuse('yaml-alias', `*${node.source} stands inside of what it stands for`, node);
    this.#aliased += target.size;
    if (this.#aliased > this.#limits.maxAliasedValues) {
      const message = `aliases stand for more than ${this.#limits.maxAliasedValues} values; the document is not read`;
      this.#refuse('yaml-alias', message, node);
    }
    const [start, end] = rangeOf(node);
    const span = { start: this.#from + start, end: this.#from + end };
    return { value: target.value, place: { ...target.place, style: 'alias', ...span }, size: target.size };
  }

  #noAnchor(name: string): string {
    const known = [...this.#anchors.keys()].map((anchor) => `&${anchor}`);
    const there = known.length === 0 ? 'none at all' : known.length > 6 ? `${known.slice(0, 6).join(', ')}, …` : known.join(', '); // prettier-ignore
    return `the alias *${name} needs an anchor &${name} before it in the document; there is ${there}`;
  }

  #scalar(node: Scalar): Converted {
    const [start, end] = rangeOf(node);
    const text = typeof node.value === 'string' ? node.value : '';
    const place = placedScalar(styleOf(node), this.#from + start, this.#from + this.#contentEnd(node, start, end));
    return { value: this.#valueOf(node, text), place, size: 1 };
  }

  /** A block scalar's range takes in the line ends that follow; its place does not. */
  #contentEnd(node: Scalar, start: number, end: number): number {
    if (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED') return end;
    while (end > start && /[ \r\n]/.test(this.#text.charAt(this.#from + end - 1))) end--;
    return end;
  }

  #valueOf(node: Scalar, text: string): JsonValue {
    const tag = node.tag?.replace('tag:yaml.org,2002:', '!!');
    if (tag === '!!binary') return decodeBase64(text) ?? this.#refuse('yaml-syntax', '!!binary is not base64', node);
    const plain = node.type === 'PLAIN' || (tag !== undefined && tag !== '!!str' && tag !== '!');
    if (!plain || tag === '!!str' || tag === '!') return text;
    const value = resolvePlain(text);
    if (typeof value !== 'number' || Number.isFinite(value)) return value;
    this.#problem('yaml-not-json', `${text} has no JSON form; the API server takes no such number`, ...rangeOf(node));
    return text;
  }

  #sequence(node: YAMLSeq<Node>): Converted {
    const value: JsonValue[] = [];
    const items: PlacedNode[] = [];
    let size = 1;
    for (const item of node.items) {
      const converted = isUnwritten(item) && !node.flow ? this.#emptyItem(item) : this.#convert(item);
      value.push(converted.value);
      items.push(converted.place);
      size += converted.size;
    }
    const [start, end] = this.#collectionSpan(node, items.at(-1)?.end);
    return { value, place: { kind: 'sequence', style: node.flow ? 'flow' : 'block', start, end, items }, size };
  }

  #mapping(node: YAMLMap<Node, Node | null>): Converted {
    const value: { [key: string]: JsonValue } = {};
    const entries: PlacedEntry[] = [];
    const own = new Set<string>();
    let size = 1;
    for (const pair of node.items) {
      if (isMergeKey(pair)) {
        size += this.#merge(pair, value, entries);
        continue;
      }
      const [keyStart, keyEnd] = rangeOf(pair.key);
      const key = this.#key(pair.key);
      if (own.has(key)) this.#problem('yaml-duplicate-key', duplicateMessage(key), keyStart, keyEnd);
      own.add(key);
      const member = pair.value && !isUnwritten(pair.value) ? this.#convert(pair.value) : this.#missing(keyEnd, pair);
      setMember(value, key, member.value);
      const span = { keyStart: this.#from + keyStart, keyEnd: this.#from + keyEnd };
      entries.push({ key, ...span, value: member.place, merged: false });
      size += member.size;
    }
    const last = entries.findLast((entry) => !entry.merged);
    const [start, end] = this.#collectionSpan(node, last && Math.max(last.value.end, last.keyEnd));
    return { value, place: { kind: 'mapping', style: node.flow ? 'flow' : 'block', start, end, entries }, size };
  }

  /** `key:` without a value: null, standing behind the colon. */
  #missing(keyEnd: number, pair: Pair<Node, Node | null>): Converted {
    let at = this.#from + keyEnd;
    while (/[ \t]/.test(this.#text.charAt(at))) at++;
    at = this.#text.charAt(at) === ':' ? at + 1 : this.#from + keyEnd;
    const anchor = (pair.value as Scalar | null)?.anchor;
    const converted: Converted = { value: null, place: placedScalar('plain', at, at), size: 1 };
    if (anchor !== undefined) this.#anchors.set(anchor, converted);
    return converted;
  }

  /** `-` without a value: null, standing behind the dash. */
  #emptyItem(node: Node): Converted {
    let at = this.#from + rangeOf(node)[0];
    while (at > this.#from && this.#text.charAt(at - 1) !== '-') at--;
    const converted: Converted = { value: null, place: placedScalar('plain', at, at), size: 1 };
    const { anchor } = node as Scalar;
    if (anchor !== undefined) this.#anchors.set(anchor, converted);
    return converted;
  }

  #key(node: Node): string {
    if (isMap(node) || isSeq(node)) {
      this.#mappingAsKey ||= isMap(node);
      this.#refuse('yaml-syntax', 'a key has to be a scalar', node);
    }
    if (isAlias(node) || (node as Scalar).anchor !== undefined) {
      const { value } = this.#convert(node);
      if (typeof value === 'object') this.#refuse('yaml-syntax', 'a key has to be a scalar', node);
      return String(value);
    }
    const scalar = node as Scalar;
    const text = typeof scalar.value === 'string' ? scalar.value : '';
    if (scalar.type !== 'PLAIN' || (scalar.tag !== undefined && scalar.tag !== null)) return text;
    return keyOfPlain(text) ?? this.#refuse('yaml-syntax', 'a key cannot be null', node);
  }

  /**
   * Members from elsewhere take the place of those that stand before, and give way to those behind.
   * Models goyaml.v2/decode.go mapping and merge.
   */
  #merge(pair: Pair<Node, Node | null>, into: { [key: string]: JsonValue }, entries: PlacedEntry[]): number {
    const node = pair.value;
    // Of several mappings the first one wins: they are merged from the last to the first.
    const sources = isSeq(node) ? [...node.items].reverse() : [node];
    let size = 0;
    for (const source of sources) {
      const converted = source ? this.#convert(source as Node) : undefined;
      if (converted?.place.kind !== 'mapping') {
        this.#refuse('yaml-syntax', 'a merge key (<<) wants a mapping or a list of mappings', pair.key);
      }
      for (const [key, member] of Object.entries(converted.value as Record<string, JsonValue>)) {
        setMember(into, key, member);
      }
      for (const entry of converted.place.entries) entries.push({ ...entry, merged: true });
      size += converted.size;
    }
    return size;
  }

  #collectionSpan(node: YAMLMap<Node, Node | null> | YAMLSeq<Node>, lastEnd: number | undefined): [number, number] {
    const [start, end] = rangeOf(node);
    return [this.#from + start, node.flow || lastEnd === undefined ? this.#from + end : lastEnd];
  }
}

/** Offsets in the parsed text; every node that comes from text has them. */
function rangeOf(node: Node): [number, number] {
  const range = node.range;
  return range ? [range[0], range[1]] : [0, 0];
}

function isUnwritten(node: Node): boolean {
  return isScalar(node) && node.type === 'PLAIN' && node.source === '' && (node.tag === undefined || node.tag === '');
}

function isMergeKey(pair: Pair<Node, Node | null>): boolean {
  return isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.value === '<<';
}

function styleOf(node: Scalar): NodeStyle {
  switch (node.type) {
    case 'QUOTE_DOUBLE':
      return 'double';
    case 'QUOTE_SINGLE':
      return 'single';
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED':
      return 'literal';
    default:
      return 'plain';
  }
}

/** `__proto__` is an ordinary key of a manifest. */
export function setMember(object: { [key: string]: JsonValue }, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else object[key] = value;
}

export function duplicateMessage(key: string): string {
  return `the key ${JSON.stringify(key)} is there twice; the API server refuses that, and here the last one counts`;
}

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The bytes as a string of one character each, or undefined; nothing that networking reads is binary. */
function decodeBase64(text: string): string | undefined {
  const digits = text.replace(/\s|=+\s*$/g, '');
  let out = '';
  let bits = 0;
  let count = 0;
  for (const character of digits) {
    const digit = base64Digits.indexOf(character);
    if (digit < 0) return undefined;
    bits = ((bits << 6) | digit) & 0xffff;
    count += 6;
    if (count >= 8) out += String.fromCharCode((bits >> (count -= 8)) & 255);
  }
  return out;
}
