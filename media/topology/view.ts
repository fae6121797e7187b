/** Zoom and pan as arithmetic: which view shows a box, and what a view shows. */

import { centre, type Box, type Point } from './geometry';
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
