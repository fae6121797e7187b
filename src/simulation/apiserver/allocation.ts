/**
 * Gives the Services their cluster addresses and node ports. What a Service names it has, unless one that comes before
 * it has that already; what it does not name follows from its own name and from who else is there. So the result
 * depends on the Services alone, not on the order of the edits that led to them.
 */

import { compareStrings, lowerBound } from '#base/compare';
import { hash32 } from '#base/hash';
import type { IpFamily } from '#base/ip';
import type { NamespacedName, Service } from '#model/kubernetes';
import { compareOrigins, type KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import type { Refusal } from '../types';
import { internalRefusal } from './field-errors';
import { AddressRanges, PortRange } from './ranges';
import { claimRefusal, demandOf, ownerOfSeat, takenComplaint, type Claim, type Demand, type Wanted } from './service-claims'; // prettier-ignore
import { serviceFamilies } from './service-defaults';
import { SlotPool, type Place } from './slot-pool';

export type AllocationResult =
  | {
      readonly service: Service;
      /** Cluster addresses that were chosen here, rather than in the manifest. */
      readonly assigned: ReadonlySet<string>;
      readonly refusal: undefined;
    }
  | { readonly service: undefined; readonly assigned: ReadonlySet<string>; readonly refusal: Refusal };

interface Entry {
  readonly name: NamespacedName;
  readonly service: Service;
  readonly object: KubernetesObject;
  readonly demand: Demand;
  /** Whether all claims are granted: only then it holds anything. */
  granted: boolean;
  /** The claim that is not. */
  denied: { readonly claim: Claim; readonly complaint: string } | undefined;
}

interface FamilyPool {
  readonly ranges: AddressRanges;
  readonly pool: SlotPool;
}

const none: ReadonlySet<string> = new Set();

export class ServiceAllocator {
  readonly #families = new Map<IpFamily, FamilyPool>();
  readonly #addressRanges = new Map<IpFamily, AddressRanges>();
  readonly #portRange: PortRange;
  readonly #ports: SlotPool;
  readonly #entries = new Map<NamespacedName, Entry>();
  /** Who names a resource, granted or not. */
  readonly #claimants = new Map<string, Set<Entry>>();
  /** Entries whose claims have to be looked at. */
  readonly #open = new Set<Entry>();
  readonly #changed = new Set<NamespacedName>();
  readonly #results = new Map<NamespacedName, AllocationResult>();

  constructor(settings: ClusterSettings) {
    for (const family of serviceFamilies(settings)) {
      const ranges = new AddressRanges(settings, family);
      this.#families.set(family, { ranges, pool: new SlotPool(ranges.bands) });
      this.#addressRanges.set(family, ranges);
    }
    this.#portRange = new PortRange(settings.nodePortRange);
    this.#ports = new SlotPool(this.#portRange.bands);
  }

  /** `service` as `admitService` gives it; takes the place of the one of this name. Takes effect at `settle`. */
  set(name: NamespacedName, service: Service, object: KubernetesObject): void {
    this.remove(name);
    const demand = demandOf(name, service, { addresses: this.#addressRanges, ports: this.#portRange });
    const entry: Entry = { name, service, object, demand, granted: false, denied: undefined };
    this.#entries.set(name, entry);
    for (const { resource } of demand.claims) {
      const claimants = this.#claimants.get(resource);
      if (claimants) claimants.add(entry);
      else this.#claimants.set(resource, new Set([entry]));
    }
    this.#open.add(entry);
  }

  remove(name: NamespacedName): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#entries.delete(name);
    this.#open.delete(entry);
    this.#changed.add(name);
    for (const { resource } of entry.demand.claims) {
      const claimants = this.#claimants.get(resource);
      claimants?.delete(entry);
      if (claimants?.size === 0) this.#claimants.delete(resource);
    }
    if (!entry.granted) return;
    this.#release(entry);
    for (const later of this.#rivals(entry)) this.#open.add(later);
  }

  /** Settles who has what; gives the Services whose result may be another one than before. */
  settle(): ReadonlySet<NamespacedName> {
    this.#grantClaims();
    for (const { pool } of this.#families.values()) this.#takeChanged(pool);
    this.#takeChanged(this.#ports);
    const changed = new Set(this.#changed);
    this.#changed.clear();
    for (const name of changed) this.#results.delete(name);
    return changed;
  }

  #takeChanged(pool: SlotPool): void {
    for (const seat of pool.takeChanged()) this.#changed.add(ownerOfSeat(seat));
  }

  /** The same object until the result is another one; undefined for a name that is not there. */
  result(name: NamespacedName): AllocationResult | undefined {
    const known = this.#results.get(name);
    if (known) return known;
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    const result = this.#allocate(entry);
    this.#results.set(name, result);
    return result;
  }

  // ---------------------------------------------------------------- claims

  /**
   * Looks at the open entries in the order of their origins. A Service's claims are granted all or none, and its fate
   * depends only on those before it, so each is looked at once.
   */
  #grantClaims(): void {
    const queue = [...this.#open].sort(compareEntries);
    for (let i = 0; i < queue.length; i++) {
      const entry = queue[i]!;
      const denied = this.#denialOf(entry);
      const granted = denied === undefined;
      entry.denied = denied;
      this.#changed.add(entry.name);
      if (granted === entry.granted) continue;
      entry.granted = granted;
      if (granted) this.#hold(entry);
      else this.#release(entry);
      for (const later of this.#rivals(entry)) {
        if (this.#open.has(later)) continue;
        this.#open.add(later);
        queue.splice(lowerBound(queue, later, compareEntries), 0, later);
      }
    }
    this.#open.clear();
  }

  #denialOf(entry: Entry): Entry['denied'] {
    // The server stops at the first claim that it cannot grant, whatever the reason.
    const { claims, impossible } = entry.demand;
    for (const claim of claims) {
      if (claim === impossible?.claim) return impossible;
      for (const other of this.#claimants.get(claim.resource) ?? []) {
        if (other !== entry && other.granted && compareEntries(other, entry) < 0)
          return { claim, complaint: takenComplaint(claim) };
      }
    }
    return undefined;
  }

  /** Entries after this one that name something that it names. */
  *#rivals(entry: Entry): Iterable<Entry> {
    for (const { resource } of entry.demand.claims) {
      for (const other of this.#claimants.get(resource) ?? [])
        if (other !== entry && compareEntries(entry, other) < 0) yield other;
    }
  }

  #hold({ name, demand }: Entry): void {
    for (const claim of demand.claims) {
      const held = this.#placeOf(claim);
      if (held) held.pool.claim(name, held.place.band, held.place.slot);
    }
    for (const { family, wanted } of demand.addresses) {
      if ('seat' in wanted) this.#families.get(family)?.pool.add(wanted.seat, homeOf(wanted.seat));
    }
    for (const wanted of [...demand.nodePorts, demand.healthPort])
      if (wanted && 'seat' in wanted) this.#ports.add(wanted.seat, homeOf(wanted.seat));
  }

  #release({ name, demand }: Entry): void {
    for (const claim of demand.claims) {
      const held = this.#placeOf(claim);
      if (held) held.pool.release(name, held.place.band, held.place.slot);
    }
    for (const { family, wanted } of demand.addresses)
      if ('seat' in wanted) this.#families.get(family)?.pool.remove(wanted.seat);
    for (const wanted of [...demand.nodePorts, demand.healthPort])
      if (wanted && 'seat' in wanted) this.#ports.remove(wanted.seat);
  }

  #placeOf(claim: Claim): { readonly pool: SlotPool; readonly place: Place } | undefined {
    if (claim.kind !== 'address') return { pool: this.#ports, place: this.#portRange.placeOf(claim.port) };
    const family = this.#families.get(claim.family);
    const place = family?.ranges.placeOf(claim.address);
    return family && place && { pool: family.pool, place };
  }

  // ---------------------------------------------------------------- results

  #allocate({ service, object, demand, denied }: Entry): AllocationResult {
    const refused = (refusal: Refusal): AllocationResult => ({ service: undefined, assigned: none, refusal });
    if (denied) return refused(claimRefusal(object, service, denied.claim, denied.complaint));
    const assigned = new Set<string>();
    const clusterIPs: string[] = [];
    for (const { family, wanted } of demand.addresses) {
      const address = this.#address(family, wanted);
      if (address === undefined)
        return refused(internalRefusal(object, 'failed to allocate a serviceIP: range is full', ['spec', 'clusterIP']));
      clusterIPs.push(address);
      if ('seat' in wanted) assigned.add(address);
    }
    const ports = service.spec.ports?.map((port, i) => {
      const wanted = demand.nodePorts[i];
      return wanted ? { ...port, nodePort: this.#port(wanted) } : port;
    });
    if (ports?.some((port, i) => demand.nodePorts[i] && port.nodePort === undefined))
      return refused(internalRefusal(object, 'failed to allocate a nodePort: range is full', ['spec', 'ports']));
    const healthCheckNodePort = demand.healthPort && this.#port(demand.healthPort);
    if (demand.healthPort && healthCheckNodePort === undefined) {
      const complaint = 'failed to allocate a HealthCheck NodePort: range is full';
      return refused(internalRefusal(object, complaint, ['spec', 'externalTrafficPolicy']));
    }
    const spec = {
      ...service.spec,
      ...(clusterIPs.length > 0 && { clusterIP: clusterIPs[0]!, clusterIPs }),
      ...(ports && { ports: ports as NonNullable<Service['spec']['ports']> }),
      ...(healthCheckNodePort !== undefined && { healthCheckNodePort }),
    };
    return { service: { ...service, spec }, assigned, refusal: undefined };
  }

  #address(family: IpFamily, wanted: Wanted<string>): string | undefined {
    if ('given' in wanted) return wanted.given;
    const allocator = this.#families.get(family);
    const place = allocator?.pool.slotOf(wanted.seat);
    return place && allocator?.ranges.addressOf(place);
  }

  #port(wanted: Wanted<number>): number | undefined {
    if ('given' in wanted) return wanted.given;
    const place = this.#ports.slotOf(wanted.seat);
    return place && this.#portRange.portOf(place);
  }
}

/** The same place in each band: the pool takes it modulo the band's size. */
function homeOf(seat: string): () => number {
  const home = hash32(seat);
  return () => home;
}

function compareEntries(a: Entry, b: Entry): number {
  return compareOrigins(a.object.origin, b.object.origin) || compareStrings(a.name, b.name);
}
