/** A pod's readiness as the map shows it, for use in text: a filled circle or a ring. */

import type { WireTopologyNode } from '#protocol/values';

export function Readiness({ node }: { readonly node: WireTopologyNode }) {
  if (node.kind !== 'pod') return null;
  const state = node.ready === undefined ? 'unknown' : node.ready ? 'ready' : 'unready';
  const words = { ready: 'ready', unready: 'not ready', unknown: 'readiness unknown' };
  return (
    <svg class="dot" viewBox="0 0 12 12" width="12" height="12" role="img" aria-label={words[state]}>
      <circle class={`pod pod-${state}`} cx="6" cy="6" r={state === 'unready' ? 4 : 5} />
    </svg>
  );
}
