/** The overview in the corner: where the window is on the whole map; a press or a drag moves it. */

import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Graph } from './graph';
import type { Layout } from './layout';
import type { View } from './state';
import type { Size } from './view';
import type { ViewStore } from './view-store';

const most: Size = { width: 168, height: 110 };
const start: View = { x: 0, y: 0, zoom: 1 };

export function Minimap(props: {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly store: ViewStore;
  readonly size: Size;
}) {
  const { graph, layout, store, size } = props;
  const { bounds } = layout;
  const scale = Math.min(most.width / Math.max(1, bounds.width), most.height / Math.max(1, bounds.height));
  const window = useRef<SVGRectElement>(null);
  const isDragging = useRef(false);
  const sizes = useRef(size);
  sizes.current = size;

  useEffect(() => {
    const follow = (): void => {
      const { x, y, zoom } = store.view ?? start;
      const { current } = window;
      if (current === null) return;
      current.setAttribute('x', String(-x / zoom));
      current.setAttribute('y', String(-y / zoom));
      current.setAttribute('width', String(sizes.current.width / zoom));
      current.setAttribute('height', String(sizes.current.height / zoom));
    };
    follow();
    return store.subscribe(follow);
  }, [store, size.width, size.height, layout]);

  const content = useMemo(() => pathsOf(graph, layout), [graph, layout]);
  const { zoom: now } = store.view ?? start;
  // A map that is in sight as a whole needs no overview.
  const isWhole = bounds.width * now <= size.width && bounds.height * now <= size.height;
  if (isWhole || bounds.width === 0) return null;

  const moveTo = (event: PointerEvent): void => {
    if (!(event.currentTarget instanceof Element)) return;
    const box = event.currentTarget.getBoundingClientRect();
    const x = bounds.x + (event.clientX - box.x) / scale;
    const y = bounds.y + (event.clientY - box.y) / scale;
    const { zoom } = store.view ?? start;
    store.set({ zoom, x: size.width / 2 - x * zoom, y: size.height / 2 - y * zoom });
  };
  return (
    <svg
      class="minimap"
      width={bounds.width * scale}
      height={bounds.height * scale}
      viewBox={`${bounds.x} ${bounds.y} ${bounds.width} ${bounds.height}`}
      aria-hidden="true"
      onPointerDown={(event) => {
        isDragging.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        moveTo(event);
      }}
      onPointerMove={(event) => {
        if (isDragging.current) moveTo(event);
      }}
      onPointerUp={() => (isDragging.current = false)}
    >
      {content}
      <rect class="minimap-window" ref={window} />
    </svg>
  );
}

function pathsOf(graph: Graph, layout: Layout) {
  let towers = '';
  let boxes = '';
  let broken = '';
  for (const [id, { shape, box }] of layout.placed) {
    const path = `M${box.x} ${box.y}h${box.width}v${box.height}h${-box.width}z`;
    if (shape === 'tower') towers += path;
    else if (graph.troubles.get(id)?.worst === 'error') broken += path;
    else boxes += path;
  }
  return (
    <>
      <path class="minimap-tower" d={towers} />
      <path class="minimap-box" d={boxes} />
      <path class="minimap-broken" d={broken} />
    </>
  );
}
