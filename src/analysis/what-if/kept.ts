/** Time lines that were asked for, kept while their scope stays as it is: each moment is asked about more than once. */

import type { KubernetesObject } from '#model/object';
import type { Simulation } from '#simulation/types';
import type { ScopeState } from '../context';
import { Cursor } from './cursor';
import { printStep } from './grammar';
import { MomentMap } from './map';
import { timelineOf, type Timeline } from './timeline';
import type { ReportOptions } from './report';
import type { Step } from './types';
import { viewOf, type TimelineView } from './view';
import type { Workspace } from '../workspace';

interface Kept {
  readonly simulation: Simulation;
  readonly objects: readonly KubernetesObject[];
  readonly timeline: Timeline;
  cursor: Cursor | undefined;
  map: MomentMap | undefined;
  /** What was told last, with the question that it answers. */
  view: { readonly key: string; readonly view: TimelineView } | undefined;
}

/** One that is looked at and one that it is compared with; more only take memory. */
const mostKept = 2;

export class KeptTimelines {
  readonly #kept = new Map<string, Kept>();

  timeline(state: ScopeState, steps: readonly Step[]): Timeline {
    return this.#find(state, steps).timeline;
  }

  /** The cluster at a moment, good until the next call; undefined beyond the end. */
  at(state: ScopeState, steps: readonly Step[], moment: number): Simulation | undefined {
    const kept = this.#find(state, steps);
    if (moment < 0 || moment >= kept.timeline.moments.length) return undefined;
    kept.cursor ??= new Cursor(state.simulation.controlPlane, kept.timeline.moments);
    return kept.cursor.at(moment);
  }

  /** All moments with what changed in them, made once for each set of requests. */
  view(state: ScopeState, steps: readonly Step[], options: ReportOptions): TimelineView {
    const kept = this.#find(state, steps);
    const key = JSON.stringify([options.nodes, options.requests]);
    if (kept.view?.key !== key) kept.view = { key, view: viewOf(state, kept.timeline, options) };
    return kept.view.view;
  }

  /** The map of a moment, good until the next call; undefined beyond the end. */
  map(workspace: Workspace, state: ScopeState, steps: readonly Step[], moment: number): MomentMap | undefined {
    const kept = this.#find(state, steps);
    if (this.at(state, steps, moment) === undefined || kept.cursor === undefined) return undefined;
    kept.map ??= new MomentMap(workspace, state, kept.timeline, kept.cursor);
    kept.map.go(moment);
    return kept.map;
  }

  #find(state: ScopeState, steps: readonly Step[]): Kept {
    const key = JSON.stringify([state.scope.id, steps.map(printStep)]);
    const known = this.#kept.get(key);
    const objects = [...state.simulation.controlPlane.objects()];
    this.#kept.delete(key);
    const isGood = known?.simulation === state.simulation && sameObjects(known.objects, objects);
    const kept = isGood ? known : { simulation: state.simulation, objects, timeline: timelineOf(state, steps), cursor: undefined, map: undefined, view: undefined }; // prettier-ignore
    this.#kept.set(key, kept);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return kept;
  }
}

function sameObjects(a: readonly KubernetesObject[], b: readonly KubernetesObject[]): boolean {
  return a.length === b.length && a.every((object, i) => object === b[i]);
}
