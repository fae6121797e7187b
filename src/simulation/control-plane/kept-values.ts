/** Derived values by key, made when asked for and kept, as the same object, while what comes out is the same. */

import { sameItems, sameValue } from './same';

export class KeptValues<T> {
  readonly #compute: (key: string) => T;
  readonly #keep: (before: T, after: T) => T;
  readonly #values = new Map<string, { readonly value: T; fresh: boolean }>();

  /** `keep` gives `before` where `after` says the same. */
  constructor(compute: (key: string) => T, keep: (before: T, after: T) => T) {
    this.#compute = compute;
    this.#keep = keep;
  }

  get(key: string): T {
    const kept = this.#values.get(key);
    if (kept?.fresh) return kept.value;
    const computed = this.#compute(key);
    const value = kept ? this.#keep(kept.value, computed) : computed;
    this.#values.set(key, { value, fresh: true });
    return value;
  }

  /** What the value was made from may be other than before. */
  invalidate(key: string): void {
    const kept = this.#values.get(key);
    if (kept) kept.fresh = false;
  }

  invalidateAll(): void {
    for (const kept of this.#values.values()) kept.fresh = false;
  }

  /** The key is gone for good. */
  delete(key: string): void {
    this.#values.delete(key);
  }
}

/** For values that others hold by identity. */
export function keepIdentical<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  return sameItems(before, after) ? before : after;
}

/** For values that were made anew. */
export function keepEqual<T>(before: T, after: T): T {
  return sameValue(before, after) ? before : after;
}

export function keepEqualItems<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  const kept = after.map((item, i) => (sameValue(before[i], item) ? before[i]! : item));
  return keepIdentical(before, kept);
}
