/** Which of a request's ways is meant: by its number, or by words of where it ends. */

import type { ControlPlane } from '#simulation/types';
import type { Trace, TraceError, TracePath } from '../types';
import { endWords } from './words';

/** How many ways an error lists. */
const mostListed = 8;

export function chosenPath(
  { paths }: Trace,
  choose: number | string | undefined,
  controlPlane: ControlPlane,
): number | TraceError {
  if (choose === undefined || choose === '') return 0;
  if (typeof choose === 'number') {
    if (paths[choose]) return choose;
    return { error: `There is no way ${choose + 1}: the request has ${paths.length}.` };
  }
  const wanted = choose.trim().replace(/^pod[ /]/, '');
  const exact = paths.findIndex((path) => namesOf(path, controlPlane).includes(wanted));
  const found = exact >= 0 ? exact : paths.findIndex(({ outcome }) => endWords(outcome).includes(wanted));
  if (found >= 0) return found;
  const ends = [...new Set(paths.map(({ outcome }) => endWords(outcome)))];
  const more = ends.length > mostListed ? `, and ${ends.length - mostListed} more` : '';
  return { error: `No way of the request ends at “${choose}”. It may end at ${ends.slice(0, mostListed).join(', ')}${more}.` }; // prettier-ignore
}

/** What a pod is called: `shop/web-1`, `web-1`, its address, with or without the port. */
function namesOf({ outcome }: TracePath, controlPlane: ControlPlane): readonly string[] {
  if (outcome.kind !== 'delivered') return [outcome.kind];
  const pod = controlPlane.pod(outcome.pod);
  const addresses = (pod?.status.podIPs ?? []).map(({ ip }) => ip);
  const names = [outcome.pod, outcome.pod.slice(outcome.pod.indexOf('/') + 1), ...addresses];
  return names.flatMap((name) => [name, `${name.includes(':') ? `[${name}]` : name}:${outcome.port}`]);
}
