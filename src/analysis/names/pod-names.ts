/** Names of single pods, `db-0.db.shop.svc`: which StatefulSet makes the pod, and below which Service it has its name. */

import { valueAt } from '#base/json';
import type { Service } from '#model/kubernetes';
import { objectKey, type ObjectKey } from '#model/object';
import type { ControlPlane, PodGroup } from '#simulation/types';

export interface NumberedPod {
  readonly ordinal: number;
  readonly statefulSet: ObjectKey;
}

/** `db-0` as the first pod of StatefulSet `db`; undefined for what is no name of such a pod. */
export function numberedPod(name: string, namespace: string): NumberedPod | undefined {
  const match = /^(.+)-(0|[1-9]\d{0,4})$/.exec(name);
  if (!match) return undefined;
  return { ordinal: Number(match[2]), statefulSet: objectKey('apps', 'StatefulSet', namespace, match[1]!) };
}

/** The key of the Service below which the pods have their names, whether there is one or not. */
export function governingKey({ object }: PodGroup): ObjectKey | undefined {
  const name = valueAt(object.body, ['spec', 'serviceName']);
  return typeof name === 'string' && name !== '' ? objectKey('', 'Service', object.namespace, name) : undefined;
}

/** The Service below which the pods of the StatefulSet have their names, where it is there. */
export function governingService(statefulSet: ObjectKey, controlPlane: ControlPlane): Service | undefined {
  const group = controlPlane.podGroup(statefulSet);
  const name = group && valueAt(group.object.body, ['spec', 'serviceName']);
  return typeof name === 'string' ? controlPlane.service(`${group!.namespace}/${name}`) : undefined;
}
