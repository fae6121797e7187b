/** What a moment changed: pods, nodes, endpoints, rules, and how requests end. */

import { compareStrings } from '#base/compare';
import type { IpFamily } from '#base/ip';
import { namespacedName, type Endpoint, type EndpointSlice, type NamespacedName, type Pod } from '#model/kubernetes';
import type { ProxyMode } from '#model/settings';
import { familiesOf, isNodeReady } from '#simulation/control-plane/nodes';
import { isReady, podAddresses } from '#simulation/index';
import type { ControlPlane, Simulation } from '#simulation/types';
import type { AnalysisContext, ScopeState } from '../context';
import { serviceDrift, type FieldChange } from '../drift';
import type { TraceRequest } from '../types';
import { Cursor } from './cursor';
import { requestOutcome, type RequestOutcome } from './requests';
import type { Timeline } from './timeline';
import type { Moment, Reality, WhatIfEvent } from './types';

/** A pod as it is shown: one line. */
export interface PodState {
  readonly name: NamespacedName;
  /** Its own labels decide which Services it is of; here only what is seen of it. */
  readonly state: 'ready' | 'not ready' | 'terminating' | 'pending' | 'ended' | 'dead';
  /** `terminating, still serving`. */
  readonly text: string;
  readonly node: string | undefined;
  readonly address: string | undefined;
}

export interface Difference<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** An endpoint's conditions as a slice has them. */
export interface EndpointState {
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
}

export interface EndpointDifference extends Difference<EndpointState> {
  /** `10.244.1.2:8080/TCP`. */
  readonly address: string;
  /** `shop/web-1`; undefined for an endpoint that is no pod. */
  readonly pod: NamespacedName | undefined;
  readonly node: string | undefined;
  readonly slice: string;
}

export interface ServiceDifference {
  readonly service: NamespacedName;
  readonly change: 'added' | 'removed' | 'changed';
  readonly fields: readonly FieldChange[];
  readonly endpoints: readonly EndpointDifference[];
  /** How many endpoints are ready now. */
  readonly ready: number;
  /** Whether kube-proxy has no ready endpoint and sends to those that end and still serve. */
  readonly fallsBack: boolean;
}

export interface RulesDifference {
  readonly node: string;
  readonly mode: ProxyMode;
  readonly family: IpFamily;
  /** Lines of the printed rules that are only in one of both. */
  readonly added: number;
  readonly removed: number;
}

export interface MomentReport {
  readonly index: number;
  readonly step: number;
  readonly title: string;
  readonly when: string;
  readonly events: readonly WhatIfEvent[];
  readonly pods: readonly (Difference<PodState> & { readonly name: NamespacedName })[];
  readonly nodes: readonly (Difference<string> & { readonly name: string })[];
  readonly services: readonly ServiceDifference[];
  readonly rules: readonly RulesDifference[];
  readonly requests: readonly (RequestOutcome & {
    /** Whether it ends otherwise than at the moment before. */
    readonly changed: boolean;
  })[];
}

export interface ReportOptions {
  readonly requests: readonly TraceRequest[];
  readonly context: AnalysisContext;
  /** How many nodes' rules are compared: the first ones. */
  readonly nodes: number;
}

/** All moments of a time line, each with its difference to the one before. */
export function reportsOf(state: ScopeState, timeline: Timeline, options: ReportOptions): readonly MomentReport[] {
  const { controlPlane } = state.simulation;
  const [before, after] = [new Cursor(controlPlane, timeline.moments), new Cursor(controlPlane, timeline.moments)];
  const reports: MomentReport[] = [];
  const printed = new PrintedRules();
  for (const [index, moment] of timeline.moments.entries()) {
    const now = after.at(index);
    const past = { simulation: before.at(Math.max(0, index - 1)), reality: (timeline.moments[index - 1] ?? moment).reality };
    const report = momentReport(index, moment, past, now, options, printed);
    const last = reports.at(-1);
    const requests = report.requests.map((each, i) => ({ ...each, changed: last !== undefined && !sameEnd(each, last.requests[i]!) }));
    reports.push({ ...report, requests });
  }
  return reports;
} // prettier-ignore

function sameEnd(a: RequestOutcome, b: RequestOutcome): boolean {
  return a.verdict === b.verdict && JSON.stringify(a.ends) === JSON.stringify(b.ends);
}

interface Past {
  readonly simulation: Simulation;
  readonly reality: Reality;
}

