/** The drawn map: shows what is in the window, pans, zooms, and is one stop of the keyboard. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { intersects, type Point } from './geometry';
import { neighbour, wayThrough, type Direction, type Graph } from './graph';
import type { Layout, Placed } from './layout';
import { routesOf, type Route } from './routes';
import { Edge, Node } from './shapes';
import type { View } from './state';
import { bringIn, fit, levelOf, opening, visibleBox, zoomAt, type Level, type Size } from './view';

export interface MapHandle {
  focus(): void;
  fit(): void;
  zoom(factor: number): void;
}

interface MapProps {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly view: View | undefined;
  readonly selected: string | undefined;
  readonly matches: ReadonlySet<string> | undefined;
  /** Something to bring into the window; a new object each time. */
  readonly wanted: { readonly id: string } | undefined;
  readonly onView: (view: View) => void;
  readonly onSelect: (id: string | undefined) => void;
  readonly onOpen: (id: string) => void;
  readonly handle: { current: MapHandle | null };
}

const arrows: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

export function TopologyMap(props: MapProps) {
  const { graph, layout, selected, matches, wanted, onView, onSelect, onOpen, handle } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [hovered, setHovered] = useState<string | undefined>();
  const isMeasured = size.width > 0 && size.height > 0;
  const opened = useOpening(layout, size);
  const view = props.view ?? opened;
  const level = levelOf(view.zoom);
  // Handlers that are added once read what is current here.
  const latest = useRef({ view, size });
  latest.current = { view, size };

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = (): void => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { view: now } = latest.current;
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
      if (event.ctrlKey || event.metaKey) {
        const box = element.getBoundingClientRect();
        const at = { x: event.clientX - box.x, y: event.clientY - box.y };
        onView(zoomAt(now, Math.exp((-event.deltaY * unit) / 300), at));
        return;
      }
      const [dx, dy] = event.shiftKey ? [event.deltaY, event.deltaX] : [event.deltaX, event.deltaY];
      onView({ ...now, x: now.x - dx * unit, y: now.y - dy * unit });
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [onView]);

  useEffect(() => {
    const placed = wanted === undefined ? undefined : layout.placed.get(wanted.id);
    if (placed === undefined || !isMeasured) return;
    onView(bringIn(latest.current.view, placed.box, latest.current.size, readableFrom(placed)));
    // Only a new wish moves the map, not each new layout.
    // The size counts too: the side panel opens beside the map after a selection.
  }, [wanted, isMeasured, size.width, size.height]);

  handle.current = {
    focus: () => frame.current?.focus(),
    fit: () => onView(fit(layout.bounds, size)),
    zoom: (factor) => onView(zoomAt(view, factor, { x: size.width / 2, y: size.height / 2 })),
  };

  const open = (id: string): void => {
    const placed = layout.placed.get(id);
    // From afar, into a namespace is nearer than to its YAML.
    if (placed?.shape === 'namespace' && level === 'far') onView(fit(placed.box, size));
    else onOpen(id);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = arrows[event.key];
    if (direction !== undefined) {
      event.preventDefault();
      if (event.shiftKey) onView(panned(view, direction));
      else
        onSelect(
          selected === undefined ? firstOf(layout, level) : (neighbour(graph, layout, selected, direction) ?? selected),
        );
    } else if (event.key === 'Enter' && selected !== undefined) open(selected);
    else if (event.key === '+' || event.key === '=') handle.current?.zoom(1.25);
    else if (event.key === '-') handle.current?.zoom(0.8);
    else if (event.key === '0') handle.current?.fit();
    else if (event.key === 'Escape') onSelect(undefined);
    else if (event.key === 'Home') onSelect(firstOf(layout, level));
    else return;
    event.preventDefault();
  };

  const drag = useDrag(view, onView);
  const boxOf = useMemo(() => (id: string) => graph.makers.get(id) ?? id, [graph]);
  const routes = useMemo(() => routesOf(graph.topology.edges, layout, boxOf), [graph, layout, boxOf]);
  const domIds = useMemo(() => new Map(layout.order.map((id, index) => [id, `node-${index}`])), [layout]);
  const isSelectedPlaced = selected !== undefined && layout.placed.has(selected);
  const inFocus = hovered ?? (isSelectedPlaced ? selected : undefined);
  const way = useMemo(() => (inFocus === undefined ? undefined : wayThrough(graph, inFocus)), [graph, inFocus]);
  const drawn = isMeasured ? visible(layout, routes, view, size, level, way) : { nodes: [], edges: [] };
  const isDim = (id: string): boolean => matches !== undefined && !matches.has(id) && !matches.has(boxOf(id));

  return (
    <div
      class="map"
      ref={frame}
      role="listbox"
      tabIndex={0}
      aria-label={`Map of ${graph.topology.scope}. Arrow keys move along edges, Enter opens the YAML, slash searches.`}
      aria-activedescendant={isSelectedPlaced ? domIds.get(selected) : undefined}
      onKeyDown={onKeyDown}
    >
      <svg
        class={`canvas level-${level} ${drag.isDragging ? 'dragging' : ''}`}
        role="presentation"
        onPointerDown={drag.onPointerDown}
        onPointerMove={(event) => {
          drag.onPointerMove(event);
          const id = drag.isDragging ? undefined : idAt(event);
          const isBackground = id !== undefined && layout.placed.get(id)?.shape === 'namespace';
          setHovered(isBackground ? undefined : id);
        }}
        onPointerUp={drag.onPointerUp}
        onPointerLeave={() => setHovered(undefined)}
        onClick={(event) => {
          if (!drag.wasDragged()) onSelect(idAt(event));
        }}
        onDblClick={(event) => {
          const id = idAt(event);
          if (id !== undefined) open(id);
        }}
      >
        <g transform={`translate(${view.x} ${view.y}) scale(${view.zoom})`} role="presentation">
          {drawn.nodes.filter((placed) => placed.shape === 'namespace').map((placed) => node(placed))}
          {drawn.edges.map((route) => (
            <Edge
              key={route.edge.id}
              route={route}
              isOnWay={way?.has(route.edge.id) ?? false}
              isDimmed={isDim(route.edge.from) && isDim(route.edge.to)}
            />
          ))}
          {drawn.nodes.filter((placed) => placed.shape !== 'namespace').map((placed) => node(placed))}
        </g>
      </svg>
    </div>
  );

  function node(placed: Placed) {
    const { id } = placed.node;
    const look = {
      domId: domIds.get(id) ?? '',
      isSelected: id === selected,
      isOnWay: way?.has(id) ?? false,
      isDimmed: placed.shape !== 'namespace' && isDim(id),
    };
    return (
      <Node key={id} placed={placed} trouble={graph.troubles.get(id)} look={look} level={level} zoom={view.zoom} />
    );
  }
}

