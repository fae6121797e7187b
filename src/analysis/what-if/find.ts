/** Finds in the world what a step names. */

import { printReference, type KubernetesObject } from '#model/object';
import type { ControlPlane } from '#simulation/types';
import { printObject } from './grammar';
import type { ObjectName, PodName } from './types';
import type { World, WorldPod } from './world';

export interface Failure {
  readonly error: string;
}

export function isFailure(value: object): value is Failure {
  return 'error' in value;
}

/** How many candidates a message names. */
const mostNamed = 5;

export function findPod(name: PodName, world: World): WorldPod | Failure {
  if (name.by === 'workload') return firstPodOf(name.workload, world);
  const found = world
    .pods()
    .filter(({ object }) => object.name === name.name && (name.namespace ?? object.namespace) === object.namespace);
  if (found.length === 1) return found[0]!;
  const named = printObject({ kind: 'pod', namespace: name.namespace, name: name.name });
  if (found.length > 1) return { error: `there are several: ${listed(found.map((pod) => pod.name))}; write the namespace, too` };
  const all = world.pods().filter(({ object }) => (name.namespace ?? object.namespace) === object.namespace);
  const near = all.filter(({ object }) => object.name.startsWith(name.name.slice(0, 3)));
  const others = (near.length > 0 ? near : all).map((pod) => pod.name);
  return { error: `there is no ${named}${others.length > 0 ? `; there are ${listed(others)}` : ''}` };
} // prettier-ignore

function firstPodOf(name: ObjectName, world: World): WorldPod | Failure {
  const object = findObject(name, world);
  if (isFailure(object)) return object;
  const pods = world.podsOf(object.key).filter((known) => world.pod(known).metadata.deletionTimestamp === undefined);
  return pods[0] ?? { error: `${printReference(object)} has no pods` };
}

/** By kind and name; the namespace where the name is in several. */
export function findObject(name: ObjectName, world: World): KubernetesObject | Failure {
  return findObjectIn(name, world.controlPlane);
}

export function findObjectIn(name: ObjectName, controlPlane: ControlPlane): KubernetesObject | Failure {
  const ofKind: KubernetesObject[] = [];
  for (const object of controlPlane.objects()) if (object.kind.toLowerCase() === name.kind) ofKind.push(object);
  const found = ofKind.filter(
    (object) => object.name === name.name && (name.namespace ?? object.namespace) === object.namespace,
  );
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    return { error: `there are several: ${listed(found.map(printReference))}; write the namespace, too` };
  if (ofKind.length === 0) return { error: `there is no ${printObject(name)}, nor any other object of that kind` };
  return { error: `there is no ${printObject(name)}; there are ${listed(ofKind.map(printReference))}` };
}

function listed(names: readonly string[]): string {
  const rest = names.length - mostNamed;
  return names.slice(0, mostNamed).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
