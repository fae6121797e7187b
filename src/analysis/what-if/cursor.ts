/** One simulation that goes back and forth on a time line: what it costs is what lies between two moments. */

import type { ControlPlane, ObjectChange, Simulation } from '#simulation/types';
import { createSimulation } from '#simulation/index';
import { frozenObjects } from './freeze';
import type { Moment } from './types';

export class Cursor {
  readonly #simulation: Simulation;
  readonly #moments: readonly Moment[];
  #index = 0;

  /** `start` is the control plane that the time line was made from, unchanged since. */
  constructor(start: ControlPlane, moments: readonly Moment[]) {
    this.#moments = moments;
    this.#simulation = createSimulation(start.settings, 'all given');
    this.#simulation.apply({ removed: [], added: frozenObjects(start) });
  }

  /** The cluster at a moment; good until the next call. */
  at(index: number): Simulation {
    for (; this.#index < index; this.#index++) this.#apply(this.#moments[this.#index + 1]!.change);
    for (; this.#index > index; this.#index--) {
      const { removed, added } = this.#moments[this.#index]!.change;
      this.#apply({ removed: added, added: removed });
    }
    return this.#simulation;
  }

  #apply(change: ObjectChange): void {
    if (change.removed.length + change.added.length > 0) this.#simulation.apply(change);
  }
}
