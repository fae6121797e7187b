/** The Services: decoded ones go through the allocation of addresses and node ports, and come out accepted or refused. */

import { compareStrings } from '#base/compare';
import { printPrefix, type IpPrefix } from '#base/ip';
import type { NamespacedName, Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { ServiceAllocator } from '../apiserver/allocation';
import type { Admission } from '../apiserver/field-errors';
import type { WrittenService } from '../apiserver/service';
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

/** All documents for one name, and what could be decoded of them. */
interface Documents {
  readonly objects: readonly KubernetesObject[];
  readonly undecoded: readonly Refusal[];
  readonly written: readonly WrittenService[];
}

const nobody: readonly KubernetesObject[] = [];
const noRefusals: readonly Refusal[] = [];

export class ServiceRegistry {
  readonly #settings: ClusterSettings;
  #allocator: ServiceAllocator;
  #moreRanges: readonly IpPrefix[] = [];
  readonly #documents = new Map<NamespacedName, Documents>();
  readonly #accepted = new Map<NamespacedName, Accepted>();
  /** The document in effect, or the last one where the server took none. */
  readonly #objects = new Map<NamespacedName, KubernetesObject>();
  readonly #superseded = new Map<NamespacedName, readonly KubernetesObject[]>();
  readonly #refusals = new Map<NamespacedName, readonly Refusal[]>();
  readonly #names = new SortedSet<NamespacedName>(compareStrings);
  readonly #byAddress = new Map<string, readonly Service[]>();
  readonly #index = new ServiceIndex();
  readonly #touched = new Set<NamespacedName>();

  constructor(settings: ClusterSettings) {
    this.#settings = settings;
    this.#allocator = new ServiceAllocator(settings);
  }

  /** `objects` are all documents that there are for the name, in the order of their origins. */
  set(name: NamespacedName, objects: readonly KubernetesObject[], decode: Decoder): void {
    this.#touched.add(name);
    if (objects.length === 0) {
      this.#documents.delete(name);
      this.#allocator.set(name, []);
      return;
    }
    const admissions = objects.map(decode);
    const undecoded = admissions.flatMap(({ refusal }) => refusal ?? []);
    const written = admissions.flatMap(({ value }) => value ?? []);
    this.#documents.set(name, { objects, undecoded, written });
    this.#allocator.set(name, written);
  }

  /** Takes effect at `settle`: where ranges come or go, all is allocated anew. */
  setRanges(more: readonly IpPrefix[]): void {
    if (more === this.#moreRanges || sameValue(more.map(printPrefix), this.#moreRanges.map(printPrefix))) return;
    this.#moreRanges = more;
    this.#allocator = new ServiceAllocator(this.#settings, more);
    for (const [name, { written }] of this.#documents) {
      this.#allocator.set(name, written);
      this.#touched.add(name);
    }
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
    const documents = this.#documents.get(name);
    const result = this.#allocator.result(name);
    const object = result?.object ?? documents?.objects.at(-1);
    const otherObject = object !== this.#objects.get(name);
    setOrDelete(this.#objects, name, object);
    setOrDelete(this.#superseded, name, result && result.superseded.length > 0 ? result.superseded : undefined);
    const refusedBefore = this.refusalsOf(name);
    const refusals = [...(documents?.undecoded ?? []), ...(result?.refusals ?? [])];
    setOrDelete(this.#refusals, name, refusals.length > 0 ? refusals : undefined);
    const before = this.#accepted.get(name);
    const after = result?.service && { service: result.service, assigned: result.assigned };
    const isSame =
      before && after && sameValue(before.service, after.service) && sameSet(before.assigned, after.assigned);
    if (isSame) return otherObject || !sameRefusals(refusals, refusedBefore);
    this.#replace(name, before, after);
    return before !== undefined || after !== undefined || otherObject || !sameRefusals(refusals, refusedBefore);
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

  /** The document in effect, or the last one where the server took none. */
  object(name: NamespacedName): KubernetesObject | undefined {
    return this.#objects.get(name);
  }

  /** Documents that were in effect before that one, in their order. */
  superseded(name: NamespacedName): readonly KubernetesObject[] {
    return this.#superseded.get(name) ?? nobody;
  }

  servicesByAddress(address: string): readonly Service[] {
    return this.#byAddress.get(canonicalAddress(address)) ?? [];
  }

  isAssigned(name: NamespacedName, address: string): boolean {
    return this.#accepted.get(name)?.assigned.has(address) ?? false;
  }

  /** Of the documents for the name that were not taken. */
  refusalsOf(name: NamespacedName): readonly Refusal[] {
    return this.#refusals.get(name) ?? noRefusals;
  }

  *refusals(): Iterable<Refusal> {
    for (const refusals of this.#refusals.values()) yield* refusals;
  }

  /** Names of the Services that select the group, in no order. */
  selecting(group: PodGroup): readonly NamespacedName[] {
    return this.#index.selecting(group);
  }
}

type Decoder = (object: KubernetesObject) => Admission<WrittenService>;

function setOrDelete<T>(map: Map<string, T>, key: string, value: T | undefined): void {
  if (value === undefined) map.delete(key);
  else map.set(key, value);
}

function sameRefusals(a: readonly Refusal[], b: readonly Refusal[]): boolean {
  return (
    a.length === b.length &&
    a.every((refusal, i) => refusal.object === b[i]!.object && refusal.message === b[i]!.message)
  );
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
