/** Target ports by number that could be called by name. */

import { valueAt } from '#base/json';
import type { ServicePort } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { PodGroup } from '#simulation/types';

/** Whether a number is written; one that is left out is the port itself. */
export function isNumberedTarget(object: KubernetesObject, index: number): boolean {
  return typeof valueAt(object.body, ['spec', 'ports', index, 'targetPort']) === 'number';
}

/** The one name that the containers of all targets give the number; undefined where one of them has none or another. */
export function nameOfTarget({ targetPort, protocol }: ServicePort, targets: readonly PodGroup[]): string | undefined {
  const names = targets.map(({ spec }) => {
    const ports = spec.containers.flatMap((container) => container.ports ?? []);
    return ports.find((port) => port.containerPort === targetPort && port.protocol === protocol)?.name;
  });
  const [name] = names;
  return name !== undefined && names.every((each) => each === name) ? name : undefined;
}
