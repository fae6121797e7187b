/** Namespaces and ConfigMaps: how they are decoded, defaulted and checked. */

import type { JsonObject } from '#base/json';
import type { Labels } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { FieldPath } from './field-path';
import { checkMetadata, clusterMetadataOf, metadataOf } from './metadata';
import { configMapKey, dnsLabel, dnsSubdomain, qualifiedName } from './names';
import { struct, textMap, texts } from './pod-fields';
import { structSchema } from './schema/schema';

/** Each namespace has its name as a label, which selectors may ask for. */
const nameLabel = 'kubernetes.io/metadata.name';

/** Models pkg/apis/core SetDefaults_Namespace and ValidateNamespace (v1.37). */
export function admitNamespace(object: KubernetesObject, settings: ClusterSettings): Admission<JsonObject> {
  const { value: body, refusal } = decode(object, structSchema('core.Namespace', settings));
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const metadata = clusterMetadataOf(object, body);
  const labels = { ...metadata.labels, ...(object.name !== '' && { [nameLabel]: object.name }) };
  checkMetadata(object, withLabels(body, labels), dnsLabel, errors);
  for (const name of texts(struct(body, 'spec'), 'finalizers')) {
    const path = ['spec', 'finalizers'];
    errors.invalidAll(path, name, qualifiedName(name));
    if (!name.includes('/') && name !== 'kubernetes' && name !== 'orphan' && name !== 'foregroundDeletion')
      errors.invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified');
  }
  return admission(object, errors, () => ({ ...body, metadata: { ...metadata, labels } as unknown as JsonObject }));
}

function withLabels(body: JsonObject, labels: Labels): JsonObject {
  return { ...body, metadata: { ...struct(body, 'metadata'), labels } };
}

const maxSize = 1024 * 1024;

/** Models ValidateConfigMap. */
export function admitConfigMap(object: KubernetesObject, settings: ClusterSettings): Admission<JsonObject> {
  const { value: body, refusal } = decode(object, structSchema('core.ConfigMap', settings));
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const data = textMap(body, 'data') ?? {};
  const binary = textMap(body, 'binaryData') ?? {};
  let size = 0;
  checkMetadata(object, body, dnsSubdomain, errors);
  for (const key in data) {
    const place = FieldPath.of('data').key(key);
    errors.invalidAll(place, key, configMapKey(key));
    if (Object.hasOwn(binary, key)) errors.invalid(place, key, 'duplicate of key present in binaryData');
    size += data[key]!.length;
  }
  for (const key in binary) {
    errors.invalidAll(FieldPath.of('binaryData').key(key), key, configMapKey(key));
    size += Math.floor((binary[key]!.replace(/=+$/, '').length * 3) / 4);
  }
  // Go prints the path of the whole object so.
  if (size > maxSize) errors.tooLong({ field: '[]', path: ['data'] }, maxSize);
  return admission(object, errors, () => ({ ...body, metadata: metadataOf(object, body) as unknown as JsonObject }));
}
