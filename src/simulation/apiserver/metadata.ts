/** What all kinds have in common: ObjectMeta, labels, selectors. */

import { printPath, type JsonObject, type JsonPath } from '#base/json';
import type { Labels, LabelSelector, ObjectMeta } from '#model/kubernetes';
import { isClusterScoped, type KubernetesObject } from '#model/object';
import { bool, closed, int64, list, open, string, stringMap, word, type Schema, type StructSchema } from './decode';
import type { FieldErrors } from './field-errors';
import { dnsLabel, qualifiedName, validLabelValue, type Check } from './names';

export const objectMeta: StructSchema = closed('ObjectMeta', {
  name: string,
  generateName: string,
  namespace: string,
  selfLink: string,
  uid: { kind: 'string', go: 'types.UID' },
  resourceVersion: string,
  generation: int64,
  creationTimestamp: string,
  deletionTimestamp: string,
  deletionGracePeriodSeconds: int64,
  labels: stringMap,
  annotations: stringMap,
  ownerReferences: list(
    closed('OwnerReference', {
      apiVersion: string,
      kind: string,
      name: string,
      uid: string,
      controller: bool,
      blockOwnerDeletion: bool,
    }),
  ),
  finalizers: list(string),
  managedFields: list(open('ManagedFieldsEntry', {})),
});

export const labelSelector: StructSchema = closed('LabelSelector', {
  matchLabels: stringMap,
  matchExpressions: list(
    closed('LabelSelectorRequirement', { key: string, operator: word('LabelSelectorOperator'), values: list(string) }),
  ),
});

/** A closed object of its own, with the fields that each has. */
export function topLevel(kind: string, fields: Readonly<Record<string, Schema>>): StructSchema {
  return closed(kind, { apiVersion: string, kind: string, metadata: objectMeta, ...fields });
}

/** The metadata as the server stores them: without what is empty, with the namespace that the object is in. */
export function metadataOf(object: KubernetesObject, body: JsonObject): ObjectMeta & { readonly namespace: string } {
  const written = (body.metadata ?? {}) as unknown as ObjectMeta;
  return { ...withoutEmptyMaps(written), name: object.name, namespace: object.namespace };
}

/** The same without a namespace. */
export function clusterMetadataOf(object: KubernetesObject, body: JsonObject): ObjectMeta {
  const { namespace: _, ...metadata } = metadataOf(object, body);
  return metadata;
}

export function withoutEmptyMaps(metadata: ObjectMeta): ObjectMeta {
  const { labels, annotations } = metadata;
  const noLabels = labels !== undefined && isEmpty(labels);
  const noAnnotations = annotations !== undefined && isEmpty(annotations);
  if (!noLabels && !noAnnotations) return metadata;
  const { labels: _labels, annotations: _annotations, ...rest } = metadata;
  return { ...rest, ...(labels && !noLabels && { labels }), ...(annotations && !noAnnotations && { annotations }) };
}

export function isEmpty(map: object): boolean {
  for (const _ in map) return false;
  return true;
}

const maxAnnotations = 256 * 1024;

/** Models apimachinery/pkg/api/validation ValidateObjectMeta (v1.37), as far as a new object can fail it. */
export function checkMetadata(object: KubernetesObject, body: JsonObject, name: Check, errors: FieldErrors): void {
  const metadata = (body.metadata ?? {}) as unknown as ObjectMeta;
  const path: JsonPath = ['metadata'];
  const prefix = metadata.generateName ?? '';
  // What the server appends makes a hyphen at the end good.
  if (prefix !== '') errors.invalidAll([...path, 'generateName'], prefix, name(prefix.replace(/(?!^).-$/, 'a')));
  if (object.name === '') {
    if (prefix === '') errors.required([...path, 'name'], 'name or generateName is required');
  } else errors.invalidAll([...path, 'name'], object.name, name(object.name));
  if (!isClusterScoped(object.kind) && object.namespace !== '')
    errors.invalidAll([...path, 'namespace'], object.namespace, dnsLabel(object.namespace));
  checkLabels(metadata.labels, [...path, 'labels'], errors);
  checkAnnotations(metadata.annotations, [...path, 'annotations'], errors);
}

/** Models ValidateLabels; errors are at the map, where the body has the key. */
export function checkLabels(
  labels: Labels | undefined,
  path: JsonPath,
  errors: FieldErrors,
  field = printPath(path),
): void {
  for (const key in labels) {
    const value = labels[key]!;
    const place = { field, path: [...path, key] };
    errors.invalidAll(place, key, qualifiedName(key));
    errors.invalidAll(place, value, validLabelValue(value));
  }
}

export function checkAnnotations(
  annotations: Labels | undefined,
  path: JsonPath,
  errors: FieldErrors,
  field = printPath(path),
): void {
  let size = 0;
  for (const key in annotations) {
    errors.invalidAll({ field, path: [...path, key] }, key, qualifiedName(key.toLowerCase()));
    size += key.length + annotations[key]!.length;
  }
  if (size > maxAnnotations) errors.tooLong(path, maxAnnotations);
}

/** Models apimachinery/pkg/apis/meta/v1/validation ValidateLabelSelector. */
export function checkSelector(selector: LabelSelector | undefined, path: JsonPath, errors: FieldErrors): void {
  checkLabels(selector?.matchLabels, [...path, 'matchLabels'], errors);
  for (const [i, { key = '', operator, values = [] }] of (selector?.matchExpressions ?? []).entries()) {
    const at = [...path, 'matchExpressions', i];
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        errors.required([...at, 'values'], "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        errors.forbidden([...at, 'values'], "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else errors.invalid([...at, 'operator'], operator ?? '', 'not a valid selector operator');
    errors.invalidAll([...at, 'key'], key, qualifiedName(key));
    for (const [n, value] of values.entries()) errors.invalidAll([...at, 'values', n], value, validLabelValue(value));
  }
}

/** Whether the selector asks nothing. */
export function selectsAll(selector: LabelSelector): boolean {
  return isEmpty(selector.matchLabels ?? {}) && (selector.matchExpressions ?? []).length === 0;
}

/** Models labels.Selector's Matches of a LabelSelector. */
export function selectorMatches(selector: LabelSelector, labels: Labels): boolean {
  for (const key in selector.matchLabels) if (labelOf(labels, key) !== selector.matchLabels[key]) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = labelOf(labels, key);
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    if (operator === 'In') return value !== undefined && values.includes(value);
    return value === undefined || !values.includes(value);
  });
}

function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
