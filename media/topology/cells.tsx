/** From afar: each box is a cell at its place, so that the eye sees how much there is and where it is broken. */

import { memo } from '../components/memo';
import type { Graph } from './graph';
import type { Layout } from './layout';

interface CellsProps {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly matches: ReadonlySet<string> | undefined;
}

/** Some paths for thousands of things. */
export const Cells = memo(({ graph, layout, matches }: CellsProps) => {
  const paths = { towers: '', whole: '', dimmed: '', warning: '', error: '' };
  for (const [id, { shape, box }] of layout.placed) {
    const path = `M${box.x} ${box.y}h${box.width}v${box.height}h${-box.width}z`;
    if (shape === 'tower') {
      paths.towers += path;
      continue;
    }
    const worst = graph.troubles.get(id)?.worst;
    const isDimmed = matches !== undefined && !matches.has(id);
    const tone = isDimmed ? 'dimmed' : worst === 'error' || worst === 'warning' ? worst : 'whole';
    paths[tone] += path;
  }
  return (
    <g class="cells" aria-hidden="true">
      <path class="towers" d={paths.towers} />
      {paths.dimmed !== '' && <path class="cells-dimmed" d={paths.dimmed} />}
      {paths.whole !== '' && <path class="cells-whole" d={paths.whole} />}
      {paths.warning !== '' && <path class="cells-warning" d={paths.warning} />}
      {paths.error !== '' && <path class="cells-error" d={paths.error} />}
    </g>
  );
});
