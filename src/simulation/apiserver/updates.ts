/** What a later document for an object must not change. Services have more to it: see `service-update.ts`. */

import { isJsonObject, valueAt, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { RefusalCause } from '../types';
import { FieldErrors } from './field-errors';

/**
 * What the server says to an update: both documents can be decoded, `before` is in effect, and `own` is what would be
 * wrong with `after` if it were new.
 */
export type UpdateCheck = (
  before: KubernetesObject,
  after: KubernetesObject,
  own: readonly RefusalCause[],
) => readonly RefusalCause[];

/**
 * Whether the document changes the object that is there. What a cluster holds is not sent to it again, and documents
 * whose names the server makes up are an object each.
 */
export function isUpdate({ origin, body }: KubernetesObject): boolean {
  return origin.kind !== 'cluster' && Boolean(valueAt(body, ['metadata', 'name']));
}

export const immutable = 'field is immutable';

/** For kinds of which everything may change: Endpoints, NetworkPolicies, Ingresses. */
export const checkAsNew: UpdateCheck = (_before, _after, own) => own;

/** Models pkg/apis/discovery/validation ValidateEndpointSliceUpdate (v1.37). */
export const checkEndpointSliceUpdate: UpdateCheck = (before, after, own) => {
  const [old, now] = [before, after].map(({ body }) => valueAt(body, ['addressType']));
  const errors = new FieldErrors();
  // The generated check says it, which does not print the value.
  if (old !== now) errors.invalid(['addressType'], null, immutable);
  return [...own, ...errors.causes];
};

/** Where the server looks at the metadata first, then at what changes, then at the rest as if it were new. */
export function behindMetadata(found: readonly RefusalCause[], own: readonly RefusalCause[]): readonly RefusalCause[] {
  const isMetadata = ({ field }: RefusalCause) => field.startsWith('metadata');
  return [...own.filter(isMetadata), ...found, ...own.filter((cause) => !isMetadata(cause))];
}

/**
 * Whether the part of an object stays what it is. What a cluster gave has more to it than anybody wrote, and who applies
 * a manifest leaves that alone: there it is enough that the object has all that is written now.
 */
export function isUnchanged(
  { origin }: KubernetesObject,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): boolean {
  return origin.kind === 'cluster' ? covers(before, after) : equal(before, after);
}

function covers(all: JsonValue | undefined, part: JsonValue | undefined): boolean {
  if (isNothing(part)) return true;
  if (Array.isArray(all) && Array.isArray(part))
    return part.every((item: JsonValue) => all.some((each: JsonValue) => covers(each, item)));
  if (!isJsonObject(all) || !isJsonObject(part)) return all === part;
  return Object.keys(part).every((key) => covers(all[key], part[key]));
}

/** Like Go's semantic equality: nothing, null and what is empty are one. */
export function equal(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item: JsonValue, i) => equal(item, b[i] as JsonValue));
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => equal(a[key], b[key]));
}

function isNothing(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}
