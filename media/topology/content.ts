/** What the extension sends, as the panel keeps it: snapshots, and changes to the last one. */

import type { WireTopology, WireTopologyChange } from '#protocol/values';
import type { ToTopologyPanel } from '#protocol/webview';

export type Content = Extract<ToTopologyPanel, { kind: 'topology' | 'message' }>;

/**
 * The content after a message; `before` itself for one that came too late, undefined for a change of something that is
 * not here, and has to be asked for.
 */
export function contentAfter(
  before: Content | undefined,
  message: Extract<ToTopologyPanel, { kind: 'topology' | 'message' | 'change' }>,
): Content | undefined {
  if (before !== undefined && message.version < before.version) return before;
  if (message.kind !== 'change') return message;
  if (before?.kind !== 'topology' || before.version !== message.base) return undefined;
  const { version, scopes, change, supposed } = message;
  return {
    kind: 'topology',
    version,
    scopes,
    topology: changed(before.topology, change),
    ...(supposed && { supposed }),
  };
}

/** Nodes and edges that the change does not name stay the same objects. */
function changed({ scope, nodes, edges }: WireTopology, change: WireTopologyChange): WireTopology {
  const removed = new Set(change.removed);
  return { scope, nodes: merged(nodes, change.nodes, removed), edges: merged(edges, change.edges, removed) };
}

function merged<T extends { readonly id: string }>(
  before: readonly T[],
  changes: readonly T[],
  removed: ReadonlySet<string>,
): T[] {
  if (changes.length === 0 && removed.size === 0) return [...before];
  const fresh = new Map(changes.map((item) => [item.id, item]));
  const kept = before.flatMap((item) => {
    const now = fresh.get(item.id);
    fresh.delete(item.id);
    return now ?? (removed.has(item.id) ? [] : item);
  });
  return [...kept, ...fresh.values()];
}
