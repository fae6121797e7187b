/** Which Services and workloads stand side by side, and in which order. */

import type { MapNode } from './model';
import { byLabel, Groups, keepOrder } from './order';
import type { Scene } from './scene';

/** Services on the left and what they reach on the right; bands are stacked, so edges cross only inside one. */
export interface Band {
  readonly left: readonly MapNode[];
  readonly right: readonly MapNode[];
}

type Rank = (node: { readonly id: string }) => number | undefined;

/**
 * The bands of each tower, by its id. A band is what hangs together by edges; a Service and a workload of one name stand
 * side by side too, so that a selector that misses is seen as a gap between the two. The policies of a tower stand below.
 */
export function bandsOf(scene: Scene, rank: Rank): ReadonlyMap<string, readonly Band[]> {
  const nodes = new Map(scene.nodes.map((node) => [node.id, node]));
  const groups = new Groups();
  /** Services by the workload that they reach. */
  const reachedBy = new Map<string, string[]>();
  for (const edge of scene.edges) {
    if (edge.kind !== 'targets') continue;
    const from = nodes.get(edge.from);
    const to = nodes.get(edge.to);
    if (from?.kind !== 'service' || to?.kind !== 'workload' || from.parent !== to.parent) continue;
    groups.merge(from.id, to.id);
    append(reachedBy, to.id, from.id);
  }
  const members = scene.nodes.filter(({ kind }) => kind === 'service' || kind === 'workload').sort(byLabel);
  const namesakes = new Map<string, string>();
  for (const node of members) {
    const name = JSON.stringify([node.parent, node.label]);
    const other = namesakes.get(name);
    if (other === undefined) namesakes.set(name, node.id);
    else groups.merge(other, node.id);
  }
  const byRoot = new Map<string, MapNode[]>();
  for (const node of members) append(byRoot, groups.find(node.id), node);
  const bands = new Map<string, MapNode[][]>();
  for (const band of byRoot.values()) append(bands, band[0]?.parent ?? '', band);
  const policies = new Map<string, MapNode[]>();
  for (const node of scene.nodes) if (node.kind === 'policy') append(policies, node.parent, node);
  return new Map(
    [...new Set([...bands.keys(), ...policies.keys()])].map((parent) => {
      const ordered = keepOrder(bands.get(parent) ?? [], (band) => smallestRank(band, rank));
      const below = policyBands(policies.get(parent) ?? [], rank);
      return [parent, [...ordered.map((band) => orderBand(band, reachedBy, rank)), ...below]];
    }),
  );
}

/** In pairs. */
function policyBands(policies: readonly MapNode[], rank: Rank): Band[] {
  const ordered = keepOrder([...policies].sort(byLabel), rank);
  return Array.from({ length: Math.ceil(ordered.length / 2) }, (_, i) => ({
    left: ordered.slice(2 * i, 2 * i + 1),
    right: ordered.slice(2 * i + 1, 2 * i + 2),
  }));
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function smallestRank(band: readonly MapNode[], rank: Rank): number | undefined {
  let smallest: number | undefined;
  for (const node of band) {
    const own = rank(node);
    if (own !== undefined && (smallest === undefined || own < smallest)) smallest = own;
  }
  return smallest;
}

/** Services by name; workloads by the middle (barycentre) of the Services that reach them, to spare crossings. */
function orderBand(band: readonly MapNode[], reachedBy: ReadonlyMap<string, readonly string[]>, rank: Rank): Band {
  const left = keepOrder(
    band.filter((node) => node.kind === 'service'),
    rank,
  );
  const indexes = new Map(left.map((node, index) => [node.id, index]));
  const middle = new Map<string, number>();
  const workloads = band.filter((node) => node.kind !== 'service');
  for (const node of workloads) {
    const callers = reachedBy.get(node.id) ?? [];
    const sum = callers.reduce((total, id) => total + (indexes.get(id) ?? 0), 0);
    middle.set(node.id, callers.length === 0 ? left.length : sum / callers.length);
  }
  const sorted = workloads.sort((a, b) => (middle.get(a.id) ?? 0) - (middle.get(b.id) ?? 0) || byLabel(a, b));
  return { left, right: keepOrder(sorted, rank) };
}
