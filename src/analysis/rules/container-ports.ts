/** The ports that pod templates declare, with their places in the objects. */

import type { JsonPath } from '#base/json';
import type { Container, ContainerPort } from '#model/kubernetes';
import { portContainers } from '#simulation/index';
import type { PodGroup } from '#simulation/types';

export interface DeclaredPort {
  readonly group: PodGroup;
  readonly container: Container;
  readonly port: ContainerPort;
  /** From the object's root to the port. */
  readonly path: JsonPath;
}

/** All declared ports of the groups, in the order in which a named targetPort is searched. */
export function declaredPorts(groups: readonly PodGroup[]): readonly DeclaredPort[] {
  return groups.flatMap((group) =>
    portContainers(group.spec).flatMap((container) =>
      (container.ports ?? []).map((port, index) => ({
        group,
        container,
        port,
        path: [...containerPath(group, container), 'ports', index],
      })),
    ),
  );
}

function containerPath(group: PodGroup, container: Container): JsonPath {
  const index = group.spec.containers.indexOf(container);
  const spec = [...group.templatePath, 'spec'];
  if (index >= 0) return [...spec, 'containers', index];
  return [...spec, 'initContainers', (group.spec.initContainers ?? []).indexOf(container)];
}
