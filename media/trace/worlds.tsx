/** The same request in the cluster as it is, and after the files were applied to it: how it ends in each. */

import type { WireWorld } from '#protocol/values';
import './worlds.css';

export function Worlds(props: { readonly worlds: readonly WireWorld[]; readonly onChoose: (scope: string) => void }) {
  const { worlds, onChoose } = props;
  const step = (event: KeyboardEvent, index: number): void => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const next = by === undefined ? undefined : worlds[(index + by + worlds.length) % worlds.length];
    if (!next) return;
    event.preventDefault();
    onChoose(next.scope);
  };
  return (
    <div class="worlds" role="radiogroup" aria-label="In which state of the cluster">
      {worlds.map((world, index) => (
        <button
          key={world.scope}
          type="button"
          role="radio"
          class="world"
          aria-checked={world.current}
          tabIndex={world.current ? 0 : -1}
          onClick={() => onChoose(world.scope)}
          onKeyDown={(event) => step(event, index)}
        >
          <span class="world-label">{world.label}</span>
          <span class="world-verdict">{world.verdict}</span>
        </button>
      ))}
    </div>
  );
}
