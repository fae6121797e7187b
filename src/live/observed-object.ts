/** From what the API server sends to the model's object: one shape for lists and watches, without what nobody reads. */

import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import { objectKey, type ClusterOrigin, type KubernetesObject, type ObjectReference } from '#model/object';
import type { WatchedKind } from './kinds';

/** The annotation in which kubectl keeps a whole second copy. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Undefined for what is no object with a name and a version. */
export function observedObject(
  kind: WatchedKind,
  version: string,
  context: string,
  value: JsonValue | undefined,
): KubernetesObject | undefined {
  if (!isJsonObject(value) || !isJsonObject(value.metadata)) return undefined;
  const { name, namespace, resourceVersion } = value.metadata;
  if (typeof name !== 'string' || typeof resourceVersion !== 'string') return undefined;
  const { group } = kind;
  const place = kind.namespaced && typeof namespace === 'string' ? namespace : '';
  const body: JsonObject = {
    // Items of a list carry neither.
    apiVersion: group === '' ? version : `${group}/${version}`,
    kind: kind.kind,
    ...value,
    metadata: withoutBallast(value.metadata),
  };
  return {
    key: objectKey(group, kind.kind, place, name),
    group,
    version,
    kind: kind.kind,
    namespace: place,
    namespaceGiven: true,
    name,
    body,
    origin: observedOrigin(context, resourceVersion, { kind: kind.kind, namespace: place, name }),
  };
}

/** Where an object of a cluster comes from, and the file that it shows itself as. */
export function observedOrigin(context: string, resourceVersion: string, object: ObjectReference): ClusterOrigin {
  const file = observedPath(context, object.kind, object.namespace, object.name);
  return { kind: 'cluster', context, resourceVersion, file, document: 0, path: [] };
}

/** The path under which the object shows itself as a file: `CONTEXT/NAMESPACE/KIND-NAME.yaml`. */
function observedPath(context: string, kind: string, namespace: string, name: string): string {
  const folder = context.replace(/[\\/:]/g, '_');
  return `${folder}/${namespace === '' ? '' : `${namespace}/`}${kind.toLowerCase()}-${name}.yaml`;
}

export function resourceVersionOf(object: KubernetesObject): string {
  return object.origin.kind === 'cluster' ? object.origin.resourceVersion : '';
}

function withoutBallast(metadata: JsonObject): JsonObject {
  const { managedFields: _, annotations, ...rest } = metadata;
  if (!isJsonObject(annotations)) return annotations === undefined ? rest : { ...rest, annotations };
  const { [lastApplied]: __, ...kept } = annotations;
  return Object.keys(kept).length === 0 ? rest : { ...rest, annotations: kept };
}
