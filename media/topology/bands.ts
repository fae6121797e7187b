/** Which Services and workloads of a namespace stand side by side, and in which order. */

import type { WireTopology, WireTopologyNode } from '#protocol/values';
import { byLabel, Groups, keepOrder } from './order';

/** Services and what they reach; bands are stacked, so edges cross only inside one. */
export interface Band {
  readonly services: readonly WireTopologyNode[];
  /** Workloads, and pods that no workload makes. */
  readonly workloads: readonly WireTopologyNode[];
}

export interface Bands {
  /** By the namespace's id, in order. */
  readonly bands: ReadonlyMap<string, readonly Band[]>;
  /** The pods of each workload, in order. */
  readonly podsOf: ReadonlyMap<string, readonly WireTopologyNode[]>;
}

type Rank = (node: { readonly id: string }) => number | undefined;

/**
 * A band is what hangs together by edges; a Service and a workload of one name stand side by side too, so that a
 * selector that misses is seen as a gap between the two.
 */
export function bandsOf(topology: WireTopology, rank: Rank): Bands {
  const nodes = new Map(topology.nodes.map((node) => [node.id, node]));
  const makers = new Map<string, string>();
  for (const edge of topology.edges) {
    if (edge.kind === 'makes' && nodes.get(edge.from)?.kind === 'workload' && nodes.get(edge.to)?.kind === 'pod') {
      makers.set(edge.to, edge.from);
    }
  }
  const groups = new Groups();
  /** Services by the box that they reach. */
  const reachedBy = new Map<string, string[]>();
  for (const edge of topology.edges) {
    const from = nodes.get(edge.from);
    const to = nodes.get(makers.get(edge.to) ?? edge.to);
    if (from?.kind !== 'service' || (to?.kind !== 'workload' && to?.kind !== 'pod') || from.parent !== to.parent)
      continue;
    groups.merge(from.id, to.id);
    const services = reachedBy.get(to.id);
    if (services === undefined) reachedBy.set(to.id, [from.id]);
    else services.push(from.id);
  }

  const members = topology.nodes.filter((node) => isMember(node, makers)).sort(byLabel);
  const namesakes = new Map<string, string>();
  for (const node of members) {
    const name = JSON.stringify([node.parent, node.label]);
    const other = namesakes.get(name);
    if (other === undefined) namesakes.set(name, node.id);
    else groups.merge(other, node.id);
  }

  const byRoot = new Map<string, WireTopologyNode[]>();
  for (const node of members) append(byRoot, groups.find(node.id), node);
  const bands = new Map<string, WireTopologyNode[][]>();
  for (const band of byRoot.values()) append(bands, band[0]?.parent ?? '', band);

  const podsOf = new Map<string, WireTopologyNode[]>();
  for (const node of topology.nodes.filter((node) => node.kind === 'pod').sort(byLabel)) {
    const maker = makers.get(node.id);
    if (maker !== undefined) append(podsOf, maker, node);
  }
  return {
    bands: new Map(
      [...bands].map(([parent, own]) => {
        const ordered = keepOrder(own, (band) => smallestRank(band, rank));
        return [parent, ordered.map((band) => orderBand(band, reachedBy, rank))];
      }),
    ),
    podsOf: new Map([...podsOf].map(([maker, pods]) => [maker, keepOrder(pods, rank)])),
  };
}

function isMember(node: WireTopologyNode, makers: ReadonlyMap<string, string>): boolean {
  return node.kind === 'service' || node.kind === 'workload' || (node.kind === 'pod' && !makers.has(node.id));
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function smallestRank(band: readonly WireTopologyNode[], rank: Rank): number | undefined {
  let smallest: number | undefined;
  for (const node of band) {
    const own = rank(node);
    if (own !== undefined && (smallest === undefined || own < smallest)) smallest = own;
  }
  return smallest;
}

/** Services by name; workloads by the middle (barycentre) of the Services that reach them, to spare crossings. */
function orderBand(
  band: readonly WireTopologyNode[],
  reachedBy: ReadonlyMap<string, readonly string[]>,
  rank: Rank,
): Band {
  const natural = band.filter((node) => node.kind === 'service');
  const services = keepOrder(natural, rank);
  const indexes = new Map(services.map((node, index) => [node.id, index]));
  const middle = new Map<string, number>();
  const workloads = band.filter((node) => node.kind !== 'service');
  for (const node of workloads) {
    const callers = reachedBy.get(node.id) ?? [];
    const sum = callers.reduce((total, id) => total + (indexes.get(id) ?? 0), 0);
    middle.set(node.id, callers.length === 0 ? services.length : sum / callers.length);
  }
  const sorted = workloads.sort((a, b) => (middle.get(a.id) ?? 0) - (middle.get(b.id) ?? 0) || byLabel(a, b));
  return { services, workloads: keepOrder(sorted, rank) };
}
