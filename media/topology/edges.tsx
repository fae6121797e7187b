/** How the map draws edges: those that carry all in one stroke, broken ones with their sign, the looked-at ones with words. */

import { Sign } from '../components/icons';
import { memo } from '../components/memo';
import type { Label } from './labels';
import type { Route } from './routes';

/** All whole edges as one path: hundreds of them cost as much as one. */
export const WholeEdges = memo(({ routes, look }: { readonly routes: readonly Route[]; readonly look: string }) => {
  if (routes.length === 0) return null;
  const lines = routes.map(({ path, end }) => `${path}M${end.x - 7} ${end.y - 4}l7 4-7 4`).join('');
  return (
    <g class={`edge edge-whole ${look}`} aria-hidden="true">
      <path d={lines} data-edges={routes.length} />
    </g>
  );
});

interface EdgeProps {
  readonly route: Route;
  /** Among them `on-way`, `dimmed`. */
  readonly look: string;
}

export const Edge = memo(({ route, look }: EdgeProps) => {
  const { edge, state } = route;
  const tone = state === 'whole' ? '' : `tone-${edge.problem?.severity ?? 'error'}`;
  return (
    <g class={`edge edge-${edge.kind} edge-${state} ${tone} ${look}`} data-from={edge.from} aria-hidden="true">
      <path d={route.path} />
      {state === 'whole' ? (
        edge.kind !== 'selects' && <path class="tip" d={`M${route.end.x - 7} ${route.end.y - 4}l7 4-7 4`} />
      ) : (
        <>
          <circle class="sign-ground" cx={route.sign.x} cy={route.sign.y} r={9} />
          <Sign name={state === 'lost' ? 'close' : 'warning'} x={route.sign.x} y={route.sign.y} />
        </>
      )}
    </g>
  );
});

/** The words of an edge that is looked at: above the boxes, since an edge may run below one. */
export const EdgeLabel = memo(({ label: { route, text, at } }: { readonly label: Label }) => (
  <g class={`edge edge-${route.edge.kind} on-way`} aria-hidden="true">
    <text class="edge-label" x={at.x} y={at.y} font-size={11} text-anchor="middle">
      {text}
    </text>
  </g>
));
