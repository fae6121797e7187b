/** The containers of pod templates and the ports that they declare, with their places in the objects. */

import type { JsonPath } from '#base/json';
import type { Container, ContainerPort } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { portContainers } from '#simulation/index';
import type { ControlPlane, PodGroup } from '#simulation/types';

export interface DeclaredPort {
  readonly group: PodGroup;
  readonly container: Container;
  readonly port: ContainerPort;
  /** From the object's root to the port. */
  readonly path: JsonPath;
}

/** The containers that an object's own template writes, each with the way from the object's root to it. */
export function* writtenContainers(
  object: KubernetesObject,
  controlPlane: ControlPlane,
): Iterable<{ readonly group: PodGroup; readonly container: Container; readonly path: JsonPath }> {
  const group = controlPlane.podGroup(object.key);
  if (!group || controlPlane.object(object.key) !== object) return;
  for (const key of ['containers', 'initContainers'] as const)
    for (const [index, container] of (group.spec[key] ?? []).entries())
      yield { group, container, path: [...group.templatePath, 'spec', key, index] };
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