function readableFrom(placed: Placed): Level {
  return placed.shape === 'namespace' ? 'far' : 'middle';
}

/** The first thing that is worth a stop: from afar a namespace, else what calls, or the first Service. */
function firstOf(layout: Layout, level: Level): string | undefined {
  if (level === 'far') return layout.order.find((id) => layout.placed.get(id)?.shape === 'namespace');
  return layout.order.find((id) => layout.placed.get(id)?.shape !== 'namespace') ?? layout.order[0];
}

function panned(view: View, direction: Direction): View {
  const step = 80;
  const dx = direction === 'left' ? step : direction === 'right' ? -step : 0;
  const dy = direction === 'up' ? step : direction === 'down' ? -step : 0;
  return { ...view, x: view.x + dx, y: view.y + dy };
}

function idAt(event: Event): string | undefined {
  const target = event.target instanceof Element ? event.target.closest('[data-id]') : null;
  return target?.getAttribute('data-id') ?? undefined;
}

/** What has to be drawn: in the window, at this level; edges of a request's way last, over the others. */
function visible(
  layout: Layout,
  routes: readonly Route[],
  view: View,
  size: Size,
  level: Level,
  way: ReadonlySet<string> | undefined,
): { nodes: Placed[]; edges: Route[] } {
  const box = visibleBox(view, size);
  const nodes: Placed[] = [];
  for (const placed of layout.placed.values()) {
    if (placed.shape === 'folded' || (level === 'far' && placed.shape !== 'namespace')) continue;
    if (intersects(placed.box, box)) nodes.push(placed);
  }
  const edges =
    level === 'far'
      ? []
      : routes.filter((route) => (!route.onDemand || way?.has(route.edge.id)) && intersects(route.box, box));
  if (way !== undefined) edges.sort((a, b) => Number(way.has(a.edge.id)) - Number(way.has(b.edge.id)));
  return { nodes, edges };
}

/** The view before anybody has moved: made anew when the window changes, not when a side panel takes a part of it. */
function useOpening(layout: Layout, size: Size): View {
  const kept = useRef<{ window: string; view: View } | null>(null);
  const window = `${innerWidth} ${innerHeight}`;
  if (size.width === 0) return opening(layout.bounds, size);
  if (kept.current === null || kept.current.window !== window) {
    kept.current = { window, view: opening(layout.bounds, size) };
  }
  return kept.current.view;
}

/** Dragging anywhere pans; a press that hardly moves stays a click. */
function useDrag(view: View, onView: (view: View) => void) {
  const start = useRef<{ at: Point; view: View; moved: boolean } | null>(null);
  const dragged = useRef(false);
  const [isDragging, setDragging] = useState(false);
  return {
    isDragging,
    wasDragged: () => dragged.current,
    onPointerDown(event: PointerEvent) {
      dragged.current = false;
      if (event.button !== 0 && event.button !== 1) return;
      start.current = { at: { x: event.clientX, y: event.clientY }, view, moved: false };
    },
    onPointerMove(event: PointerEvent) {
      const from = start.current;
      if (from === null) return;
      if (event.buttons === 0) {
        start.current = null;
        setDragging(false);
        return;
      }
      const dx = event.clientX - from.at.x;
      const dy = event.clientY - from.at.y;
      if (!from.moved && Math.hypot(dx, dy) < 4) return;
      if (!from.moved && event.currentTarget instanceof Element) event.currentTarget.setPointerCapture(event.pointerId);
      from.moved = true;
      dragged.current = true;
      setDragging(true);
      onView({ ...from.view, x: from.view.x + dx, y: from.view.y + dy });
    },
    onPointerUp() {
      start.current = null;
      setDragging(false);
    },
  };
}
