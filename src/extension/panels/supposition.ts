/** The what-if that two panels share: its own one, and the map while it follows. Either may choose the moment. */

import * as vscode from 'vscode';
import type { WireTraceRequest } from '#protocol/values';

export interface Supposed {
  readonly scope: string;
  readonly steps: readonly string[];
  readonly requests: readonly WireTraceRequest[];
  /** Of its time line; may lie beyond the end after an edit made that shorter. */
  readonly moment: number;
}

export class Supposition implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onChanged = this.#changed.event;
  #now: Supposed | undefined;
  #isOnMap = false;

  get now(): Supposed | undefined {
    return this.#now;
  }

  /** What the map of a scope is to show instead of the cluster as it is. */
  onMapOf(scope: string | undefined): Supposed | undefined {
    const now = this.#now;
    return this.#isOnMap && now !== undefined && now.scope === scope && now.steps.length > 0 ? now : undefined;
  }

  /** Another what-if, or other steps of it: the panel says soon which moment it shows. */
  suppose(asked: Omit<Supposed, 'moment'>): void {
    const before = this.#now;
    if (before && JSON.stringify(asked) === JSON.stringify(questionOf(before))) return;
    const isContinued = before?.scope === asked.scope && before.steps.every((step, i) => step === asked.steps[i]);
    this.#now = { ...questionOf(asked), moment: before && isContinued ? before.moment : 0 };
    this.#changed.fire();
  }

  go(moment: number): void {
    if (!this.#now || this.#now.moment === moment) return;
    this.#now = { ...this.#now, moment };
    this.#changed.fire();
  }

  /** Whether maps show it. */
  putOnMap(isOnMap: boolean): void {
    if (this.#isOnMap === isOnMap) return;
    this.#isOnMap = isOnMap;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function questionOf({ scope, steps, requests }: Omit<Supposed, 'moment'>): Omit<Supposed, 'moment'> {
  return { scope, steps, requests };
}
