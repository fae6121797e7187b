/**
 * Schedulers that look a destination up by a hash: sh and mh by the client, dh by the virtual server's address.
 * Models net/netfilter/ipvs/ip_vs_sh.c, ip_vs_dh.c and ip_vs_mh.c (Linux 6).
 */

import { foldAddress, hash32, hsiphash } from './hashes';
import { greatestDivisor, type Connection, type Destination, type Destinations, type Scheduler } from './service';

/** IP_VS_SH_TAB_BITS and IP_VS_DH_TAB_BITS as kernels are built by default. */
const tableBits = 8;
const tableSize = 2 ** tableBits;

/** The n-th place of a connection in the table: the first one, or where sh looks after it found a server closed. */
type Place = (connection: Connection, offset: number) => number;

/** The table's entry; with `fallback`, from there on the first one that takes connections. */
function lookUp(
  table: readonly (Destination | undefined)[],
  place: Place,
  connection: Connection,
  fallback: 'fallback' | 'none',
): Destination | undefined {
  const first = place(connection, 0);
  const found = table[first];
  if (!found || found.weight > 0) return found;
  if (fallback === 'none') return undefined;
  for (let offset = 0; offset < table.length; offset++) {
    const next = table[place(connection, (first + offset) % table.length)];
    if (!next || next.weight > 0) return next;
  }
  return undefined;
}

/** The port that a flag such as `sh-port` puts into the hash. */
function portOf({ clientPort }: Connection, flags: readonly string[], flag: string): number {
  return flags.includes(flag) ? clientPort : 0;
}

/** By the client: 256 places, dealt to the destinations in turn, each as many as its weight says. */
export function sourceHashing(destinations: Destinations, flags: readonly string[]): Scheduler {
  const table: (Destination | undefined)[] = [];
  let at = 0;
  let dealt = 0;
  while (table.length < tableSize) {
    const destination = destinations[at];
    table.push(destination);
    if (destination && ++dealt >= destination.weight) {
      at = (at + 1) % destinations.length;
      dealt = 0;
    }
  }
  const place: Place = (connection, offset) => {
    const key = (foldAddress(connection.client) + portOf(connection, flags, 'sh-port')) | 0;
    return (offset + hash32(key, tableBits)) % tableSize;
  };
  const fallback = flags.includes('sh-fallback') ? 'fallback' : 'none';
  return { schedule: (connection) => lookUp(table, place, connection, fallback) };
}

/** By the virtual server's address, so that one virtual server has a single destination. Weights do not count. */
export function destinationHashing(destinations: Destinations): Scheduler {
  const table = Array.from({ length: tableSize }, (_, place) => destinations[place % destinations.length]);
  const place: Place = ({ destination }) => hash32(foldAddress(destination), tableBits);
  return { schedule: (connection) => lookUp(table, place, connection, 'none') };
}

/** The prime for the kernels' default CONFIG_IP_VS_MH_TAB_INDEX of 12, and the bits that it leaves for weights. */
const maglevSize = 4093;
const maglevBits = 6;

const maglevKey = 2654435761n;
const maglevSkipKey = 2654446892n;

/** What it is that is hashed: the address, with the port and an offset added. */
function maglevHash(address: string, port: number, offset: number, key: bigint): number {
  return hsiphash((foldAddress(address) + port + offset) | 0, key);
}

/**
 * Maglev: each destination has a list of places of its own, and they fill the table in turns, so that most places stay
 * whose they were when a destination comes or goes.
 */
export function maglevHashing(destinations: Destinations, flags: readonly string[]): Scheduler {
  const table = maglevTable(destinations);
  const place: Place = (connection, offset) =>
    maglevHash(connection.client, portOf(connection, flags, 'mh-port'), offset, maglevKey) % maglevSize;
  const fallback = flags.includes('mh-fallback') ? 'fallback' : 'none';
  return { schedule: (connection) => lookUp(table, place, connection, fallback) };
}

/** Models ip_vs_mh_permutate and ip_vs_mh_populate; the table goes by the last weights, closed destinations keep theirs. */
function maglevTable(destinations: Destinations): readonly (Destination | undefined)[] {
  const table: (Destination | undefined)[] = Array.from({ length: maglevSize }, () => undefined);
  const weights = destinations.map(({ lastWeight }) => lastWeight).filter((weight) => weight > 0);
  const divisor = weights.reduce(greatestDivisor, 0);
  if (divisor === 0) return table;
  const shift = Math.max(0, 32 - Math.clz32(Math.max(...weights) / divisor) - maglevBits);
  const fillers = destinations.map((destination) => ({
    destination,
    place: maglevHash(destination.address, destination.port, 0, maglevKey) % maglevSize,
    skip: (maglevHash(destination.address, destination.port, 0, maglevSkipKey) % (maglevSize - 1)) + 1,
    turns: Math.floor(destination.lastWeight / divisor) >> shift || (destination.lastWeight === 0 ? 0 : 1),
  }));
  for (let filled = 0; ;) {
    for (const filler of fillers) {
      for (let turn = 0; turn < filler.turns; turn++) {
        while (table[filler.place]) filler.place = (filler.place + filler.skip) % maglevSize;
        table[filler.place] = filler.destination;
        if (++filled === maglevSize) return table;
      }
    }
  }
}