function momentReport(
  index: number,
  moment: Moment,
  past: Past,
  now: Simulation,
  options: ReportOptions,
  printed: PrintedRules,
): Omit<MomentReport, 'requests'> & { readonly requests: readonly RequestOutcome[] } {
  const { step, title, when, events, reality } = moment;
  const touched = [...moment.services];
  return {
    index,
    step,
    title,
    when,
    events,
    pods: podDifferences([...moment.pods].sort(compareStrings), past, now, reality),
    nodes: [...moment.nodes].sort(compareStrings).flatMap((name) => nodeDifference(name, past, now, reality)),
    services: serviceDifferences(touched, past.simulation.controlPlane, now.controlPlane),
    rules: moment.change.added.length + moment.change.removed.length === 0 ? [] : rulesDifferences(past.simulation, now, reality, options.nodes, printed),
    requests: options.requests.map((request) => requestOutcome(request, now, reality, options.context)),
  };
} // prettier-ignore

// ---------------------------------------------------------------- pods and nodes

export function podState(pod: Pod, { downNodes, deadPods }: Reality): PodState {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  const node = pod.spec.nodeName;
  const isDead = deadPods.has(name) || (node !== undefined && downNodes.has(node));
  const shown = { name, node, address: podAddresses(pod)[0] };
  const ready = isReady(pod);
  const { phase } = pod.status;
  if (phase === 'Succeeded' || phase === 'Failed') return { ...shown, state: 'ended', text: phase };
  if (pod.metadata.deletionTimestamp !== undefined) {
    const serves = isDead ? 'its node is down' : ready ? 'still serving' : 'no more serving';
    return { ...shown, state: 'terminating', text: `terminating, ${serves}` };
  }
  if (isDead) {
    const why = deadPods.has(name) ? 'its process has ended' : 'its node is down';
    return { ...shown, state: 'dead', text: ready ? `counts as ready, but ${why}` : `not ready: ${why}` };
  }
  if (phase === 'Pending') return { ...shown, state: 'pending', text: node === undefined ? 'waits for a node' : 'starts' };
  return { ...shown, state: ready ? 'ready' : 'not ready', text: ready ? 'ready' : 'not ready' };
} // prettier-ignore

/** Of a few pods one by one; where they are many, all that there are at once. */
const few = 8;

export function podsByName(
  names: readonly NamespacedName[],
  { controlPlane }: Simulation,
): ReadonlyMap<NamespacedName, Pod> {
  if (names.length > few) return new Map([...controlPlane.pods()].map((pod) => [namespacedName(pod), pod]));
  return new Map(
    names.flatMap((name) => {
      const pod = controlPlane.pod(name);
      return pod ? [[name, pod] as const] : [];
    }),
  );
}

function podDifferences(names: readonly NamespacedName[], past: Past, now: Simulation, reality: Reality) {
  const [olds, pods] = [podsByName(names, past.simulation), podsByName(names, now)];
  return names.flatMap((name) => podDifference(name, olds.get(name), pods.get(name), past.reality, reality));
}

function podDifference(
  name: NamespacedName,
  old: Pod | undefined,
  pod: Pod | undefined,
  past: Reality,
  reality: Reality,
) {
  const before = old && podState(old, past);
  const after = pod && podState(pod, reality);
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ name, before, after }];
}

function nodeText(name: string, { controlPlane }: Simulation, { downNodes }: Reality): string | undefined {
  const node = controlPlane.node(name);
  if (!node) return undefined;
  const words = [isNodeReady(node) ? 'Ready' : 'NotReady'];
  if (node.spec.unschedulable) words.push('SchedulingDisabled');
  if (downNodes.has(name)) words.push('down');
  return words.join(', ');
}

function nodeDifference(name: string, past: Past, now: Simulation, reality: Reality) {
  const before = nodeText(name, past.simulation, past.reality);
  const after = nodeText(name, now, reality);
  return before === after ? [] : [{ name, before, after }];
}

// ---------------------------------------------------------------- endpoints

function serviceDifferences(
  touched: readonly NamespacedName[],
  before: ControlPlane,
  after: ControlPlane,
): readonly ServiceDifference[] {
  const concerned = new Set(touched);
  const drifts = new Map(serviceDrift(before, after, (name) => concerned.has(name)).map((drift) => [drift.service, drift])); // prettier-ignore
  return touched.toSorted(compareStrings).flatMap((service): readonly ServiceDifference[] => {
    const drift = drifts.get(service);
    const slices = after.endpointSlices(service);
    const endpoints = endpointDifferences(before.endpointSlices(service), slices);
    if (!drift && endpoints.length === 0) return [];
    const states = [...statesOf(slices).values()].map(({ state }) => state);
    const ready = states.filter((state) => state.ready).length;
    const fallsBack = ready === 0 && states.some((state) => state.serving && state.terminating);
    return [{ service, change: drift?.change ?? 'changed', fields: drift?.fields ?? [], endpoints, ready, fallsBack }];
  });
}

