/**
 * Where the map draws what, left to right: outside, Gateways, Ingresses and routes → towers with Services and workloads
 * → names outside, nodes. Pure and deterministic; time grows with nodes and edges, not with their product.
 */

import { bandsOf, type Band } from './bands';
import { inColumns } from './columns';
import { placeEntries } from './entries';
import { around, measures, type Box, type Point } from './geometry';
import { boxHeight, columnWidth, stackHeight } from './measure';
import { memoryAfter, recall, type Recall } from './memory';
import { isEntry, makerOf, podId, podNode, type MapNode } from './model';
import { byLabel, keepOrder } from './order';
import { placedBox, placedTower, podBox, type Placed } from './placed';
import type { Scene } from './scene';
import { noMemory, type Memory } from './state';

export interface Layout {
  /** All but the pods: those are found by `placeOf`. */
  readonly placed: ReadonlyMap<string, Placed>;
  /** All ids but those of pods, in reading order. */
  readonly order: readonly string[];
  readonly bounds: Box;
  /** Hand it to the next call, so that things stay where the eye knows them. */
  readonly memory: Memory;
}

interface Tower {
  readonly node: MapNode;
  readonly bands: readonly Band[];
}

/** The two columns of a band. */
interface Columns {
  readonly left: number;
  readonly right: number;
}

/** Lays out the scene; what `before` knows stays where it was, but for what makes room. */
export function layout(scene: Scene, before: Memory = noMemory): Layout {
  const known = recall(before);
  const placed = new Map<string, Placed>();
  const order: string[] = [];

  let x = 0;
  let middle: Box | undefined;
  for (const [index, towers] of towersOf(scene, known).entries()) {
    if (towers.length === 0) continue;
    const box = placeTowers(towers, { x, y: 0 }, index === 0 ? 'towers' : 'other towers', known, placed, order);
    x = box.x + box.width + measures.columnGap;
    middle = middle === undefined ? box : around([middle, box]);
  }
  const height = middle?.height ?? 0;
  const entries = scene.nodes.filter(({ kind }) => isEntry(kind));
  const beside = { top: 0, bottom: height, at: (id: string) => placed.get(id)?.box };
  const entryOrder = placeEntries(entries, scene.edges, beside, -measures.columnGap, known, placed);
  const ends = keepOrder(endsOf(scene), known.rank);
  placeEnds(ends, x, height, known, placed);

  const now = [...entryOrder, ...order, ...ends.map((node) => node.id)];
  return {
    placed,
    order: now,
    bounds: around([...placed.values()].map((item) => item.box)),
    memory: memoryAfter(before, now, known),
  };
}

/** Names outside, then nodes; nodes that are towers stand elsewhere. */
function endsOf({ nodes, grouping }: Scene): MapNode[] {
  const external = nodes.filter(({ kind }) => kind === 'external').sort(byLabel);
  return grouping === 'namespace'
    ? [...external, ...nodes.filter(({ kind }) => kind === 'node').sort(byLabel)]
    : external;
}

/** Namespaces, and to their right the nodes or zones that workloads are grouped by. */
function towersOf(scene: Scene, { rank }: Recall): readonly (readonly Tower[])[] {
  const bands = bandsOf(scene, rank);
  const towers = new Map<string, Tower>();
  for (const node of scene.nodes) {
    const isTower = node.kind === 'namespace' || (scene.grouping !== 'namespace' && node.kind === scene.grouping);
    if (isTower) towers.set(node.id, { node, bands: bands.get(node.id) ?? [] });
  }
  for (const [id, own] of bands) {
    if (towers.has(id)) continue;
    // A parent that the extension did not send still holds its things together.
    const label = id === '' ? 'no namespace' : id;
    const node: MapNode = { id, kind: 'namespace', label, detail: '', parent: '', ports: [], pods: [], problems: [] };
    towers.set(id, { node, bands: own });
  }
  const all = [...towers.values()].sort((a, b) => byLabel(a.node, b.node));
  const ordered = keepOrder(all, (tower) => rank(tower.node));
  const isNamespace = ({ node }: Tower): boolean => node.kind === 'namespace';
  return [
    // Grouped by nodes, a namespace without Services has nothing to hold.
    ordered.filter((tower) => isNamespace(tower) && (scene.grouping === 'namespace' || tower.bands.length > 0)),
    ordered.filter((tower) => !isNamespace(tower)),
  ];
}

/** `name` is what their columns are remembered by. */
function placeTowers(
  towers: readonly Tower[],
  origin: Point,
  name: string,
  known: Recall,
  placed: Map<string, Placed>,
  order: string[],
): Box {
  const flows = flowsOf(towers, name, known);
  let area = 0;
  for (const { height, width } of flows) {
    const frame = measures.namespaceTitle + measures.namespacePadding + measures.namespaceGap;
    area += (height + frame) * (width + measures.columnGap);
  }
  const heights = flows.map(
    ({ height }) => measures.namespaceTitle + Math.max(height, measures.portRow) + measures.namespacePadding,
  );
  const kept = towers.map(({ node }) => known.mark([node]));
  const stack = inColumns(heights, heightLimit(area, 1500), measures.namespaceGap, kept);
  let left = origin.x;
  let widest = 0;
  let column = 0;
  const boxes: Box[] = [];
  for (const [index, tower] of towers.entries()) {
    const at = stack[index] ?? { column: 0, y: 0, mark: 0 };
    if (at.column !== column) {
      column = at.column;
      left += widest + measures.columnGap;
      widest = 0;
    }
    const { width = 0, columns = noColumns, places = [] } = flows[index] ?? {};
    widest = Math.max(widest, width);
    const box = { x: left, y: origin.y + at.y, width, height: heights[index] ?? 0 };
    boxes.push(box);
    placed.set(tower.node.id, placedTower(tower.node, box));
    known.marks.set(tower.node.id, at.mark);
    order.push(tower.node.id);
    for (const { band, x: across, y } of places) {
      const x = box.x + measures.namespacePadding + across;
      placeBand(band, { x, y: box.y + measures.namespaceTitle + y }, columns, placed, order);
    }
  }
  return around(boxes);
}

