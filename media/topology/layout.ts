/**
 * Where the map draws what: outside → Services → workloads with their pods → nodes, left to right, the middle columns
 * inside namespace boxes. Pure and deterministic; time grows with nodes and edges, not with their product.
 */

import type { WireTopology, WireTopologyNode } from '#protocol/values';
import { bandsOf, type Band } from './bands';
import { around, measures, type Box, type Point } from './geometry';
import { byLabel, keepOrder } from './order';

/** A node with its place. A `folded` pod stands behind its workload's "+N" and shares its place. */
export interface Placed {
  readonly node: WireTopologyNode;
  readonly shape: 'namespace' | 'box' | 'dot' | 'folded';
  readonly box: Box;
  /** Middle of each port's row, by port id. */
  readonly portY: ReadonlyMap<string, number>;
  /** Pods that stand in this box, and how many of them are folded. */
  readonly pods: readonly WireTopologyNode[];
  readonly folded: number;
}

export interface Layout {
  readonly placed: ReadonlyMap<string, Placed>;
  /** All ids in reading order; hand it to the next call, so that things stay where the eye knows them. */
  readonly order: readonly string[];
  readonly bounds: Box;
}

interface Columns {
  readonly service: number;
  readonly workload: number;
}

interface Tower {
  readonly id: string;
  readonly node: WireTopologyNode;
  readonly bands: readonly Band[];
}

const noPorts: ReadonlyMap<string, number> = new Map();

/** Lays out the topology; nodes that `previous` names keep their order. */
export function layout(topology: WireTopology, previous: readonly string[] = []): Layout {
  const ranks = new Map(previous.map((id, rank) => [id, rank]));
  const rank = (node: { readonly id: string }): number | undefined => ranks.get(node.id);
  const { bands, podsOf } = bandsOf(topology, rank);
  const columns: Columns = {
    service: columnWidth(topology.nodes.filter((node) => node.kind === 'service')),
    workload: columnWidth(topology.nodes.filter((node) => node.kind === 'workload' || node.kind === 'pod')),
  };
  const towers = towersOf(topology, bands, rank);
  const [callers, ends] = splitOutside(topology);
  const outsideWidth = columnWidth(callers);
  const placed = new Map<string, Placed>();
  const order: string[] = [];

  const left = callers.length === 0 ? 0 : outsideWidth + measures.columnGap;
  const middle = placeTowers(towers, columns, podsOf, { x: left, y: 0 }, placed, order);
  const callerOrder = placeCallers(callers, topology, outsideWidth, middle, rank, placed);
  const right = middle.width > 0 ? middle.x + middle.width + measures.columnGap : left;
  const last = keepOrder([...ends, ...topology.nodes.filter((node) => node.kind === 'node').sort(byLabel)], rank);
  const height = stackHeight(last.map(() => measures.plain));
  placeColumn(last, { x: right, y: Math.max(0, (middle.height - height) / 2) }, columnWidth(last), placed);

  return {
    placed,
    order: [...callerOrder, ...order, ...last.map((node) => node.id)],
    bounds: around([...placed.values()].filter((item) => item.shape !== 'folded').map((item) => item.box)),
  };
}

/** Outside things that call stand on the left; those that are only called (an external name, an address) on the right. */
function splitOutside(topology: WireTopology): [callers: WireTopologyNode[], ends: WireTopologyNode[]] {
  const called = new Set(topology.edges.map((edge) => edge.to));
  const calling = new Set(topology.edges.map((edge) => edge.from));
  const outside = topology.nodes.filter((node) => node.kind === 'outside').sort(byLabel);
  const isEnd = (node: WireTopologyNode): boolean => called.has(node.id) && !calling.has(node.id);
  return [outside.filter((node) => !isEnd(node)), outside.filter(isEnd)];
}

function towersOf(
  topology: WireTopology,
  bands: ReadonlyMap<string, readonly Band[]>,
  rank: (node: { readonly id: string }) => number | undefined,
): Tower[] {
  const towers = new Map<string, Tower>();
  for (const node of topology.nodes) {
    if (node.kind === 'namespace') towers.set(node.id, { id: node.id, node, bands: bands.get(node.id) ?? [] });
  }
  for (const [id, own] of bands) {
    if (towers.has(id)) continue;
    // A parent that the extension did not send still holds its things together.
    const label = id === '' ? 'no namespace' : id;
    const node: WireTopologyNode = { id, kind: 'namespace', label, detail: '', parent: '', ports: [], problems: [] };
    towers.set(id, { id, node, bands: own });
  }
  const natural = [...towers.values()].sort((a, b) => byLabel(a.node, b.node));
  return keepOrder(natural, rank);
}

