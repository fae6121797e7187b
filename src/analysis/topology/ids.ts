/** Ids of the graph's nodes: from kind and name alone, so that they outlive edits. */

import type { NamespacedName, ServicePort } from '#model/kubernetes';
import type { PodGroup } from '#simulation/types';

export const ids = {
  namespace: (name: string) => `namespace/${name}`,
  service: (name: NamespacedName) => `service/${name}`,
  /** Within its Service; `http/TCP`, `/TCP` for the unnamed port. */
  port: (port: Pick<ServicePort, 'name' | 'protocol'>) => `${port.name ?? ''}/${port.protocol}`,
  group: (group: PodGroup) => `${group.object.kind.toLowerCase()}/${group.namespace}/${group.object.name}`,
  /** Other than the id of the group that a single Pod is. */
  pod: (name: NamespacedName) => `pod-of/${name}`,
  node: (name: string) => `node/${name}`,
  outside: 'outside',
  route: (kind: string, namespace: string, name: string) => `${kind.toLowerCase()}/${namespace}/${name}`,
  ingress: (namespace: string, name: string) => `ingress/${namespace}/${name}`,
};
