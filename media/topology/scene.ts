/** What of the graph is drawn, and how it is grouped: filters, the focus on one thing, towers of namespaces, nodes or zones. */

import type { WireTopologyEdge } from '#protocol/values';
import type { MarkedNode, MarkedTopology } from './marks';
import { copyId, isEntry, type MapNode } from './model';

export type Grouping = 'namespace' | 'node' | 'zone';

/** What is left out. */
export interface Filter {
  /** Names of namespaces that are hidden. */
  readonly namespaces: readonly string[];
  readonly hides: readonly Part[];
  /** Only what has a problem, with what it hangs together with. */
  readonly problems: boolean;
}

export type Part = 'entries' | 'pods' | 'nodes' | 'policies' | 'external' | 'unused';

export const noFilter: Filter = { namespaces: [], hides: [], problems: false };

export function isFiltering({ namespaces, hides, problems }: Filter): boolean {
  return namespaces.length > 0 || hides.length > 0 || problems;
}

export interface Scene {
  readonly scope: string;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly WireTopologyEdge[];
  readonly grouping: Grouping;
}

/** The topology without what the filter hides, in its groups. */
export function sceneOf(
  topology: MarkedTopology,
  filter: Filter,
  grouping: Grouping,
  only?: ReadonlySet<string>,
): Scene {
  const kept = isFiltering(filter) || only !== undefined ? filtered(topology, filter, only) : topology;
  const { nodes, edges } = grouping === 'namespace' ? kept : regrouped(kept, grouping);
  return { scope: topology.scope, nodes, edges, grouping };
}

function filtered(topology: MarkedTopology, filter: Filter, only: ReadonlySet<string> | undefined): MarkedTopology {
  const hidden = new Set(filter.namespaces.map((name) => `namespace/${name}`));
  const used = new Set(filter.hides.includes('unused') ? topology.edges.map(({ to }) => to) : []);
  const worth = filter.problems ? worthOfProblems(topology) : undefined;
  const isShown = (node: MarkedNode): boolean => {
    if (hidden.has(node.parent) || hidden.has(node.id)) return false;
    if (only !== undefined && node.kind !== 'namespace' && !only.has(node.id)) return false;
    if (worth !== undefined && node.kind !== 'namespace' && !worth.has(node.id)) return false;
    if (filter.hides.includes('unused') && node.kind === 'workload' && !used.has(node.id)) return false;
    return !filter.hides.some((part) => isOfPart(node, part));
  };
  const shown = topology.nodes.filter(isShown);
  const parents = new Set(shown.map(({ parent }) => parent));
  const isNarrow = only !== undefined || filter.problems;
  const nodes = shown
    .filter((node) => node.kind !== 'namespace' || !isNarrow || parents.has(node.id))
    .map((node) =>
      filter.hides.includes('pods') && node.kind === 'workload' ? { ...node, pods: [], expected: 0 } : node,
    );
  const known = new Set(topology.nodes.map(({ id }) => id));
  const ids = new Set(nodes.map(({ id }) => id));
  // An edge to what is hidden goes with it; one that ends at nothing stays.
  const edges = topology.edges.filter(({ from, to }) => ids.has(from) && (ids.has(to) || !known.has(to)));
  return { ...topology, nodes, edges };
}

function isOfPart({ kind }: MarkedNode, part: Part): boolean {
  switch (part) {
    case 'entries':
      return isEntry(kind);
    case 'nodes':
      return kind === 'node';
    case 'policies':
      return kind === 'policy';
    case 'external':
      return kind === 'external';
    case 'pods':
    case 'unused':
      return false;
  }
}

/** Nodes with problems of their own or of their edges, and what is at the other end of an edge of theirs. */
function worthOfProblems({ nodes, edges }: MarkedTopology): ReadonlySet<string> {
  const ill = new Set(nodes.flatMap(({ id, problems }) => (problems.length > 0 ? id : [])));
  for (const { from, problem } of edges) if (problem !== undefined) ill.add(from);
  const worth = new Set(ill);
  for (const { from, to, kind } of edges) {
    if (kind === 'selects' && !ill.has(from)) continue;
    if (ill.has(from)) worth.add(to);
    if (ill.has(to)) worth.add(from);
  }
  return worth;
}

/** Workloads stand in the node or zone in which their pods run, once for each; Services stay in their namespaces. */
function regrouped(topology: MarkedTopology, grouping: 'node' | 'zone'): Pick<Scene, 'nodes' | 'edges'> {
  const clusterNodes = topology.nodes.filter(({ kind }) => kind === 'node');
  const zones = new Map(clusterNodes.map((node) => [node.label, node.zone]));
  const groupOf = (node: string | undefined): string => {
    if (node === undefined) return 'not scheduled';
    return grouping === 'node' ? node : (zones.get(node) ?? 'no zone');
  };
  const towers = new Map<string, MapNode>();
  const towerOf = (group: string): string => {
    const known = clusterNodes.find(({ label }) => grouping === 'node' && label === group);
    const id = known?.id ?? `${grouping}/${group}`;
    const fresh: MapNode = {
      id,
      kind: grouping,
      label: group,
      detail: '',
      parent: '',
      ports: [],
      pods: [],
      problems: [],
    };
    if (!towers.has(id)) towers.set(id, known ?? fresh);
    return id;
  };
  for (const node of clusterNodes) towerOf(groupOf(node.label));
  const copies = new Map<string, string[]>();
  const workloads = topology.nodes.flatMap((node): MapNode[] => {
    if (node.kind !== 'workload') return [];
    const byGroup = new Map<string, MarkedNode['pods']>();
    for (const pod of node.pods) byGroup.set(groupOf(pod.node), [...(byGroup.get(groupOf(pod.node)) ?? []), pod]);
    if (byGroup.size === 0) byGroup.set('not scheduled', []);
    const namespace = node.parent.replace(/^namespace\//, '');
    const own = [...byGroup].map(([group, pods]): MapNode => {
      const kind = /^\w+/.exec(node.detail)?.[0] ?? '';
      const detail = `${kind} in ${namespace}, ${pods.length} of ${node.pods.length} ${node.pods.length === 1 ? 'pod' : 'pods'}`;
      return { ...node, id: copyId(node.id, group), parent: towerOf(group), detail, pods };
    });
    copies.set(
      node.id,
      own.map(({ id }) => id),
    );
    return own;
  });
  const counts = new Map<string, number>();
  for (const { parent, pods } of workloads) counts.set(parent, (counts.get(parent) ?? 0) + pods.length);
  const groups = [...towers.values()].map((tower): MapNode => {
    const pods = `${counts.get(tower.id) ?? 0} ${counts.get(tower.id) === 1 ? 'pod' : 'pods'}`;
    return { ...tower, detail: [tower.detail, pods].filter((text) => text !== '').join(', ') };
  });
  const rest = topology.nodes.filter(({ kind }) => kind !== 'workload' && kind !== 'node');
  return { nodes: [...rest, ...groups, ...workloads], edges: copiedEdges(topology.edges, copies) };
}

function copiedEdges(edges: readonly WireTopologyEdge[], copies: ReadonlyMap<string, readonly string[]>) {
  return edges.flatMap((edge) => {
    const froms = copies.get(edge.from) ?? [edge.from];
    const tos = copies.get(edge.to) ?? [edge.to];
    if (froms.length === 1 && tos.length === 1 && froms[0] === edge.from && tos[0] === edge.to) return [edge];
    return froms.flatMap((from) => tos.map((to) => ({ ...edge, id: `${edge.id} ${from} ${to}`, from, to })));
  });
}