/** Of both columns with the edges between them; an empty column takes no room. */
function widthOf({ left, right }: Columns): number {
  return left + right + (left > 0 && right > 0 ? measures.edgeGap : 0);
}

/**
 * How high a column of so much area grows before the next one begins, so that the whole stays about as wide as a
 * screen. In coarse steps: an edit seldom moves things to another column.
 */
function heightLimit(area: number, smallest: number): number {
  const wanted = Math.sqrt(area / 1.6);
  let limit = smallest;
  while (limit < wanted) limit *= 1.5;
  return limit;
}

interface Flow {
  /** Within the tower's frame. */
  readonly places: readonly { readonly band: Band; readonly x: number; readonly y: number }[];
  readonly columns: Columns;
  /** Of the tower with its frame. */
  readonly width: number;
  readonly height: number;
}

const noColumns: Columns = { left: 0, right: 0 };

/** At first all columns are alike; a name that is too long after an edit widens those of its tower alone. */
function flowsOf(towers: readonly Tower[], name: string, known: Recall): readonly Flow[] {
  const widest = (own: readonly Tower[], side: 'left' | 'right'): number =>
    columnWidth(own.flatMap(({ bands }) => bands.flatMap((band) => band[side])));
  const [left, right] = (['left', 'right'] as const).map((side) =>
    known.firstWidth(`${name}, ${side}`, widest(towers, side)),
  );
  return towers.map((tower) => {
    const columns = {
      left: known.width(`${tower.node.id} left`, widest([tower], 'left'), left ?? 0),
      right: known.width(`${tower.node.id} right`, widest([tower], 'right'), right ?? 0),
    };
    return flowBands(tower.bands, columns, known);
  });
}

/** Stacks the bands of a tower, in several columns if they are many. */
function flowBands(bands: readonly Band[], columns: Columns, known: Recall): Flow {
  const step = widthOf(columns) + measures.namespacePadding;
  const heights = bands.map((band) => bandHeight(band, columns));
  const total = heights.reduce((sum, height) => sum + height + measures.bandGap, 0);
  const limit = heightLimit(total * widthOf(columns), 1000);
  const kept = bands.map(({ left, right }) => known.mark([...left, ...right]));
  const stack = inColumns(heights, limit, measures.bandGap, kept);
  let height = 0;
  const places = bands.map((band, index) => {
    const { column, y, mark } = stack[index] ?? { column: 0, y: 0, mark: 0 };
    for (const { id } of [...band.left, ...band.right]) known.marks.set(id, mark);
    height = Math.max(height, y + (heights[index] ?? 0));
    return { band, x: column * step, y };
  });
  const width = ((stack.at(-1)?.column ?? 0) + 1) * step + measures.namespacePadding;
  return { places, columns, width, height };
}

function bandHeight({ left, right }: Band, columns: Columns): number {
  const heightIn = (width: number) => (node: MapNode) => boxHeight(node, width);
  return Math.max(stackHeight(left.map(heightIn(columns.left))), stackHeight(right.map(heightIn(columns.right))));
}

function placeBand(band: Band, at: Point, columns: Columns, placed: Map<string, Placed>, order: string[]): void {
  const height = bandHeight(band, columns);
  const place = (nodes: readonly MapNode[], x: number, width: number): void => {
    let y = at.y + (height - stackHeight(nodes.map((node) => boxHeight(node, width)))) / 2;
    for (const node of nodes) {
      const box = { x, y, width, height: boxHeight(node, width) };
      placed.set(node.id, placedBox(node, box));
      order.push(node.id);
      y += box.height + measures.boxGap;
    }
  };
  place(band.left, at.x, columns.left);
  place(band.right, at.x + columns.left + (columns.left > 0 ? measures.edgeGap : 0), columns.right);
}

/** The column on the right: beside the middle of the map, and where it was as long as the map is as high as that. */
function placeEnds(
  nodes: readonly MapNode[],
  x: number,
  room: number,
  known: Recall,
  placed: Map<string, Placed>,
): void {
  const width = known.width('ends', columnWidth(nodes), 0);
  const free = Math.max(0, room - stackHeight(nodes.map((node) => boxHeight(node, width))));
  const before = known.top('ends');
  let y = before === undefined ? free / 2 : Math.min(before, free);
  if (nodes.length > 0) known.tops.ends = y;
  for (const node of nodes) {
    const box = { x, y, width, height: boxHeight(node) };
    placed.set(node.id, placedBox(node, box));
    y += box.height + measures.boxGap;
  }
}

/** Where a thing stands; a folded pod stands behind its workload's "+N". */
export function placeOf(layout: Layout, id: string): { readonly node: MapNode; readonly box: Box } | undefined {
  const maker = makerOf(id);
  if (maker === undefined) return layout.placed.get(id);
  const workload = layout.placed.get(maker);
  const index = workload?.node.pods.findIndex(({ name }) => podId(maker, name) === id) ?? -1;
  const pod = workload?.node.pods[index];
  return workload && pod && { node: podNode(workload.node, pod), box: podBox(workload, index) };
}
