/** The columns on the left: outside, then Gateways, then what they or the outside lead to: routes and Ingresses. */

import type { WireTopologyEdge } from '#protocol/values';
import { measures, type Box } from './geometry';
import { boxHeight, columnWidth } from './measure';
import type { MapNode } from './model';
import { byLabel, keepOrder } from './order';
import { placedBox, type Placed } from './placed';

type Rank = (node: { readonly id: string }) => number | undefined;

/** What is placed already: how high it is, and where its things stand. */
interface Middle {
  readonly top: number;
  readonly bottom: number;
  readonly at: (id: string) => Box | undefined;
}

interface Entries {
  readonly width: number;
  /** Places them beside what they call, as far as there is room, and gives their ids in order. */
  readonly place: (middle: Middle, placed: Map<string, Placed>) => string[];
}

export function placeEntries(entries: readonly MapNode[], edges: readonly WireTopologyEdge[], rank: Rank): Entries {
  const columns = columnsOf(entries);
  const widths = columns.map(columnWidth);
  const width = widths.reduce((sum, own) => sum + own + measures.entryGap, -measures.entryGap);
  const own = new Set(entries.map(({ id }) => id));
  const calls = edges.filter(({ from }) => own.has(from));
  return {
    width: Math.max(0, width),
    place(middle, placed) {
      let right = Math.max(0, width);
      const order: string[] = [];
      // From the right: what stands farther left follows what it calls.
      for (let index = columns.length - 1; index >= 0; index--) {
        const columnOf = widths[index] ?? 0;
        const x = right - columnOf;
        const at = (id: string): Box | undefined => placed.get(id)?.box ?? middle.at(id);
        const ordered = placeColumn(columns[index] ?? [], calls, { ...middle, at }, x, columnOf, rank, placed);
        order.unshift(...ordered);
        right = x - measures.entryGap;
      }
      return order;
    },
  };
}

/** The world, Gateways, then the rest; those that are empty take no room. */
function columnsOf(entries: readonly MapNode[]): readonly (readonly MapNode[])[] {
  const of = (...kinds: MapNode['kind'][]): readonly MapNode[] => entries.filter(({ kind }) => kinds.includes(kind));
  return [of('outside'), of('gateway'), of('ingress', 'route')].filter((column) => column.length > 0);
}

function placeColumn(
  nodes: readonly MapNode[],
  calls: readonly WireTopologyEdge[],
  middle: Middle,
  x: number,
  width: number,
  rank: Rank,
  placed: Map<string, Placed>,
): string[] {
  const ids = new Set(nodes.map((node) => node.id));
  const sums = new Map<string, { sum: number; count: number }>();
  for (const edge of calls) {
    const target = ids.has(edge.from) ? middle.at(edge.to) : undefined;
    if (target === undefined) continue;
    const so = sums.get(edge.from) ?? { sum: 0, count: 0 };
    sums.set(edge.from, { sum: so.sum + target.y + measures.header / 2, count: so.count + 1 });
  }
  const wanted = (node: MapNode): number => {
    const so = sums.get(node.id);
    return so === undefined ? middle.bottom : so.sum / so.count;
  };
  const natural = [...nodes].sort((a, b) => wanted(a) - wanted(b) || byLabel(a, b));
  const ordered = keepOrder(natural, rank);
  let next = middle.top;
  for (const node of ordered) {
    const height = boxHeight(node, width);
    const y = sums.has(node.id) ? Math.max(next, wanted(node) - measures.header / 2) : next;
    placed.set(node.id, placedBox(node, { x, y, width, height }));
    next = y + height + measures.boxGap;
  }
  return ordered.map((node) => node.id);
}
