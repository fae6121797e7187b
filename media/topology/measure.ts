/** How large boxes are. */

import { measures } from './geometry';
import type { MapNode } from './model';

export function stackHeight(heights: readonly number[]): number {
  return heights.reduce((sum, height) => sum + height + measures.boxGap, heights.length === 0 ? 0 : -measures.boxGap);
}

export function podsPerRow(width: number): number {
  return Math.max(1, Math.floor((width - 2 * measures.inset) / measures.pod));
}

/** Name and second line, then a row for each port, or rows of pods; `width` counts for these only. */
export function boxHeight(node: MapNode, width: number = measures.boxWidth.smallest): number {
  if (node.ports.length > 0) return measures.header + node.ports.length * measures.portRow + 4;
  // Pods that are still to come have their room already: nothing moves when they are there.
  const pods = node.pods.length || (node.expected ?? 0);
  if (pods === 0) return measures.plain;
  const rows = Math.min(measures.podRows, Math.ceil(pods / podsPerRow(width)));
  return measures.header + rows * measures.pod + 8;
}

/**
 * Wide enough for most texts of the column, in steps: a name that grows by a letter does not move the columns. Nothing
 * for no nodes.
 */
export function columnWidth(nodes: readonly MapNode[]): number {
  if (nodes.length === 0) return 0;
  const { smallest, largest, step } = measures.boxWidth;
  let widest: number = smallest;
  for (const node of nodes) {
    // About the advance of one character of the theme's font, at 13 and at 11 pixels; the drawing cuts what is longer.
    const badge = node.problems.length > 0 ? 40 : 0;
    widest = Math.max(widest, node.label.length * 7.6 + 22 + badge, node.detail.length * 6.4 + 22);
    for (const port of node.ports) widest = Math.max(widest, port.label.length * 6.6 + 10);
  }
  return Math.min(largest, Math.ceil((widest + 2 * measures.inset) / step) * step);
}
