/** What has to be drawn: a frame around the window, in steps, so that small moves draw nothing anew. */

import { intersects, type Box } from './geometry';
import type { Layout } from './layout';
import type { Placed } from './placed';
import type { Route } from './routes';
import type { View } from './state';
import { levelOf, type Level, type Size } from './view';

export interface Frame {
  /** The same for views that draw the same. */
  readonly key: string;
  readonly zoom: number;
  readonly level: Level;
  /** Of the world. */
  readonly box: Box;
}

/** How far beyond the window is drawn, and by how much the frame moves on: pixels of the screen. */
const margin = 160;
const step = 160;

export function frameOf(view: View, size: Size): Frame {
  const { zoom } = view;
  const snap = (value: number): number => Math.floor(value / step) * step;
  const left = snap(-view.x - margin);
  const top = snap(-view.y - margin);
  const right = snap(-view.x + size.width + margin) + step;
  const bottom = snap(-view.y + size.height + margin) + step;
  return {
    key: `${left} ${top} ${right} ${bottom} ${zoom}`,
    zoom,
    level: levelOf(zoom),
    box: { x: left / zoom, y: top / zoom, width: (right - left) / zoom, height: (bottom - top) / zoom },
  };
}

export interface Drawn {
  readonly towers: readonly Placed[];
  readonly boxes: readonly Placed[];
  /** Edges that carry all, drawn in one stroke; those between things that a search has not found apart. */
  readonly whole: readonly Route[];
  readonly dimmed: readonly Route[];
  /** Broken ones, and those on the way that is looked at, which lie on top. */
  readonly single: readonly { readonly route: Route; readonly look: string }[];
  /** Those of them on the way. */
  readonly onWay: readonly Route[];
  /** Whether pods are few enough to be things of their own. */
  readonly hasPods: boolean;
}

const mostPods = 400;

export function visible(
  layout: Layout,
  routes: readonly Route[],
  { level, box }: Frame,
  way: ReadonlySet<string> | undefined,
  matches: ReadonlySet<string> | undefined,
): Drawn {
  const towers: Placed[] = [];
  const boxes: Placed[] = [];
  let pods = 0;
  for (const placed of layout.placed.values()) {
    if (!intersects(placed.box, box)) continue;
    if (placed.shape === 'tower') towers.push(placed);
    else if (level !== 'far') {
      boxes.push(placed);
      pods += placed.node.pods.length - placed.folded;
    }
  }
  const edges = level === 'far' ? noEdges : edgesIn(routes, box, way, matches);
  return { towers, boxes, ...edges, hasPods: level === 'near' && pods <= mostPods };
}

type Edges = Pick<Drawn, 'whole' | 'dimmed' | 'single' | 'onWay'>;

const noEdges: Edges = { whole: [], dimmed: [], single: [], onWay: [] };

function edgesIn(
  routes: readonly Route[],
  box: Box,
  way: ReadonlySet<string> | undefined,
  matches: ReadonlySet<string> | undefined,
): Edges {
  const whole: Route[] = [];
  const dimmed: Route[] = [];
  const single: { route: Route; look: string }[] = [];
  const onWay: { route: Route; look: string }[] = [];
  for (const route of routes) {
    const isOnWay = way?.has(route.edge.id) ?? false;
    if ((route.onDemand && !isOnWay) || !intersects(route.box, box)) continue;
    const isDim = matches !== undefined && !matches.has(route.edge.from) && !matches.has(route.edge.to);
    if (isOnWay) onWay.push({ route, look: isDim ? 'on-way dimmed' : 'on-way' });
    else if (route.state !== 'whole') single.push({ route, look: isDim ? 'dimmed' : '' });
    else (isDim ? dimmed : whole).push(route);
  }
  return { whole, dimmed, single: [...single, ...onWay], onWay: onWay.map(({ route }) => route) };
}
