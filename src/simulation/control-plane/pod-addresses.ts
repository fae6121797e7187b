/** The addresses of pods: drawn in a real cluster by the network plugin, here derived from the pods' names. */

import { hash32 } from '#base/hash';
import {
  bitsOf, parseIp, parsePrefix, prefixContains, prefixSize, printIp, type IpFamily, type IpPrefix,
} from '#base/ip'; // prettier-ignore
import type { NamespacedName, Node } from '#model/kubernetes';
import { SlotPool } from '../apiserver/slot-pool';
import { podRanges } from './nodes';

/** Where a pod gets its address when its node's range is full, or when nobody knows the range. */
const overflowRanges: Readonly<Record<IpFamily, string>> = { IPv4: '100.64.0.0/10', IPv6: 'fd00:100:64::/96' };
const overflow: Readonly<Record<IpFamily, IpPrefix>> = {
  IPv4: parsePrefix(overflowRanges.IPv4)!,
  IPv6: parsePrefix(overflowRanges.IPv6)!,
};
/** The network's own address and its gateway. */
const reservedAtStart = 2;
/** The broadcast address. */
const reservedAtEnd = 1;
const maxPoolSize = 2 ** 30;
/** That of the IPv4 range, the smaller one. Each node has its part, so that nodes do not push each other's pods about. */
const overflowSize = Number(prefixSize(overflow.IPv4));

/** Whether the simulation gave this address because no pod range had room: a real cluster would not run the pod. */
export function isOverflowAddress(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && prefixContains(overflow[ip.family], ip);
}

/** The pods of one node: a slot is the same place in the ranges of both families. */
interface Range {
  /** Band 0 is the node's own range, band 1 its part of the overflow. */
  readonly pool: SlotPool;
  readonly prefixes: readonly IpPrefix[];
  readonly sizes: readonly [number, number];
  /** Where its part of the overflow begins. */
  readonly overflowStart: number;
}

/** Pods by range, band and slot. */
type Holders = ReadonlyMap<Range, readonly [Map<number, NamespacedName>, Map<number, NamespacedName>]>;

/**
 * Which pod has which address. Each pod's place depends on its name, its node and who else is on the node, never on
 * the order of the edits.
 */
export class PodAddresses {
  readonly #ranges = new Map<string, Range>();
  /** The ranges by their part of the overflow; the last one is for pods whose node has no range or is not known. */
  readonly #parts: readonly Range[];
  readonly #partSize: number;
  /** The range with this prefix, by family, first address and length. */
  readonly #byPrefix = new Map<string, Range>();
  readonly #lengths: Readonly<Record<IpFamily, Set<number>>> = { IPv4: new Set(), IPv6: new Set() };
  readonly #rangeByPod = new Map<NamespacedName, Range>();
  /** Pods that came since the last `settle`. */
  #added: NamespacedName[] = [];
  /** Made when first asked for. May be out of date: the pool decides. */
  #holders: Holders | undefined;

