/** What a later document for a Node, a Namespace, a ConfigMap or an IngressClass must not change. */

import { valueAt, type JsonPath, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { FieldErrors } from './field-errors';
import { struct, text, texts } from './pod-fields';
import { behindMetadata, checkAsNew, equal, immutable, isUnchanged, type UpdateCheck } from './updates';

/** Models ValidateNodeUpdate of pkg/apis/core/validation (v1.37). */
export const checkNodeUpdate: UpdateCheck = (before, after, own) => {
  const errors = new FieldErrors();
  const [old = [], now = []] = [before, after].map(podRangesOf);
  const complain = () =>
    errors.forbidden(['spec', 'podCIDRs'], 'node updates may not change podCIDR except from "" to valid');
  const isLeftAlone = before.origin.kind === 'cluster' && now.length === 0;
  if (old.length > 0 && !isLeftAlone && !equal(old, now)) complain();
  const [oldId = '', newId = ''] = [before, after].map(({ body }) => text(struct(body, 'spec'), 'providerID'));
  if (oldId !== '' && oldId !== newId && (newId !== '' || before.origin.kind !== 'cluster'))
    errors.invalid(['spec', 'providerID'], null, newId === '' ? 'field cannot be cleared once set' : 'field cannot be modified once set'); // prettier-ignore
  const [oldExternal, newExternal] = [before, after].map(({ body }) => text(struct(body, 'spec'), 'externalID'));
  if (oldExternal !== newExternal) errors.forbidden(['spec', 'externalID'], 'may not be updated');
  return [...own, ...errors.causes];
};

function podRangesOf({ body }: KubernetesObject): readonly string[] {
  const spec = struct(body, 'spec');
  const several = texts(spec, 'podCIDRs');
  const single = text(spec, 'podCIDR');
  return several.length > 0 || single === '' ? several : [single];
}

/** Models ValidateNamespaceUpdate: nothing but the metadata is looked at. */
const checkNamespaceUpdate: UpdateCheck = (_before, _after, own) =>
  own.filter(({ field }) => field.startsWith('metadata'));

/** Models ValidateConfigMapUpdate. */
const checkConfigMapUpdate: UpdateCheck = (before, after, own) => {
  const errors = new FieldErrors();
  const detail = 'field is immutable when `immutable` is set';
  const [old, now] = [before, after].map((object) => (field: string) => partOf(object, [field]));
  if (old!('immutable') === true) {
    if (now!('immutable') !== true) errors.forbidden(['immutable'], detail);
    for (const field of ['data', 'binaryData']) if (!equal(old!(field), now!(field))) errors.forbidden([field], detail);
  }
  return behindMetadata(errors.causes, own);
};

/** Models ValidateIngressClassUpdate of pkg/apis/networking/validation. */
const checkIngressClassUpdate: UpdateCheck = (before, after, own) => {
  const errors = new FieldErrors();
  const path = ['spec', 'controller'];
  const [old, now] = [before, after].map((object) => partOf(object, path) ?? '');
  if (!isUnchanged(before, old, now)) errors.invalid(path, now, immutable);
  return behindMetadata(errors.causes, own);
};

function partOf({ body }: KubernetesObject, path: JsonPath): JsonValue | undefined {
  return valueAt(body, path);
}

const checks: Readonly<Record<string, UpdateCheck>> = {
  '/Namespace': checkNamespaceUpdate,
  '/ConfigMap': checkConfigMapUpdate,
  'networking.k8s.io/IngressClass': checkIngressClassUpdate,
};

/** For the kinds that nothing in the simulation is made of. */
export const checkOtherUpdate: UpdateCheck = (before, after, own) => {
  const kind = `${after.group}/${after.kind}`;
  const check = Object.hasOwn(checks, kind) ? checks[kind]! : checkAsNew;
  return check(before, after, own);
};
