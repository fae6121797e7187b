/** The same request in other modes, from other places and under other releases: where its outcome differs, and what it costs. */

import { compareStrings } from '#base/compare';
import { namespacedName, type Pod } from '#model/kubernetes';
import { minorVersion, type ProxyMode } from '#model/settings';
import { createSimulation } from '#simulation/index';
import { newestMinor } from '#simulation/releases';
import type { ControlPlane, Simulation } from '#simulation/types';
import type { AnalysisContext, ScopeState } from '../context';
import type { Trace, TraceError, TraceRequest } from '../types';
import type { Workspace } from '../workspace';
import { isError } from './lookup';
import { resolveSource } from './source';
import { trace } from './trace';

export interface ComparisonRequest {
  readonly request: TraceRequest;
  /** Default: all that are simulated. */
  readonly modes?: readonly ProxyMode[];
  /** As `TraceRequest.from`. Default: the request's own, and places like it on the other nodes. */
  readonly sources?: readonly string[];
  /** `1.29` … Default: the cluster's. */
  readonly versions?: readonly string[];
}

/** The request from one place, in one mode and under one release. */
export interface ComparisonCell {
  readonly source: string;
  readonly mode: ProxyMode;
  readonly version: string;
  /** What was traced: a source that does not know the cluster's names calls the address. */
  readonly request: TraceRequest;
  /** `DELIVERED`; the error's text where the request cannot be traced. */
  readonly verdict: string;
  /** How it differs from other cells although the verdict is the same: pods, and the source that they see. */
  readonly ends: readonly string[];
  readonly rulesLookedAt: number;
  /** The release whose rules stand in for this one's, where it is not known how they differed. */
  readonly asOf: string | undefined;
  readonly failed: boolean;
}

/** What the rules of a mode cost as Services are added: both figures are counted on rules. */
export interface RuleCost {
  readonly mode: ProxyMode;
  readonly services: number;
  /** Rules that look at the packet where no other Service is in the cluster. */
  readonly alone: number;
  /** With all the Services of the cluster. */
  readonly together: number;
}

export interface Comparison {
  readonly request: TraceRequest;
  readonly sources: readonly string[];
  readonly modes: readonly ProxyMode[];
  readonly versions: readonly string[];
  readonly cells: readonly ComparisonCell[];
  /** One sentence for each of mode, source and release of which there are several. */
  readonly differences: readonly string[];
  readonly costs: readonly RuleCost[];
}

const allModes: readonly ProxyMode[] = ['iptables', 'nftables', 'ipvs'];
/** Clusters with more nodes are compared by their first ones. */
const mostNodes = 8;

/**
 * Traces the request once for each source, mode and release. A release other than the cluster's is simulated anew from
 * the same objects.
 */
export function compareRequest(
  { request, ...asked }: ComparisonRequest,
  workspace: Workspace,
  state: ScopeState,
): Comparison | TraceError {
  const { controlPlane } = state.simulation;
  const own = controlPlane.settings.kubernetesVersion;
  const modes = asked.modes ?? allModes;
  const sources = asked.sources ?? placesLike(request.from, controlPlane);
  if (isError(sources)) return sources;
  const versions = asked.versions ?? [own];
  const context = workspace.context(state);
  const releases = versions.map((version) => ({
    version,
    simulation: version === own ? state.simulation : otherRelease(state.simulation, version),
  }));
  // An older release may not know the name: addresses are the same in all that do.
  const byAddress = firstOf([state.simulation, ...releases.map(({ simulation }) => simulation)], (simulation) =>
    calledByAddress(request, { ...context, simulation }),
  );
  const cells = releases.flatMap(({ version, simulation }) => {
    const tracing = { context: { ...context, simulation }, findingsOf: () => [] };
    return sources.flatMap((source) =>
      modes.map((mode) => {
        const asked = knowsNames(source) ? request : (byAddress ?? request);
        const own: TraceRequest = { ...asked, from: source, mode };
        return { ...cellOf(source, mode, version, trace(own, tracing)), request: own };
      }),
    );
  });
  return {
    request,
    sources,
    modes,
    versions,
    cells,
    differences: [
      ...differenceBy('mode', 'every mode', modes, cells),
      ...differenceBy('source', 'each of these sources', sources, cells),
      ...differenceBy('version', 'each of these releases', versions, cells),
    ],
    costs: costsOf({ ...request, from: sources[0] ?? request.from }, modes, workspace, state),
  };
}

/** Names of the cluster are known to pods only: a node or somebody outside has to call the address. */
function knowsNames(source: string): boolean {
  return !/^(node|outside)\b/.test(source);
}

