/** The ranges that Service addresses and node ports are taken from, and their bands. */

import { bitsOf, parseIp, parsePrefix, prefixContains, prefixSize, printIp, printPrefix } from '#base/ip';
import type { IpFamily, IpPrefix } from '#base/ip';
import type { ClusterSettings } from '#model/settings';
import { apiRelease, type ApiRelease } from './releases';
import type { Band, Place } from './slot-pool';

/** A slot pool's bands are of this size at most. */
const maxBand = 2 ** 31 - 1;

/** Numbers 1 … `count` of a range, the first `fixed` of which are handed out last. */
interface Split {
  readonly fixed: number;
  readonly count: number;
}

/** Half of the bands of a range: what is handed out first, and what is kept for those who ask by number. */
function bandsOf({ fixed, count }: Split): readonly Band[] {
  return [{ size: Math.min(count - fixed, maxBand) }, { size: fixed }];
}

/** One Service range. Models pkg/registry/core/service/ipallocator (v1.37): its usable addresses and its static band. */
class AddressRange {
  readonly prefix: IpPrefix;
  readonly #split: Split;

  constructor(prefix: IpPrefix) {
    this.prefix = prefix;
    const size = prefixSize(prefix);
    // The first address is never used, nor is IPv4's broadcast address.
    const count = Number(size) - (prefix.family === 'IPv4' ? 2 : 1);
    const fixed = size <= 16n ? 0 : Number(clamp(size / 16n, 16n, 256n));
    this.#split = { count: Math.max(count, 0), fixed };
  }

  get bands(): readonly Band[] {
    return bandsOf(this.#split);
  }

  /** `band` is 0 or 1; undefined for an address that nobody may have, or that is too far away to be handed out. */
  placeOf(value: bigint): Place | undefined {
    const offset = Number(value - this.prefix.base);
    const { fixed, count } = this.#split;
    if (offset < 1 || offset > count) return undefined;
    return offset <= fixed ? { band: 1, slot: offset - 1 } : { band: 0, slot: offset - fixed - 1 };
  }

  addressOf({ band, slot }: Place): string {
    const offset = band === 1 ? slot + 1 : slot + this.#split.fixed + 1;
    return printIp({ family: this.prefix.family, value: this.prefix.base + BigInt(offset) });
  }
}

/** Ranges may lie inside each other: then the widest has all addresses. */
function withoutContained(prefixes: readonly IpPrefix[]): readonly IpPrefix[] {
  return prefixes.filter(
    (prefix, i) =>
      !prefixes.some((other, k) => {
        const contains = other.length <= prefix.length && prefixContains(other, { family: prefix.family, value: prefix.base }); // prettier-ignore
        return contains && (other.length < prefix.length || k < i);
      }),
  );
}

function capacityOf(bands: readonly Band[]): number {
  return bands.reduce((sum, { size }) => sum + size, 0);
}

function clamp(value: bigint, least: bigint, most: bigint): bigint {
  return value < least ? least : value > most ? most : value;
}

/** IPAddress objects are made for no wider range than this. */
const shortestIpv6 = 64;

/** All Service ranges of one family; their bands stand one after the other. */
export class AddressRanges {
  readonly #ranges: readonly AddressRange[];
  readonly #release: ApiRelease;

  /** `more` are ranges that ServiceCIDR objects add to those of the settings. */
  constructor(settings: ClusterSettings, family: IpFamily, more: readonly IpPrefix[] = []) {
    const first = settings.serviceCIDRs.flatMap((text) => parsePrefix(text) ?? []);
    const usable = more.filter((prefix) => prefix.family === 'IPv4' || prefix.length >= shortestIpv6);
    const prefixes = [...first, ...usable].filter((prefix) => prefix.family === family);
    this.#ranges = withoutContained(prefixes).map((prefix) => new AddressRange(prefix));
    this.#release = apiRelease(settings);
  }

  get bands(): readonly Band[] {
    return this.#ranges.flatMap((range) => range.bands);
  }

  /** How many addresses there are to hand out. */
  get capacity(): number {
    return capacityOf(this.bands);
  }

  /** Why nobody may have the address; undefined for one that may be asked for. */
  complaint(text: string): string | undefined {
    const ip = parseIp(text);
    const range = ip && this.#ranges.find(({ prefix }) => prefixContains(prefix, ip));
    if (ip && range?.placeOf(ip.value)) return undefined;
    const [first] = this.#ranges;
    if (this.#release.manyServiceRanges || this.#ranges.length > 1 || !first)
      return 'the provided network does not match the current range';
    const valid = printPrefix(first.prefix);
    return `the provided IP (${text}) is not in the valid range. The range of valid IPs is ${valid}`;
  }

  /** Where the address is in the pool; undefined for one beyond what is handed out. */
  placeOf(text: string): Place | undefined {
    const ip = parseIp(text);
    if (!ip) return undefined;
    const index = this.#ranges.findIndex(({ prefix }) => prefixContains(prefix, ip));
    const place = this.#ranges[index]?.placeOf(ip.value);
    return place && place.slot < maxBand ? { band: 2 * index + place.band, slot: place.slot } : undefined;
  }

  addressOf({ band, slot }: Place): string {
    return this.#ranges[band >> 1]!.addressOf({ band: band & 1, slot });
  }
}

/** Models pkg/registry/core/service/portallocator (v1.37). */
export class PortRange {
  readonly #from: number;
  readonly #to: number;
  readonly #split: Split;

  constructor({ from, to }: { readonly from: number; readonly to: number }) {
    const count = Math.max(0, to - from + 1);
    this.#from = from;
    this.#to = to;
    this.#split = { count, fixed: count <= 16 ? 0 : Math.min(Math.max(Math.floor(count / 32), 16), 128) };
  }

  get bands(): readonly Band[] {
    return bandsOf(this.#split);
  }

  /** How many ports there are to hand out. */
  get capacity(): number {
    return capacityOf(this.bands);
  }

  complaint(port: number): string | undefined {
    if (port >= this.#from && port <= this.#to) return undefined;
    return `provided port is not in the valid range. The range of valid ports is ${this.#from}-${this.#to}`;
  }

  placeOf(port: number): Place {
    const offset = port - this.#from;
    const { fixed } = this.#split;
    return offset < fixed ? { band: 1, slot: offset } : { band: 0, slot: offset - fixed };
  }

  portOf({ band, slot }: Place): number {
    return this.#from + slot + (band === 0 ? this.#split.fixed : 0);
  }
}

/** A text that two spellings of one address share. */
export function canonical(text: string): string {
  const ip = parseIp(text);
  return ip ? `${printIp(ip)}/${bitsOf(ip.family)}` : text;
}
