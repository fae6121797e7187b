/** A virtual server as the kernel's schedulers see it, and what a scheduler is. */

/** A real server with what the kernel counts of it. */
export interface Destination {
  readonly address: string;
  readonly port: number;
  /** 0: it takes no new connections. */
  readonly weight: number;
  /** The last weight that was not 0; Maglev's table goes by it. */
  readonly lastWeight: number;
  active: number;
  inactive: number;
}

export interface Connection {
  readonly client: string;
  readonly clientPort: number;
  /** The virtual server's address. */
  readonly destination: string;
  /** Seconds since the beginning. */
  readonly time: number;
}

/** Chooses a destination for a new connection; undefined where it finds none. It keeps what it has to remember itself. */
export interface Scheduler {
  schedule(connection: Connection): Destination | undefined;
}

/**
 * Destinations in the order of the kernel's list, which is the reverse of that in which they were added: a new one is put
 * at the head (`list_add_rcu` of __ip_vs_update_dest in net/netfilter/ipvs/ip_vs_ctl.c).
 */
export type Destinations = readonly Destination[];

/** Models ip_vs_dest_conn_overhead in include/net/ip_vs.h: an active connection weighs as much as 256 inactive ones. */
export function overhead({ active, inactive }: Destination): number {
  return active * 256 + inactive;
}

/** The destination with the least load for its weight; of equals the first one. `load` is never negative. */
export function leastLoaded(
  destinations: Destinations,
  load: (destination: Destination) => number,
): Destination | undefined {
  let least: Destination | undefined;
  for (const destination of destinations) {
    // One without weight never wins: nothing times its rival's load is more than nothing.
    if (least ? load(least) * destination.weight > load(destination) * least.weight : destination.weight > 0)
      least = destination;
  }
  return least;
}

export function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
