/**
 * A file may belong to several scopes (a base that several overlays use). What is said about it must hold in each of
 * them that can tell: an overlay may add what the base alone lacks, and may make changes that nobody here knows.
 */

import type { OpenQuestion } from './context';
import type { Place } from './types';

/** What one scope says about the file, by object. */
export type SaidInScope<T> = readonly SaidOfObject<T>[];

export interface SaidOfObject<T> {
  /** The object's place in its file: the same in each scope. */
  readonly object: string;
  readonly items: readonly T[];
  readonly open: readonly OpenQuestion[];
}

interface Placed {
  readonly place: Place;
  readonly code?: string;
}

/** What some scope says and no other one denies, told apart by code and place. */
export function mergeAcrossScopes<T extends Placed>(scopes: readonly SaidInScope<T>[]): readonly T[] {
  const [only, second] = scopes;
  if (!only) return [];
  if (!second) return sortByPlace(only.flatMap(({ items }) => items));
  const known = scopes.map((scope) => new Set(scope.flatMap(({ items }) => items.map(keyOf))));
  const told = new Map<string, T>();
  for (const { object, items } of scopes.flat())
    for (const item of items) {
      const key = keyOf(item);
      if (told.has(key)) continue;
      if (scopes.every((scope, i) => known[i]!.has(key) || isOpen(scope, object, item))) told.set(key, item);
    }
  return sortByPlace([...told.values()]);
}

/** Whether the scope cannot tell. */
function isOpen<T>(scope: SaidInScope<T>, object: string, { code, place }: Placed): boolean {
  if (code === undefined) return false;
  return scope.some(
    (said) =>
      said.object === object &&
      said.open.some((question) => question.codes.includes(code) && (question.extent === 'object' || touch(question.place, place))),
  );
} // prettier-ignore

function touch(a: Place, b: Place): boolean {
  return a.file === b.file && a.range.start.line <= b.range.end.line && b.range.start.line <= a.range.end.line;
}

function keyOf(item: Placed): string {
  const { start, end } = item.place.range;
  return `${item.code ?? ''} ${start.line}:${start.character}-${end.line}:${end.character}`;
}

function sortByPlace<T extends Placed>(items: readonly T[]): readonly T[] {
  return [...items].sort(
    (a, b) =>
      a.place.range.start.line - b.place.range.start.line ||
      a.place.range.start.character - b.place.range.start.character,
  );
}
