/** From steps to moments: each step happens, controllers and kubelets answer in turns until all is quiet again. */

import type { ScopeState } from '../context';
import { Acts } from './acts';
import { Controllers } from './controllers';
import { runKubelets } from './kubelets';
import { printStep } from './grammar';
import type { Moment, MomentLabel, Step, StepError } from './types';
import { World } from './world';

export interface Timeline {
  /** The first one is the scope as it is. */
  readonly moments: readonly Moment[];
  /** Why it ends before the last step. */
  readonly error: StepError | undefined;
}

/** A step that needs more turns than this is told only so far. */
const mostMoments = 1000;

/** What comes of the steps in the scope, one after the other. */
export function timelineOf(state: ScopeState, steps: readonly Step[]): Timeline {
  const world = new World(state.simulation.controlPlane);
  const recorder = new Recorder(world);
  recorder.record({ title: 'Start', when: '' });
  const controllers = new Controllers(world);
  const acts = new Acts(world, controllers, (label) => recorder.record(label));
  for (const [index, step] of steps.entries()) {
    recorder.begin(index);
    const failed = acts.take(step);
    if (failed) return { moments: recorder.moments, error: { step: index, error: failed.error } };
    controllers.sync();
    recorder.record({ title: printStep(step), when: recorder.isFirst ? 'at once' : '' });
    settle(world, controllers, recorder);
  }
  return { moments: recorder.moments, error: undefined };
}

/** Kubelets and controllers take turns; time passes where pods wait for it. */
function settle(world: World, controllers: Controllers, recorder: Recorder): void {
  while (recorder.count < mostMoments) {
    const { started, ended } = runKubelets(world);
    if (started + ended > 0) recorder.record({ title: 'Kubelets', when: whenDone(started, ended) });
    else if (world.ripening.size > 0) {
      world.tell('time', 'minReadySeconds have passed: the ready pods count as available');
      world.ripening.clear();
      recorder.record({ title: 'Available', when: 'after minReadySeconds' });
    } else return;
    controllers.sync();
    recorder.record({ title: 'Controllers', when: 'at once' });
  }
}

function whenDone(started: number, ended: number): string {
  if (ended === 0) return 'when the new pods are up';
  return started === 0 ? 'when the pods have ended' : 'when the new pods are up and the old ones have ended';
}

class Recorder {
  readonly moments: Moment[] = [];
  readonly #world: World;
  #step = -1;
  #begun = 0;

  constructor(world: World) {
    this.#world = world;
  }

  begin(step: number): void {
    this.#step = step;
    this.#begun = this.moments.length;
  }

  /** Whether nothing has been recorded of the step. */
  get isFirst(): boolean {
    return this.moments.length === this.#begun;
  }

  /** How many moments the step has so far. */
  get count(): number {
    return this.moments.length - this.#begun;
  }

  /** Makes a moment of what has happened; of nothing none, but for the first one. */
  record({ title, when }: MomentLabel): void {
    if (this.moments.length > 0 && !this.#world.hasHappened) return;
    const { change, services, pods, nodes, events } = this.#world.take();
    const told = events.length > 0 && !this.isFirst ? summary(title, events.map(({ text }) => text)) : title;
    const reality = this.#world.reality();
    const start = this.moments.length === 0;
    this.moments.push({
      step: this.#step,
      title: told,
      when,
      events,
      change: start ? { removed: [], added: [] } : change,
      services: start ? new Set() : services,
      pods,
      nodes,
      reality,
    });
  } // prettier-ignore
}

/** The moment in a few words: its one event, or how many pods came, went and so on. */
function summary(title: string, texts: readonly string[]): string {
  if (texts.length === 1) return texts[0]!.replace(/:.*$/s, '');
  const counts = tellingCounts.flatMap(([pattern, one, many]) => {
    const count = texts.filter((text) => pattern.test(text)).length;
    return count === 0 ? [] : [count === 1 ? `1 ${one}` : `${count} ${many}`];
  });
  return counts.length > 0 ? counts.join(', ') : title;
}

const tellingCounts: readonly (readonly [RegExp, string, string])[] = [
  [/^creates pod/, 'pod created', 'pods created'],
  [/^deletes pod/, 'pod deleted', 'pods deleted'],
  [/is ready/, 'pod ready', 'pods ready'],
  [/has ended/, 'pod gone', 'pods gone'],
  [/cannot become ready/, 'pod stays unready', 'pods stay unready'],
];
