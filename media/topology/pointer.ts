/** The pointer on the map: dragging anywhere pans, the wheel pans and zooms, a press that hardly moves is a click. */

import { useEffect, useRef } from 'preact/hooks';
import type { Point } from './geometry';
import { placeOf, type Layout } from './layout';
import { podAt } from './placed';
import type { View } from './state';
import { zoomAt, type Level } from './view';
import type { ViewStore } from './view-store';

interface PointerOptions {
  readonly element: { readonly current: HTMLDivElement | null };
  readonly store: ViewStore;
  readonly layout: Layout;
  readonly level: Level;
  readonly onHover: (id: string | undefined) => void;
  readonly onSelect: (id: string | undefined) => void;
  readonly onOpen: (id: string) => void;
}

const start: View = { x: 0, y: 0, zoom: 1 };

export function usePointer({ element, store, layout, level, onHover, onSelect, onOpen }: PointerOptions) {
  const drag = useRef<{ at: Point; view: View; moved: boolean } | null>(null);
  const wasDragged = useRef(false);
  const clicked = useRef<{ id: string | undefined; at: number }>({ id: undefined, at: 0 });
  useWheel(element, store);
  useDoubleClick(clicked, onOpen);

  const idAt = (event: MouseEvent): string | undefined => {
    const target = event.target instanceof Element ? event.target : null;
    const id = target?.closest('[data-id]')?.getAttribute('data-id') ?? undefined;
    const frame = element.current?.getBoundingClientRect();
    if (frame === undefined) return id;
    const { x, y, zoom } = store.view ?? start;
    const at = { x: (event.clientX - frame.x - x) / zoom, y: (event.clientY - frame.y - y) / zoom };
    const placed = id === undefined ? undefined : layout.placed.get(id);
    if (placed !== undefined && placed.node.pods.length > 0 && level !== 'far') return podAt(placed, at) ?? id;
    // A broken edge leads to the thing that it begins at.
    const edge = id === undefined ? target?.closest('[data-from]')?.getAttribute('data-from') : undefined;
    return id ?? edge ?? undefined;
  };
  const tell = (id: string | undefined): void => {
    const { current } = element;
    if (current === null) return;
    const node = id === undefined ? undefined : placeOf(layout, id)?.node;
    // The browser's own tooltip, of the one thing that the pointer is on.
    if (node === undefined) current.removeAttribute('title');
    else current.title = [node.label, node.detail, ...node.problems.map(({ message }) => message)].join('\n');
  };

  return {
    onPointerDown(event: PointerEvent) {
      wasDragged.current = false;
      if (event.button !== 0 && event.button !== 1) return;
      drag.current = { at: { x: event.clientX, y: event.clientY }, view: store.view ?? start, moved: false };
    },
    onPointerMove(event: PointerEvent) {
      const from = drag.current;
      if (from === null || event.buttons === 0) {
        drag.current = null;
        element.current?.classList.remove('dragging');
        const id = idAt(event);
        const isBackground = id !== undefined && layout.placed.get(id)?.shape === 'tower' && level !== 'far';
        tell(isBackground ? undefined : id);
        onHover(isBackground ? undefined : id);
        return;
      }
      const dx = event.clientX - from.at.x;
      const dy = event.clientY - from.at.y;
      if (!from.moved && Math.hypot(dx, dy) < 4) return;
      if (!from.moved) {
        element.current?.setPointerCapture(event.pointerId);
        element.current?.classList.add('dragging');
      }
      from.moved = true;
      wasDragged.current = true;
      store.set({ ...from.view, x: from.view.x + dx, y: from.view.y + dy });
    },
    onPointerUp() {
      drag.current = null;
      element.current?.classList.remove('dragging');
    },
    onPointerLeave() {
      tell(undefined);
      onHover(undefined);
    },
    onClick(event: MouseEvent) {
      if (wasDragged.current || event.detail > 1) return;
      const id = idAt(event);
      clicked.current = { id, at: event.timeStamp };
      onSelect(id);
    },
  };
}

function useWheel(element: { readonly current: HTMLDivElement | null }, store: ViewStore): void {
  useEffect(() => {
    const own = element.current;
    if (own === null) return;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const now = store.view ?? start;
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
      if (event.ctrlKey || event.metaKey) {
        const box = own.getBoundingClientRect();
        const at = { x: event.clientX - box.x, y: event.clientY - box.y };
        store.set(zoomAt(now, Math.exp((-event.deltaY * unit) / 300), at));
        return;
      }
      const [dx, dy] = event.shiftKey ? [event.deltaY, event.deltaX] : [event.deltaX, event.deltaY];
      store.set({ ...now, x: now.x - dx * unit, y: now.y - dy * unit });
    };
    own.addEventListener('wheel', onWheel, { passive: false });
    return () => own.removeEventListener('wheel', onWheel);
  }, [store]);
}

/** The longest between the two clicks, in milliseconds. */
const doubleClick = 700;

/** The second click may come upon something else: the first one has opened the side panel, and that has moved the map. */
function useDoubleClick(
  clicked: { readonly current: { readonly id: string | undefined; readonly at: number } },
  onOpen: (id: string) => void,
): void {
  const open = useRef(onOpen);
  open.current = onOpen;
  useEffect(() => {
    const onDblClick = (event: MouseEvent): void => {
      const { id, at } = clicked.current;
      if (id !== undefined && event.timeStamp - at < doubleClick) open.current(id);
    };
    window.addEventListener('dblclick', onDblClick);
    return () => window.removeEventListener('dblclick', onDblClick);
  }, [clicked]);
}
