/** Which releases of the API server say the same of a document, so that who reads a refusal learns where it ends. */

import type { ClusterSettings } from '#model/settings';
import { minorOf, newestMinor, oldestMinor, periodOf } from '../releases';
import type { Refusal, RefusalCause } from '../types';

/**
 * The refusal with `holds` in each cause that some other release has nothing against. `judge` gives the causes that a
 * cluster of other settings finds, and undefined where that one cannot even decode the document: it takes it no more.
 * Two releases say the same where they complain of one field for one reason, in whatever words.
 */
export function withReleases(
  refusal: Refusal,
  settings: ClusterSettings,
  judge: (settings: ClusterSettings) => readonly RefusalCause[] | undefined,
): Refusal {
  if (refusal.causes.length === 0) return refusal;
  const now = Math.min(Math.max(minorOf(settings.kubernetesVersion), oldestMinor), newestMinor);
  const found = new Map<number, ReadonlySet<string> | 'undecoded'>();
  const says = (minor: number, cause: RefusalCause): boolean => {
    if (minor === now) return true;
    let known = found.get(minor);
    if (!known) {
      const causes = judge({ ...settings, kubernetesVersion: `1.${minor}` });
      known = causes ? new Set(causes.map(complaintOf)) : 'undecoded';
      found.set(minor, known);
    }
    return known === 'undecoded' || known.has(complaintOf(cause));
  };
  const causes = refusal.causes.map((cause): RefusalCause => {
    // A behaviour comes or goes once: what the first and the last release say, those between them say too.
    const always = says(oldestMinor, cause) && says(newestMinor, cause);
    if (always) return cause;
    let [since, until] = [now, now];
    while (since > oldestMinor && says(since - 1, cause)) since--;
    while (until < newestMinor && says(until + 1, cause)) until++;
    const holds = periodOf(since, until);
    return holds ? { ...cause, holds } : cause;
  });
  return causes.some(({ holds }) => holds) ? { ...refusal, causes } : refusal;
}

function complaintOf({ field, reason }: RefusalCause): string {
  return `${field} ${reason}`;
}
