/** The map as a picture that stands alone. */

import type { Graph } from './graph';
import type { Layout } from './layout';

export async function picture(format: 'svg' | 'png', graph: Graph, layout: Layout): Promise<string> {
  void graph;
  void layout;
  throw new Error(format);
}
