/** The Services: decoded ones go through the allocation of addresses and node ports, and come out accepted or refused. */

import { compareStrings } from '#base/compare';
import type { NamespacedName, Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { ServiceAllocator } from '../apiserver/allocation';
import type { PodGroup, Refusal } from '../types';
import { canonicalAddress } from './nodes';
import { sameValue } from './same';
import { effectiveSelector, ServiceIndex } from './selection';
import { SortedSet } from './sorted-set';

interface Accepted {
  readonly service: Service;
  /** What the simulation chose, rather than the manifest. */
  readonly assigned: ReadonlySet<string>;
}

export class ServiceRegistry {
  readonly #allocator: ServiceAllocator;
  readonly #objects = new Map<NamespacedName, KubernetesObject>();
  readonly #accepted = new Map<NamespacedName, Accepted>();
  readonly #refusals = new Map<NamespacedName, Refusal>();
  readonly #names = new SortedSet<NamespacedName>(compareStrings);
  readonly #byAddress = new Map<string, readonly Service[]>();
  readonly #index = new ServiceIndex();
  readonly #touched = new Set<NamespacedName>();

  constructor(settings: ClusterSettings) {
    this.#allocator = new ServiceAllocator(settings);
  }

  /** `service` is undefined where decoding or validation refused the object. */
  set(object: KubernetesObject, service: Service | undefined): void {
    const name = `${object.namespace}/${object.name}`;
    this.#objects.set(name, object);
    if (service) this.#allocator.set(name, service, object);
    else this.#allocator.remove(name);
    this.#touched.add(name);
  }

  remove(object: KubernetesObject): void {
    const name = `${object.namespace}/${object.name}`;
    this.#objects.delete(name);
    this.#allocator.remove(name);
    this.#touched.add(name);
  }

  /** Gives the Services that are other ones than before, or whose refusal is. */
  settle(): ReadonlySet<NamespacedName> {
    const changed = new Set<NamespacedName>();
    for (const name of this.#allocator.settle()) this.#touched.add(name);
    for (const name of this.#touched) if (this.#take(name)) changed.add(name);
    this.#touched.clear();
    return changed;
  }

  #take(name: NamespacedName): boolean {
    const object = this.#objects.get(name);
    const result = object && this.#allocator.result(name);
    const refusal = result?.refusal;
    const before = this.#accepted.get(name);
    const refusedBefore = this.#refusals.get(name);
    if (refusal) this.#refusals.set(name, refusal);
    else this.#refusals.delete(name);
    const after = result?.service && { service: result.service, assigned: result.assigned };
    if (before && after && sameValue(before.service, after.service) && sameSet(before.assigned, after.assigned))
      return false;
    this.#replace(name, before, after);
    return before !== undefined || after !== undefined || !sameValue(refusal?.causes, refusedBefore?.causes);
  }

  #replace(name: NamespacedName, before: Accepted | undefined, after: Accepted | undefined): void {
    for (const address of before ? addressesOf(before.service) : []) {
      const rest = this.servicesByAddress(address).filter((service) => service !== before!.service);
      if (rest.length > 0) this.#byAddress.set(address, rest);
      else this.#byAddress.delete(address);
    }
    if (!after) {
      this.#accepted.delete(name);
      this.#names.delete(name);
      this.#index.delete(name);
      return;
    }
    this.#accepted.set(name, after);
    this.#names.add(name);
    this.#index.set(name, after.service.metadata.namespace, effectiveSelector(after.service));
    for (const address of addressesOf(after.service)) {
      const others = this.#byAddress.get(address);
      this.#byAddress.set(address, others ? [...others, after.service].sort(byName) : [after.service]);
    }
  }

  get(name: NamespacedName): Service | undefined {
    return this.#accepted.get(name)?.service;
  }

  /** In order. */
  names(): readonly NamespacedName[] {
    return this.#names.values();
  }

  object(name: NamespacedName): KubernetesObject | undefined {
    return this.#objects.get(name);
  }

  servicesByAddress(address: string): readonly Service[] {
    return this.#byAddress.get(canonicalAddress(address)) ?? [];
  }

  isAssigned(name: NamespacedName, address: string): boolean {
    return this.#accepted.get(name)?.assigned.has(address) ?? false;
  }

  /** Refused because of others: an address or a node port that is taken, or an exhausted range. */
  refusal(name: NamespacedName): Refusal | undefined {
    return this.#refusals.get(name);
  }

  refusals(): Iterable<Refusal> {
    return this.#refusals.values();
  }

  /** Names of the Services that select the group, in no order. */
  selecting(group: PodGroup): readonly NamespacedName[] {
    return this.#index.selecting(group);
  }
}

/** Every address at which the Service can be reached in the cluster, once. */
function addressesOf(service: Service): ReadonlySet<string> {
  const { clusterIP, clusterIPs = [], externalIPs = [] } = service.spec;
  const ingress = (service.status.loadBalancer.ingress ?? []).flatMap(({ ip }) => ip ?? []);
  const addresses = [clusterIP ?? '', ...clusterIPs, ...externalIPs, ...ingress];
  return new Set(addresses.filter((address) => address !== '' && address !== 'None').map(canonicalAddress));
}

function byName(a: Service, b: Service): number {
  return compareStrings(a.metadata.namespace, b.metadata.namespace) || compareStrings(a.metadata.name, b.metadata.name);
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
