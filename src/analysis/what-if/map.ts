/** The map at a moment of a what-if: the graph of the cluster as it then is, and what came, went or changed in it. */

import { compareStrings } from '#base/compare';
import type { NamespacedName } from '#model/kubernetes';
import { isNodeReady } from '#simulation/control-plane/nodes';
import type { Simulation } from '#simulation/types';
import type { ScopeState } from '../context';
import { ids } from '../topology/ids';
import { sourceOf, type TopologySource } from '../topology/source';
import { KeptTopology } from '../topology/topology';
import type { Workspace } from '../workspace';
import type { Cursor } from './cursor';
import { podState, podsByName, statesOf, type PodState } from './report';
import type { Timeline } from './timeline';
import type { Mark } from './view';

/** A pod that something happened to, or in which there is more than meets the API. */
export interface MarkedPod {
  readonly name: string;
  /** The node of the graph that it stands in; of a pod that is gone, where it stood. */
  readonly workload: string;
  readonly state: PodState['state'] | 'gone';
  readonly text: string;
  readonly mark: Mark;
  /** What it was at the moment before, where that was something else. */
  readonly before: string | undefined;
  readonly node: string | undefined;
  readonly address: string | undefined;
}

/** A Service or node of the graph, and what changed in it: `2 ready endpoints (3 before)`. */
export interface MarkedNode {
  readonly id: string;
  readonly text: string;
  readonly mark: Mark;
  /** Whether it serves nobody any more. */
  readonly isIll: boolean;
}

export interface MapMarks {
  readonly pods: readonly MarkedPod[];
  readonly nodes: readonly MarkedNode[];
}

/** One graph that goes back and forth with its cursor. */
export class MomentMap {
  readonly topology: KeptTopology;
  readonly #timeline: Timeline;
  readonly #cursor: Cursor;
  readonly #podsEver: readonly NamespacedName[];
  #moment = -1;
  #marks: MapMarks = { pods: [], nodes: [] };

  constructor(workspace: Workspace, state: ScopeState, timeline: Timeline, cursor: Cursor) {
    this.#timeline = timeline;
    this.#cursor = cursor;
    this.#podsEver = [...new Set(timeline.moments.flatMap(({ pods }) => [...pods]))].sort(compareStrings);
    this.topology = new KeptTopology(momentSource(workspace, state, cursor, () => this.#moment));
  }

  get marks(): MapMarks {
    return this.#marks;
  }

  /** Leaves the cursor at the moment. */
  go(moment: number): void {
    if (this.#moment === moment) {
      this.#cursor.at(moment);
      return;
    }
    const before = this.#seen(Math.max(0, moment - 1));
    const now = this.#seen(moment);
    this.#moment = moment;
    this.#marks = { pods: podMarks(before, now), nodes: [...serviceMarks(before, now), ...nodeMarks(before, now)] };
    this.topology.follow('whole');
  }

  #seen(index: number): Seen {
    const { moments } = this.#timeline;
    const simulation = this.#cursor.at(index);
    const { reality } = moments[index]!;
    const { controlPlane } = simulation;
    const pods = [...podsByName(this.#podsEver, simulation)].flatMap(([name, pod]) => {
      const group = controlPlane.groupOfPod(name);
      return group ? [[name, { ...podState(pod, reality), workload: ids.group(group) }] as const] : [];
    });
    // Of this moment or the next one: what is asked for is compared with what came before it.
    const services = [...(moments[index + 1]?.services ?? []), ...moments[index]!.services];
    const ready = new Map(services.map((name) => [name, readyEndpoints(name, simulation)]));
    const nodes = controlPlane.nodes().map((node) => {
      const { name } = node.metadata;
      const words = [reality.downNodes.has(name) ? 'down' : '', isNodeReady(node) ? '' : 'NotReady', node.spec.unschedulable ? 'no new pods' : ''];
      return [name, words.filter(Boolean).join(', ')] as const;
    });
    return { pods: new Map(pods), services: ready, nodes: new Map(nodes) };
  } // prettier-ignore
}

function momentSource(workspace: Workspace, state: ScopeState, cursor: Cursor, moment: () => number): TopologySource {
  const { objectAt, scope } = sourceOf(workspace, state);
  return {
    scope,
    get controlPlane() {
      return cursor.at(moment()).controlPlane;
    },
    get stamp() {
      return moment();
    },
    // The manifests stay as they are for as long as the time line is good.
    lastUpdateOf: () => 0,
    findings: () => {
      const context = { ...workspace.context(state), simulation: cursor.at(moment()) };
      return (object) => workspace.findingsIn(context, object);
    },
    objectAt,
  };
}

interface Seen {
  readonly pods: ReadonlyMap<NamespacedName, PodState & { readonly workload: string }>;
  readonly services: ReadonlyMap<NamespacedName, number>;
  /** What is wrong with each; '' where nothing is. */
  readonly nodes: ReadonlyMap<string, string>;
}

function podMarks(before: Seen, now: Seen): readonly MarkedPod[] {
  const names = [...new Set([...before.pods.keys(), ...now.pods.keys()])].sort(compareStrings);
  return names.flatMap((full): readonly MarkedPod[] => {
    const [was, is] = [before.pods.get(full), now.pods.get(full)];
    const { workload, node, address } = (is ?? was)!;
    const shown = { name: full.slice(full.indexOf('/') + 1), workload, node, address };
    if (!is) return [{ ...shown, state: 'gone', text: 'gone', mark: 'gone', before: was!.text }];
    const { state, text } = is;
    if (!was) return [{ ...shown, state, text, mark: 'new', before: undefined }];
    const isSame = was.text === text && was.node === node && was.address === address;
    if (isSame) return state === 'ready' || state === 'not ready' ? [] : [{ ...shown, state, text, mark: 'same', before: undefined }];
    const old = was.node === node || was.text !== text ? was.text : `on ${was.node ?? 'no node'}`;
    return [{ ...shown, state, text, mark: 'changed', before: old }];
  });
} // prettier-ignore

function readyEndpoints(service: NamespacedName, { controlPlane }: Simulation): number {
  return [...statesOf(controlPlane.endpointSlices(service)).values()].filter(({ state }) => state.ready).length;
}

function serviceMarks(before: Seen, now: Seen): readonly MarkedNode[] {
  return [...now.services].flatMap(([name, ready]) => {
    const was = before.services.get(name);
    if (was === undefined || was === ready) return [];
    return [
      {
        id: ids.service(name),
        text: `${endpointWords(ready)} (${was} before)`,
        mark: 'changed' as const,
        isIll: ready === 0,
      },
    ];
  });
}

function endpointWords(count: number): string {
  return count === 1 ? '1 ready endpoint' : `${count === 0 ? 'no' : count} ready endpoints`;
}

function nodeMarks(before: Seen, now: Seen): readonly MarkedNode[] {
  return [...now.nodes].flatMap(([name, text]) => {
    const isSame = before.nodes.get(name) === text;
    if (isSame && text === '') return [];
    const mark = isSame ? ('same' as const) : ('changed' as const);
    return [{ id: ids.node(name), text: text === '' ? 'ready again' : text, mark, isIll: text.startsWith('down') || text.startsWith('NotReady') }];
  });
} // prettier-ignore
