/** What is known of a cluster, and what may be there unseen. */

import type { Sight } from '#analysis/difference';
import type { LiveCluster, WatchedKind } from '#live/index';

/** `watched` are the kinds that can be read at all, of the live room. */
export function sightOf(cluster: LiveCluster, watched: readonly WatchedKind[]): Sight {
  const { kinds, namespaces } = cluster.status();
  const synced = new Set(kinds.flatMap(({ kind, state }) => (listed.has(state.kind) ? [kind] : [])));
  const read = new Set(watched.filter(({ kind, only }) => synced.has(kind) && !only).map(nameOf));
  return {
    isKindRead: (kind) => read.has(nameOf(kind)),
    isNamespaceRead: (namespace) => namespaces === undefined || namespaces.includes(namespace),
  };
}

/** What was listed once is known, be it from a while ago. */
const listed: ReadonlySet<string> = new Set(['synced', 'reconnecting', 'stale']);

function nameOf({ group, kind }: { readonly group: string; readonly kind: string }): string {
  return `${group}/${kind}`;
}
