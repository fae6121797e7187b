/** Which rules of a long chain a packet can meet at all: most name one address or port, and are found by it. */

import type { Chain, PacketHeader, Rule } from '../types';

/** Indexes of rules, ascending. */
interface ChainLookup {
  /** By the whole address that they want as the destination, `10.96.0.10/32`. */
  readonly byDestination: ReadonlyMap<string, readonly number[]>;
  /** By the destination port that they want, whatever the address. */
  readonly byPort: ReadonlyMap<number, readonly number[]>;
  readonly others: readonly number[];
}

/** Shorter chains are gone through as quickly. */
const longFrom = 16;

const lookups = new WeakMap<readonly Rule[], ChainLookup>();

/**
 * The first rule from an index on that the packet may meet; the chain's length where there is none. The rules that are
 * left out want another destination address or port.
 */
export function nextRule({ rules }: Chain, from: number, header: PacketHeader): number {
  if (rules.length < longFrom) return from;
  let lookup = lookups.get(rules);
  if (!lookup) lookups.set(rules, (lookup = lookupOf(rules)));
  const { destination, destinationPort } = header;
  return Math.min(
    firstFrom(lookup.byDestination.get(`${destination}/${destination.includes(':') ? 128 : 32}`), from, rules.length),
    firstFrom(lookup.byPort.get(destinationPort), from, rules.length),
    firstFrom(lookup.others, from, rules.length),
  );
}

function firstFrom(indexes: readonly number[] | undefined, from: number, none: number): number {
  if (!indexes) return none;
  let low = 0;
  let high = indexes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (indexes[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return indexes[low] ?? none;
}

function lookupOf(rules: readonly Rule[]): ChainLookup {
  const byDestination = new Map<string, number[]>();
  const byPort = new Map<number, number[]>();
  const others: number[] = [];
  for (const [index, rule] of rules.entries()) {
    const destination = wholeDestination(rule);
    const port = rule.matches.find((match) => match.kind === 'destination-port')?.port;
    if (destination !== undefined) add(byDestination, destination, index);
    else if (port !== undefined) add(byPort, port, index);
    else others.push(index);
  }
  return { byDestination, byPort, others };
}

function wholeDestination({ matches }: Rule): string | undefined {
  for (const match of matches) {
    if (match.kind !== 'destination' || match.negated) continue;
    if (match.prefix.endsWith(match.prefix.includes(':') ? '/128' : '/32')) return match.prefix;
  }
  return undefined;
}

function add<K>(map: Map<K, number[]>, key: K, index: number): void {
  const list = map.get(key);
  if (list) list.push(index);
  else map.set(key, [index]);
}
