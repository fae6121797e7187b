/** Where the words of edges stand: along the edge, beside each other instead of over each other. */

import { intersects, type Box, type Point } from './geometry';
import type { Route } from './routes';
import { cut, widthOf } from './text-width';

export interface Label {
  readonly route: Route;
  readonly text: string;
  /** The middle of the text's baseline. */
  readonly at: Point;
}

const size = 11;

/** Shares of the way at which a label may stand, the best first. */
const shares = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9];

/** A label for each edge that has one and is whole; one that finds no room among the others stands in the side panel alone. */
export function labelsOf(routes: readonly Route[]): readonly Label[] {
  const taken: Box[] = [];
  return routes.flatMap((route) => {
    const { edge, state } = route;
    if (edge.label === '' || state !== 'whole') return [];
    const text = cut(edge.label, 96, size);
    const width = widthOf(text, size, 400);
    for (const share of shares) {
      const { x, y } = pointAt(route.points, share);
      const box = { x: x - width / 2, y: y - size - 5, width, height: size + 2 };
      if (taken.some((other) => intersects(other, box))) continue;
      taken.push(box);
      return [{ route, text, at: { x, y: y - 6 } }];
    }
    return [];
  });
}

function pointAt([a, b, c, d]: Route['points'], share: number): Point {
  const rest = 1 - share;
  const on = (axis: 'x' | 'y'): number =>
    rest ** 3 * a[axis] + 3 * rest ** 2 * share * b[axis] + 3 * rest * share ** 2 * c[axis] + share ** 3 * d[axis];
  return { x: on('x'), y: on('y') };
}
