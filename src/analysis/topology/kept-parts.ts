/** The parts of a graph, kept by key: who asks again gets what has changed since the last time. */

import { sameValue } from '#simulation/control-plane/same';
import type { Part } from './drawing';

interface Entry {
  readonly inputs: readonly unknown[];
  readonly part: Part;
  /** When the part became what it is. */
  readonly version: number;
}

/** What came, changed and went since a version: nodes and edges by id, the ids of both in `removed`. */
export interface PartsChange extends Part {
  readonly removed: readonly string[];
}

/** Past so many ids that went, whoever asks for changes gets everything instead. */
const mostGone = 50_000;

export class KeptParts {
  #entries = new Map<string, Entry>();
  #version = 0;
  /** The ids that went, with the version that took them. */
  readonly #gone = new Map<string, number>();
  /** Changes since older versions are not known. */
  #oldest = 0;

  get version(): number {
    return this.#version;
  }

  /** All nodes and edges, in the order in which the parts were put last. */
  all(): Part {
    const parts = [...this.#entries.values()].map(({ part }) => part);
    return { nodes: parts.flatMap(({ nodes }) => nodes), edges: parts.flatMap(({ edges }) => edges) };
  }

  /** Undefined for a version that is not known, or no more. */
  since(version: number): PartsChange | undefined {
    if (!Number.isInteger(version) || version > this.#version || version < this.#oldest) return undefined;
    const parts = [...this.#entries.values()].flatMap((entry) => (entry.version > version ? entry.part : []));
    return {
      nodes: parts.flatMap(({ nodes }) => nodes),
      edges: parts.flatMap(({ edges }) => edges),
      removed: [...this.#gone].flatMap(([id, when]) => (when > version ? id : [])),
    };
  }

  /** Puts all parts anew; those that are not put are gone. */
  update(fill: (round: Round) => void): void {
    const round = new Round(this.#entries, this.#version + 1);
    fill(round);
    const { entries, changed } = round;
    const lost = [...this.#entries].filter(([key]) => !entries.has(key));
    if (!changed && lost.length === 0) {
      this.#entries = entries;
      return;
    }
    this.#version++;
    for (const [, { part }] of lost) for (const id of idsOf(part)) this.#gone.set(id, this.#version);
    for (const [key, entry] of entries) {
      if (entry.version !== this.#version) continue;
      const before = this.#entries.get(key);
      for (const id of before ? idsOf(before.part) : []) this.#gone.set(id, this.#version);
    }
    for (const { part, version } of entries.values())
      if (version === this.#version) for (const id of idsOf(part)) this.#gone.delete(id);
    this.#entries = entries;
    if (this.#gone.size <= mostGone) return;
    this.#gone.clear();
    this.#oldest = this.#version;
  }
}

export class Round {
  readonly entries = new Map<string, Entry>();
  changed = false;
  readonly #before: ReadonlyMap<string, Entry>;
  readonly #version: number;

  constructor(before: ReadonlyMap<string, Entry>, version: number) {
    this.#before = before;
    this.#version = version;
  }

  /** The part of the key: the same as before where its inputs are. */
  put(key: string, inputs: readonly unknown[], make: () => Part): Part {
    const known = this.#before.get(key);
    if (known && isSame(known.inputs, inputs)) {
      this.entries.set(key, known);
      return known.part;
    }
    return this.#set(key, inputs, make(), known);
  }

  /** A part that is cheap to make: the same as before where it is equal. */
  putMade(key: string, part: Part): Part {
    return this.#set(key, [part], part, this.#before.get(key));
  }

  #set(key: string, inputs: readonly unknown[], made: Part, known: Entry | undefined): Part {
    const isKept = known !== undefined && sameValue(known.part, made);
    const entry = isKept ? { ...known, inputs } : { inputs, part: made, version: this.#version };
    this.changed ||= !isKept;
    this.entries.set(key, entry);
    return entry.part;
  }
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function idsOf({ nodes, edges }: Part): string[] {
  return [...nodes.map(({ id }) => id), ...edges.map(({ id }) => id)];
}
