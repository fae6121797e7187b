/** Builds clusters for the tests of the simulation: objects from YAML or from short descriptions. */

import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '#base/json';
import { isClusterScoped, objectKey, type KubernetesObject } from '#model/object';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { createControlPlane, type ControlPlaneEngine } from '#simulation/control-plane';

/** The objects of a YAML text, as if it stood in `file`. */
export function objectsOf(text: string, file = 'cluster.yaml'): readonly KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document, index) => {
    const body = document.toJS() as JsonObject | null;
    return body && typeof body === 'object' && 'metadata' in body ? [objectOf(body, file, index)] : [];
  });
}

export function objectOf(body: JsonObject, file = 'cluster.yaml', document = 0): KubernetesObject {
  const apiVersion = String(body.apiVersion);
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const kind = String(body.kind);
  const metadata = (body.metadata ?? {}) as JsonObject;
  const name = String(metadata.name);
  const namespace = isClusterScoped(kind) ? '' : String(metadata.namespace ?? 'default');
  return {
    key: objectKey(group, kind, namespace, name),
    group,
    version: apiVersion.slice(slash + 1),
    kind,
    namespace,
    namespaceGiven: metadata.namespace !== undefined,
    name,
    body,
    origin: { kind: 'manifest', file, document, path: [] },
  };
}

export function clusterOf(
  objects: readonly KubernetesObject[],
  settings: ClusterSettings = defaultSettings,
): ControlPlaneEngine {
  const controlPlane = createControlPlane(settings);
  controlPlane.apply({ removed: [], added: objects });
  return controlPlane;
}

export function clusterOfText(text: string, settings?: ClusterSettings): ControlPlaneEngine {
  return clusterOf(objectsOf(text), settings);
}
