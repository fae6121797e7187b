/** IP addresses and prefixes as values: parsing, Go's canonical text, membership. */

export type IpFamily = 'IPv4' | 'IPv6';

export interface IpAddress {
  readonly family: IpFamily;
  readonly value: bigint;
}

export interface IpPrefix {
  readonly family: IpFamily;
  /** The first address, with the bits beyond the prefix cleared. */
  readonly base: bigint;
  readonly length: number;
}

export function bitsOf(family: IpFamily): 32 | 128 {
  return family === 'IPv4' ? 32 : 128;
}

/**
 * Parses an address. Octets with leading zeros are refused, as Go's net.ParseIP does since 1.17;
 * an IPv4-mapped IPv6 address is IPv4, as Go's net.IP treats it.
 */
export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const value = parseOctets(text);
    return value === undefined ? undefined : { family: 'IPv4', value };
  }
  const value = parseGroups(text);
  if (value === undefined) return undefined;
  return value >> 32n === 0xffffn ? { family: 'IPv4', value: value & 0xffffffffn } : { family: 'IPv6', value };
}

/** Character by character: a cluster has tens of thousands of addresses. */
function parseOctets(text: string): bigint | undefined {
  let value = 0;
  let count = 0;
  let octet = -1;
  for (let i = 0; i <= text.length; i++) {
    const digit = i === text.length ? dot : text.charCodeAt(i) - zero;
    if (digit === dot) {
      if (octet < 0) return undefined;
      value = value * 256 + octet;
      count++;
      octet = -1;
    } else {
      if (digit < 0 || digit > 9 || octet === 0) return undefined;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return undefined;
    }
  }
  return count === 4 ? BigInt(value) : undefined;
}

const zero = '0'.charCodeAt(0);
const dot = '.'.charCodeAt(0) - zero;

function parseGroups(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groups(halves[0]!);
  const tail = halves.length === 2 ? groups(halves[1]!) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...Array<bigint>(missing).fill(0n), ...tail].reduce((value, group) => (value << 16n) | group, 0n);
}

function groups(text: string): bigint[] | undefined {
  if (text === '') return [];
  const out: bigint[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (i === parts.length - 1 && part.includes('.')) {
      const octets = parseOctets(part);
      if (octets === undefined) return undefined;
      out.push(octets >> 16n, octets & 0xffffn);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return out;
}

/** The canonical text: dotted for IPv4, RFC 5952 for IPv6. */
export function printIp(ip: IpAddress): string {
  if (ip.family === 'IPv4') {
    const n = Number(ip.value);
    return `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
  }
  const parts = Array.from({ length: 8 }, (_, i) => Number((ip.value >> BigInt(112 - 16 * i)) & 0xffffn));
  const zeros = longestZeros(parts);
  const hex = (from: number, to: number) =>
    parts
      .slice(from, to)
      .map((part) => part.toString(16))
      .join(':');
  return zeros.length < 2 ? hex(0, 8) : `${hex(0, zeros.start)}::${hex(zeros.start + zeros.length, 8)}`;
}

function longestZeros(parts: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let i = 0; i < parts.length; i++) {
    let end = i;
    while (parts[end] === 0) end++;
    if (end - i > best.length) best = { start: i, length: end - i };
  }
  return best;
}

/** Parses `address/length`; bits beyond the prefix are cleared. */
export function parsePrefix(text: string): IpPrefix | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const ip = match && parseIp(match[1]!);
  if (!match || !ip) return undefined;
  const length = Number(match[2]);
  if (length > bitsOf(ip.family) || (match[2]!.length > 1 && match[2]!.startsWith('0'))) return undefined;
  const host = BigInt(bitsOf(ip.family) - length);
  return { family: ip.family, base: (ip.value >> host) << host, length };
}

export function printPrefix(prefix: IpPrefix): string {
  return `${printIp({ family: prefix.family, value: prefix.base })}/${prefix.length}`;
}

/** How many addresses a prefix holds. */
export function prefixSize(prefix: IpPrefix): bigint {
  return 1n << BigInt(bitsOf(prefix.family) - prefix.length);
}

export function prefixContains(prefix: IpPrefix, ip: IpAddress): boolean {
  return prefix.family === ip.family && (prefix.base ^ ip.value) >> BigInt(bitsOf(ip.family) - prefix.length) === 0n;
}

export function familyOf(text: string): IpFamily | undefined {
  return parseIp(text)?.family;
}
