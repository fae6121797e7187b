/** The graph as a Mermaid flow chart, which Markdown previews draw. */

import { groupBy } from '../features/group-by';
import type { Topology, TopologyNode } from '../types';

/** Ids are numbered, since names may hold what Mermaid reads as syntax. */
export function mermaid(topology: Topology): string {
  const namespaces = topology.nodes.filter((node) => node.kind === 'namespace');
  const grouped = new Set(namespaces.map((node) => node.id));
  const drawn = topology.nodes.filter((node) => node.kind !== 'namespace' && node.kind !== 'node');
  const ids = new Map(drawn.map((node, i) => [node.id, `n${i}`]));
  const byParent = groupBy(drawn, (node) => (grouped.has(node.parent) ? node.parent : ''));
  const box = (node: TopologyNode) => `${ids.get(node.id)}${shapeOf(node)}`;
  const lines = ['flowchart LR'];
  for (const [i, namespace] of namespaces.entries()) {
    const members = byParent.get(namespace.id) ?? [];
    if (members.length === 0) continue;
    lines.push(
      `  subgraph s${i} ["${escaped(namespace.label)}"]`,
      ...members.map((node) => `    ${box(node)}`),
      '  end',
    );
  }
  for (const node of byParent.get('') ?? []) lines.push(`  ${box(node)}`);
  for (const edge of topology.edges) {
    const [from, to] = [ids.get(edge.from), ids.get(edge.to)];
    if (from && to) lines.push(`  ${from} ${edge.problem ? '-. broken .->' : arrows[edge.kind]} ${to}`);
  }
  const broken = drawn.filter((node) => node.problems.some(({ severity }) => severity === 'error'));
  if (broken.length > 0)
    lines.push(
      '  classDef broken stroke-width:3px',
      `  class ${broken.map((node) => ids.get(node.id)).join(',')} broken`,
    );
  return lines.join('\n');
}

const arrows = { targets: '-->', routes: '-->', calls: '-.->', selects: '-.-' } as const;

/** Services are stadiums, what stands outside is a circle, policies are hexagons; the rest are boxes. */
function shapeOf(node: TopologyNode): string {
  const text = `"${[node.label, node.detail, podsOf(node)]
    .filter((part) => part !== '')
    .map(escaped)
    .join('<br/>')}"`;
  switch (node.kind) {
    case 'service':
      return `([${text}])`;
    case 'outside':
    case 'external':
      return `((${text}))`;
    case 'policy':
      return `{{${text}}}`;
    default:
      return `[${text}]`;
  }
}

function podsOf({ pods }: TopologyNode): string {
  return pods.length === 0 ? '' : `${pods.filter((pod) => pod.ready).length} of ${pods.length} pods ready`;
}

function escaped(text: string): string {
  return text.replaceAll('"', '#quot;').replaceAll('<', '&lt;');
}
