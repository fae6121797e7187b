/** What hangs together on the map: edges by node, the ways of a request through a node, problems, search. */

import type { WireTopologyEdge } from '#protocol/values';
import { makerOf, podNode, type MapNode } from './model';
import type { Scene } from './scene';

export interface Graph {
  readonly scope: string;
  readonly scene: Scene;
  readonly nodes: ReadonlyMap<string, MapNode>;
  readonly outgoing: ReadonlyMap<string, readonly WireTopologyEdge[]>;
  readonly incoming: ReadonlyMap<string, readonly WireTopologyEdge[]>;
  /** All problems, the worst first, with the node that they stand at: those of an edge stand where it begins. */
  readonly problems: readonly NodeProblem[];
  /** What is wrong at each node and, for a namespace, in it. */
  readonly troubles: ReadonlyMap<string, Trouble>;
  /** By node of the cluster: the workloads that have pods there, with how many. */
  readonly runs: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export interface Trouble {
  readonly worst: NodeProblem['severity'];
  readonly count: number;
}

export interface NodeProblem {
  readonly node: MapNode;
  readonly severity: MapNode['problems'][number]['severity'];
  /** The cause, the effect and the fixes, a line each. */
  readonly details: readonly string[];
  readonly message: string;
}

export function graphOf(scene: Scene): Graph {
  const nodes = new Map(scene.nodes.map((node) => [node.id, node]));
  const outgoing = new Map<string, WireTopologyEdge[]>();
  const incoming = new Map<string, WireTopologyEdge[]>();
  for (const edge of scene.edges) {
    append(outgoing, edge.from, edge);
    append(incoming, edge.to, edge);
  }
  const problems = problemsIn(scene.nodes, nodes, outgoing);
  const troubles = new Map<string, Trouble>();
  for (const { node, severity } of problems) {
    for (const id of node.parent === '' ? [node.id] : [node.id, node.parent]) {
      const known = troubles.get(id);
      // The worst come first.
      troubles.set(id, { worst: known?.worst ?? severity, count: (known?.count ?? 0) + 1 });
    }
  }
  let runs: Graph['runs'] | undefined;
  return {
    scope: scene.scope,
    scene,
    nodes,
    outgoing,
    incoming,
    problems,
    troubles,
    // Thousands of pods are counted only when somebody looks at one of them.
    get runs() {
      return (runs ??= runsOf(scene.nodes));
    },
  };
}

function problemsIn(
  all: readonly MapNode[],
  nodes: ReadonlyMap<string, MapNode>,
  outgoing: ReadonlyMap<string, readonly WireTopologyEdge[]>,
): NodeProblem[] {
  const problems: NodeProblem[] = [];
  for (const node of all) {
    for (const { severity, message, details } of node.problems) problems.push({ node, severity, message, details });
    // What an edge says of a node with problems of its own is one of those again, in other words.
    if (node.problems.length > 0) continue;
    for (const { problem, to } of outgoing.get(node.id) ?? []) {
      if (problem === undefined) continue;
      const way = [node.label, nodes.get(to)?.label ?? []].flat().join(' → ');
      problems.push({ node, severity: problem.severity, message: `${way}: ${problem.message}`, details: [] });
    }
  }
  return problems.sort((a, b) => weight[a.severity] - weight[b.severity]);
}

const weight = { error: 0, warning: 1, info: 2, hint: 3 } as const;

function runsOf(nodes: readonly MapNode[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const runs = new Map<string, Map<string, number>>();
  for (const { id, pods } of nodes) {
    for (const pod of pods) {
      const node = `node/${pod.node ?? ''}`;
      const own = runs.get(node) ?? new Map<string, number>();
      own.set(id, (own.get(id) ?? 0) + 1);
      runs.set(node, own);
    }
  }
  return runs;
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

/** The node of an id, be it a pod's. */
export function nodeOf(graph: Graph, id: string): MapNode | undefined {
  const maker = makerOf(id);
  if (maker === undefined) return graph.nodes.get(id);
  const workload = graph.nodes.get(maker);
  const pod = workload?.pods.find(({ name }) => `${maker}#${name}` === id);
  return workload && pod && podNode(workload, pod);
}

/** The problems of one node, or of all that is in a namespace, the worst first. */
export function problemsOf(graph: Graph, id: string): readonly NodeProblem[] {
  return graph.problems.filter(({ node }) => node.id === id || node.parent === id);
}

/** Nodes and edges on the ways of a request through the node: all that leads to it and all that it leads to. */
export function wayThrough(graph: Graph, id: string): ReadonlySet<string> {
  const box = makerOf(id) ?? id;
  const there = id.startsWith('node/') ? [...(graph.runs.get(id)?.keys() ?? [])] : [];
  const downstream = follow(graph, box, 'to');
  const found = new Set<string>([id, box, ...there, ...downstream, ...follow(graph, box, 'from')]);
  if (id !== box) {
    const runsOn = nodeOf(graph, id)?.runsOn;
    if (runsOn !== undefined) found.add(runsOn);
    return found;
  }
  for (const reached of [id, ...downstream])
    for (const { node } of graph.nodes.get(reached)?.pods ?? []) if (node !== undefined) found.add(`node/${node}`);
  return found;
}

/** Edges and nodes in one direction, to the end. */
function follow(graph: Graph, start: string, end: 'from' | 'to'): ReadonlySet<string> {
  const edgesOf = end === 'to' ? graph.outgoing : graph.incoming;
  const found = new Set<string>();
  const seen = new Set([start]);
  const waiting = [start];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const edge of edgesOf.get(at) ?? []) {
      // A workload that calls another Service, a policy: neighbours of what is asked for, no stages of its requests.
      const isNeighbour = edge.kind === 'calls' || edge.kind === 'selects';
      if (isNeighbour && at !== start) continue;
      found.add(edge.id);
      found.add(edge[end]);
      if (isNeighbour || seen.has(edge[end])) continue;
      seen.add(edge[end]);
      waiting.push(edge[end]);
    }
  }
  return found;
}

/** Ids of the nodes whose text contains all words of the query, pods included; undefined for an empty query. */
export function search(nodes: readonly MapNode[], query: string): ReadonlySet<string> | undefined {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  const found = new Set<string>();
  const fits = (text: string): boolean => words.every((word) => text.includes(word));
  for (const node of nodes) {
    const ports = node.ports.map((port) => port.label).join(' ');
    const kind = node.kind === 'policy' ? 'networkpolicy' : node.kind;
    if (fits(`${node.label} ${kind} ${node.detail} ${ports}`.toLowerCase())) found.add(node.id);
    for (const { name, address, node: runsOn } of node.pods) {
      if (fits(`${name} pod ${address ?? ''} ${runsOn ?? ''}`.toLowerCase())) found.add(`${node.id}#${name}`);
    }
  }
  return found;
}