function firstOf<T, R>(items: readonly T[], ask: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const answer = ask(item);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function calledByAddress(request: TraceRequest, context: AnalysisContext): TraceRequest | undefined {
  const result = trace(request, { context, findingsOf: () => [] });
  // What is not a name means the same to everybody.
  const called = isError(result) || result.tries.length === 0 ? undefined : result.called;
  const [address] = called?.addresses ?? [];
  if (!called || address === undefined) return undefined;
  return { from: request.from, to: address, port: called.port, protocol: called.protocol };
}

function cellOf(
  source: string,
  mode: ProxyMode,
  version: string,
  result: Trace | TraceError,
): Omit<ComparisonCell, 'request'> {
  const cell = { source, mode, version, asOf: asOf(mode, version) };
  if (isError(result)) return { ...cell, verdict: result.error, ends: [], rulesLookedAt: 0, failed: true };
  const ends = result.outcomes.map((outcome) =>
    outcome.kind === 'delivered' ? `${outcome.pod}:${outcome.port} sees ${outcome.source}` : outcome.kind,
  );
  const failed = result.outcomes.some(({ kind }) => kind !== 'delivered');
  return { ...cell, verdict: result.verdict, ends: ends.sort(), rulesLookedAt: result.rulesLookedAt, failed };
}

/**
 * The rules of iptables and IPVS changed in details from release to release that nobody wrote down for them all; those
 * of nftables are known for each release that has the mode.
 */
function asOf(mode: ProxyMode, version: string): string | undefined {
  return mode === 'ipvs' && minorVersion(version) !== newestMinor ? `1.${newestMinor}` : undefined;
}

/** Whether a dimension makes a difference, and what becomes of the request for each of its values. */
function differenceBy<K extends 'mode' | 'source' | 'version'>(
  dimension: K,
  everywhere: string,
  values: readonly ComparisonCell[K][],
  cells: readonly ComparisonCell[],
): string[] {
  if (values.length < 2) return [];
  // Of each value the cells stand in one order of the other dimensions.
  const columns = values.map((value) => cells.flatMap((cell) => (cell[dimension] === value ? cell.verdict : [])));
  const groups = new Map<string, ComparisonCell[K][]>();
  for (const [i, column] of columns.entries()) {
    const words = verdictsOf(column);
    groups.set(words, [...(groups.get(words) ?? []), values[i]!]);
  }
  const [first = ''] = groups.keys();
  if (new Set(columns.map((column) => JSON.stringify(column))).size === 1)
    return [`The same in ${everywhere}: ${first}`];
  const what = dimension === 'version' ? 'release' : dimension;
  if (groups.size === 1) return [`It depends on the ${what}, and not on it alone: ${first} in each`];
  const parts = [...groups].map(([words, members]) => `${members.join(', ')}: ${words}`);
  return [`It depends on the ${what}: ${parts.join('; ')}`];
}

/** `REFUSED, always`; of several `DELIVERED or REFUSED`. */
function verdictsOf(verdicts: readonly string[]): string {
  const [first = '', ...others] = new Set(verdicts);
  if (others.length === 0) return first;
  const short = [first, ...others].map((verdict) => verdict.replace(/, always$/, ''));
  return [...new Set(short)].sort(compareStrings).join(' or ');
}

/** The source itself, and the same kind of place on each other node: a pod's siblings, else the nodes themselves. */
function placesLike(from: string, controlPlane: ControlPlane): readonly string[] | TraceError {
  const source = resolveSource(from, controlPlane);
  if (isError(source)) return source;
  const nodes = controlPlane.nodes().map(({ metadata }) => metadata.name);
  const shown = nodes.slice(0, mostNodes);
  const { packet } = source;
  switch (packet.kind) {
    case 'outside':
      return distinct([`outside via ${packet.node}`, ...shown.map((node) => `outside via ${node}`)]);
    case 'node':
      return distinct([`node ${packet.node}`, ...shown.map((node) => `node ${node}`)]);
    default:
      return distinct([from, ...siblings(source.pod, controlPlane), ...shown.map((node) => `node ${node}`)]);
  }
}

/** One pod of the same workload on each other node. */
function siblings(pod: Pod | undefined, controlPlane: ControlPlane): readonly string[] {
  const group = pod && controlPlane.groupOfPod(namespacedName(pod));
  if (!pod || !group) return [];
  const byNode = new Map<string, string>();
  for (const other of controlPlane.podsOf(group.key)) {
    const node = other.spec.nodeName;
    if (node !== undefined && node !== pod.spec.nodeName && !byNode.has(node) && byNode.size < mostNodes)
      byNode.set(node, `pod ${namespacedName(other)}`);
  }
  return [...byNode.values()];
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

function otherRelease({ controlPlane }: Simulation, kubernetesVersion: string): Simulation {
  const simulation = createSimulation({ ...controlPlane.settings, kubernetesVersion });
  simulation.apply({ removed: [], added: [...controlPlane.objects()] });
  return simulation;
}

/** Counts the rules that look at the packet with and without the other Services of the cluster. */
function costsOf(
  request: TraceRequest,
  modes: readonly ProxyMode[],
  workspace: Workspace,
  state: ScopeState,
): readonly RuleCost[] {
  const { controlPlane } = state.simulation;
  const context = workspace.context(state);
  const looked = (simulation: Simulation, mode: ProxyMode): Trace | TraceError =>
    trace({ ...request, mode }, { context: { ...context, simulation }, findingsOf: () => [] });
  const services = [...controlPlane.services()].length;
  const [first] = modes;
  const result = first === undefined ? undefined : looked(state.simulation, first);
  const called = result === undefined || isError(result) ? undefined : result.services[0];
  if (called === undefined) return [];
  const alone = createSimulation(controlPlane.settings);
  const kept = [...controlPlane.objects()].filter(
    ({ group, kind, namespace, name }) => group !== '' || kind !== 'Service' || `${namespace}/${name}` === called,
  );
  alone.apply({ removed: [], added: kept });
  return modes.flatMap((mode): RuleCost[] => {
    const [one, all] = [looked(alone, mode), looked(state.simulation, mode)];
    // Where nobody's rules are known there is nothing to count.
    if (isError(one) || isError(all) || all.rulesLookedAt === 0) return [];
    return [{ mode, services, alone: one.rulesLookedAt, together: all.rulesLookedAt }];
  });
}
