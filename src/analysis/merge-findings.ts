/**
 * A file may belong to several scopes (a base that several overlays use). What is said about it must hold in each of
 * them that can tell: an overlay may add what the base alone lacks, and may make changes that nobody here knows.
 */

import type { Scope } from '#manifest/types';
import type { OpenQuestion } from './context';
import type { Place } from './types';

/** What one scope says about the file, by object. */
export interface SaidInScope<T> {
  readonly objects: readonly SaidOfObject<T>[];
  /** Whether the scope's objects are what is really applied: what is said about them needs no other scope's consent. */
  readonly isApplied: boolean;
}

export interface SaidOfObject<T> {
  /** The object's place in its file: the same in each scope. */
  readonly object: string;
  readonly items: readonly T[];
  readonly open: readonly OpenQuestion[];
}

interface Placed {
  readonly place: Place;
  readonly code?: string;
  readonly message: string;
}

/** Whether nothing that nobody here knows may change what the scope has. */
export function isApplied({ rendered, isAsWritten }: Pick<Scope, 'rendered' | 'isAsWritten'>): boolean {
  return rendered !== undefined || isAsWritten === true;
}

/** One line may make many objects, each of which has the same to say there. */
function distinct<T extends Placed>(items: readonly T[]): readonly T[] {
  return [...new Map([...items].reverse().map((item) => [`${keyOf(item)} ${item.message}`, item])).values()].reverse();
}

/**
 * What some scope says and no other one denies, told apart by code and place. What a scope says whose objects are what is
 * applied, nobody denies.
 */
export function mergeAcrossScopes<T extends Placed>(scopes: readonly SaidInScope<T>[]): readonly T[] {
  const [only, second] = scopes;
  if (!only) return [];
  const all = only.objects.flatMap(({ items }) => items);
  if (!second) return sortByPlace(only.isApplied ? distinct(all) : all);
  const known = scopes.map(({ objects }) => new Set(objects.flatMap(({ items }) => items.map(keyOf))));
  const told = new Map<string, T>();
  for (const { objects, isApplied } of scopes) {
    const byOthers = [...told.values()];
    for (const { object, items } of objects)
      for (const item of items) {
        const key = keyOf(item);
        if (told.has(key) || byOthers.some((other) => isAlike(other, item))) continue;
        if (isApplied || scopes.every((scope, i) => known[i]!.has(key) || isOpen(scope, object, item)))
          told.set(key, item);
      }
  }
  return sortByPlace([...told.values()]);
}

/** Whether two scopes say the same, though one of them may say it of a part: the label that nearly fits, say. */
export function isAlike(a: Pick<Placed, 'place' | 'code'>, b: Pick<Placed, 'place' | 'code'>): boolean {
  return a.code !== undefined && a.code === b.code && touch(a.place, b.place);
}

/** Whether the scope cannot tell. */
function isOpen<T>({ objects }: SaidInScope<T>, object: string, { code, place }: Pick<Placed, 'place' | 'code'>): boolean {
  if (code === undefined) return false;
  return objects.some(
    (said) =>
      said.object === object &&
      said.open.some((question) => question.codes.includes(code) && (question.extent === 'object' || touch(question.place, place))),
  );
} // prettier-ignore

function touch(a: Place, b: Place): boolean {
  return a.file === b.file && a.range.start.line <= b.range.end.line && b.range.start.line <= a.range.end.line;
}

/** The same for what several scopes say of one line. */
export function keyOf(item: Pick<Placed, 'place' | 'code'>): string {
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
