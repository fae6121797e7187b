/** What a later document for an object must not change. Services have more to it: see `service-update.ts`. */

import { valueAt } from '#base/json';
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

/** For kinds of which everything may change: Endpoints, Nodes, NetworkPolicies. */
export const checkAsNew: UpdateCheck = (_before, _after, own) => own;

/** Models pkg/apis/discovery/validation ValidateEndpointSliceUpdate (v1.37). */
export const checkEndpointSliceUpdate: UpdateCheck = (before, after, own) => {
  const [old, now] = [before, after].map(({ body }) => valueAt(body, ['addressType']));
  const errors = new FieldErrors();
  // The generated check says it, which does not print the value.
  if (old !== now) errors.invalid(['addressType'], null, immutable);
  return [...own, ...errors.causes];
};
