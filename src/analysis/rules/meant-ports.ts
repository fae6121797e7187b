/** Which port of a Service somebody meant who named one that it does not have. */

import type { Service, ServicePort } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import { findPort } from '#simulation/index';
import type { ControlPlane } from '#simulation/types';
import { nearestName } from './near-names';

export interface MeantPort {
  readonly port: ServicePort;
  /** Why: it sends to the port that was named, its name is near, or it is the only one. */
  readonly because: 'target' | 'name' | 'only';
}

/** Undefined where nothing tells the Service's ports apart. */
export function meantPort(
  wanted: number | string,
  service: Service,
  controlPlane: ControlPlane,
): MeantPort | undefined {
  const ports = service.spec.ports ?? [];
  const byTarget = ports.filter((port) => sendsTo(port, wanted, service, controlPlane));
  if (byTarget.length === 1) return { port: byTarget[0]!, because: 'target' };
  if (typeof wanted === 'string') {
    const name = nearestName(
      wanted,
      ports.flatMap((port) => port.name ?? []),
    );
    const port = ports.find((known) => name !== undefined && known.name === name);
    if (port) return { port, because: 'name' };
  }
  return ports.length === 1 ? { port: ports[0]!, because: 'only' } : undefined;
}

/** Whether the Service's port leads to the pods' port of this number or name. */
function sendsTo(port: ServicePort, wanted: number | string, service: Service, controlPlane: ControlPlane): boolean {
  if (port.targetPort === wanted) return true;
  return controlPlane.targets(namespacedName(service)).some((group) => {
    const number = findPort(group.spec, port);
    if (number === undefined) return false;
    return typeof wanted === 'number' ? number === wanted : isNamed(group.spec.containers.flatMap(({ ports }) => ports ?? []), number, wanted); // prettier-ignore
  });
}

function isNamed(
  ports: readonly { readonly name?: string; readonly containerPort: number }[],
  number: number,
  name: string,
): boolean {
  return ports.some((port) => port.name === name && port.containerPort === number);
}