export function endpointDifferences(
  before: readonly EndpointSlice[],
  after: readonly EndpointSlice[],
): readonly EndpointDifference[] {
  if (before === after) return [];
  const [old, now] = [statesOf(before), statesOf(after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort(compareStrings);
  return keys.flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    if (JSON.stringify(was?.state) === JSON.stringify(is?.state)) return [];
    const { address, pod, node, slice } = (is ?? was)!;
    return [{ address, pod, node, slice, before: was?.state, after: is?.state }];
  });
}

interface KnownEndpoint {
  readonly address: string;
  readonly pod: NamespacedName | undefined;
  readonly node: string | undefined;
  readonly slice: string;
  readonly state: EndpointState;
}

/** By pod and address: of two pods that have had one address each is told of. */
export function statesOf(slices: readonly EndpointSlice[]): ReadonlyMap<string, KnownEndpoint> {
  const states = new Map<string, KnownEndpoint>();
  for (const { metadata, endpoints, ports, addressType } of slices) {
    for (const endpoint of endpoints ?? []) {
      const pod = podOf(endpoint);
      for (const written of endpoint.addresses) {
        const host = addressType === 'IPv6' ? `[${written}]` : written;
        const texts = ports?.length ? ports.map(({ port, protocol }) => `${host}:${port ?? '*'}/${protocol ?? 'TCP'}`) : [host]; // prettier-ignore
        for (const address of texts)
          states.set(`${pod ?? ''} ${address}`, { address, pod, node: endpoint.nodeName, slice: metadata.name, state: stateOf(endpoint) }); // prettier-ignore
      }
    }
  }
  return states;
}

function podOf({ targetRef }: Endpoint): NamespacedName | undefined {
  return targetRef?.kind === 'Pod' ? `${targetRef.namespace ?? ''}/${targetRef.name}` : undefined;
}

function stateOf({ conditions }: Endpoint): EndpointState {
  const { ready = true, serving = true, terminating = false } = conditions;
  return { ready, serving, terminating };
}

// ---------------------------------------------------------------- rules

/** Of a node that is down the rules stay as they were. */
function rulesDifferences(before: Simulation, after: Simulation, { downNodes }: Reality, mostNodes: number, printed: PrintedRules): readonly RulesDifference[] {
  const { settings } = after.controlPlane;
  const mode = settings.proxyMode;
  const names = after.controlPlane.nodes().map(({ metadata }) => metadata.name).filter((name) => !downNodes.has(name)).slice(0, mostNodes);
  return printed.next(before, after, mode, (last, now) => names.flatMap((node) =>
    familiesOf(settings.serviceCIDRs).flatMap((family): readonly RulesDifference[] => {
      const { added, removed } = lineDifference(last(node, family), now(node, family));
      return added + removed === 0 ? [] : [{ node, mode, family, added, removed }];
    }),
  ));
} // prettier-ignore

type LinesOf = (node: string, family: IpFamily) => readonly string[];

/** A moment's rules are those before the next change: each is made and printed once. */
class PrintedRules {
  #last = new Map<string, readonly string[]>();

  /** Gives the lines before a change and after it; what is asked for of those after is kept for the next one. */
  next<T>(before: Simulation, after: Simulation, mode: ProxyMode, compare: (last: LinesOf, now: LinesOf) => T): T {
    const [last, now] = [this.#last, new Map<string, readonly string[]>()];
    this.#last = now;
    return compare(
      (node, family) => last.get(`${node} ${family}`) ?? linesOf(before, node, mode, family),
      (node, family) => {
        const lines = linesOf(after, node, mode, family);
        now.set(`${node} ${family}`, lines);
        return lines;
      },
    );
  }
}

function linesOf({ dataPlane }: Simulation, node: string, mode: ProxyMode, family: IpFamily): readonly string[] {
  const rules = dataPlane.rules(node, mode, family);
  return rules ? dataPlane.print(rules).split('\n') : [];
}

/** How many lines are only in one of both, each as often as it stands there. */
function lineDifference(before: readonly string[], after: readonly string[]) {
  const counts = new Map<string, number>();
  for (const line of after) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of before) counts.set(line, (counts.get(line) ?? 0) - 1);
  let [added, removed] = [0, 0];
  for (const count of counts.values()) {
    if (count > 0) added += count;
    else removed -= count;
  }
  return { added, removed };
}
