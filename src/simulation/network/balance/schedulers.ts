/** IPVS' schedulers by their names, and what each does in a sentence. */

import { assertNever } from '#base/assert';
import type { IpvsScheduler } from '../../proxy/ipvs/types';
import { leastConnection, neverQueue, shortestExpectedDelay, weightedLeastConnection } from './least';
import { localityLeastConnection, localityReplication } from './locality';
import { roundRobin, weightedRoundRobin } from './rounds';
import type { Destinations, Scheduler } from './service';
import { destinationHashing, maglevHashing, sourceHashing } from './tables';

/** A scheduler that has chosen nothing yet. `flags` are the virtual server's: `sh-port`, `mh-fallback` and the like. */
export function createScheduler(name: IpvsScheduler, destinations: Destinations, flags: readonly string[]): Scheduler {
  switch (name) {
    case 'rr':
      return roundRobin(destinations);
    case 'wrr':
      return weightedRoundRobin(destinations);
    case 'lc':
      return leastConnection(destinations);
    case 'wlc':
      return weightedLeastConnection(destinations);
    case 'lblc':
      return localityLeastConnection(destinations);
    case 'lblcr':
      return localityReplication(destinations);
    case 'sh':
      return sourceHashing(destinations, flags);
    case 'dh':
      return destinationHashing(destinations);
    case 'sed':
      return shortestExpectedDelay(destinations);
    case 'nq':
      return neverQueue(destinations);
    case 'mh':
      return maglevHashing(destinations, flags);
    default:
      return assertNever(name);
  }
}

/** For people. kube-proxy gives each pod the weight 1, so that the weighted ones do as their plain sisters. */
export const schedulerWords: Readonly<Record<IpvsScheduler, string>> = {
  rr: 'round robin: one pod after the other, on each node apart',
  wrr: 'weighted round robin: as rr, since kube-proxy gives each pod the weight 1',
  lc: 'least connection: the pod with the fewest open connections from this node',
  wlc: 'weighted least connection: as lc, since kube-proxy gives each pod the weight 1',
  lblc: 'locality-based least connection: one pod for the Service\u2019s address until it has more than one connection and another has none',
  lblcr: 'the same with replication: the pods that were chosen so share the connections for the address',
  sh: 'source hashing: a client\u2019s address always gives the same pod',
  dh: 'destination hashing: the Service\u2019s address always gives the same pod, so that one pod gets everything',
  sed: 'shortest expected delay: the pod that has the fewest open connections, this one counted in',
  nq: 'never queue: an idle pod where there is one, else as sed',
  mh: 'Maglev hashing: a client\u2019s address and port always give the same pod, and most do so when pods come or go',
};
