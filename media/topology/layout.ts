/**
 * Where the map draws what, left to right: outside, Gateways, Ingresses and routes → towers with Services and workloads
 * → names outside, nodes. Pure and deterministic; time grows with nodes and edges, not with their product.
 */

import { bandsOf, type Band } from './bands';
import { placeEntries } from './entries';
import { around, measures, type Box, type Point } from './geometry';
import { boxHeight, columnWidth, stackHeight } from './measure';
import { isEntry, makerOf, podId, podNode, type MapNode } from './model';
import { byLabel, keepOrder } from './order';
import { placedBox, placedTower, podBox, type Placed } from './placed';
import type { Scene } from './scene';

export interface Layout {
  /** All but the pods: those are found by `placeOf`. */
  readonly placed: ReadonlyMap<string, Placed>;
  /** All ids but those of pods, in reading order; hand it to the next call, so that things stay where the eye knows them. */
  readonly order: readonly string[];
  readonly bounds: Box;
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

type Rank = (node: { readonly id: string }) => number | undefined;

/** Lays out the scene; nodes that `previous` names keep their order. */
export function layout(scene: Scene, previous: readonly string[] = []): Layout {
  const ranks = new Map(previous.map((id, rank) => [id, rank]));
  const rank: Rank = (node) => ranks.get(node.id);
  const placed = new Map<string, Placed>();
  const order: string[] = [];
  const entries = scene.nodes.filter(({ kind }) => isEntry(kind));
  const { width, place: placeTheEntries } = placeEntries(entries, scene.edges, rank);

  let x = width === 0 ? 0 : width + measures.columnGap;
  let middle: Box | undefined;
  for (const towers of towersOf(scene, rank)) {
    if (towers.length === 0) continue;
    const box = placeTowers(towers, { x, y: 0 }, placed, order);
    x = box.x + box.width + measures.columnGap;
    middle = middle === undefined ? box : around([middle, box]);
  }
  const height = middle?.height ?? 0;
  const entryOrder = placeTheEntries({ top: 0, bottom: height, at: (id) => placed.get(id)?.box }, placed);
  const last = keepOrder(endsOf(scene), rank);
  const top = Math.max(0, (height - stackHeight(last.map(boxHeight))) / 2);
  placeColumn(last, { x, y: top }, columnWidth(last), placed);

  return {
    placed,
    order: [...entryOrder, ...order, ...last.map((node) => node.id)],
    bounds: around([...placed.values()].map((item) => item.box)),
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
function towersOf(scene: Scene, rank: Rank): readonly (readonly Tower[])[] {
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

function placeTowers(towers: readonly Tower[], origin: Point, placed: Map<string, Placed>, order: string[]): Box {
  const bands = towers.flatMap((tower) => tower.bands);
  const columns: Columns = {
    left: columnWidth(bands.flatMap((band) => band.left)),
    right: columnWidth(bands.flatMap((band) => band.right)),
  };
  const bandWidth = widthOf(columns);
  const flows = towers.map((tower) => flowBands(tower.bands, columns));
  let area = 0;
  for (const flow of flows) {
    const frame = measures.namespaceTitle + measures.namespacePadding + measures.namespaceGap;
    area += (flow.height + frame) * (Math.max(1, flow.columns) * bandWidth + measures.columnGap);
  }
  const limit = heightLimit(area, 1500);
  const column = { x: origin.x, y: origin.y, width: 0 };
  const boxes: Box[] = [];
  for (const [index, tower] of towers.entries()) {
    const flow = flows[index] ?? { places: [], columns: 0, height: 0 };
    const width = Math.max(1, flow.columns) * (bandWidth + measures.namespacePadding) + measures.namespacePadding;
    const height = measures.namespaceTitle + Math.max(flow.height, measures.portRow) + measures.namespacePadding;
    if (column.y > origin.y && column.y + height > origin.y + limit) {
      column.x += column.width + measures.columnGap;
      column.y = origin.y;
      column.width = 0;
    }
    const box = { x: column.x, y: column.y, width, height };
    boxes.push(box);
    placed.set(tower.node.id, placedTower(tower.node, box));
    order.push(tower.node.id);
    for (const { band, column: nth, y } of flow.places) {
      const x = box.x + measures.namespacePadding + nth * (bandWidth + measures.namespacePadding);
      placeBand(band, { x, y: box.y + measures.namespaceTitle + y }, columns, placed, order);
    }
    column.y += height + measures.namespaceGap;
    column.width = Math.max(column.width, width);
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
  readonly places: readonly { readonly band: Band; readonly column: number; readonly y: number }[];
  readonly columns: number;
  readonly height: number;
}

/** Stacks the bands of a tower, in several columns if they are many. */
function flowBands(bands: readonly Band[], columns: Columns): Flow {
  const heights = bands.map((band) => bandHeight(band, columns));
  const total = heights.reduce((sum, height) => sum + height + measures.bandGap, 0);
  const limit = heightLimit(total * widthOf(columns), 1000);
  const places: { band: Band; column: number; y: number }[] = [];
  let column = 0;
  let y = 0;
  let height = 0;
  for (const [index, band] of bands.entries()) {
    const own = heights[index] ?? 0;
    if (y > 0 && y + own > limit) {
      column++;
      y = 0;
    }
    places.push({ band, column, y });
    height = Math.max(height, y + own);
    y += own + measures.bandGap;
  }
  return { places, columns: bands.length === 0 ? 0 : column + 1, height };
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

function placeColumn(nodes: readonly MapNode[], at: Point, width: number, placed: Map<string, Placed>): void {
  let y = at.y;
  for (const node of nodes) {
    const box = { x: at.x, y, width, height: boxHeight(node) };
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
