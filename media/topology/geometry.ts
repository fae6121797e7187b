/** Points, boxes and the measures that the map is drawn with, in pixels at zoom 1. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const measures = {
  /** Name and second line of a box. */
  header: 44,
  portRow: 21,
  /** Height of a box that has only a header line and a detail. */
  plain: 44,
  pod: 16,
  podRows: 4,
  inset: 12,
  /** Between two boxes of a band. */
  boxGap: 10,
  bandGap: 16,
  /** Between Services and workloads, where the edges run. */
  edgeGap: 120,
  namespaceTitle: 36,
  namespacePadding: 16,
  namespaceGap: 28,
  columnGap: 96,
  /** Between the columns of what leads in, where host names stand. */
  entryGap: 104,
  /** The narrowest and widest box of a column. */
  boxWidth: { smallest: 200, largest: 360, step: 20 },
} as const;

export function intersects(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The smallest box around all; an empty one at the origin for none. */
export function around(boxes: readonly Box[]): Box {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const box of boxes) {
    left = Math.min(left, box.x);
    top = Math.min(top, box.y);
    right = Math.max(right, box.x + box.width);
    bottom = Math.max(bottom, box.y + box.height);
  }
  if (left > right) return { x: 0, y: 0, width: 0, height: 0 };
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function centre(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
