/** Pinned requests: kept for the workspace, their outcomes asked anew after each change, and those that changed marked. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { pin, pinsRequest, tone, type Pin, type PinOutcome } from '#protocol/trace';
import type { Server } from '../client';
import type { AskedTrace } from '../trace-command';

/** Under which key the pins are kept. */
const memoryKey = 'pins';

/** A pin as it is kept: with the outcome that its user has seen last. */
const keptPin = v.object({ ...pin.entries, seen: v.optional(v.object({ verdict: v.string(), tone })) });
type KeptPin = v.InferOutput<typeof keptPin>;

export interface PinState extends Pin {
  /** Undefined until it was traced. */
  readonly outcome: PinOutcome | undefined;
  /** The verdict that the user has seen, where there is another one now. */
  readonly was: string | undefined;
}

export class Pins implements vscode.Disposable {
  readonly #server: Server;
  readonly #memory: vscode.Memento;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  #pins: readonly KeptPin[];
  #outcomes: ReadonlyMap<string, PinOutcome> = new Map();
  /** Counts the questions, so that the answer to an older one is dropped. */
  #asked = 0;

  readonly onChanged = this.#changed.event;

  constructor(server: Server, memory: vscode.Memento, log: vscode.LogOutputChannel) {
    this.#server = server;
    this.#memory = memory;
    this.#log = log;
    const kept = v.safeParse(v.array(keptPin), memory.get(memoryKey));
    this.#pins = kept.success ? kept.output : [];
    this.#subscription = server.onChanged(() => void this.#ask());
  }

  /** In the order in which they were pinned. */
  get all(): readonly PinState[] {
    return this.#pins.map(({ id, scope, request, seen }) => {
      const outcome = this.#outcomes.get(id);
      return { id, scope, request, outcome, was: outcome && seen && seen.verdict !== outcome.verdict ? seen.verdict : undefined }; // prettier-ignore
    });
  }

  find(asked: AskedTrace): PinState | undefined {
    const key = keyOf(asked);
    return this.all.find((one) => keyOf(one) === key);
  }

  /** The same request is pinned once. */
  async add(asked: AskedTrace): Promise<void> {
    if (this.find(asked)) return;
    const id = `${Date.now().toString(36)}-${this.#pins.length}`;
    await this.#set([...this.#pins, { id, ...asked }]);
    await this.#ask();
  }

  async remove(id: string): Promise<void> {
    await this.#set(this.#pins.filter((one) => one.id !== id));
  }

  /** The outcome as it is now is what later ones are compared with; without an id for all pins. */
  async accept(id?: string): Promise<void> {
    await this.#set(this.#pins.map((one) => (id === undefined || one.id === id ? this.#withSeen(one) : one)));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #withSeen(one: KeptPin): KeptPin {
    const outcome = this.#outcomes.get(one.id);
    return outcome ? { ...one, seen: { verdict: outcome.verdict, tone: outcome.tone } } : one;
  }

  async #set(pins: readonly KeptPin[]): Promise<void> {
    this.#pins = pins;
    await this.#memory.update(memoryKey, pins);
    this.#changed.fire();
  }

  async #ask(): Promise<void> {
    const asked = ++this.#asked;
    if (this.#pins.length === 0) return;
    try {
      const pins = this.#pins.map(({ id, scope, request }) => ({ id, scope, request }));
      const { outcomes, isWhole } = await this.#server.ask(pinsRequest, { pins });
      if (asked !== this.#asked) return;
      this.#outcomes = new Map([...this.#outcomes, ...outcomes.map((one) => [one.id, one] as const)]);
      // What comes out first is what its user has pinned.
      const fresh = this.#pins.some((one) => !one.seen && this.#outcomes.has(one.id));
      if (fresh) await this.#set(this.#pins.map((one) => (one.seen ? one : this.#withSeen(one))));
      else this.#changed.fire();
      if (!isWhole) await this.#ask();
    } catch (error) {
      this.#log.warn(`Pinned requests are not traced: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function keyOf({ scope, request }: AskedTrace): string {
  const { from, to, port, protocol, mode } = request;
  return JSON.stringify([scope, from, to, port ?? 0, protocol ?? '', mode ?? '']);
}
