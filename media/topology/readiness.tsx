/** A pod's readiness as the map shows it, for use in text: a filled circle or a ring. */

import { words } from './words';

export function Readiness({ ready }: { readonly ready: boolean }) {
  return (
    <svg
      class="dot"
      viewBox="0 0 12 12"
      width="12"
      height="12"
      role="img"
      aria-label={ready ? words.ready : words.unready}
    >
      <circle class={ready ? 'pod-ready' : 'pod-unready'} cx="6" cy="6" r={ready ? 5 : 4} />
    </svg>
  );
}
