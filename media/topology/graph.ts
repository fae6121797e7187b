/** What hangs together in a topology: edges by node, the way a request takes through a node, search, neighbours. */

import type { WireTopology, WireTopologyEdge, WireTopologyNode } from '#protocol/values';
import { centre } from './geometry';
import type { Layout, Placed } from './layout';

export interface Graph {
  readonly topology: WireTopology;
  readonly nodes: ReadonlyMap<string, WireTopologyNode>;
  readonly outgoing: ReadonlyMap<string, readonly WireTopologyEdge[]>;
  readonly incoming: ReadonlyMap<string, readonly WireTopologyEdge[]>;
  /** The workload of a pod. */
  readonly makers: ReadonlyMap<string, string>;
  /** All problems, the worst first, with the node that they stand at: those of an edge stand where it begins. */
  readonly problems: readonly NodeProblem[];
  /** What is wrong at each node and, for a namespace, in it. */
  readonly troubles: ReadonlyMap<string, Trouble>;
}

export interface Trouble {
  readonly worst: NodeProblem['severity'];
  readonly count: number;
}

export interface NodeProblem {
  readonly node: WireTopologyNode;
  readonly severity: WireTopologyNode['problems'][number]['severity'];
  /** The cause, the effect and the fixes, a line each. */
  readonly details: readonly string[];
  readonly message: string;
}

export function graphOf(topology: WireTopology): Graph {
  const nodes = new Map(topology.nodes.map((node) => [node.id, node]));
  const outgoing = new Map<string, WireTopologyEdge[]>();
  const incoming = new Map<string, WireTopologyEdge[]>();
  const makers = new Map<string, string>();
  for (const edge of topology.edges) {
    append(outgoing, edge.from, edge);
    append(incoming, edge.to, edge);
    if (edge.kind === 'makes') makers.set(edge.to, edge.from);
  }
  const problems: NodeProblem[] = [];
  for (const node of topology.nodes) {
    // What an edge says of a node with problems of its own is one of those again, in other words.
    const edges = node.problems.length > 0 ? [] : (outgoing.get(node.id) ?? []);
    for (const { severity, message, details } of node.problems) problems.push({ node, severity, message, details });
    for (const { problem, to } of edges) {
      if (problem === undefined) continue;
      const way = [node.label, nodes.get(to)?.label ?? []].flat().join(' → ');
      problems.push({ node, severity: problem.severity, message: `${way}: ${problem.message}`, details: [] });
    }
  }
  problems.sort((a, b) => weight[a.severity] - weight[b.severity]);
  const troubles = new Map<string, Trouble>();
  for (const { node, severity } of problems) {
    for (const id of node.parent === '' ? [node.id] : [node.id, node.parent]) {
      const known = troubles.get(id);
      // The worst come first.
      troubles.set(id, { worst: known?.worst ?? severity, count: (known?.count ?? 0) + 1 });
    }
  }
  return { topology, nodes, outgoing, incoming, makers, problems, troubles };
}

const weight = { error: 0, warning: 1, info: 2, hint: 3 } as const;

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

/** The problems of one node, or of all that is in a namespace, the worst first. */
export function problemsOf(graph: Graph, id: string): readonly NodeProblem[] {
  return graph.problems.filter(({ node }) => node.id === id || node.parent === id);
}

/** Nodes and edges on the ways of a request through the node: all that leads to it and all that it leads to. */
export function wayThrough(graph: Graph, id: string): ReadonlySet<string> {
  const found = new Set<string>([id]);
  const follow = (start: string, edgesOf: Graph['outgoing'], end: 'from' | 'to'): void => {
    const waiting = [start];
    const seen = new Set(waiting);
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const edge of edgesOf.get(at) ?? []) {
        found.add(edge.id);
        found.add(edge[end]);
        // A workload that calls another Service is a neighbour, not a stage of this request.
        const isCall = edge.kind === 'routes' && graph.nodes.get(edge.from)?.kind === 'workload';
        if (isCall || seen.has(edge[end])) continue;
        seen.add(edge[end]);
        waiting.push(edge[end]);
      }
    }
  };
  follow(id, graph.outgoing, 'to');
  follow(id, graph.incoming, 'from');
  return found;
}

/** Ids of the nodes whose text contains all words of the query; undefined for an empty query. */
export function search(topology: WireTopology, query: string): ReadonlySet<string> | undefined {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  const found = new Set<string>();
  for (const node of topology.nodes) {
    const text = [node.label, node.kind, node.detail, ...node.ports.map((port) => port.label)].join(' ').toLowerCase();
    if (words.every((word) => text.includes(word))) found.add(node.id);
  }
  return found;
}

export type Direction = 'up' | 'down' | 'left' | 'right';

/** Where an arrow key leads: up and down stay in the column (of the namespace's flow), left and right follow edges. */
export function neighbour(graph: Graph, layout: Layout, id: string, direction: Direction): string | undefined {
  const placed = layout.placed.get(id);
  if (placed === undefined) return layout.order[0];
  if (direction === 'left' || direction === 'right') {
    const along = direction === 'right' ? graph.outgoing.get(id) : graph.incoming.get(id);
    const ends = (along ?? []).map((edge) => (direction === 'right' ? edge.to : edge.from));
    return (
      nearest(
        layout,
        id,
        ends.filter((end) => layout.placed.has(end)),
      ) ??
      beside(layout, id, direction) ??
      inOrOut(layout, placed, direction)
    );
  }
  const here = centre(placed.box);
  const sameColumn = (other: string): boolean => {
    const at = layout.placed.get(other);
    if (at === undefined || at.shape === 'folded' || at.shape !== placed.shape) return false;
    if (placed.shape === 'dot') return true;
    return Math.abs(at.box.x - placed.box.x) < 1;
  };
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const other of layout.order) {
    if (other === id || !sameColumn(other)) continue;
    const there = centre(layout.placed.get(other)?.box ?? placed.box);
    const down = direction === 'down' ? there.y - here.y : here.y - there.y;
    if (down < 1) continue;
    const distance = down + Math.abs(there.x - here.x) * 2;
    if (distance < bestDistance) [best, bestDistance] = [other, distance];
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

/** From a namespace to its first member, and back from what has nothing at its left. */
function inOrOut(layout: Layout, placed: Placed, direction: 'left' | 'right'): string | undefined {
  const { node } = placed;
  if (direction === 'left') return layout.placed.has(node.parent) ? node.parent : undefined;
  if (placed.shape !== 'namespace') return undefined;
  return layout.order.find((id) => layout.placed.get(id)?.node.parent === node.id && id !== node.id);
}

/** Without an edge, what stands beside: the nearest box of the next column, or the next pod of the row. */
function beside(layout: Layout, id: string, direction: 'left' | 'right'): string | undefined {
  const placed = layout.placed.get(id);
  if (placed === undefined) return undefined;
  const here = centre(placed.box);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const other of layout.order) {
    const at = layout.placed.get(other);
    if (at === undefined || other === id || at.shape === 'folded') continue;
    if ((at.shape === 'namespace') !== (placed.shape === 'namespace')) continue;
    const there = centre(at.box);
    const along = direction === 'right' ? there.x - here.x : here.x - there.x;
    if (along < 1) continue;
    const distance = along + Math.abs(there.y - here.y) * 3;
    if (distance < bestDistance) [best, bestDistance] = [other, distance];
  }
  return best;
}
