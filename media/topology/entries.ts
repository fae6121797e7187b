/** The columns on the left: outside, then Gateways, then what they or the outside lead to: routes and Ingresses. */

import type { WireTopologyEdge } from '#protocol/values';
import { measures, type Box } from './geometry';
import { boxHeight, columnWidth } from './measure';
import type { Recall } from './memory';
import type { MapNode } from './model';
import { byLabel, keepOrder } from './order';
import { placedBox, type Placed } from './placed';

/** What is placed already: how high it is, and where its things stand. */
interface Middle {
  readonly top: number;
  readonly bottom: number;
  readonly at: (id: string) => Box | undefined;
}

/**
 * Places them left of `right` beside what they call, as far as there is room, and gives their ids in order. They grow to
 * the left: the first Ingress of a scope does not move its Services.
 */
export function placeEntries(
  entries: readonly MapNode[],
  edges: readonly WireTopologyEdge[],
  middle: Middle,
  right: number,
  recall: Recall,
  placed: Map<string, Placed>,
): string[] {
  const columns = columnsOf(entries);
  const own = new Set(entries.map(({ id }) => id));
  const calls = edges.filter(({ from }) => own.has(from));
  const order: string[] = [];
  let end = right;
  // From the right: what stands farther left follows what it calls.
  for (const { name, nodes } of [...columns].reverse()) {
    const width = recall.width(name, columnWidth(nodes), 0);
    const at = (id: string): Box | undefined => placed.get(id)?.box ?? middle.at(id);
    order.unshift(...placeColumn(nodes, calls, { ...middle, at }, { x: end - width, width }, recall, placed));
    end -= width + measures.entryGap;
  }
  return order;
}

/** The world, Gateways, then the rest; those that are empty take no room. */
function columnsOf(entries: readonly MapNode[]): readonly { readonly name: string; readonly nodes: MapNode[] }[] {
  const of = (name: string, ...kinds: MapNode['kind'][]) => ({
    name,
    nodes: entries.filter(({ kind }) => kinds.includes(kind)),
  });
  return [of('outside', 'outside'), of('gateways', 'gateway'), of('routes', 'ingress', 'route')].filter(
    ({ nodes }) => nodes.length > 0,
  );
}

function placeColumn(
  nodes: readonly MapNode[],
  calls: readonly WireTopologyEdge[],
  middle: Middle,
  { x, width }: Pick<Box, 'x' | 'width'>,
  recall: Recall,
  placed: Map<string, Placed>,
): string[] {
  const ids = new Set(nodes.map((node) => node.id));
  const called = new Map<string, number[]>();
  for (const edge of calls) {
    const target = ids.has(edge.from) ? middle.at(edge.to) : undefined;
    if (target === undefined) continue;
    const tops = called.get(edge.from);
    if (tops === undefined) called.set(edge.from, [target.y]);
    else tops.push(target.y);
  }
  const wanted = ({ id }: MapNode): number => {
    const tops = called.get(id);
    return tops === undefined ? middle.bottom : tops.reduce((sum, top) => sum + top) / tops.length;
  };
  const natural = [...nodes].sort((a, b) => wanted(a) - wanted(b) || byLabel(a, b));
  const ordered = keepOrder(natural, recall.rank);
  let next = middle.top;
  for (const node of ordered) {
    const height = boxHeight(node, width);
    const tops = called.get(node.id);
    const before = recall.top(node.id);
    const y = tops === undefined ? next : Math.max(next, isBeside(before, tops) ? before : wanted(node));
    recall.tops[node.id] = y;
    placed.set(node.id, placedBox(node, { x, y, width, height }));
    next = y + height + measures.boxGap;
  }
  return ordered.map((node) => node.id);
}

/** Whether one stands beside what it calls as it is: then it need not move to the middle of that. */
function isBeside(top: number | undefined, called: readonly number[]): top is number {
  if (top === undefined) return false;
  const near = 2 * measures.header;
  return top >= called.reduce((a, b) => Math.min(a, b)) - near && top <= called.reduce((a, b) => Math.max(a, b)) + near;
}
