/** What the rules cost a packet: how many of them look at it. */

import type { Walk, WalkPath } from '../types';

/**
 * Rules that look at the first packet of a connection, on the average of its paths: in iptables mode their number grows
 * with that of the Services, in the others a set or map is asked once.
 */
export function rulesLookedAt({ paths }: Walk): number {
  return paths.reduce((sum, path) => sum + path.probability * lookedAt(path), 0);
}

function lookedAt({ steps }: WalkPath): number {
  let sum = 0;
  for (const step of steps) {
    if (step.kind === 'rule') sum += step.passedOver + 1;
    else if (step.kind === 'no-match') sum += step.looked;
  }
  return sum;
}
