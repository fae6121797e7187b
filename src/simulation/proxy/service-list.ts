/** The Services with their slices, as every node's kube-proxy watches them. */

import { compareStrings } from '#base/compare';
import type { EndpointSlice, NamespacedName, Service } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import type { ControlPlane } from '../types';

export interface ServiceEntry {
  readonly name: NamespacedName;
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
}

/** Sorted by name: kube-proxy's own order is random. */
export type ServiceList = readonly ServiceEntry[];

/**
 * A function that gives the list as it is now: the same value while nothing changed, and of a changed list the same
 * entries for all Services that did not. It reads each Service's identity and its slices', nothing within.
 */
export function watchServices(controlPlane: ControlPlane): () => ServiceList {
  /** In the control plane's order, by which a change is noticed. */
  let seen: readonly ServiceEntry[] = [];
  let sorted: ServiceList = [];
  return () => {
    if (isCurrent(seen, controlPlane)) return sorted;
    const before = new Map(seen.map((entry) => [entry.name, entry]));
    const now: ServiceEntry[] = [];
    for (const service of controlPlane.services()) {
      const name = namespacedName(service);
      const slices = controlPlane.endpointSlices(name);
      const entry = before.get(name);
      now.push(entry?.service === service && entry.slices === slices ? entry : { name, service, slices });
    }
    seen = now;
    sorted = now.toSorted((a, b) => compareStrings(a.name, b.name));
    return sorted;
  };
}

function isCurrent(seen: readonly ServiceEntry[], controlPlane: ControlPlane): boolean {
  let index = 0;
  for (const service of controlPlane.services()) {
    const entry = seen[index++];
    if (entry?.service !== service || entry.slices !== controlPlane.endpointSlices(entry.name)) return false;
  }
  return index === seen.length;
}
