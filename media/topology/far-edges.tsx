/** From afar: which towers have to do with which, one line for all edges between two of them. */

import { memo } from '../components/memo';
import { centre, type Box } from './geometry';
import type { Graph } from './graph';
import type { Layout } from './layout';

/** More lines than this are drawn only for the tower that is looked at. */
const mostLines = 40;

interface FarEdgesProps {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly zoom: number;
  /** The tower that is looked at. */
  readonly at: string | undefined;
}

export const FarEdges = memo(({ graph, layout, zoom, at }: FarEdgesProps) => {
  const bundles = bundlesOf(graph, layout);
  const isAll = bundles.length <= mostLines;
  const shown = bundles.filter(({ from, to }) => isAll || from === at || to === at);
  return (
    <g class="far-edges" aria-hidden="true">
      {shown.map(({ from, to, count, isBroken }) => {
        const path = lineBetween(layout, from, to);
        if (path === undefined) return null;
        const look = from === at || to === at ? 'on-way' : '';
        // As wide on the screen at any zoom; more edges are a wider line.
        const width = (1 + Math.min(3, Math.log2(count))) / zoom;
        return (
          <path key={`${from} ${to}`} class={`${look} ${isBroken ? 'tone-error' : ''}`} d={path} stroke-width={width} />
        );
      })}
    </g>
  );
});

interface Bundle {
  readonly from: string;
  readonly to: string;
  count: number;
  isBroken: boolean;
}

/** Edges between things of different towers; what stands in no tower counts for itself. */
function bundlesOf(graph: Graph, layout: Layout): readonly Bundle[] {
  const bundles = new Map<string, Bundle>();
  const placeOf = (id: string): string | undefined => {
    const node = layout.placed.get(id)?.node;
    if (node === undefined) return undefined;
    const isMember = node.kind === 'service' || node.kind === 'workload' || node.kind === 'policy';
    return isMember ? node.parent : id;
  };
  for (const edge of graph.scene.edges) {
    const from = placeOf(edge.from);
    const to = placeOf(edge.to);
    if (from === undefined || to === undefined || from === to) continue;
    const key = `${from} ${to}`;
    const bundle = bundles.get(key) ?? { from, to, count: 0, isBroken: false };
    bundle.count++;
    bundle.isBroken ||= edge.problem?.severity === 'error';
    bundles.set(key, bundle);
  }
  return [...bundles.values()];
}

function lineBetween(layout: Layout, from: string, to: string): string | undefined {
  const [start, end] = [layout.placed.get(from)?.box, layout.placed.get(to)?.box];
  if (start === undefined || end === undefined) return undefined;
  const isForward = start.x + start.width <= end.x;
  const isBackward = end.x + end.width <= start.x;
  const sides = (box: Box, onRight: boolean) => ({ x: onRight ? box.x + box.width : box.x, y: centre(box).y });
  // Towers above each other are joined along their right sides.
  const a = sides(start, !isBackward);
  const b = sides(end, !isForward);
  const bend = isForward || isBackward ? Math.abs(b.x - a.x) / 2 : Math.max(start.width, end.width) / 4;
  const direction = isBackward ? -1 : 1;
  const back = isForward ? -1 : 1;
  return `M${a.x} ${a.y}C${a.x + direction * bend} ${a.y} ${b.x + back * bend} ${b.y} ${b.x} ${b.y}`;
}
