/** `graph`: who targets whom, as text, JSON, or a Mermaid diagram. */

import { topologyOf } from '#analysis/topology/topology';
import type { ScopeState } from '#analysis/context';
import type { Topology, TopologyNode } from '#analysis/types';
import { Failure } from './failure';
import type { Loaded } from './load';
import { print, printValue } from './output';

export function graph(loaded: Loaded, state: ScopeState, format: string): void {
  const topology = topologyOf(loaded.workspace, state);
  if (format === 'json' || format === 'yaml') printValue(topology, format);
  else if (format === 'mermaid') print(mermaid(topology));
  else if (format === 'text') print(text(topology));
  else throw new Failure(`--output must be text, json, yaml or mermaid, not ${format}`);
}

/** One line a Service and, below it, what each of its ports reaches. */
function text(topology: Topology): string {
  const nodes = new Map(topology.nodes.map((node) => [node.id, node]));
  const lines: string[] = [];
  for (const service of topology.nodes) {
    if (service.kind !== 'service') continue;
    lines.push(`${nodes.get(service.parent)?.label ?? ''}/${service.label}  ${service.detail}`);
    for (const edge of topology.edges) {
      if (edge.from !== service.id) continue;
      const port = service.ports.find((candidate) => candidate.id === edge.fromPort)?.label ?? 'every port';
      const end = nodes.get(edge.to);
      const reached = end ? `${end.label} (${end.detail})` : 'nothing';
      lines.push(`  ${port}  ${edge.problem ? `✕ ${edge.problem.message}` : `⟶ ${reached}`}`);
    }
    const told = new Set(
      topology.edges.flatMap((edge) => (edge.from === service.id ? (edge.problem?.message ?? []) : [])),
    );
    for (const problem of service.problems)
      if (!told.has(problem.message)) lines.push(`  ${problem.severity}: ${problem.message}`);
  }
  return lines.length === 0 ? 'No Services.' : lines.join('\n');
}

/** A flow chart that Markdown previews draw; ids are numbered, since names may hold what Mermaid reads as syntax. */
function mermaid(topology: Topology): string {
  const drawn = topology.nodes.filter((node) => node.kind !== 'namespace' && node.kind !== 'node');
  const ids = new Map(drawn.map((node, i) => [node.id, `n${i}`]));
  const box = (node: TopologyNode) => `${ids.get(node.id)}["${label(node.label)}<br/>${label(node.detail)}"]`;
  const lines = ['flowchart LR'];
  for (const [i, namespace] of topology.nodes.filter((node) => node.kind === 'namespace').entries()) {
    const members = drawn.filter((node) => node.parent === namespace.id);
    if (members.length > 0)
      lines.push(
        `  subgraph s${i} ["${label(namespace.label)}"]`,
        ...members.map((node) => `    ${box(node)}`),
        '  end',
      );
  }
  const grouped = new Set(topology.nodes.filter((node) => node.kind === 'namespace').map((node) => node.id));
  for (const node of drawn) if (!grouped.has(node.parent)) lines.push(`  ${box(node)}`);
  for (const edge of topology.edges) {
    const [from, to] = [ids.get(edge.from), ids.get(edge.to)];
    if (from && to) lines.push(`  ${from} ${edge.problem ? '-. broken .->' : '-->'} ${to}`);
  }
  return lines.join('\n');
}

function label(text: string): string {
  return text.replaceAll('"', '#quot;').replaceAll('<', '&lt;');
}
