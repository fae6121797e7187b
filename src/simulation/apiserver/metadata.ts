/** What all kinds have in common: ObjectMeta, labels, selectors. */

import type { JsonObject, JsonValue } from '#base/json';
import type { Labels, LabelSelector, ObjectMeta, OwnerReference } from '#model/kubernetes';
import { isClusterScoped, type KubernetesObject } from '#model/object';
import type { FieldErrors } from './field-errors';
import { FieldPath } from './field-path';
import { dnsLabel, qualifiedName, validLabelValue, type Check } from './names';

/** The metadata as the server stores them: without what is empty, with the namespace that the object is in. */
export function metadataOf(object: KubernetesObject, body: JsonObject): ObjectMeta & { readonly namespace: string } {
  const written = (body.metadata ?? {}) as unknown as ObjectMeta;
  return { ...written, name: object.name, namespace: object.namespace };
}

/** The same without a namespace. */
export function clusterMetadataOf(object: KubernetesObject, body: JsonObject): ObjectMeta {
  const { namespace: _, ...metadata } = metadataOf(object, body);
  return metadata;
}

/** Whether the object has no members. */
export function isEmpty(map: object): boolean {
  for (const _ in map) return false;
  return true;
}

const metadataPath = FieldPath.of('metadata');
const maxAnnotations = 256 * 1024;

/**
 * Models apimachinery/pkg/api/validation ValidateObjectMeta (v1.37), as far as a new object can fail it. `labelsAt` is
 * where the labels are written.
 */
export function checkMetadata(
  object: KubernetesObject,
  body: JsonObject,
  name: Check,
  errors: FieldErrors,
  labelsAt = metadataPath.at('labels'),
): void {
  const metadata = (body.metadata ?? {}) as unknown as ObjectMeta;
  const path = metadataPath;
  const prefix = metadata.generateName ?? '';
  // Models maskTrailingDash: what the server appends makes a hyphen at the end good, and whatever stands before it.
  const masked = prefix.length > 1 && prefix.endsWith('-') ? `${prefix.slice(0, -2)}a` : prefix;
  if (prefix !== '') errors.invalidAll(path.at('generateName'), prefix, name(masked));
  if (object.name === '') {
    if (prefix === '') errors.required(path.at('name'), 'name or generateName is required');
  } else errors.invalidAll(path.at('name'), object.name, name(object.name));
  if (!isClusterScoped(object.kind) && object.namespace !== '')
    errors.invalidAll(path.at('namespace'), object.namespace, dnsLabel(object.namespace));
  checkGeneration(object, body, errors);
  checkLabels(metadata.labels, labelsAt, errors, path.at('labels'));
  checkAnnotations(metadata.annotations, path.at('annotations'), errors);
  // A dependent that a cluster gave is as good as its server found it.
  checkOwners(metadata.ownerReferences ?? [], path.at('ownerReferences'), errors);
  checkFinalizers((body.metadata as JsonObject | undefined)?.finalizers, path.at('finalizers'), errors);
}

/** Kinds whose generation the server does not set itself. */
const ungenerated: ReadonlySet<string> = new Set(['Service', 'Endpoints', 'ServiceCIDR']);

function checkGeneration({ kind }: KubernetesObject, body: JsonObject, errors: FieldErrors): void {
  const generation = (body.metadata as JsonObject | undefined)?.generation;
  if (typeof generation !== 'number' || generation >= 0 || !ungenerated.has(kind)) return;
  errors.invalid(['metadata', 'generation'], generation, 'must be greater than or equal to 0');
}

/**
 * Models ValidateOwnerReferences. A reference that lacks its `uid` alone is not complained of: it was taken out of a
 * cluster, and such objects are shown as what they were there.
 */