function placeTowers(
  towers: readonly Tower[],
  columns: Columns,
  podsOf: ReadonlyMap<string, readonly WireTopologyNode[]>,
  origin: Point,
  placed: Map<string, Placed>,
  order: string[],
): Box {
  const bandWidth = columns.service + measures.edgeGap + columns.workload;
  const flows = new Map<Tower, Flow>();
  let area = 0;
  for (const tower of towers) {
    const flow = flowBands(tower.bands, columns, podsOf);
    flows.set(tower, flow);
    const frame = measures.namespaceTitle + measures.namespacePadding + measures.namespaceGap;
    area += (flow.height + frame) * (Math.max(1, flow.columns) * bandWidth + measures.columnGap);
  }
  const limit = heightLimit(area, 1500);

  const column = { x: origin.x, y: origin.y, width: 0 };
  const boxes: Box[] = [];
  for (const tower of towers) {
    const flow = flows.get(tower) ?? { places: [], columns: 0, height: 0 };
    const width = Math.max(1, flow.columns) * (bandWidth + measures.namespacePadding) + measures.namespacePadding;
    const height = measures.namespaceTitle + Math.max(flow.height, measures.portRow) + measures.namespacePadding;
    if (column.y > origin.y && column.y + height > origin.y + limit) {
      column.x += column.width + measures.columnGap;
      column.y = origin.y;
      column.width = 0;
    }
    const box = { x: column.x, y: column.y, width, height };
    boxes.push(box);
    placed.set(tower.id, { node: tower.node, shape: 'namespace', box, portY: noPorts, pods: [], folded: 0 });
    order.push(tower.id);
    for (const { band, column: index, y } of flow.places) {
      const x = box.x + measures.namespacePadding + index * (bandWidth + measures.namespacePadding);
      placeBand(band, { x, y: box.y + measures.namespaceTitle + y }, columns, podsOf, placed, order);
    }
    column.y += height + measures.namespaceGap;
    column.width = Math.max(column.width, width);
  }
  return around(boxes);
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

/** Stacks the bands of a namespace, in several columns if they are many. */
function flowBands(
  bands: readonly Band[],
  columns: Columns,
  podsOf: ReadonlyMap<string, readonly WireTopologyNode[]>,
): Flow {
  const heights = bands.map((band) => bandHeight(band, columns, podsOf));
  const total = heights.reduce((sum, height) => sum + height + measures.bandGap, 0);
  const limit = heightLimit(total * (columns.service + measures.edgeGap + columns.workload), 1000);
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

function bandHeight(band: Band, columns: Columns, podsOf: ReadonlyMap<string, readonly WireTopologyNode[]>): number {
  const services = stackHeight(band.services.map(serviceHeight));
  const workloads = stackHeight(band.workloads.map((node) => workloadHeight(node, columns.workload, podsOf)));
  return Math.max(services, workloads);
}

function stackHeight(heights: readonly number[]): number {
  return heights.reduce((sum, height) => sum + height + measures.boxGap, heights.length === 0 ? 0 : -measures.boxGap);
}

function serviceHeight(node: WireTopologyNode): number {
  return measures.header + node.ports.length * measures.portRow + (node.ports.length > 0 ? 4 : 0);
}

function podsPerRow(width: number): number {
  return Math.floor((width - 2 * measures.inset) / measures.pod);
}

function workloadHeight(
  node: WireTopologyNode,
  width: number,
  podsOf: ReadonlyMap<string, readonly WireTopologyNode[]>,
): number {
  const count = podsOf.get(node.id)?.length ?? 0;
  const rows = Math.min(measures.podRows, Math.ceil(count / podsPerRow(width)));
  return measures.header + (rows === 0 ? 0 : rows * measures.pod + 8);
}

function placeBand(
  band: Band,
  at: Point,
  columns: Columns,
  podsOf: ReadonlyMap<string, readonly WireTopologyNode[]>,
  placed: Map<string, Placed>,
  order: string[],
): void {
  const height = bandHeight(band, columns, podsOf);
  let y = at.y + (height - stackHeight(band.services.map(serviceHeight))) / 2;
  for (const node of band.services) {
    const box = { x: at.x, y, width: columns.service, height: serviceHeight(node) };
    const firstRow = y + measures.header + measures.portRow / 2;
    const portY = new Map(node.ports.map((port, index) => [port.id, firstRow + index * measures.portRow]));
    placed.set(node.id, { node, shape: 'box', box, portY, pods: [], folded: 0 });
    order.push(node.id);
    y += box.height + measures.boxGap;
  }
  const heights = band.workloads.map((node) => workloadHeight(node, columns.workload, podsOf));
  y = at.y + (height - stackHeight(heights)) / 2;
  for (const [index, node] of band.workloads.entries()) {
    const x = at.x + columns.service + measures.edgeGap;
    const box = { x, y, width: columns.workload, height: heights[index] ?? measures.header };
    placePods(node, box, podsOf.get(node.id) ?? [], placed, order);
    y += box.height + measures.boxGap;
  }
}

function placePods(
  workload: WireTopologyNode,
  box: Box,
  pods: readonly WireTopologyNode[],
  placed: Map<string, Placed>,
  order: string[],
): void {
  const perRow = podsPerRow(box.width);
  const room = perRow * measures.podRows;
  // Three places make room for the words "+N".
  const shown = pods.length <= room ? pods.length : room - 3;
  placed.set(workload.id, { node: workload, shape: 'box', box, portY: noPorts, pods, folded: pods.length - shown });
  order.push(workload.id);
  for (const [index, node] of pods.entries()) {
    const slot = Math.min(index, shown);
    const x = box.x + measures.inset + (slot % perRow) * measures.pod;
    const y = box.y + measures.header + Math.floor(slot / perRow) * measures.pod;
    const shape = index < shown ? 'dot' : 'folded';
    const own = { x, y, width: measures.pod, height: measures.pod };
    placed.set(node.id, { node, shape, box: own, portY: noPorts, pods: [], folded: 0 });
    order.push(node.id);
  }
}

/** Callers stand beside what they call, as far as there is room. */
function placeCallers(
  callers: readonly WireTopologyNode[],
  topology: WireTopology,
  width: number,
  middle: Box,
  rank: (node: { readonly id: string }) => number | undefined,
  placed: Map<string, Placed>,
): string[] {
  const ids = new Set(callers.map((node) => node.id));
  const sums = new Map<string, { sum: number; count: number }>();
  for (const edge of topology.edges) {
    const target = ids.has(edge.from) ? placed.get(edge.to) : undefined;
    if (target === undefined) continue;
    const so = sums.get(edge.from) ?? { sum: 0, count: 0 };
    sums.set(edge.from, { sum: so.sum + target.box.y + measures.header / 2, count: so.count + 1 });
  }
  const wanted = (node: WireTopologyNode): number => {
    const so = sums.get(node.id);
    return so === undefined ? middle.y + middle.height : so.sum / so.count;
  };
  const natural = [...callers].sort((a, b) => wanted(a) - wanted(b) || byLabel(a, b));
  const ordered = keepOrder(natural, rank);
  let next = middle.y;
  for (const node of ordered) {
    const height = serviceHeight(node);
    const y = sums.has(node.id) ? Math.max(next, wanted(node) - measures.header / 2) : next;
    const firstRow = y + measures.header + measures.portRow / 2;
    const portY = new Map(node.ports.map((port, index) => [port.id, firstRow + index * measures.portRow]));
    placed.set(node.id, { node, shape: 'box', box: { x: 0, y, width, height }, portY, pods: [], folded: 0 });
    next = y + height + measures.boxGap;
  }
  return ordered.map((node) => node.id);
}

function placeColumn(nodes: readonly WireTopologyNode[], at: Point, width: number, placed: Map<string, Placed>): void {
  let y = at.y;
  for (const node of nodes) {
    const box = { x: at.x, y, width, height: measures.plain };
    placed.set(node.id, { node, shape: 'box', box, portY: noPorts, pods: [], folded: 0 });
    y += box.height + measures.boxGap;
  }
}

/** Wide enough for most texts of the column, in steps: a name that grows by a letter does not move the columns. */
function columnWidth(nodes: readonly WireTopologyNode[]): number {
  const { smallest, largest, step } = measures.boxWidth;
  let widest: number = smallest;
  for (const node of nodes) {
    // About the advance of one character of the theme's font, at 13 and at 11 pixels; the drawing cuts what is longer.
    const badge = node.problems.length > 0 ? 40 : 0;
    widest = Math.max(widest, node.label.length * 7.6 + 22 + badge, node.detail.length * 6.4 + 22);
    for (const port of node.ports) widest = Math.max(widest, port.label.length * 6.6 + 10);
  }
  return Math.min(largest, Math.ceil((widest + 2 * measures.inset) / step) * step);
}
