/** A set that is read in order: sorted when first read, and kept in order by the edits that follow. */

import { lowerBound } from '#base/compare';

/** More insertions at once than this are cheaper to sort anew. */
const bulk = 500;

/** `compare` must be 0 only for the same item. */
export class SortedSet<T> {
  readonly #compare: (a: T, b: T) => number;
  readonly #members = new Set<T>();
  /** In order, but for `#pending`; undefined while nobody has read the set. */
  #sorted: T[] | undefined;
  #pending: T[] = [];

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#members.size;
  }

  has(item: T): boolean {
    return this.#members.has(item);
  }

  add(item: T): void {
    if (this.#members.has(item)) return;
    this.#members.add(item);
    if (this.#sorted) this.#pending.push(item);
    if (this.#pending.length > bulk) this.#forget();
  }

  delete(item: T): void {
    if (!this.#members.has(item)) return;
    this.values();
    this.#members.delete(item);
    // A copy: whoever holds the array read before keeps what it read.
    const at = lowerBound(this.#sorted!, item, this.#compare);
    this.#sorted = this.#sorted!.toSpliced(at, 1);
  }

  /** Removes many: cheaper than one by one. */
  deleteAll(items: Iterable<T>): void {
    const gone = [...items];
    if (gone.length <= 16) {
      for (const item of gone) this.delete(item);
      return;
    }
    for (const item of gone) this.#members.delete(item);
    this.#forget();
  }

  /** The same array until the set changes. */
  values(): readonly T[] {
    if (!this.#sorted) this.#sorted = [...this.#members].sort(this.#compare);
    if (this.#pending.length > 0) {
      let sorted = this.#sorted;
      for (const item of this.#pending) sorted = sorted.toSpliced(lowerBound(sorted, item, this.#compare), 0, item);
      this.#sorted = sorted;
      this.#pending = [];
    }
    return this.#sorted;
  }

  #forget(): void {
    this.#sorted = undefined;
    this.#pending = [];
  }
}
