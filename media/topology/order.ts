/** Orders that an edit does not shuffle: what was there keeps its order, what is new goes where it belongs. */

import { compareStrings } from '#base/compare';

export interface Named {
  readonly id: string;
  readonly label: string;
}

export function byLabel(a: Named, b: Named): number {
  return compareStrings(a.label, b.label) || compareStrings(a.id, b.id);
}

/**
 * `natural` in the order of `rank` for those that have one; each other item follows the ranked item that it follows
 * in `natural`. Without any rank this is `natural` itself.
 */
export function keepOrder<T>(natural: readonly T[], rank: (item: T) => number | undefined): T[] {
  const first: T[] = [];
  const known: { readonly rank: number; readonly group: T[] }[] = [];
  for (const item of natural) {
    const itemRank = rank(item);
    if (itemRank !== undefined) known.push({ rank: itemRank, group: [item] });
    else (known.at(-1)?.group ?? first).push(item);
  }
  known.sort((a, b) => a.rank - b.rank);
  return [...first, ...known.flatMap(({ group }) => group)];
}

/** Sets that merge: which things belong together. */
export class Groups {
  readonly #parents = new Map<string, string>();

  find(id: string): string {
    let root = id;
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root)) root = parent;
    for (let at = id; at !== root;) {
      const next = this.#parents.get(at) ?? root;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }

  merge(a: string, b: string): void {
    const rootOfA = this.find(a);
    const rootOfB = this.find(b);
    if (rootOfA !== rootOfB) this.#parents.set(rootOfB, rootOfA);
  }
}
