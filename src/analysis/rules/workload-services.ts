/** The Services of a workload by its name: what a name that no Service has any more may mean. */

import type { Service } from '#model/kubernetes';
import { objectKey, type ObjectKey } from '#model/object';
import type { ControlPlane } from '#simulation/types';

/** Whichever kind of workload has the name. */
export function workloadKeys(name: string, namespace: string): readonly ObjectKey[] {
  return ['Deployment', 'StatefulSet', 'DaemonSet'].map((kind) => objectKey('apps', kind, namespace, name));
}

/** The Services behind which are the pods of a workload of this name. */
export function servicesOfWorkload(name: string, namespace: string, controlPlane: ControlPlane): readonly Service[] {
  return workloadKeys(name, namespace).flatMap((key) => controlPlane.servicesTargeting(key));
}

/** Those of the Services whose selector has the name as a value: they are for the pods of this name, whoever makes them. */
export function servicesOfPodsNamed(name: string, services: readonly Service[]): readonly Service[] {
  return services.filter(({ spec }) => Object.values(spec.selector ?? {}).includes(name));
}
