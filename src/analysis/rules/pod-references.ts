/** What a pod's spec names without which its pods do not start: ConfigMaps, Secrets, claims, and its ServiceAccount. */

import type { JsonObject, JsonPath, JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { valueAt } from '#base/json';
import { itemsOf, objectOf, textOf } from '#simulation/http/read';

/** Where a name is asked for, which decides what keeps the pods from starting. */
export type ReferenceUse = 'variable' | 'volume' | 'claim' | 'account';

export interface PodReference {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ServiceAccount';
  readonly name: string;
  /** From the object to the name. */
  readonly path: JsonPath;
  readonly use: ReferenceUse;
  /** The keys of the ConfigMap or Secret that have to be there, each with its way; none where all of them are taken. */
  readonly keys: readonly { readonly key: string; readonly path: JsonPath }[];
}

/** Those that have to be there: what is `optional` is left out. `spec` is the way to the pod's spec in the object. */
export function podReferences(object: KubernetesObject, spec: JsonPath): readonly PodReference[] {
  const body = objectOf(valueAt(object.body, spec));
  const containers = ['initContainers', 'containers'].flatMap((list) =>
    itemsOf(body[list]).flatMap(({ index, value }) => ofContainer(value, [...spec, list, index])),
  );
  const volumes = itemsOf(body.volumes).flatMap(({ index, value }) => ofVolume(value, [...spec, 'volumes', index]));
  return [...ofAccount(body, spec), ...containers, ...volumes];
}

function ofAccount(body: JsonObject, spec: JsonPath): readonly PodReference[] {
  // The older field counts where the newer one is not there.
  const field = textOf(body.serviceAccountName) === undefined ? 'serviceAccount' : 'serviceAccountName';
  const name = textOf(body[field]);
  return name === undefined ? [] : [{ kind: 'ServiceAccount', name, path: [...spec, field], use: 'account', keys: [] }];
}

function ofContainer(container: JsonObject, path: JsonPath): readonly PodReference[] {
  const whole = itemsOf(container.envFrom).flatMap(({ index, value }) => {
    const way = [...path, 'envFrom', index];
    return [
      ...named('ConfigMap', value.configMapRef, [...way, 'configMapRef'], 'variable'),
      ...named('Secret', value.secretRef, [...way, 'secretRef'], 'variable'),
    ];
  });
  const single = itemsOf(container.env).flatMap(({ index, value }) => {
    const way = [...path, 'env', index, 'valueFrom'];
    const from = objectOf(value.valueFrom);
    return [
      ...named('ConfigMap', from.configMapKeyRef, [...way, 'configMapKeyRef'], 'variable'),
      ...named('Secret', from.secretKeyRef, [...way, 'secretKeyRef'], 'variable'),
    ];
  });
  return [...whole, ...single];
}

function ofVolume(volume: JsonObject, path: JsonPath): readonly PodReference[] {
  const projected = itemsOf(objectOf(volume.projected).sources).flatMap(({ index, value }) => {
    const way = [...path, 'projected', 'sources', index];
    return [
      ...named('ConfigMap', value.configMap, [...way, 'configMap'], 'volume'),
      ...named('Secret', value.secret, [...way, 'secret'], 'volume'),
    ];
  });
  return [
    ...named('ConfigMap', volume.configMap, [...path, 'configMap'], 'volume'),
    ...named('Secret', volume.secret, [...path, 'secret'], 'volume', 'secretName'),
    ...named('PersistentVolumeClaim', volume.persistentVolumeClaim, [...path, 'persistentVolumeClaim'], 'claim', 'claimName'), // prettier-ignore
    ...projected,
  ];
}

function named(
  kind: PodReference['kind'],
  value: JsonValue | undefined,
  path: JsonPath,
  use: ReferenceUse,
  field = 'name',
): readonly PodReference[] {
  const written = objectOf(value);
  const name = textOf(written[field]);
  if (name === undefined || written.optional === true) return [];
  const single = textOf(written.key);
  const items = itemsOf(written.items).flatMap((item) => {
    const key = textOf(item.value.key);
    return key === undefined ? [] : [{ key, path: [...path, 'items', item.index, 'key'] }];
  });
  const keys = single === undefined ? items : [{ key: single, path: [...path, 'key'] }];
  return [{ kind, name, path: [...path, field], use, keys }];
}
