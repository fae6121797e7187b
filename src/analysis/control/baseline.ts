/** A baseline: what was found in old code and is not to be told again. Lines may move, so places are no part of it. */

import { compareStrings } from '#base/compare';
import { isJsonObject, type JsonValue } from '#base/json';
import { printReference, type ObjectReference } from '#model/object';

/** What a baseline looks at of a finding. */
export interface Baselined {
  readonly code: string;
  /** The first line. */
  readonly message: string;
  readonly file: string;
  readonly object: ObjectReference | undefined;
}

export interface BaselineEntry {
  readonly code: string;
  /** `Service shop/web`; of what is wrong with a file the file. */
  readonly object: string;
  readonly message: string;
  /** How many findings are alike in all of that: scopes may hold the same object. */
  readonly count: number;
}

const version = 1;

/** What of a finding stays the same while lines move. */
export function fingerprintOf({ code, message, file, object }: Baselined): Omit<BaselineEntry, 'count'> {
  return { code, object: object ? printReference(object) : file, message: withoutLines(message) };
}

/** `web.yaml:12:3` and `line 12` move with each edit above them. */
function withoutLines(message: string): string {
  return message.replace(/(\.(?:ya?ml|json)):\d+(?::\d+)?/g, '$1').replace(/\blines? \d+/g, 'line');
}

function keyOf({ code, object, message }: Omit<BaselineEntry, 'count'>): string {
  return [code, object, message].join('\n');
}

/** The text of a baseline file, in an order that does not depend on where things stand. */
export function writeBaseline(findings: readonly Baselined[]): string {
  const entries = new Map<string, BaselineEntry>();
  for (const finding of findings) {
    const fingerprint = fingerprintOf(finding);
    const key = keyOf(fingerprint);
    entries.set(key, { ...fingerprint, count: (entries.get(key)?.count ?? 0) + 1 });
  }
  const sorted = [...entries].sort(([a], [b]) => compareStrings(a, b)).map(([, entry]) => entry);
  return `${JSON.stringify({ version, findings: sorted }, undefined, 2)}\n`;
}

/** The entries of a baseline file, or why it is none. */
export function readBaseline(text: string): readonly BaselineEntry[] | { readonly error: string } {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    return { error: 'it is not JSON' };
  }
  if (!isJsonObject(value) || !Array.isArray(value.findings)) return { error: 'it has no list of findings' };
  if (value.version !== version) return { error: `its version is not ${version}` };
  const entries = (value.findings as readonly JsonValue[]).map(entryOf);
  const wrong = entries.indexOf(undefined);
  if (wrong >= 0) return { error: `entry ${wrong + 1} has to have a code, an object, a message and a count` };
  return entries.filter((entry) => entry !== undefined);
}

function entryOf(value: JsonValue): BaselineEntry | undefined {
  if (!isJsonObject(value)) return undefined;
  const { code, object, message, count } = value;
  if (typeof code !== 'string' || typeof object !== 'string' || typeof message !== 'string') return undefined;
  return typeof count === 'number' && Number.isInteger(count) && count > 0
    ? { code, object, message, count }
    : undefined;
}

/** Which findings the baseline knows, as often as it has them, and which of its entries match less than that. */
export function splitByBaseline<T extends Baselined>(
  findings: readonly T[],
  baseline: readonly BaselineEntry[],
): { readonly known: ReadonlySet<T>; readonly gone: readonly BaselineEntry[] } {
  const left = new Map<string, BaselineEntry>();
  for (const entry of baseline) {
    const key = keyOf(entry);
    left.set(key, { ...entry, count: entry.count + (left.get(key)?.count ?? 0) });
  }
  const known = new Set<T>();
  for (const finding of findings) {
    const key = keyOf(fingerprintOf(finding));
    const entry = left.get(key);
    if (!entry || entry.count === 0) continue;
    known.add(finding);
    left.set(key, { ...entry, count: entry.count - 1 });
  }
  return { known, gone: [...left.values()].filter(({ count }) => count > 0) };
}
