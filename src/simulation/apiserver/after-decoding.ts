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
  let { object, place, message } = refusal;
  for (let step = 0; step < mostSteps && place !== undefined; step++) {
    object = { ...object, body: mended(object.body, place, typeIn(message)) as KubernetesObject['body'] };
    const following = admit(object, settings).refusal;
    place = following?.place;
    if (!following) break;
    message = following.message;
    if (place === undefined) next.push(...following.causes);
    else
      next.push({ field: printPath(place), reason: 'FieldValueTypeInvalid', message: following.message, path: place });
  }
  return next.length === 0 ? refusal : { ...refusal, next };
}

type Wanted = 'text' | 'number' | undefined;

/** What the decoder says that it wanted: `… of type int32`. */
function typeIn(message: string): Wanted {
  const type = /of type (\w+)$/.exec(message)?.[1];
  return type === 'string' ? 'text' : type !== undefined && /^u?int\d*$/.test(type) ? 'number' : undefined;
}

/** The value with one of the right type in the place of the wrong one, and without what can be none. */
function mended(value: JsonValue, path: JsonPath, wanted: Wanted): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return valueOf(value, wanted) ?? '';
  if (Array.isArray(value)) return value.map((item: JsonValue, i) => (i === step ? mended(item, rest, wanted) : item));
  if (!isJsonObject(value)) return value;
  const member = value[step] ?? null;
  if (rest.length > 0) return { ...value, [step]: mended(member, rest, wanted) };
  const right = valueOf(member, wanted);
  if (right !== undefined) return { ...value, [step]: right };
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== step));
}

/** What may have been meant; a text that is no number may have been any, so it is one that is taken nearly everywhere. */
function valueOf(value: JsonValue, wanted: Wanted): JsonValue | undefined {
  if (wanted === 'number' && typeof value === 'string') return /^\d+$/.test(value) ? Number(value) : 1;
  return wanted !== 'number' && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : undefined;
}
