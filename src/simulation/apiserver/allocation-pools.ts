/** The free addresses and node ports of a cluster: who has a seat in which pool, and what that comes to. */

import { hash32 } from '#base/hash';
import type { IpFamily, IpPrefix } from '#base/ip';
import type { NamespacedName, Service } from '#model/kubernetes';
import type { ClusterSettings } from '#model/settings';
import { AddressRanges, PortRange } from './ranges';
import { resolved, type Ask, type Holding, type PoolName } from './service-claims';
import { serviceFamilies } from './service-defaults';
import { ownerOfSeat, portSeat } from './service-tokens';
import { SlotPool, type Place } from './slot-pool';

interface Pool {
  readonly slots: SlotPool;
  readonly capacity: number;
  /** Size of the band that is searched first. */
  readonly room: number;
  placeOf(value: string | number): Place | undefined;
}

/** The pools of cluster addresses and node ports, each with its ranges. */
export class AllocationPools {
  readonly #ranges = new Map<IpFamily, AddressRanges>();
  readonly #ports: PortRange;
  readonly #pools = new Map<PoolName, Pool>();

  /** `more` are the ranges of ServiceCIDR objects. */
  constructor(settings: ClusterSettings, more: readonly IpPrefix[]) {
    for (const family of serviceFamilies(settings)) {
      const ranges = new AddressRanges(settings, family, more);
      this.#ranges.set(family, ranges);
      this.#pools.set(
        family,
        poolOf(ranges, (address) => ranges.placeOf(String(address))),
      );
    }
    const ports = new PortRange(settings.nodePortRange);
    this.#ports = ports;
    this.#pools.set(
      'ports',
      poolOf(ports, (port) => ports.placeOf(Number(port))),
    );
  }

  families(): Iterable<IpFamily> {
    return this.#ranges.keys();
  }

  /** How many may be handed out; nothing of a family that the cluster does not have. */
  capacity(pool: PoolName): number {
    return this.#pools.get(pool)?.capacity ?? 0;
  }

  /** Why nobody may have what is asked for by name. */
  complaint(ask: Ask): string | undefined {
    if (ask.kind !== 'address') return ask.port === undefined ? undefined : this.#ports.complaint(ask.port);
    return ask.address === undefined ? undefined : this.#ranges.get(ask.family)?.complaint(ask.address);
  }

  /** A seat that is in both stays where it is. */
  exchange(name: NamespacedName, before: readonly Holding[], after: readonly Holding[]): void {
    // A Service's seats in the pools of both families have the same name.
    const kept = new Set(after.flatMap((holding) => ('seat' in holding ? `${holding.pool} ${holding.seat}` : [])));
    for (const holding of before) {
      const pool = this.#pools.get(holding.pool);
      if ('seat' in holding) {
        if (!kept.has(`${holding.pool} ${holding.seat}`)) pool?.slots.remove(holding.seat);
        continue;
      }
      const place = pool?.placeOf(holding.value);
      if (place) pool?.slots.release(name, place.band, place.slot);
    }
    for (const holding of after) {
      const pool = this.#pools.get(holding.pool);
      if ('seat' in holding) {
        pool?.slots.add(holding.seat, homeOf(holding.seat));
        continue;
      }
      const place = pool?.placeOf(holding.value);
      if (place) pool?.slots.claim(name, place.band, place.slot);
    }
  }

  /** Services of which some seat is in another place than at the last call. */
  *takeChanged(): Iterable<NamespacedName> {
    for (const { slots } of this.#pools.values()) for (const seat of slots.takeChanged()) yield ownerOfSeat(seat);
  }

  /** The Service with what its tokens stand for. */
  resolved(name: NamespacedName, service: Service): Service {
    return resolved(
      service,
      (family) => this.#ranges.get(family)!.addressOf(this.#placeOf(family, name)),
      (token) => this.#ports.portOf(this.#placeOf('ports', portSeat(name, token))),
    );
  }

  /** For a Service that has been refused after all: the place where the search would have begun. */
  #placeOf(name: PoolName, seat: string): Place {
    const { slots, room } = this.#pools.get(name)!;
    return slots.slotOf(seat) ?? { band: 0, slot: room > 0 ? hash32(seat) % room : 0 };
  }
}

function poolOf(range: AddressRanges | PortRange, placeOf: Pool['placeOf']): Pool {
  const { bands, capacity } = range;
  return { slots: new SlotPool(bands), capacity, room: bands[0]?.size ?? 0, placeOf };
}

/** The same place in each band: the pool takes it modulo the band's size. */
function homeOf(seat: string): () => number {
  const home = hash32(seat);
  return () => home;
}