  constructor(nodes: readonly Node[], families: readonly IpFamily[]) {
    const known = nodes.map((node) => ({ name: node.metadata.name, prefixes: prefixesOf(node) }));
    const described = known.filter(({ prefixes }) => prefixes.length > 0);
    this.#partSize = Math.floor((overflowSize - reservedAtStart - reservedAtEnd) / (described.length + 1));
    const all = [...described.map(({ prefixes }) => prefixes), families.map((family) => overflow[family])];
    this.#parts = all.map((prefixes, part) =>
      this.#makeRange(prefixes, part, part === described.length ? 0 : roomIn(prefixes)),
    );
    described.forEach(({ name, prefixes }, part) => {
      const range = this.#parts[part]!;
      this.#ranges.set(name, range);
      for (const prefix of prefixes) {
        this.#lengths[prefix.family].add(prefix.length);
        this.#byPrefix.set(prefixKey(prefix), range);
      }
    });
  }

  #makeRange(prefixes: readonly IpPrefix[], part: number, size: number): Range {
    const pool = new SlotPool([{ size }, { size: this.#partSize }]);
    return { pool, prefixes, sizes: [size, this.#partSize], overflowStart: part * this.#partSize };
  }

  /** Gives the pod a place. */
  add(pod: NamespacedName, node: string | undefined): void {
    const range = (node !== undefined && this.#ranges.get(node)) || this.#parts.at(-1)!;
    const home = hash32(pod);
    this.#rangeByPod.set(pod, range);
    range.pool.add(pod, () => home);
    this.#added.push(pod);
  }

  /** Does nothing for a pod that has not been added. */
  remove(pod: NamespacedName): void {
    this.#rangeByPod.get(pod)?.pool.remove(pod);
    this.#rangeByPod.delete(pod);
  }

  /** Takes an address that somebody has by his status out of the distribution. */
  claim(owner: string, address: string): void {
    const place = this.#placeOf(address);
    place?.range.pool.claim(owner, place.band, place.slot);
  }

  release(owner: string, address: string): void {
    const place = this.#placeOf(address);
    place?.range.pool.release(owner, place.band, place.slot);
  }

  /** Gives the pods whose addresses may be other ones than at the last call. */
  settle(): ReadonlySet<NamespacedName> {
    const changed = new Set(this.#added);
    this.#added = [];
    for (const range of this.#parts) for (const pod of range.pool.takeChanged()) changed.add(pod);
    if (this.#holders) for (const pod of changed) this.#hold(pod);
    return changed;
  }

  /** What came so far is known: `settle` tells what comes from now on. */
  forgetChanges(): void {
    this.#added = [];
    for (const range of this.#parts) range.pool.forgetChanges();
  }

  /** The pod's addresses, in the order of its node's ranges. */
  addressesOf(pod: NamespacedName): readonly string[] {
    const range = this.#rangeByPod.get(pod);
    const place = range?.pool.slotOf(pod);
    if (!range || !place) return [];
    if (place.band === 0) return range.prefixes.map((prefix) => addressAt(prefix, place.slot));
    return range.prefixes.map(({ family }) => addressAt(overflow[family], range.overflowStart + place.slot));
  }

  /** The pod that the simulation gave this address. */
  podAt(address: string): NamespacedName | undefined {
    const place = this.#placeOf(address);
    if (!place) return undefined;
    const pod = this.#allHolders().get(place.range)?.[place.band].get(place.slot);
    const now = pod === undefined ? undefined : place.range.pool.slotOf(pod);
    return now?.band === place.band && now.slot === place.slot ? pod : undefined;
  }

  #allHolders(): Holders {
    if (this.#holders) return this.#holders;
    const holders: Holders = new Map(this.#parts.map((range) => [range, [new Map(), new Map()]]));
    this.#holders = holders;
    for (const pod of this.#rangeByPod.keys()) this.#hold(pod);
    return holders;
  }

  #hold(pod: NamespacedName): void {
    const range = this.#rangeByPod.get(pod);
    const place = range?.pool.slotOf(pod);
    if (range && place) this.#holders?.get(range)?.[place.band === 0 ? 0 : 1].set(place.slot, pod);
  }

  #placeOf(address: string): { readonly range: Range; readonly band: 0 | 1; readonly slot: number } | undefined {
    const ip = parseIp(address);
    if (!ip) return undefined;
    for (const length of this.#lengths[ip.family]) {
      const host = BigInt(bitsOf(ip.family) - length);
      const base = (ip.value >> host) << host;
      const range = this.#byPrefix.get(prefixKey({ family: ip.family, base, length }));
      if (!range) continue;
      const slot = Number(ip.value - base) - reservedAtStart;
      return slot >= 0 && slot < range.sizes[0] ? { range, band: 0, slot } : undefined;
    }
    if (!prefixContains(overflow[ip.family], ip)) return undefined;
    const offset = Number(ip.value - overflow[ip.family].base) - reservedAtStart;
    const range = offset < 0 ? undefined : this.#parts[Math.floor(offset / this.#partSize)];
    return range && { range, band: 1, slot: offset - range.overflowStart };
  }
}

function prefixesOf(node: Node): readonly IpPrefix[] {
  return podRanges(node)
    .map(parsePrefix)
    .filter((prefix) => prefix !== undefined);
}

/** How many pods fit into all of a node's ranges at once. */
function roomIn(prefixes: readonly IpPrefix[]): number {
  const rooms = prefixes.map(
    (prefix) => Number(prefixSize(prefix)) - reservedAtStart - (prefix.family === 'IPv4' ? reservedAtEnd : 0),
  );
  return Math.max(0, Math.min(maxPoolSize, ...rooms));
}

function prefixKey({ family, base, length }: IpPrefix): string {
  return `${family}/${base}/${length}`;
}

function addressAt(prefix: IpPrefix, slot: number): string {
  return printIp({ family: prefix.family, value: prefix.base + BigInt(reservedAtStart + slot) });
}
