/** Values of the analysis as they go over the wire: places by URI, outcomes in words. */

import { topics } from '#analysis/learn/topics';
import type { Comparison } from '#analysis/trace/compare';
import type { PartsChange } from '#analysis/topology/kept-parts';
import type { Fix, Hop, Place, Topology, TopologyNode, Trace, TreeItem } from '#analysis/types';
import type { ProxyMode } from '#model/settings';
import type {
  WireComparison,
  WireHop,
  WireOutcome,
  WirePlace,
  WireTopology,
  WireTopologyChange,
  WireTopologyNode,
  WireTrace,
  WireTreeItem,
} from '#protocol/values';
import type { Paths } from './paths';

export function wirePlace(place: Place | undefined, paths: Paths): WirePlace | undefined {
  return place && paths.place(place);
}

export function wireTreeItem(item: TreeItem, paths: Paths): WireTreeItem {
  return { ...item, place: wirePlace(item.place, paths) };
}

export function wireTopology({ scope, nodes, edges }: Topology): WireTopology {
  return { scope, nodes: nodes.map(wireNode), edges: [...edges] };
}

export function wireTopologyChange({ nodes, edges, removed }: PartsChange): WireTopologyChange {
  return { nodes: nodes.map(wireNode), edges: [...edges], removed: [...removed] };
}

function wireNode(node: TopologyNode): WireTopologyNode {
  return {
    ...node,
    ports: [...node.ports],
    pods: [...node.pods],
    problems: node.problems.map((problem) => ({ ...problem, details: [...problem.details] })),
  };
}

export function wireTrace(trace: Trace, scope: string, mode: ProxyMode, paths: Paths): WireTrace {
  const met = new Set(trace.paths.flatMap(({ hops }) => hops.flatMap((hop) => hop.topics ?? [])));
  return {
    request: trace.request,
    scope,
    from: trace.from,
    to: trace.to,
    verdict: trace.verdict,
    hedged: trace.hedged,
    doubts: [...(trace.doubts ?? [])],
    symptom: trace.symptom,
    outcomes: trace.outcomes.map((outcome) => wireOutcome(outcome, outcome.probability)),
    paths: trace.paths.map((path) => ({
      probability: path.probability,
      outcome: wireOutcome(path.outcome, path.probability),
      hops: path.hops.map((hop) => wireHop(hop, paths)),
      packets: [...path.packets],
    })),
    explanations: Object.fromEntries([...met].map((id) => [id, topics[id]])),
    mode: trace.request.mode ?? mode,
    fixes: trace.fixes.map((fix) => wireFix(fix, paths)),
    assumptions: [...trace.assumptions],
  };
}

export function wireComparison({ sources, modes, cells, differences, costs }: Comparison): WireComparison {
  return {
    sources: [...sources],
    modes: [...modes],
    cells: cells.map((cell) => ({ ...cell, ends: [...cell.ends] })),
    differences: [...differences],
    costs: [...costs],
  };
}

export function wireOutcome(
  outcome: Trace['outcomes'][number] | Trace['paths'][number]['outcome'],
  probability: number,
): WireOutcome {
  const text = outcome.kind === 'delivered' ? `${outcome.pod}:${outcome.port}` : outcome.reason;
  const kind = outcome.kind === 'unresolved' && outcome.mayResolve ? 'unknown' : outcome.kind;
  return { kind, text, probability };
}

function wireHop(hop: Hop, paths: Paths): WireHop {
  return {
    ...hop,
    lines: [...hop.lines],
    topics: hop.topics && [...hop.topics],
    rules: hop.rules?.map((rule) => ({ ...rule, passed: [...rule.passed] })),
    causes: hop.causes.map((cause) => ({ text: cause.text, place: wirePlace(cause.place, paths) })),
  };
}

function wireFix(fix: Fix, paths: Paths) {
  const edit = fix.edits[0];
  return { title: fix.title, place: edit && wirePlace(edit, paths) };
}
