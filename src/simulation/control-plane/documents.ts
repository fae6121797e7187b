/** What becomes of the documents for one object, where nothing but they decide about it. */

import type { KubernetesObject } from '#model/object';
import { refusalWith, type Admission } from '../apiserver/field-errors';
import { isUpdate, type UpdateCheck } from '../apiserver/updates';
import type { Refusal } from '../types';

export interface Taken<T> {
  /** Of the document in effect; undefined where the server took none. */
  readonly value: T | undefined;
  readonly object: KubernetesObject | undefined;
  readonly superseded: readonly KubernetesObject[];
  readonly refusals: readonly Refusal[];
}

const none: readonly never[] = [];

/**
 * Applies the documents in their order: the first that the server takes makes the object, each later one updates it or
 * is refused, and then what was there stays. What a cluster holds is taken as it is.
 */
export function applyDocuments<T>(
  documents: readonly KubernetesObject[],
  admit: (object: KubernetesObject) => Admission<T>,
  check: UpdateCheck,
): Taken<T> {
  if (documents.length === 1) return single(documents[0]!, admit(documents[0]!));
  const refusals: Refusal[] = [];
  const accepted: KubernetesObject[] = [];
  let current: T | undefined;
  for (const object of documents) {
    const admission = admit(object);
    const before = accepted.at(-1);
    const refusal = before && isUpdate(object) ? updateRefusal(before, object, admission, check) : admission.refusal;
    if (refusal) {
      refusals.push(refusal);
      continue;
    }
    // A document that is wrong only as a new one changes nothing that counts.
    current = admission.value ?? current;
    accepted.push(object);
  }
  return { value: current, object: accepted.at(-1), superseded: accepted.slice(0, -1), refusals };
}

function single<T>(object: KubernetesObject, { value, refusal }: Admission<T>): Taken<T> {
  if (refusal) return { value: undefined, object: undefined, superseded: none, refusals: [refusal] };
  return { value, object, superseded: none, refusals: none };
}

function updateRefusal(
  before: KubernetesObject,
  after: KubernetesObject,
  { refusal: own }: Admission<unknown>,
  check: UpdateCheck,
): Refusal | undefined {
  // What cannot be decoded is no update.
  if (own && own.causes.length === 0) return own;
  const refusal = refusalWith(after, check(before, after, own?.causes ?? []));
  return refusal && { ...refusal, updates: before };
}
