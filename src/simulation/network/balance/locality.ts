/**
 * Schedulers that keep a destination (lblc) or several (lblcr) for each virtual server's address until they have too much
 * to do. Models net/netfilter/ipvs/ip_vs_lblc.c and ip_vs_lblcr.c (Linux 6).
 */

import { leastLoaded, overhead, type Destination, type Destinations, type Scheduler } from './service';

/** Seconds after which lblcr gives up one of several: the sysctl lblcr_expiration. */
const expiration = 24 * 60 * 60;

/** It has more active connections than its weight says, and another has less than half of what its own says. */
function isOverloaded(destination: Destination, all: Destinations): boolean {
  return destination.active > destination.weight && all.some(({ active, weight }) => active * 2 < weight);
}

export function localityLeastConnection(destinations: Destinations): Scheduler {
  const kept = new Map<string, Destination>();
  return {
    schedule: ({ destination: address }) => {
      const before = kept.get(address);
      if (before && before.weight > 0 && !isOverloaded(before, destinations)) return before;
      const chosen = leastLoaded(destinations, overhead);
      if (chosen) kept.set(address, chosen);
      return chosen;
    },
  };
}

/** The destinations of an address; the latest comes first, as the kernel adds at the head. */
interface Replicas {
  list: readonly Destination[];
  modified: number;
}

export function localityReplication(destinations: Destinations): Scheduler {
  const kept = new Map<string, Replicas>();
  return {
    schedule: ({ destination: address, time }) => {
      const replicas = kept.get(address);
      if (!replicas) {
        const first = leastLoaded(destinations, overhead);
        if (first) kept.set(address, { list: [first], modified: time });
        return first;
      }
      const least = leastLoaded(replicas.list, overhead);
      if (replicas.list.length > 1 && time > replicas.modified + expiration) giveUpBusiest(replicas, time);
      if (least && !isOverloaded(least, destinations)) return least;
      const chosen = leastLoaded(destinations, overhead);
      if (chosen && !replicas.list.includes(chosen)) {
        replicas.list = [chosen, ...replicas.list];
        replicas.modified = time;
      }
      return chosen;
    },
  };
}

/** Models ip_vs_dest_set_max and ip_vs_dest_set_erase. */
function giveUpBusiest(replicas: Replicas, time: number): void {
  let most: Destination | undefined;
  for (const one of replicas.list) {
    if (one.weight <= 0) continue;
    if (!most || overhead(most) * one.weight < overhead(one) * most.weight) most = one;
  }
  if (!most) return;
  replicas.list = replicas.list.filter((one) => one !== most);
  replicas.modified = time;
}
