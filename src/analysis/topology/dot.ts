/** The graph in the language of Graphviz. */

import { groupBy } from '../features/group-by';
import type { Topology, TopologyEdge, TopologyNode } from '../types';

/** A digraph from left to right with a cluster for each namespace; a Service's ports are fields of its record. */
export function dot(topology: Topology): string {
  const namespaces = topology.nodes.filter((node) => node.kind === 'namespace');
  const grouped = new Set(namespaces.map((node) => node.id));
  const drawn = topology.nodes.filter((node) => node.kind !== 'namespace' && node.kind !== 'node');
  const known = new Map(drawn.map((node) => [node.id, node]));
  const byParent = groupBy(drawn, (node) => (grouped.has(node.parent) ? node.parent : ''));
  const lines = [
    `digraph ${quoted(topology.scope)} {`,
    '  rankdir=LR;',
    '  node [shape=record, fontname="sans-serif", fontsize=10];',
    '  edge [fontname="sans-serif", fontsize=9];',
  ];
  for (const [i, namespace] of namespaces.entries()) {
    const members = byParent.get(namespace.id) ?? [];
    if (members.length === 0) continue;
    lines.push(`  subgraph cluster_${i} {`, `    label=${quoted(namespace.label)};`);
    lines.push(...members.map((node) => `    ${statement(node)}`), '  }');
  }
  for (const node of byParent.get('') ?? []) lines.push(`  ${statement(node)}`);
  for (const edge of topology.edges) {
    const from = known.get(edge.from);
    if (from && known.has(edge.to)) lines.push(`  ${edgeStatement(edge, from)}`);
  }
  return [...lines, '}'].join('\n');
}

function statement(node: TopologyNode): string {
  const ready = node.pods.filter((pod) => pod.ready).length;
  const pods = node.pods.length === 0 ? [] : [`${ready} of ${node.pods.length} pods ready`];
  const head = [node.label, node.detail, ...pods]
    .filter((text) => text !== '')
    .map(inRecord)
    .join('\\n');
  const ports = node.ports.map((port, i) => `<p${i}> ${inRecord(port.label)}`);
  const isBroken = node.problems.some(({ severity }) => severity === 'error');
  const style = [
    node.kind === 'workload' ? 'style=rounded' : '',
    node.kind === 'policy' ? 'style=dashed' : '',
    isBroken ? 'penwidth=3' : '',
  ].filter((text) => text !== '');
  return `${quoted(node.id)} [${[`label="${[head, ...ports].join('|')}"`, ...style].join(', ')}];`;
}

function edgeStatement(edge: TopologyEdge, from: TopologyNode): string {
  const port = from.ports.findIndex(({ id }) => id === edge.fromPort);
  const start = port < 0 ? quoted(edge.from) : `${quoted(edge.from)}:p${port}`;
  const isDashed = edge.problem !== undefined || edge.kind === 'calls' || edge.kind === 'selects';
  const style = [
    edge.problem ? `label=${quoted(`broken: ${edge.problem.message}`)}` : '',
    isDashed ? 'style=dashed' : '',
    edge.kind === 'selects' ? 'arrowhead=none' : '',
  ].filter((text) => text !== '');
  return `${start} -> ${quoted(edge.to)}${style.length === 0 ? '' : ` [${style.join(', ')}]`};`;
}

/** A text as a string of the language. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** In the label of a record, braces, bars and angle brackets are syntax. */
function inRecord(text: string): string {
  return text.replace(/[\\"{}|<>]/g, '\\$&');
}
