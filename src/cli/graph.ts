/** `graph`: who targets whom, as text, JSON, a Mermaid diagram or a graph for Graphviz. */

import type { ScopeState } from '#analysis/context';
import { dot } from '#analysis/topology/dot';
import { mermaid } from '#analysis/topology/mermaid';
import { placeOfNode, topologyOf } from '#analysis/topology/topology';
import type { Topology } from '#analysis/types';
import { Failure } from './failure';
import type { Loaded } from './load';
import { print, printValue } from './output';

export function graph(loaded: Loaded, state: ScopeState, format: string): void {
  const topology = topologyOf(loaded.workspace, state);
  if (format === 'json' || format === 'yaml') printValue(withPlaces(topology, loaded, state), format);
  else if (format === 'mermaid') print(mermaid(topology));
  else if (format === 'dot') print(dot(topology));
  else if (format === 'text') print(text(topology));
  else throw new Failure(`--output must be text, json, yaml, mermaid or dot, not ${format}`);
}

/** The nodes with the places of the YAML behind them. */
function withPlaces(topology: Topology, { workspace }: Loaded, state: ScopeState): unknown {
  const nodes = topology.nodes.map(({ object, ...node }) => ({
    ...node,
    place: object === undefined ? undefined : placeOfNode(workspace, state, object),
  }));
  return { ...topology, nodes };
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
