/** Addresses and prefixes of a rule as nft keeps them: sorted, and joined where they touch or overlap. */

import { bitsOf, parseIp, parsePrefix, printIp, printPrefix, type IpFamily } from '#base/ip';

interface Range {
  readonly family: IpFamily;
  readonly from: bigint;
  /** The last one, which is in. */
  readonly to: bigint;
}

/** `10.0.0.0/8`; of several `{ 10.0.0.0/8, 192.0.2.0/24 }`. What is no address is left as it is. */
export function printRanges(prefixes: readonly string[]): string {
  const ranges = prefixes.map(rangeOf);
  const known = ranges.filter((range) => range !== undefined);
  if (known.length < ranges.length) return prefixes.length === 1 ? prefixes[0]! : `{ ${prefixes.join(', ')} }`;
  const texts = joined(known).map(printRange);
  return prefixes.length === 1 ? texts[0]! : `{ ${texts.join(', ')} }`;
}

function rangeOf(text: string): Range | undefined {
  const ip = parseIp(text);
  if (ip) return { family: ip.family, from: ip.value, to: ip.value };
  const prefix = parsePrefix(text);
  if (!prefix) return undefined;
  const size = 1n << BigInt(bitsOf(prefix.family) - prefix.length);
  return { family: prefix.family, from: prefix.base, to: prefix.base + size - 1n };
}

function joined(ranges: readonly Range[]): readonly Range[] {
  const sorted = ranges.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  const out: Range[] = [];
  for (const range of sorted) {
    const last = out.at(-1);
    if (!last || range.from > last.to + 1n) out.push(range);
    else if (range.to > last.to) out[out.length - 1] = { ...last, to: range.to };
  }
  return out;
}

function printRange({ family, from, to }: Range): string {
  if (from === to) return printIp({ family, value: from });
  const size = to - from + 1n;
  const isPrefix = (size & (size - 1n)) === 0n && from % size === 0n;
  if (!isPrefix) return `${printIp({ family, value: from })}-${printIp({ family, value: to })}`;
  const length = bitsOf(family) - (size.toString(2).length - 1);
  return printPrefix({ family, base: from, length });
}