function checkOwners(owners: readonly Partial<OwnerReference>[], path: FieldPath, errors: FieldErrors): void {
  let controller: string | undefined;
  for (const [i, owner] of owners.entries()) {
    const missing = (['apiVersion', 'kind', 'name', 'uid'] as const).filter((field) => !owner[field]);
    for (const field of missing)
      if (missing.length > 1 || field !== 'uid') errors.required(path.at(i, field), 'must not be empty');
    if (owner.apiVersion && !/^(?:[^/]+\/)?[^/]+$/.test(owner.apiVersion))
      errors.invalid(path.at(i, 'apiVersion'), owner.apiVersion, 'must be <group>/<version> or <version>');
    if (owner.apiVersion === 'v1' && owner.kind === 'Event')
      errors.invalid(path.at(i), owner, '/v1, Kind=Event is disallowed from being an owner');
    if (owner.controller !== true) continue;
    const name = `${owner.kind ?? ''}/${owner.name ?? ''}`;
    if (controller === undefined) controller = name;
    else errors.invalid(path, owners, `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${name}`); // prettier-ignore
  }
}

const ownFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

/** Models ValidateFinalizers and pkg/apis/core/validation validateKubeFinalizerName. */
function checkFinalizers(written: JsonValue | undefined, path: FieldPath, errors: FieldErrors): void {
  const finalizers = (written ?? []) as readonly string[];
  for (const [i, name] of finalizers.entries())
    errors.invalidAll({ field: path, path: path.at(i) }, name, qualifiedName(name));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    errors.invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set');
  for (const [i, name] of finalizers.entries())
    if (!name.includes('/') && !ownFinalizers.includes(name))
      errors.invalid(path.at(i), name, 'name is neither a standard finalizer name nor is it fully qualified');
}

/** Models ValidateObjectMetaUpdate, as far as a second document for an object can fail it: nobody looks at the name. */
export function checkMetadataUpdate(body: JsonObject, errors: FieldErrors): void {
  const metadata = (body.metadata ?? {}) as unknown as ObjectMeta;
  checkLabels(metadata.labels, metadataPath.at('labels'), errors);
  checkAnnotations(metadata.annotations, metadataPath.at('annotations'), errors);
  checkOwners(metadata.ownerReferences ?? [], metadataPath.at('ownerReferences'), errors);
}

/** Models ValidateLabels; errors are at the map, where the body has the key. */
export function checkLabels(labels: Labels | undefined, path: FieldPath, errors: FieldErrors, field = path): void {
  for (const key in labels) {
    const value = labels[key]!;
    const place = { field, path: path.at(key) };
    errors.invalidAll(place, key, qualifiedName(key));
    errors.invalidAll(place, value, validLabelValue(value));
  }
}

/** Models ValidateAnnotations. */
export function checkAnnotations(
  annotations: Labels | undefined,
  path: FieldPath,
  errors: FieldErrors,
  field = path,
): void {
  let size = 0;
  for (const key in annotations) {
    errors.invalidAll({ field, path: path.at(key) }, key, qualifiedName(key.toLowerCase()));
    size += key.length + (annotations[key] ?? '').length;
  }
  if (size > maxAnnotations) errors.tooLong(path, maxAnnotations);
}

/** Models apimachinery/pkg/apis/meta/v1/validation ValidateLabelSelector. */
export function checkSelector(selector: LabelSelector | undefined, path: FieldPath, errors: FieldErrors): void {
  checkLabels(selector?.matchLabels, path.at('matchLabels'), errors);
  for (const [i, { key = '', operator, values = [] }] of (selector?.matchExpressions ?? []).entries()) {
    const at = path.at('matchExpressions', i);
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) errors.required(at.at('values'), "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        errors.forbidden(at.at('values'), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else errors.invalid(at.at('operator'), operator ?? '', 'not a valid selector operator');
    errors.invalidAll(at.at('key'), key, qualifiedName(key));
    for (const [n, value] of values.entries()) errors.invalidAll(at.at('values', n), value, validLabelValue(value));
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
