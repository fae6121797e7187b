/** What the readers of deployment tools' documents share: the objects of the workspace, and what they say. */

import { isJsonObject, valueAt, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { readJson } from '../json-reader';
import { defaultLimits } from '../limits';
import { splitDocuments } from '../split';
import type { ManifestFile } from '../types';
import { readYaml } from '../yaml-reader';
import type { Draft, Elsewhere, Place, PlanProblem } from './types';

/** A document of a deployment tool. */
export interface Asking {
  readonly file: string;
  readonly object: KubernetesObject;
}

const askings = new WeakMap<ManifestFile, readonly Asking[]>();
const groups = /^(?:argoproj\.io|(?:kustomize|helm|source)\.toolkit\.fluxcd\.io)$/;

/** The objects of a file that ask for renders, or say where their sources are. */
export function askingsOf(file: ManifestFile): readonly Asking[] {
  let known = askings.get(file);
  if (known) return known;
  known = file.documents.flatMap(({ content }) =>
    content.kind === 'objects'
      ? content.objects.filter(({ group }) => groups.test(group)).map((object) => ({ file: file.path, object }))
      : [],
  );
  askings.set(file, known);
  return known;
}

/** Where a part of an object stands. */
export function placeIn({ file, object }: Asking, path: JsonPath): Place {
  const { origin } = object;
  return { file, document: origin.document, path: [...origin.path, ...path] };
}

/** Gathers what a reader finds. */
export class Finds {
  readonly drafts: Draft[] = [];
  readonly problems: PlanProblem[] = [];
  readonly elsewhere: Elsewhere[] = [];

  missing(code: PlanProblem['code'], message: string, place: Place): void {
    this.problems.push({ code, message, place });
  }

  unavailable(what: string, place: Place): void {
    this.elsewhere.push({ ...place, what });
  }
}

export function textAt(value: JsonValue | undefined, path: JsonPath): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function objectAt(value: JsonValue | undefined, path: JsonPath): JsonObject | undefined {
  const found = valueAt(value, path);
  return isJsonObject(found) ? found : undefined;
}

export function listAt(value: JsonValue | undefined, path: JsonPath): readonly JsonValue[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? (found as readonly JsonValue[]) : [];
}

/** The members of a mapping that are texts, numbers or switches, as text. */
export function textsOf(value: JsonObject | undefined): Record<string, string> {
  const entries = Object.entries(value ?? {}).flatMap(([key, member]): [string, string][] =>
    typeof member === 'string' || typeof member === 'number' || typeof member === 'boolean'
      ? [[key, String(member)]]
      : [],
  );
  return Object.fromEntries(entries);
}

const values = new WeakMap<ManifestFile, readonly (JsonValue | undefined)[]>();

/** The documents of a file that is no manifest; undefined for one that cannot be read, such as a template. */
export function valuesOf(file: ManifestFile): readonly (JsonValue | undefined)[] {
  let known = values.get(file);
  if (known) return known;
  known = isTooLong(file.text) ? [] : splitDocuments(file.text).map(({ start, end }) => readValue(file.text, start, end));
  values.set(file, known);
  return known;
} // prettier-ignore

/** The first document of a text; undefined where it cannot be read. */
export function valueOf(text: string): JsonValue | undefined {
  const [span] = isTooLong(text) ? [] : splitDocuments(text);
  return span && readValue(text, span.start, span.end);
}

function isTooLong(text: string): boolean {
  return text.length > defaultLimits.maxIntricateLength;
}

function readValue(text: string, start: number, end: number): JsonValue | undefined {
  const json = /^\s*[[{]/.test(text.slice(start, end)) ? readJson(text, start, end, defaultLimits) : undefined;
  return json?.value ?? readYaml(text, start, end, defaultLimits).value;
}

/** Nested mappings for a dotted name, as `--set` would make them; undefined for a name with indexes or escapes. */
export function nested(name: string, value: JsonValue): JsonObject | undefined {
  if (/[[\]\\{},=]/.test(name)) return undefined;
  return name.split('.').reduceRight<JsonValue>((inner, key) => ({ [key]: inner }), value) as JsonObject;
}
