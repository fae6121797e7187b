/** Reads files of reachability tests: what they expect, and what is wrong with them, at its place. */

import { editDistance } from '#base/edit-distance';
import { isJsonObject, printPath, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import { emptyRange, type Range } from '#base/text';
import { defaultLimits } from '#manifest/limits';
import { lineIndexOf, locate, locateNearest } from '#manifest/index';
import type { ManifestFile, ManifestProblem } from '#manifest/types';
import { readYaml } from '#manifest/yaml-reader';
import { expectations, type ReachabilityDocument, type ReachabilityTest } from './types';

export interface ReachabilityReading {
  readonly documents: readonly ReachabilityDocument[];
  readonly problems: readonly ManifestProblem[];
}

const known = new WeakMap<ManifestFile, ReachabilityReading>();

/** Reads a file once; tests with a mistake are left out. What is no YAML the file's own problems tell. */
export function readReachability(file: ManifestFile): ReachabilityReading {
  let reading = known.get(file);
  if (!reading) known.set(file, (reading = new Reader(file).read()));
  return reading;
}

const documentKeys = ['scope', 'tests'];
const testKeys = ['name', 'from', 'to', 'port', 'protocol', 'mode', 'expect', 'share'];
const protocols = ['TCP', 'UDP', 'SCTP'] as const;
const modes = ['iptables', 'ipvs', 'nftables'] as const;

class Reader {
  readonly #file: ManifestFile;
  readonly #problems: ManifestProblem[] = [];
  #document = 0;

  constructor(file: ManifestFile) {
    this.#file = file;
  }

  read(): ReachabilityReading {
    const documents = this.#file.documents.flatMap(({ index, span, content }) => {
      if (content.kind !== 'other' || span.end - span.start > defaultLimits.maxIntricateLength) return [];
      this.#document = index;
      const { value } = readYaml(this.#file.text, span.start, span.end, defaultLimits);
      return value === undefined || value === null ? [] : this.#readDocument(value);
    });
    return { documents, problems: this.#problems };
  }

  #readDocument(value: JsonValue): ReachabilityDocument[] {
    if (!isJsonObject(value)) return this.#wrong([], 'the tests have to be a mapping with tests');
    this.#checkKeys(value, [], documentKeys);
    const { scope, tests } = value;
    if (!Array.isArray(tests)) return this.#wrong(['tests'], 'tests has to be a list');
    if (scope !== undefined && scope !== null && (typeof scope !== 'string' || scope === ''))
      return this.#wrong(['scope'], 'scope has to be a text');
    return [
      {
        scope: typeof scope === 'string' ? { text: scope, range: this.#range(['scope']) } : undefined,
        tests: (tests as readonly JsonValue[]).flatMap((test, index) => this.#readTest(test, ['tests', index])),
      },
    ];
  }

  #readTest(value: JsonValue, path: JsonPath): ReachabilityTest[] {
    if (!isJsonObject(value)) return this.#wrong(path, `${printPath(path)} has to be a mapping with from, to and expect`);
    const before = this.#problems.length;
    this.#checkKeys(value, path, testKeys);
    const name = this.#text(value, 'name', path);
    const from = this.#texts(value, 'from', path);
    const to = this.#texts(value, 'to', path);
    const expect = this.#choice(value, 'expect', path, expectations);
    const test = {
      port: this.#port(value, path),
      protocol: this.#choice(value, 'protocol', path, protocols),
      mode: this.#choice(value, 'mode', path, modes),
      share: this.#share(value, path),
    };
    for (const key of ['from', 'to', 'expect'])
      if (value[key] === undefined || value[key] === null) this.#wrong(path, `${printPath(path)} has no ${key}`);
    if (this.#problems.length > before || !from || !to || !expect) return [];
    const places = { from: this.#range([...path, 'from']), to: this.#range([...path, 'to']), expect: this.#range([...path, 'expect']) };
    return [{ ...test, name: name ?? `${from.join(', ')} → ${to.join(', ')}`, from, to, expect, places }];
  } // prettier-ignore

  #text(test: JsonObject, key: string, path: JsonPath): string | undefined {
    const value = test[key];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' && value !== '') return value;
    this.#wrong([...path, key], `${key} has to be a text`);
    return undefined;
  }

  #texts(test: JsonObject, key: string, path: JsonPath): readonly string[] | undefined {
    const value = test[key];
    if (value === undefined || value === null) return undefined;
    const list: readonly JsonValue[] = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
    const texts = list.filter((item) => typeof item === 'string' && item !== '').map(String);
    if (texts.length > 0 && texts.length === list.length) return texts;
    this.#wrong([...path, key], `${key} has to be a text or a list of texts`);
    return undefined;
  }

  #choice<T extends string>(test: JsonObject, key: string, path: JsonPath, choices: readonly T[]): T | undefined {
    const value = test[key];
    if (value === undefined || value === null) return undefined;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) this.#wrong([...path, key], `${key} has to be one of ${choices.join(', ')}`);
    return choice;
  }

  #port(test: JsonObject, path: JsonPath): number | undefined {
    const value = test['port'];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535) return value;
    this.#wrong([...path, 'port'], 'port has to be a number from 1 to 65535');
    return undefined;
  }

  /** `all`, `any`, `2/3`, `50%`, `0.5`. */
  #share(test: JsonObject, path: JsonPath): number {
    const value = test['share'];
    if (value === undefined || value === null || value === 'all') return 1;
    if (value === 'any') return 0;
    const share = typeof value === 'number' ? value : typeof value === 'string' ? shareOf(value) : Number.NaN;
    if (share > 0 && share <= 1) return share;
    this.#wrong([...path, 'share'], 'share has to be all, any, or a share such as 2/3, 50% or 0.5');
    return 1;
  }

  #checkKeys(value: JsonObject, path: JsonPath, keys: readonly string[]): void {
    for (const key of Object.keys(value)) {
      if (keys.includes(key)) continue;
      const nearest = keys.find((name) => editDistance(key.toLowerCase(), name, 2) <= 2);
      const hint = nearest === undefined ? `known are ${keys.join(', ')}` : `did you mean ${nearest}?`;
      this.#wrong([...path, key], `${key} is nothing that ${path.length === 0 ? 'these files' : 'tests'} have; ${hint}`, 'key');
    }
  } // prettier-ignore

  /** Adds a problem; the empty list is for whoever has nothing to give then. */
  #wrong(path: JsonPath, message: string, part: 'key' | 'value' = 'value'): [] {
    const range = part === 'key' ? this.#keyRange(path) : this.#range(path);
    this.#problems.push({ code: 'reachability-invalid', severity: 'error', message, range, document: this.#document });
    return [];
  }

  #keyRange(path: JsonPath): Range {
    return locate(this.#file, this.#document, path)?.key ?? this.#range(path);
  }

  /** Of one line: a test that lacks something is pointed at where it begins. */
  #range(path: JsonPath): Range {
    const { value } = this.#file.documents[this.#document]
      ? locateNearest(this.#file, this.#document, path)
      : { value: emptyRange };
    if (value.start.line === value.end.line) return value;
    const lines = lineIndexOf(this.#file);
    const start = lines.offset(value.start);
    const length = /[^\r\n]*/.exec(this.#file.text.slice(start))?.[0].length ?? 0;
    return lines.range({ start, end: start + length });
  }
}

function shareOf(text: string): number {
  const fraction = /^\s*(\d+)\s*\/\s*(\d+)\s*$/.exec(text);
  if (fraction) return Number(fraction[1]) / Number(fraction[2]);
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text);
  return percent ? Number(percent[1]) / 100 : Number.NaN;
}
