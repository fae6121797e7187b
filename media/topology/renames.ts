/** What an edit has renamed: on the map it stays where it was, and selected if it was. */

import type { Named } from './order';
import type { Memory } from './state';

/** What was renamed by an edit: what went and what came in its stead, by the id that it had. */
export type Renames = ReadonlyMap<string, string>;

interface Thing extends Named {
  readonly kind: string;
  readonly parent: string;
}

/**
 * A thing that went and the one that came for it: the only two of their kind in one place, or two of one name whose
 * namespaces are such a pair.
 */
export function renamesBetween(before: readonly Thing[], now: readonly Thing[]): Renames {
  const ids = new Set(now.map(({ id }) => id));
  const gone = before.filter(({ id }) => !ids.has(id));
  if (gone.length === 0) return none;
  const old = new Set(before.map(({ id }) => id));
  const come = now.filter(({ id }) => !old.has(id));
  if (come.length === 0) return none;
  const renames = new Map<string, string>();
  const pair = (keyOf: (thing: Thing, isOld: boolean) => string | undefined): void => {
    const left = groupsOf(
      gone.filter(({ id }) => !renames.has(id)),
      (thing) => keyOf(thing, true),
    );
    const taken = new Set(renames.values());
    const right = groupsOf(
      come.filter(({ id }) => !taken.has(id)),
      (thing) => keyOf(thing, false),
    );
    for (const [key, [one, ...others]] of left) {
      const [other, ...more] = right.get(key) ?? [];
      if (one && other && others.length === 0 && more.length === 0) renames.set(one.id, other.id);
    }
  };
  const parentOf = ({ parent }: Thing, isOld: boolean): string => (isOld ? (renames.get(parent) ?? parent) : parent);
  pair(({ kind, parent }) => (parent === '' ? kind : undefined));
  pair((thing, isOld) => JSON.stringify([thing.kind, parentOf(thing, isOld), thing.label]));
  pair((thing, isOld) => JSON.stringify([thing.kind, parentOf(thing, isOld)]));
  return renames;
}

const none: Renames = new Map();

function groupsOf(
  things: readonly Thing[],
  keyOf: (thing: Thing) => string | undefined,
): ReadonlyMap<string, readonly Thing[]> {
  const groups = new Map<string, Thing[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return groups;
}

/** The memory with what was renamed in its old place. */
export function renamed(memory: Memory, renames: Renames): Memory {
  if (renames.size === 0) return memory;
  const name = (id: string): string => renames.get(id) ?? id;
  const taken = new Set(renames.values());
  const kept = memory.order.flatMap((id, index) => (taken.has(id) ? [] : [index]));
  return {
    order: kept.map((index) => name(memory.order[index] ?? '')),
    marks: kept.map((index) => memory.marks[index] ?? 0),
    widths: memory.widths,
    tops: Object.fromEntries(Object.entries(memory.tops).map(([id, top]) => [name(id), top])),
  };
}
