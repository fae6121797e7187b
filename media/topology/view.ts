/** Zoom and pan as arithmetic: which view shows a box, and what a view shows. */

import { centre, intersects, type Box, type Point } from './geometry';
import type { Placed } from './placed';
import type { View } from './state';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How much is drawn: namespaces with counts, names, or everything. */
export type Level = 'far' | 'middle' | 'near';

export function levelOf(zoom: number): Level {
  return zoom < 0.28 ? 'far' : zoom < 0.55 ? 'middle' : 'near';
}

const zooms = { smallest: 0.004, largest: 3 };
const margin = 20;

/** All of the box, in the middle of the window, not larger than life. */
export function fit(bounds: Box, size: Size): View {
  const wide = (size.width - 2 * margin) / Math.max(1, bounds.width);
  const high = (size.height - 2 * margin) / Math.max(1, bounds.height);
  const zoom = clamp(Math.min(wide, high, 1));
  const middle = centre(bounds);
  return { zoom, x: size.width / 2 - middle.x * zoom, y: size.height / 2 - middle.y * zoom };
}

/** Below this zoom not even names can be read. */
const smallestWhole = 0.4;

/** What a map opens with: all of it if that can be read, the overview if it is huge, else its beginning: `first`. */
export function opening(bounds: Box, first: Point, size: Size): View {
  const whole = fit(bounds, size);
  if (whole.zoom >= smallestWhole || whole.zoom < 0.1) return whole;
  const zoom = 0.75;
  const fits = (own: number, room: number): boolean => own * zoom + 2 * margin <= room;
  const middle = centre(bounds);
  return {
    zoom,
    x: fits(bounds.width, size.width) ? size.width / 2 - middle.x * zoom : margin - first.x * zoom,
    y: fits(bounds.height, size.height) ? size.height / 2 - middle.y * zoom : margin - first.y * zoom,
  };
}

/** Zooms by a factor while the window's point stays where it is. */
export function zoomAt(view: View, factor: number, at: Point): View {
  const zoom = clamp(view.zoom * factor);
  const real = zoom / view.zoom;
  return { zoom, x: at.x - (at.x - view.x) * real, y: at.y - (at.y - view.y) * real };
}

function clamp(zoom: number): number {
  return Math.min(zooms.largest, Math.max(zooms.smallest, zoom));
}

/** The smallest move that brings the box into the window; nearer first, where the box could not be read. */
export function bringIn(view: View, box: Box, size: Size, readable: Level): View {
  const level = levelOf(view.zoom);
  const isReadable = level === readable || readable === 'far' || level === 'near';
  if (!isReadable) {
    const middle = centre(box);
    return { zoom: 0.8, x: size.width / 2 - middle.x * 0.8, y: size.height / 2 - middle.y * 0.8 };
  }
  const shift = (start: number, length: number, room: number): number => {
    if (length + 2 * margin > room || start < margin) return margin - start;
    return Math.min(0, room - margin - (start + length));
  };
  return {
    zoom: view.zoom,
    x: view.x + shift(view.x + box.x * view.zoom, box.width * view.zoom, size.width),
    y: view.y + shift(view.y + box.y * view.zoom, box.height * view.zoom, size.height),
  };
}

interface Places {
  readonly placed: ReadonlyMap<string, Placed>;
  readonly bounds: Box;
}

/**
 * The view in which a new layout moves as little as it can of what is in the window: what is selected (by the id that it
 * had) stays, else what most things there have in common. A map that is in sight as a whole stays so.
 */
export function steadyView(
  view: View,
  size: Size,
  before: Places,
  now: Places,
  selected: string | undefined,
  renamed = selected,
): View {
  const { zoom } = view;
  const window = { x: -view.x / zoom, y: -view.y / zoom, width: size.width / zoom, height: size.height / zoom };
  if (!before.placed.has(selected ?? '') && holds(window, now.bounds)) return view;
  const shape = levelOf(zoom) === 'far' ? 'tower' : 'box';
  const moves = new Map<string, { readonly by: Point; count: number }>();
  for (const [id, { shape: own, box }] of before.placed) {
    const after = (now.placed.get(id) ?? (id === selected ? now.placed.get(renamed ?? '') : undefined))?.box;
    if (after === undefined || (own !== shape && id !== selected) || !intersects(box, window)) continue;
    const by = { x: after.x - box.x, y: after.y - box.y };
    const key = `${by.x} ${by.y}`;
    const move = moves.get(key) ?? { by, count: 0 };
    move.count += id === selected ? before.placed.size : 1;
    moves.set(key, move);
  }
  const length = ({ x, y }: Point): number => Math.abs(x) + Math.abs(y);
  const [first] = [...moves.values()].sort((a, b) => b.count - a.count || length(a.by) - length(b.by));
  if (first === undefined || length(first.by) === 0) return view;
  return { zoom, x: view.x - first.by.x * zoom, y: view.y - first.by.y * zoom };
}

function holds(outer: Box, inner: Box): boolean {
  const isWide = inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width;
  return isWide && inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height;
}
