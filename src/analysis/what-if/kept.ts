/** Time lines that were asked for, kept while their scope stays as it is: each moment is asked about more than once. */

import type { KubernetesObject } from '#model/object';
import type { Simulation } from '#simulation/types';
import type { ScopeState } from '../context';
import { Cursor } from './cursor';
import { printStep } from './grammar';
import { timelineOf, type Timeline } from './timeline';
import type { Step } from './types';

interface Kept {
  readonly simulation: Simulation;
  readonly objects: readonly KubernetesObject[];
  readonly timeline: Timeline;
  cursor: Cursor | undefined;
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

  #find(state: ScopeState, steps: readonly Step[]): Kept {
    const key = JSON.stringify([state.scope.id, steps.map(printStep)]);
    const known = this.#kept.get(key);
    const objects = [...state.simulation.controlPlane.objects()];
    this.#kept.delete(key);
    const isGood = known?.simulation === state.simulation && sameObjects(known.objects, objects);
    const kept = isGood ? known : { simulation: state.simulation, objects, timeline: timelineOf(state, steps), cursor: undefined }; // prettier-ignore
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
