/** Ids of the graph's nodes: from kind and name alone, so that they outlive edits. */

import type { NamespacedName, ServicePort } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { PodGroup } from '#simulation/types';

export const ids = {
  namespace: (name: string) => `namespace/${name}`,
  /** Where policies of the whole cluster stand; a namespace's name has no blank. */
  everyNamespace: 'namespace/all namespaces',
  service: (name: NamespacedName) => `service/${name}`,
  /** Within its Service; `http/TCP`, `/TCP` for the unnamed port. */
  port: (port: Pick<ServicePort, 'name' | 'protocol'>) => `${port.name ?? ''}/${port.protocol}`,
  group: (group: PodGroup) => `${group.object.kind.toLowerCase()}/${group.namespace}/${group.object.name}`,
  node: (name: string) => `node/${name}`,
  outside: 'outside',
  /** An Ingress, a Gateway, a route, a policy. */
  object: ({ kind, namespace, name }: Pick<KubernetesObject, 'kind' | 'namespace' | 'name'>) =>
    `${kind.toLowerCase()}/${namespace}/${name}`,
  /** A host name or an address outside of the cluster. */
  external: (host: string) => `external/${host}`,
};

/** The host of an external node's id; undefined for any other id. */
export function externalHost(id: string): string | undefined {
  return id.startsWith('external/') ? id.slice('external/'.length) : undefined;
}
