/** Schedulers that go round: rr and wrr. Models net/netfilter/ipvs/ip_vs_rr.c and ip_vs_wrr.c (Linux 6). */

import { greatestDivisor, type Destination, type Destinations, type Scheduler } from './service';

/** One after the other, from the head of the list on; those without weight are passed over. */
export function roundRobin(destinations: Destinations): Scheduler {
  let last = -1;
  return {
    schedule: () => {
      for (let step = 1; step <= destinations.length; step++) {
        const at = (last + step) % destinations.length;
        if (destinations[at]!.weight <= 0) continue;
        last = at;
        return destinations[at];
      }
      return undefined;
    },
  };
}

/**
 * In passes for falling weights: those that reach what is wanted, then what is wanted sinks by the weights' greatest
 * divisor. Where the weights are alike, which kube-proxy's are, it is rr.
 */
export function weightedRoundRobin(destinations: Destinations): Scheduler {
  const marks = addAll(destinations);
  let at = -1;
  let wanted = marks.wanted;
  return {
    schedule: (): Destination | undefined => {
      if (marks.most <= 0) return undefined;
      for (;;) {
        for (at += 1; at < destinations.length; at++) if (destinations[at]!.weight >= wanted) return destinations[at];
        at = -1;
        wanted -= marks.step;
        if (wanted <= 0) wanted = marks.most;
      }
    },
  };
}

interface Marks {
  readonly most: number;
  readonly step: number;
  readonly wanted: number;
}

/**
 * Models ip_vs_wrr_dest_changed, once for each destination as it is added: what is wanted does not rise with one that
 * weighs more than those before.
 */
function addAll(destinations: Destinations): Marks {
  let marks: Marks = { most: 0, step: 1, wanted: 0 };
  let heaviest = 0;
  let divisor = 0;
  for (const { weight } of destinations.toReversed()) {
    if (weight > 0) divisor = greatestDivisor(weight, divisor);
    heaviest = Math.max(heaviest, weight);
    const step = divisor || 1;
    const most = heaviest - (step - 1);
    const { wanted } = marks;
    const kept = step > 1 ? Math.floor(wanted / step) * step + 1 : wanted;
    marks = { most, step, wanted: wanted > most || wanted === 0 ? most : kept };
  }
  return marks;
}
