/** How edges run: curves from port row to box, stubs that end at nothing where the edge is broken. */

import type { WireTopologyEdge } from '#protocol/values';
import type { Box, Point } from './geometry';
import { around, measures } from './geometry';
import type { Layout } from './layout';
import type { Placed } from './placed';

export interface Route {
  readonly edge: WireTopologyEdge;
  /** SVG path data. */
  readonly path: string;
  /** Of the path: where it begins, the two points that bend it, and where it ends. */
  readonly points: readonly [Point, Point, Point, Point];
  readonly box: Box;
  readonly end: Point;
  /** How far the edge carries a request: `lost` edges end at nothing, `doubtful` ones arrive with a warning. */
  readonly state: 'whole' | 'doubtful' | 'lost';
  /** Where the sign of a broken edge stands. */
  readonly sign: Point;
  /** Drawn only while one of its ends is selected or hovered. */
  readonly onDemand: boolean;
}

const stub = 52;
const gap = 34;

/** One route for each edge. */
export function routesOf(edges: readonly WireTopologyEdge[], layout: Layout): Route[] {
  const arriving = new Set(edges.flatMap((edge) => (layout.placed.has(edge.to) ? startKey(edge) : [])));
  return edges.flatMap((edge) => {
    const from = layout.placed.get(edge.from);
    if (from === undefined) return [];
    const to = layout.placed.get(edge.to);
    const isBeside = to === undefined && arriving.has(startKey(edge));
    return [keptRoute(edge, from, to, isBeside)];
  });
}

interface Kept {
  readonly from: Placed;
  readonly to: Placed | undefined;
  readonly isBeside: boolean;
  readonly route: Route;
}

const kept = new WeakMap<WireTopologyEdge, Kept>();

/** The same route for an edge whose ends have stayed where they were. */
function keptRoute(edge: WireTopologyEdge, from: Placed, to: Placed | undefined, isBeside: boolean): Route {
  const known = kept.get(edge);
  if (known?.from === from && known.to === to && known.isBeside === isBeside) return known.route;
  const start = startOf(edge, from);
  const route = routeOf(edge, isBeside ? below(start) : start, to);
  kept.set(edge, { from, to, isBeside, route });
  return route;
}

function startKey({ from, fromPort }: WireTopologyEdge): string {
  return `${from} ${fromPort ?? ''}`;
}

/** Where a stub leaves beside an edge that arrives: on one line the two would look like one that is broken. */
function below({ x, y }: Point): Point {
  return { x, y: y + 13 };
}

function routeOf(edge: WireTopologyEdge, start: Point, to: Placed | undefined): Route {
  const severity = edge.problem?.severity;
  const lost = to === undefined || severity === 'error';
  if (to === undefined) {
    const end = { x: start.x + stub, y: start.y };
    return {
      edge,
      path: `M${start.x} ${start.y}H${end.x}`,
      points: [start, start, end, end],
      box: around([{ ...start, width: stub + 16, height: 1 }]),
      end,
      state: 'lost',
      sign: { x: end.x + 9, y: end.y },
      onDemand: false,
    };
  }
  const target = endOf(to);
  const backwards = target.x < start.x;
  const end = lost ? { x: target.x - gap, y: target.y } : target;
  const bend = backwards ? 90 : Math.max(30, (end.x - start.x) / 2);
  const state = lost ? 'lost' : severity === 'warning' ? 'doubtful' : 'whole';
  const points: Route['points'] = [start, { x: start.x + bend, y: start.y }, { x: end.x - bend, y: end.y }, end];
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  return {
    edge,
    path: curve(points),
    points,
    box: around(points.map((point) => ({ ...point, width: 1, height: 1 }))),
    end,
    state,
    sign: lost ? { x: end.x + 9, y: end.y } : middle,
    onDemand: state === 'whole' && (backwards || edge.kind === 'calls' || edge.kind === 'selects'),
  };
}

function curve([start, ...rest]: readonly Point[]): string {
  const round = (value: number): number => Math.round(value * 10) / 10;
  const text = ({ x, y }: Point): string => `${round(x)} ${round(y)}`;
  return start === undefined ? '' : `M${text(start)}C${rest.map(text).join(' ')}`;
}

function startOf(edge: WireTopologyEdge, from: Placed): Point {
  const y = edge.fromPort === undefined ? undefined : from.portY.get(edge.fromPort);
  return { x: from.box.x + from.box.width, y: y ?? from.box.y + measures.header / 2 };
}

function endOf(to: Placed): Point {
  return { x: to.box.x, y: to.box.y + measures.header / 2 };
}

/** From the pods of a thing to the nodes that they run on: a line for each node, drawn while the thing is looked at. */
export function runsOnLines(starts: readonly { readonly box: Box; readonly node: string }[], layout: Layout): string {
  const lines = new Map<string, string>();
  for (const { box, node } of starts) {
    const to = layout.placed.get(node);
    if (to === undefined || to.shape !== 'box') continue;
    const start = { x: box.x + box.width, y: box.y + box.height / 2 };
    const end = endOf(to);
    const bend = Math.max(30, (end.x - start.x) / 2);
    lines.set(
      `${node} ${start.y}`,
      curve([start, { x: start.x + bend, y: start.y }, { x: end.x - bend, y: end.y }, end]),
    );
  }
  return [...lines.values()].join('');
}
