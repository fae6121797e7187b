/** What a manifest says otherwise than the cluster's object: only the fields that it has; the rest is left as it is. */

import { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from '#base/json';
import type { FieldChange } from './drift';

/**
 * The cluster's object as far as the manifest speaks of it, in the manifest's order. Beside each other the two differ in
 * what applying would change. What only the cluster has stays there: what the manifest no longer has is not known.
 */
export function asManifestSays(now: JsonObject, manifest: JsonObject): JsonObject {
  const said = projected(now, withoutOwn(manifest));
  return isJsonObject(said) ? said : {};
}

/** The manifest's part in such a comparison: a status is nobody's to apply. */
export function appliedPart(manifest: JsonObject): JsonObject {
  return withoutOwn(manifest);
}

/** Fields by their paths, `spec.template.spec.containers.web.image`. */
export function changedFields(now: JsonObject, manifest: JsonObject): readonly FieldChange[] {
  const wanted = withoutOwn(manifest);
  return [...changes(projected(now, wanted), wanted, '', (_, said) => Object.keys(said))];
}

/** All fields in which two manifests of one object differ, whichever of them has them. */
export function differingFields(first: JsonObject, second: JsonObject): readonly FieldChange[] {
  const both: MembersOf = (now, wanted) => [...new Set([...Object.keys(now), ...Object.keys(wanted)])];
  return [...changes(withoutOwn(first), withoutOwn(second), '', both)];
}

/** Without what nobody applies: a status, what the API server numbers, and kubectl's own copy of the manifest. */
function withoutOwn({ status: _, apiVersion, kind, ...rest }: JsonObject): JsonObject {
  const { metadata } = rest;
  if (!isJsonObject(metadata)) return { apiVersion, kind, ...rest };
  const { resourceVersion: _version, uid: _uid, creationTimestamp: _time, generation: _generation, managedFields: _fields, annotations, ...kept } = metadata; // prettier-ignore
  const { [lastApplied]: _copy, ...own } = isJsonObject(annotations) ? annotations : {};
  const noted = Object.keys(own).length === 0 ? {} : { annotations: own };
  return { apiVersion, kind, ...rest, metadata: { ...kept, ...noted } };
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

function projected(now: JsonValue | undefined, wanted: JsonValue | undefined): JsonValue | undefined {
  if (isJsonObject(now) && isJsonObject(wanted)) {
    const entries = Object.keys(wanted).flatMap((name): readonly [string, JsonValue][] => {
      const value = projected(now[name], wanted[name]);
      return value === undefined ? [] : [[name, value]];
    });
    return Object.fromEntries(entries);
  }
  if (Array.isArray(now) && Array.isArray(wanted)) {
    const have = now as JsonArray;
    const partners = pairs(have, wanted as JsonArray);
    return partners.map(([old, next]) => (next === undefined ? old! : old === undefined ? undefined : projected(old, next))).filter((item) => item !== undefined); // prettier-ignore
  }
  return now;
}

/** The members of two lists that belong together: by their names where they have some, else by their places. */
function pairs(
  now: JsonArray,
  wanted: JsonArray,
): readonly (readonly [JsonValue | undefined, JsonValue | undefined])[] {
  const key = keyOf(now, wanted);
  if (key === undefined) {
    const length = Math.max(now.length, wanted.length);
    return Array.from({ length }, (_, i) => [now[i], wanted[i]] as const);
  }
  const find = (list: JsonArray, like: JsonValue) => list.find((item) => keyed(item, key) === keyed(like, key));
  return [
    ...wanted.map((item) => [find(now, item), item] as const),
    ...now.filter((item) => find(wanted, item) === undefined).map((item) => [item, undefined] as const),
  ];
}

const keys = ['name', 'containerPort', 'port', 'mountPath', 'ip', 'key'];

/** As strategic merge patches have them, near enough to set members side by side. */
function keyOf(now: JsonArray, wanted: JsonArray): string | undefined {
  const all = [...now, ...wanted];
  return keys.find((key) => {
    const unique = (list: JsonArray) => new Set(list.map((item) => keyed(item, key))).size === list.length;
    return all.length > 0 && all.every((item) => keyed(item, key) !== undefined) && unique(now) && unique(wanted);
  });
}

function keyed(item: JsonValue, key: string): string | undefined {
  const value = isJsonObject(item) ? item[key] : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The members of two mappings that are looked at. */
type MembersOf = (now: JsonObject, wanted: JsonObject) => readonly string[];

function* changes(
  now: JsonValue | undefined,
  wanted: JsonValue | undefined,
  path: string,
  membersOf: MembersOf,
): Generator<FieldChange> {
  if (isJsonObject(now) && isJsonObject(wanted)) {
    for (const name of membersOf(now, wanted)) yield* changes(now[name], wanted[name], path === '' ? name : `${path}.${name}`, membersOf); // prettier-ignore
  } else if (Array.isArray(now) && Array.isArray(wanted)) {
    const key = keyOf(now as JsonArray, wanted as JsonArray);
    for (const [i, [old, next]] of pairs(now as JsonArray, wanted as JsonArray).entries()) {
      const name = key === undefined ? String(i) : (keyed((next ?? old)!, key) ?? String(i));
      yield* changes(old, next, `${path}.${name}`, membersOf);
    }
  } else if (!sameScalar(now, wanted)) {
    yield { field: path, before: printed(now), after: printed(wanted) };
  }
}

/** Quantities and numbers in quotes are taken as they are written; what is empty is as good as not there. */
function sameScalar(now: JsonValue | undefined, wanted: JsonValue | undefined): boolean {
  return JSON.stringify(now) === JSON.stringify(wanted) || (now === undefined && isEmpty(wanted));
}

function isEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.keys(value).length === 0;
}

function printed(value: JsonValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
