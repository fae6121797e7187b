/**
 * A file may belong to several scopes (a base that several overlays use). What is said about it must hold in each of
 * them: an overlay may add what the base alone lacks.
 */

import type { Place } from './types';

/** Those of the first scope that every other scope has as well, told apart by code, place and message's subject. */
export function mergeAcrossScopes<T extends { readonly place: Place; readonly code?: string }>(
  scopes: readonly (readonly T[])[],
): readonly T[] {
  const [first, ...others] = scopes;
  if (!first) return [];
  const keys = others.map((found) => new Set(found.map(keyOf)));
  return sortByPlace(first.filter((item) => keys.every((known) => known.has(keyOf(item)))));
}

function keyOf(item: { readonly place: Place; readonly code?: string }): string {
  const { start, end } = item.place.range;
  return `${item.code ?? ''} ${start.line}:${start.character}-${end.line}:${end.character}`;
}

function sortByPlace<T extends { readonly place: Place }>(items: readonly T[]): readonly T[] {
  return [...items].sort(
    (a, b) =>
      a.place.range.start.line - b.place.range.start.line ||
      a.place.range.start.character - b.place.range.start.character,
  );
}
