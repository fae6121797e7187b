/** The pods of a workload: dots in its box, and at a moment of a what-if signs for those to which something happens. */

import { podId, podNode, type MapPod } from './model';
import { podBox, type Placed } from './placed';
import type { Box } from './geometry';
import { spokenName } from './words';

/** All pods of a workload as two lines of dots: full ones are ready, rings are not. */
export function Pods(props: {
  readonly placed: Placed;
  readonly look: string;
  readonly hasEach: boolean;
  readonly selected: string | undefined;
}) {
  const { placed, look, hasEach, selected } = props;
  const { node } = placed;
  const shown = node.pods.slice(0, node.pods.length - placed.folded);
  let ready = '';
  let unready = '';
  for (const [index, pod] of shown.entries()) {
    if (pod.happened !== undefined) continue;
    const { x, y } = middle(podBox(placed, index));
    if (pod.ready) ready += `M${x} ${y}h0`;
    else unready += ring(x, y);
  }
  return (
    <g class={look.includes('dimmed') ? 'pods dimmed' : 'pods'} role="presentation">
      {ready !== '' && <path class="dots-ready" d={ready} />}
      {unready !== '' && <path class="dots-unready" d={unready} />}
      {shown.map((pod, index) =>
        pod.happened === undefined ? null : (
          <PodSign key={pod.name} happened={pod.happened} box={podBox(placed, index)} />
        ),
      )}
      {node.pods.map((pod, index) => {
        const id = podId(node.id, pod.name);
        const isSelected = id === selected;
        if (!isSelected && (!hasEach || index >= shown.length)) return null;
        return (
          <rect
            key={id}
            id={`pod:${id}`}
            class={`reach ${isSelected ? 'selected' : ''}`}
            data-id={id}
            {...podBox(placed, index)}
            rx={3}
            role="option"
            aria-selected={isSelected ? 'true' : 'false'}
            aria-label={spokenName(podNode(node, pod))}
          />
        );
      })}
    </g>
  );
}

type Happened = NonNullable<MapPod['happened']>;

/** A frame says that something changed just now, the sign in it what the pod is. */
export function PodSign({ happened, box }: { readonly happened: Happened; readonly box: Box }) {
  const { x, y } = middle(box);
  const frame = { x: x - 7, y: y - 7, width: 14, height: 14, rx: 3 };
  return (
    <g class={`happened is-${lookOf(happened)}`} aria-hidden="true">
      {happened.mark !== 'same' && <rect class={`now now-${happened.mark}`} {...frame} />}
      <path d={signs[lookOf(happened)](x, y)} />
    </g>
  );
}

type Look = 'ready' | 'coming' | 'unready' | 'going' | 'dead' | 'gone';

function lookOf({ state, mark }: Happened): Look {
  switch (state) {
    case 'gone':
    case 'dead':
    case 'ready':
      return state;
    case 'terminating':
    case 'ended':
      return 'going';
    case 'pending':
      return 'coming';
    case 'not ready':
      return mark === 'new' ? 'coming' : 'unready';
  }
}

const signs: Readonly<Record<Look, (x: number, y: number) => string>> = {
  ready: (x, y) => `M${x} ${y}h0`,
  coming: (x, y) => `${ring(x, y)}M${x - 2} ${y}h4M${x} ${y - 2}v4`,
  unready: ring,
  going: (x, y) => `${ring(x, y)}M${x - 2} ${y}h4`,
  dead: (x, y) => `M${x - 3.5} ${y - 3.5}l7 7m0-7l-7 7`,
  gone: (x, y) => `M${x - 2.5} ${y - 2.5}l5 5m0-5l-5 5`,
};

function ring(x: number, y: number): string {
  return `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0-8 0`;
}

function middle({ x, y, width, height }: Box) {
  return { x: x + width / 2, y: y + height / 2 };
}
