/** What an edit has not touched stays the same object on the map: whoever draws by identity draws only what changed. */

import type { Box } from './geometry';
import type { Layout } from './layout';
import type { Placed } from './placed';

/** The layout with the places of `before` wherever a thing stands where it stood. */
export function keepPlaces(before: Layout | undefined, now: Layout): Layout {
  if (before === undefined) return now;
  const placed = new Map<string, Placed>();
  for (const [id, place] of now.placed) {
    const old = before.placed.get(id);
    placed.set(id, old !== undefined && isSame(old, place) ? old : place);
  }
  return { ...now, placed, order: sameList(before.order, now.order) ? before.order : now.order };
}

function isSame(a: Placed, b: Placed): boolean {
  return a.node === b.node && a.shape === b.shape && a.folded === b.folded && sameBox(a.box, b.box);
}

function sameBox(a: Box, b: Box): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
