/**
 * A scope's cluster as one that runs: each pod and node that the simulation made is an object of its own, which stays
 * where it is until somebody moves it.
 */

import { isJsonObject, valueAt, type JsonObject, type JsonValue } from '#base/json';
import { namespacedName, type Node, type Pod } from '#model/kubernetes';
import { objectKey, type KubernetesObject, type ObjectKey } from '#model/object';
import { effectiveSelector } from '#simulation/index';
import type { ControlPlane, PodGroup } from '#simulation/types';

/** Every document that counts in the cluster, and in place of its pods' templates the pods. */
export function frozenObjects(controlPlane: ControlPlane): readonly KubernetesObject[] {
  const objects = [...controlPlane.objects(), ...[...controlPlane.replaced()].map(({ object }) => object)];
  const pods: KubernetesObject[] = [];
  for (const namespace of controlPlane.namespaces().keys())
    for (const group of controlPlane.podGroups(namespace))
      for (const pod of controlPlane.podsOf(group.key)) pods.push(podObject(pod, group, controlPlane));
  const frozen = new Set(pods.map(({ key }) => key));
  const kept = objects.filter((object) => !frozen.has(object.key) && !isMadeByControllers(object, controlPlane));
  return [...kept, ...pods];
}

function podObject(pod: Pod, group: PodGroup, controlPlane: ControlPlane): KubernetesObject {
  const written = controlPlane.object(`/Pod/${namespacedName(pod)}`);
  return written ? { ...written, body: pod as unknown as JsonObject } : objectOfPod(pod, group.object, group.templatePath);
} // prettier-ignore

/** The object of a pod that a workload makes; its YAML is the template. */
export function objectOfPod(
  pod: Pod,
  workload: KubernetesObject,
  templatePath: readonly (string | number)[],
): KubernetesObject {
  const { namespace, name } = pod.metadata;
  const { origin } = workload;
  return {
    key: objectKey('', 'Pod', namespace, name),
    group: '',
    version: 'v1',
    kind: 'Pod',
    namespace,
    namespaceGiven: true,
    name,
    body: pod as unknown as JsonObject,
    origin: origin.kind === 'manifest' ? { ...origin, path: [...origin.path, ...templatePath] } : origin,
  };
}

/** The objects of the nodes, as complete as the simulation made them. */
export function nodeObjects(controlPlane: ControlPlane): readonly KubernetesObject[] {
  return controlPlane.nodes().map((node) => {
    const key = objectKey('', 'Node', '', node.metadata.name);
    const body = node as unknown as JsonObject;
    const written = controlPlane.object(key);
    return written ? { ...written, body } : objectOfNode(node, key);
  });
}

/** A node that the settings name has no YAML: the path leads nowhere. */
function objectOfNode(node: Node, key: ObjectKey): KubernetesObject {
  const { name } = node.metadata;
  return {
    key,
    group: '',
    version: 'v1',
    kind: 'Node',
    namespace: '',
    namespaceGiven: false,
    name,
    body: node as unknown as JsonObject,
    origin: { kind: 'manifest', file: `settings/nodes/${name}`, document: 0, path: [] },
  };
}

/** Slices and Endpoints that the controllers write for Services with a selector: they are made anew at each change. */
function isMadeByControllers({ kind, group, namespace, name, body }: KubernetesObject, controlPlane: ControlPlane): boolean {
  if (kind === 'Endpoints' && group === '') return selects(`${namespace}/${name}`, controlPlane);
  if (kind !== 'EndpointSlice' || group !== 'discovery.k8s.io') return false;
  const labels = valueAt(body, ['metadata', 'labels']);
  const text = (key: string): JsonValue | undefined => (isJsonObject(labels) ? labels[key] : undefined);
  if (text('endpointslice.kubernetes.io/managed-by') !== 'endpointslice-controller.k8s.io') return false;
  const service = text('kubernetes.io/service-name');
  return typeof service === 'string' && selects(`${namespace}/${service}`, controlPlane);
} // prettier-ignore

function selects(name: string, controlPlane: ControlPlane): boolean {
  const service = controlPlane.service(name);
  return service !== undefined && effectiveSelector(service) !== undefined;
}
