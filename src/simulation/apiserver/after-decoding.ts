/**
 * The decoder ends at the first value of a wrong type, so the server never gets to what else is wrong. Whoever mends the
 * manifest wants to know it all at once: this is what would be said next.
 */

import { isJsonObject, printPath, type JsonPath, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import type { Refusal, RefusalCause } from '../types';
import type { Admission } from './admission';

/** A manifest with more values of a wrong type than this is told no further. */
const mostSteps = 8;

/** The refusal with `next` filled in; one that is about no wrong type stays as it is. */
export function withWhatFollows<T>(
  refusal: Refusal,
  admit: (object: KubernetesObject, settings: ClusterSettings) => Admission<T>,
  settings: ClusterSettings,
): Refusal {
  const next: RefusalCause[] = [];
  let { object, place } = refusal;
  for (let step = 0; step < mostSteps && place !== undefined; step++) {
    object = { ...object, body: mended(object.body, place) as KubernetesObject['body'] };
    const following = admit(object, settings).refusal;
    place = following?.place;
    if (!following) break;
    if (place === undefined) next.push(...following.causes);
    else
      next.push({ field: printPath(place), reason: 'FieldValueTypeInvalid', message: following.message, path: place });
  }
  return next.length === 0 ? refusal : { ...refusal, next };
}

/** The value with a text in place of a number or boolean, and without what can be no text. */
function mended(value: JsonValue, path: JsonPath): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  if (Array.isArray(value)) return value.map((item: JsonValue, i) => (i === step ? mended(item, rest) : item));
  if (!isJsonObject(value)) return value;
  const member = value[step];
  const isText = typeof member === 'number' || typeof member === 'boolean';
  if (rest.length > 0 || isText) return { ...value, [step]: mended(member ?? null, rest) };
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== step));
}
