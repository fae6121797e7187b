/** EndpointSlices and Endpoints that are among the objects: written by hand, or observed in a cluster. */

import { compareStrings } from '#base/compare';
import { namespacedName, type Endpoints, type EndpointSlice, type NamespacedName } from '#model/kubernetes';
import type { KubernetesObject, ObjectKey } from '#model/object';
import { managedByLabel, serviceNameLabel, sliceControllerName } from '../controllers/endpoint-slices';
import { endpointsManagedByLabel } from '../controllers/endpoints';
import { mirroringControllerName } from '../controllers/mirroring';

const lastChangeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

interface GivenEndpoints {
  readonly endpoints: Endpoints;
  readonly object: KubernetesObject;
}

export class EndpointRegistry {
  readonly #slices = new Map<ObjectKey, EndpointSlice>();
  readonly #byService = new Map<NamespacedName, readonly EndpointSlice[]>();
  readonly #endpoints = new Map<NamespacedName, GivenEndpoints>();

  /** Gives the Services that the slice belonged or belongs to. */
  setSlice(key: ObjectKey, slice: EndpointSlice | undefined): readonly NamespacedName[] {
    const before = this.#slices.get(key);
    const touched: NamespacedName[] = [];
    const old = before && serviceOfSlice(before);
    if (before && old !== undefined) {
      const rest = this.slicesOf(old).filter((other) => other !== before);
      if (rest.length > 0) this.#byService.set(old, rest);
      else this.#byService.delete(old);
      touched.push(old);
    }
    if (slice) this.#slices.set(key, slice);
    else this.#slices.delete(key);
    const now = slice && serviceOfSlice(slice);
    if (slice && now !== undefined) {
      this.#byService.set(now, [...this.slicesOf(now), slice].sort(byName));
      touched.push(now);
    }
    return touched;
  }

  /** In the order of their names. */
  slicesOf(service: NamespacedName): readonly EndpointSlice[] {
    return this.#byService.get(service) ?? [];
  }

  slices(): Iterable<EndpointSlice> {
    return this.#slices.values();
  }

  setEndpoints(object: KubernetesObject, endpoints: Endpoints | undefined): NamespacedName {
    const name = `${object.namespace}/${object.name}`;
    if (endpoints) this.#endpoints.set(name, { endpoints, object });
    else this.#endpoints.delete(name);
    return name;
  }

  endpointsOf(service: NamespacedName): Endpoints | undefined {
    return this.#endpoints.get(service)?.endpoints;
  }

  /** The Endpoints as the controller left it; undefined where somebody else wrote it: the controller overwrites that. */
  observedEndpointsOf(service: NamespacedName): Endpoints | undefined {
    const given = this.#endpoints.get(service);
    if (!given) return undefined;
    const { labels = {}, annotations = {} } = given.endpoints.metadata;
    const observed =
      given.object.origin.kind === 'cluster' ||
      labels[endpointsManagedByLabel] !== undefined ||
      annotations[lastChangeAnnotation] !== undefined;
    return observed ? given.endpoints : undefined;
  }

  endpointsNames(): Iterable<NamespacedName> {
    return this.#endpoints.keys();
  }
}

/** Whether one of the cluster's own controllers made the slice: then nothing is computed for its Service. */
export function isObserved(slice: EndpointSlice): boolean {
  const { labels = {}, ownerReferences = [] } = slice.metadata;
  const manager = labels[managedByLabel];
  return (
    manager === sliceControllerName ||
    manager === mirroringControllerName ||
    ownerReferences.some((owner) => owner.controller === true)
  );
}

/** The Service whose endpoints the slice holds; a slice may name none. */
export function serviceOfSlice(slice: EndpointSlice): NamespacedName | undefined {
  const name = slice.metadata.labels?.[serviceNameLabel];
  return name ? `${slice.metadata.namespace}/${name}` : undefined;
}

function byName(a: EndpointSlice, b: EndpointSlice): number {
  return compareStrings(namespacedName(a), namespacedName(b));
}
