/** Where an arrow key leads: up and down stay in the column, left and right follow edges. */

import { centre } from './geometry';
import type { Graph } from './graph';
import { placeOf, type Layout } from './layout';
import { podsPerRow } from './measure';
import { makerOf, podId } from './model';
import type { Placed } from './placed';

export type Direction = 'up' | 'down' | 'left' | 'right';

export function neighbour(graph: Graph, layout: Layout, id: string, direction: Direction): string | undefined {
  const maker = makerOf(id);
  if (maker !== undefined) return podNeighbour(graph, layout, id, maker, direction);
  const placed = layout.placed.get(id);
  if (placed === undefined) return layout.order[0];
  if (direction === 'left' || direction === 'right') {
    const along = direction === 'right' ? graph.outgoing.get(id) : graph.incoming.get(id);
    // What a workload calls and which policy isolates it stand in the side panel: arrows keep to the way of requests.
    const ends = (along ?? []).flatMap(({ kind, from, to }) =>
      kind === 'calls' || kind === 'selects' ? [] : direction === 'right' ? to : from,
    );
    const placedEnds = ends.filter((end) => layout.placed.has(end));
    const pod = direction === 'right' ? placed.node.pods[0] : undefined;
    return (
      nearest(layout, id, placedEnds) ??
      (pod && podId(id, pod.name)) ??
      beside(layout, placed, direction) ??
      inOrOut(layout, placed, direction)
    );
  }
  return inColumn(layout, placed, direction === 'down' ? 1 : -1);
}

/** Among its siblings; from the first of a row back to the workload, from the last on to the node that it runs on. */
function podNeighbour(
  graph: Graph,
  layout: Layout,
  id: string,
  maker: string,
  direction: Direction,
): string | undefined {
  const workload = layout.placed.get(maker);
  if (workload === undefined) return layout.order[0];
  const { pods } = workload.node;
  const perRow = podsPerRow(workload.box.width);
  const index = pods.findIndex(({ name }) => podId(maker, name) === id);
  const steps = { left: -1, right: 1, up: -perRow, down: perRow };
  const leavesRow = direction === 'left' && index % perRow === 0;
  const next = leavesRow ? undefined : pods[index + steps[direction]];
  if (next !== undefined) return podId(maker, next.name);
  if (direction === 'left' || direction === 'up') return maker;
  if (direction === 'down') return inColumn(layout, workload, 1);
  const runsOn = placeOf(layout, id)?.node.runsOn;
  return runsOn !== undefined && graph.nodes.has(runsOn) ? runsOn : undefined;
}

function inColumn(layout: Layout, placed: Placed, sign: 1 | -1): string | undefined {
  const here = centre(placed.box);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const other of layout.order) {
    const at = layout.placed.get(other);
    if (at === undefined || at === placed || at.shape !== placed.shape || Math.abs(at.box.x - placed.box.x) >= 1)
      continue;
    const down = (centre(at.box).y - here.y) * sign;
    if (down >= 1 && down < bestDistance) [best, bestDistance] = [other, down];
  }
  return best;
}

function nearest(layout: Layout, id: string, others: readonly string[]): string | undefined {
  const here = layout.placed.get(id);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const other of others) {
    const there = layout.placed.get(other);
    if (there === undefined || here === undefined || other === id) continue;
    const distance = Math.abs(centre(there.box).y - centre(here.box).y);
    if (distance < bestDistance) [best, bestDistance] = [other, distance];
  }
  return best;
}

/** From a tower to its first member, and back from what has nothing at its left. */
function inOrOut(layout: Layout, placed: Placed, direction: 'left' | 'right'): string | undefined {
  const { node } = placed;
  if (direction === 'left') return layout.placed.has(node.parent) ? node.parent : undefined;
  if (placed.shape !== 'tower') return undefined;
  return layout.order.find((id) => layout.placed.get(id)?.node.parent === node.id && id !== node.id);
}

/** Without an edge, what stands beside: the nearest box of the next column. */
function beside(layout: Layout, placed: Placed, direction: 'left' | 'right'): string | undefined {
  const here = centre(placed.box);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const other of layout.order) {
    const at = layout.placed.get(other);
    if (at === undefined || at === placed || at.shape !== placed.shape) continue;
    const there = centre(at.box);
    const along = direction === 'right' ? there.x - here.x : here.x - there.x;
    if (along < 1) continue;
    const distance = along + Math.abs(there.y - here.y) * 3;
    if (distance < bestDistance) [best, bestDistance] = [other, distance];
  }
  return best;
}
