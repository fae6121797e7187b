/** A time line as a panel shows it: at each moment all pods and endpoints that it is about, with what changed in them. */

import { compareStrings } from '#base/compare';
import type { NamespacedName } from '#model/kubernetes';
import type { Simulation } from '#simulation/types';
import type { ScopeState } from '../context';
import type { FieldChange } from '../drift';
import { Cursor } from './cursor';
import {
  podState, podsByName, reportsOf, statesOf, type EndpointState, type MomentReport, type PodState, type ReportOptions,
} from './report'; // prettier-ignore
import type { Timeline } from './timeline';
import type { Reality } from './types';

export type Mark = 'new' | 'gone' | 'changed' | 'same';

export interface ShownPod extends PodState {
  readonly mark: Mark;
  /** Before the moment, where that was something else. */
  readonly before: string | undefined;
}

export interface ShownEndpoint extends EndpointState {
  readonly address: string;
  readonly pod: NamespacedName | undefined;
  readonly node: string | undefined;
  readonly slice: string;
  readonly mark: Mark;
  readonly before: EndpointState | undefined;
}

export interface ShownService {
  readonly service: NamespacedName;
  readonly endpoints: readonly ShownEndpoint[];
  readonly ready: number;
  readonly fallsBack: boolean;
  readonly fields: readonly FieldChange[];
}

export interface MomentView extends Omit<MomentReport, 'pods' | 'services'> {
  readonly pods: readonly ShownPod[];
  readonly services: readonly ShownService[];
}

export interface TimelineView {
  readonly moments: readonly MomentView[];
  /** How many pods and Services are left out of each moment. */
  readonly podsLeftOut: number;
  readonly servicesLeftOut: number;
}

const mostPods = 120;
const mostServices = 20;

export function viewOf(state: ScopeState, timeline: Timeline, options: ReportOptions): TimelineView {
  const reports = reportsOf(state, timeline, options);
  const cursor = new Cursor(state.simulation.controlPlane, timeline.moments);
  const services = distinct(reports.flatMap((report) => report.services.map(({ service }) => service)));
  const shownServices = services.slice(0, mostServices);
  const changed = distinct(reports.flatMap((report) => report.pods.map(({ name }) => name)));
  const pods = distinct([...changed, ...neighbours(shownServices, timeline, cursor)]);
  // Those that change come first where not all fit.
  const shownPods = new Set([...new Set([...changed, ...pods])].slice(0, mostPods));
  const names = pods.filter((name) => shownPods.has(name));
  let past: Past | undefined;
  const moments = reports.map((report, index) => {
    const simulation = cursor.at(index);
    const { reality } = timeline.moments[index]!;
    const now = pastOf(simulation, reality, names, shownServices);
    const view = {
      ...report,
      pods: names.flatMap((name) => shownPod(name, past?.pods.get(name), now.pods.get(name), index === 0) ?? []),
      services: shownServices.map((service) => shownService(service, past, now, report)),
    };
    past = now;
    return view;
  });
  return { moments, podsLeftOut: pods.length - names.length, servicesLeftOut: services.length - shownServices.length };
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort(compareStrings);
}

/** The pods that the Services have beside those that something happens to. */
function neighbours(services: readonly NamespacedName[], timeline: Timeline, cursor: Cursor): readonly NamespacedName[] {
  const { controlPlane } = cursor.at(0);
  if (timeline.moments.length === 1) return [];
  return services.flatMap((service) =>
    [...statesOf(controlPlane.endpointSlices(service)).values()].flatMap(({ pod }) => pod ?? []),
  );
} // prettier-ignore

/** What was shown of a moment, for the next one to be compared with. */
interface Past {
  readonly pods: ReadonlyMap<NamespacedName, PodState>;
  readonly endpoints: ReadonlyMap<NamespacedName, ReturnType<typeof statesOf>>;
}

function pastOf(
  simulation: Simulation,
  reality: Reality,
  pods: readonly NamespacedName[],
  services: readonly NamespacedName[],
): Past {
  const { controlPlane } = simulation;
  const known = podsByName(pods, simulation);
  const states = pods.flatMap((name): [NamespacedName, PodState][] => {
    const pod = known.get(name);
    return pod ? [[name, podState(pod, reality)]] : [];
  });
  return {
    pods: new Map(states),
    endpoints: new Map(services.map((service) => [service, statesOf(controlPlane.endpointSlices(service))])),
  };
}

function shownPod(
  name: NamespacedName,
  before: PodState | undefined,
  now: PodState | undefined,
  isStart: boolean,
): ShownPod | undefined {
  if (!now) return before && { ...before, name, mark: 'gone', before: before.text, text: 'gone' };
  if (!before) return { ...now, mark: isStart ? 'same' : 'new', before: undefined };
  const same = before.text === now.text && before.node === now.node && before.address === now.address;
  return { ...now, mark: same ? 'same' : 'changed', before: same ? undefined : before.text };
}

function shownService(
  service: NamespacedName,
  past: Past | undefined,
  now: Past,
  report: MomentReport,
): ShownService {
  const is = now.endpoints.get(service)!;
  const was = past?.endpoints.get(service) ?? is;
  const endpoints = distinct([...was.keys(), ...is.keys()]).map((key): ShownEndpoint => {
    const [before, after] = [was.get(key), is.get(key)];
    const { address, pod, node, slice, state } = (after ?? before)!;
    const same = before && after && JSON.stringify(before.state) === JSON.stringify(after.state);
    const mark = same ? 'same' : !after ? 'gone' : before ? 'changed' : 'new';
    return { address, pod, node, slice, ...state, mark, before: same ? undefined : before?.state };
  });
  const states = [...is.values()].map(({ state }) => state);
  const ready = states.filter((state) => state.ready).length;
  return {
    service,
    endpoints,
    ready,
    fallsBack: ready === 0 && states.some((state) => state.serving && state.terminating),
    fields: report.services.find((difference) => difference.service === service)?.fields ?? [],
  };
} // prettier-ignore
