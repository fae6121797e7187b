/**
 * Schedulers that look for the destination with the least to do: lc, wlc, sed and nq.
 * Models net/netfilter/ipvs/ip_vs_lc.c, ip_vs_wlc.c, ip_vs_sed.c and ip_vs_nq.c (Linux 6).
 */

import { leastLoaded, overhead, type Destination, type Destinations, type Scheduler } from './service';

/** The fewest connections, whatever the weight. */
export function leastConnection(destinations: Destinations): Scheduler {
  return {
    schedule: () => {
      let least: Destination | undefined;
      for (const destination of destinations) {
        if (destination.weight === 0) continue;
        if (!least || overhead(destination) < overhead(least)) least = destination;
      }
      return least;
    },
  };
}

/** The fewest connections for its weight. */
export function weightedLeastConnection(destinations: Destinations): Scheduler {
  return { schedule: () => leastLoaded(destinations, overhead) };
}

/** What it would have with this connection: only active ones count. */
function expected({ active }: Destination): number {
  return active + 1;
}

/** The shortest time until the connection is served: it counts itself in. */
export function shortestExpectedDelay(destinations: Destinations): Scheduler {
  return { schedule: () => leastLoaded(destinations, expected) };
}

/** The first idle one, before all others; without one, as sed. */
export function neverQueue(destinations: Destinations): Scheduler {
  return {
    schedule: () =>
      destinations.find(({ weight, active }) => weight !== 0 && active === 0) ?? leastLoaded(destinations, expected),
  };
}
