/** Choices that come out the same in each run: drawn from a text by its hash. */

import { hash32 } from '#base/hash';

export class Random {
  readonly #seed: string;
  #drawn = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** 0 … below. */
  below(limit: number): number {
    return hash32(`${this.#seed}#${this.#drawn++}`) % limit;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}
