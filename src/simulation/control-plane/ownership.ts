/** Which workload an observed object belongs to. */

import type { OwnerReference } from '#model/kubernetes';
import { objectKey, type ObjectKey } from '#model/object';

/** Kinds whose objects a higher workload makes and names after itself, with something behind a hyphen. */
const higherKinds: Readonly<Record<string, { readonly group: string; readonly kind: string }>> = {
  ReplicaSet: { group: 'apps', kind: 'Deployment' },
  Job: { group: 'batch', kind: 'CronJob' },
};

/**
 * The workloads that may have made an object, the nearest one first: its controller, and for a Pod of ReplicaSet
 * `NAME-HASH` also Deployment NAME, since manifests name the Deployment and not the ReplicaSet.
 */
export function ownerKeys(namespace: string, references: readonly OwnerReference[] | undefined): readonly ObjectKey[] {
  const controller = references?.find((reference) => reference.controller === true);
  // A reference that says too little is taken by the server all the same, and leads nowhere.
  if (!controller?.name || !controller.kind || !controller.apiVersion) return [];
  const group = controller.apiVersion.includes('/')
    ? controller.apiVersion.slice(0, controller.apiVersion.indexOf('/'))
    : '';
  const direct = objectKey(group, controller.kind, namespace, controller.name);
  const higher = higherKinds[controller.kind];
  const name = controller.name.replace(/-[a-z0-9]+$/, '');
  if (!higher || higher.group !== group || name === controller.name) return [direct];
  return [direct, objectKey(higher.group, higher.kind, namespace, name)];
}
