/** The drawn map: shows what is in the window, pans, zooms, and is one stop of the keyboard. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Cells } from './cells';
import { Edge, EdgeLabel, WholeEdges } from './edges';
import { FarEdges } from './far-edges';
import { nodeOf, wayThrough, type Graph } from './graph';
import { labelsOf } from './labels';
import { placeOf, type Layout } from './layout';
import { Minimap } from './minimap';
import { makerOf } from './model';
import { neighbour, type Direction } from './neighbours';
import { usePointer } from './pointer';
import { routesOf, runsOnLines } from './routes';
import { Node } from './shapes';
import { bringIn, fit, opening, steadyView, zoomAt, type Size } from './view';
import type { ViewStore } from './view-store';
import type { View } from './state';
import { frameOf, visible, type Frame } from './visible';
import { words } from './words';

export interface MapHandle {
  focus(): void;
  fit(): void;
  zoom(factor: number): void;
}

interface MapProps {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly store: ViewStore;
  readonly selected: string | undefined;
  readonly matches: ReadonlySet<string> | undefined;
  readonly minimap: boolean;
  /** Something to bring into the window; a new object each time. */
  readonly wanted: { readonly id: string } | undefined;
  readonly onSelect: (id: string | undefined) => void;
  readonly onOpen: (id: string) => void;
  /** A key that the map itself has no use for. */
  readonly onKey: (key: string) => boolean;
  readonly handle: { current: MapHandle | null };
}

const arrows: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

const start: View = { x: 0, y: 0, zoom: 1 };

export function TopologyMap(props: MapProps) {
  const { graph, layout, store, selected, matches, wanted, onSelect, onOpen, handle } = props;
  const element = useRef<HTMLDivElement>(null);
  const canvas = useRef<SVGSVGElement>(null);
  const size = useSize(element);
  const [hovered, setHovered] = useState<string | undefined>();
  const isMeasured = size.width > 0 && size.height > 0;
  const hasOpened = useOpening(store, layout, size);
  useSteadiness(store, layout, size, selected, hasOpened);
  const frame = useFrame(store, size, canvas);
  const { level } = frame;

  useEffect(() => {
    const placed = wanted === undefined ? undefined : placeOf(layout, wanted.id);
    if (placed === undefined || !isMeasured) return;
    const isTower = wanted !== undefined && layout.placed.get(wanted.id)?.shape === 'tower';
    store.set(bringIn(store.view ?? start, placed.box, size, isTower ? 'far' : 'middle'));
    // Only a new wish moves the map, not each new layout.
    // The size counts too: the side panel opens beside the map after a selection.
  }, [wanted, isMeasured, size.width, size.height]);

  handle.current = {
    focus: () => element.current?.focus(),
    fit: () => store.set(fit(layout.bounds, size)),
    zoom: (factor) => store.set(zoomAt(store.view ?? start, factor, { x: size.width / 2, y: size.height / 2 })),
  };

  const open = (id: string): void => {
    const placed = layout.placed.get(id);
    // From afar, into a namespace is nearer than to its YAML.
    if (placed?.shape === 'tower' && level === 'far') store.set(fit(placed.box, size));
    else onOpen(id);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = arrows[event.key];
    if (direction !== undefined) {
      if (event.shiftKey) store.set(panned(store.view ?? start, direction));
      else if (selected === undefined || nodeOf(graph, selected) === undefined)
        onSelect(firstOf(layout, level === 'far'));
      else onSelect(neighbour(graph, layout, selected, direction) ?? selected);
    } else if (event.key === 'Enter' && selected !== undefined) open(selected);
    else if (event.key === '+' || event.key === '=') handle.current?.zoom(1.25);
    else if (event.key === '-') handle.current?.zoom(0.8);
    else if (event.key === '0') handle.current?.fit();
    else if (event.key === 'Escape') onSelect(undefined);
    else if (event.key === 'Home') onSelect(firstOf(layout, level === 'far'));
    else if (!props.onKey(event.key)) return;
    event.preventDefault();
  };

  const pointer = usePointer({ element, store, layout, level, onHover: setHovered, onSelect, onOpen: open });
  const routes = useMemo(() => routesOf(graph.scene.edges, layout), [graph, layout]);
  const { order } = layout;
  const domIds = useMemo(() => new Map(order.map((id, index) => [id, `node-${index}`])), [order]);
  const inFocus = hovered ?? (selected !== undefined && nodeOf(graph, selected) !== undefined ? selected : undefined);
  const way = useMemo(() => (inFocus === undefined ? undefined : wayThrough(graph, inFocus)), [graph, inFocus]);
  const drawn = useMemo(
    () => (isMeasured ? visible(layout, routes, frame, way, matches) : undefined),
    [layout, routes, frame, way, matches, isMeasured],
  );
  const labels = useMemo(() => labelsOf(drawn?.onWay ?? []), [drawn]);
  const runsOn = useMemo(
    () => (inFocus === undefined ? '' : linesToNodes(graph, layout, inFocus)),
    [graph, layout, inFocus],
  );
  const isDim = (id: string): boolean => matches !== undefined && !matches.has(id);
  const selectedPod = selected !== undefined && makerOf(selected) !== undefined ? selected : undefined;

  const node = ({ node: { id }, shape }: { node: { id: string }; shape: string }) => {
    const placed = layout.placed.get(id);
    if (placed === undefined) return null;
    const look = [
      id === selected ? 'selected' : '',
      way?.has(id) === true ? 'on-way' : '',
      shape === 'box' && isDim(id) ? 'dimmed' : '',
    ];
    return (
      <Node
        key={id}
        placed={placed}
        domId={domIds.get(id) ?? ''}
        trouble={graph.troubles.get(id)}
        look={look.filter(Boolean).join(' ')}
        level={level}
        zoom={shape === 'tower' && level === 'far' ? frame.zoom : 1}
        hasPods={drawn?.hasPods ?? false}
        selectedPod={makerOf(selectedPod ?? '') === id ? selectedPod : undefined}
      />
    );
  };

  return (
    <div class="map-frame">
      <div
        class="map"
        ref={element}
        role="listbox"
        tabIndex={0}
        aria-label={words.map(graph.scope)}
        aria-activedescendant={activeId(selected, domIds, selectedPod)}
        onKeyDown={onKeyDown}
        {...pointer}
      >
        <svg
          class={`canvas level-${level} ${graph.scene.grouping === 'namespace' ? '' : 'spread'}`}
          ref={canvas}
          role="presentation"
        >
          {drawn !== undefined && (
            <g transform={`scale(${frame.zoom})`} role="presentation">
              {level === 'far' && <Cells graph={graph} layout={layout} matches={matches} />}
              {level === 'far' && <FarEdges graph={graph} layout={layout} zoom={frame.zoom} at={inFocus} />}
              {drawn.towers.map(node)}
              <WholeEdges routes={drawn.dimmed} look="dimmed" />
              <WholeEdges routes={drawn.whole} look="" />
              {runsOn !== '' && level !== 'far' && <path class="runs-on" d={runsOn} aria-hidden="true" />}
              {drawn.single.map(({ route, look }) => (
                <Edge key={route.edge.id} route={route} look={look} />
              ))}
              {drawn.boxes.map(node)}
              {labels.map((label) => (
                <EdgeLabel key={label.route.edge.id} label={label} />
              ))}
            </g>
          )}
        </svg>
      </div>
      {props.minimap && isMeasured && <Minimap graph={graph} layout={layout} store={store} size={size} />}
    </div>
  );
}

function activeId(
  selected: string | undefined,
  domIds: ReadonlyMap<string, string>,
  pod: string | undefined,
): string | undefined {
  if (selected === undefined) return undefined;
  return pod === undefined ? domIds.get(selected) : `pod:${pod}`;
}

function linesToNodes(graph: Graph, layout: Layout, id: string): string {
  const of = (thing: string) => {
    const placed = placeOf(layout, thing);
    const { node } = placed ?? {};
    if (placed === undefined || node === undefined) return [];
    const runsOn = node.runsOn === undefined ? [] : [node.runsOn];
    const nodes = new Set([
      ...runsOn,
      ...node.pods.flatMap((pod) => (pod.node === undefined ? [] : `node/${pod.node}`)),
    ]);
    return [...nodes].map((name) => ({ box: placed.box, node: name }));
  };
  const there = id.startsWith('node/') ? graph.runs.get(id) : undefined;
  if (there !== undefined)
    return runsOnLines(
      [...there.keys()].flatMap(of).filter(({ node }) => node === id),
      layout,
    );
  const targets = (graph.outgoing.get(id) ?? []).flatMap(({ kind, to, problem }) =>
    kind === 'targets' && problem?.severity !== 'error' ? to : [],
  );
  return runsOnLines([id, ...targets].flatMap(of), layout);
}

/** The first thing that is worth a stop: from afar a tower, else what calls, or the first Service. */
function firstOf(layout: Layout, isFar: boolean): string | undefined {
  const isTower = (id: string): boolean => layout.placed.get(id)?.shape === 'tower';
  return layout.order.find((id) => isTower(id) === isFar) ?? layout.order[0];
}

function panned(view: View, direction: Direction): View {
  const step = 80;
  const dx = direction === 'left' ? step : direction === 'right' ? -step : 0;
  const dy = direction === 'up' ? step : direction === 'down' ? -step : 0;
  return { ...view, x: view.x + dx, y: view.y + dy };
}

function useSize(element: { readonly current: HTMLDivElement | null }): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const own = element.current;
    if (own === null) return;
    const measure = (): void => setSize({ width: own.clientWidth, height: own.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(own);
    return () => observer.disconnect();
  }, []);
  return size;
}

/**
 * The view before anybody has moved: made anew when the window changes, not when a side panel takes a part of it. Tells
 * whether it has opened one.
 */
function useOpening(store: ViewStore, layout: Layout, size: Size): boolean {
  const kept = useRef('');
  const window = `${innerWidth} ${innerHeight}`;
  if (size.width === 0 || store.isMoved || (store.view !== undefined && kept.current === window)) return false;
  kept.current = window;
  // What leads in stands far from the first namespace: there is more to see in that.
  const first = [...layout.placed.values()].find(({ shape }) => shape === 'tower');
  store.open(opening(layout.bounds, first?.box ?? layout.bounds, size));
  return true;
}

/** Keeps in its place what is looked at, wherever an edit has moved it; a view that has just opened follows nothing. */
function useSteadiness(
  store: ViewStore,
  layout: Layout,
  size: Size,
  selected: string | undefined,
  hasOpened: boolean,
): void {
  const latest = useRef({ layout, selected });
  const before = latest.current;
  if (before.layout !== layout && store.view !== undefined && !hasOpened) {
    // What was selected may have another name by now.
    const view = steadyView(store.view, size, before.layout, layout, before.selected, selected);
    if (view !== store.view) store.follow(view);
  }
  latest.current = { layout, selected };
}

/** Follows the view: a pan moves the layer at once, and draws anew only when the window leaves what is drawn. */
function useFrame(store: ViewStore, size: Size, canvas: { readonly current: SVGSVGElement | null }): Frame {
  const [, setTick] = useState(0);
  const frame = frameOf(store.view ?? start, size);
  const kept = useRef(frame);
  if (kept.current.key !== frame.key) kept.current = frame;
  const shown = kept.current;
  const sizes = useRef(size);
  sizes.current = size;
  useLayoutEffect(() => {
    let waiting = 0;
    const move = (): void => {
      waiting = 0;
      const { x, y, zoom } = store.view ?? start;
      // Whole pixels: between them texts are blurred.
      if (canvas.current !== null) canvas.current.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
      if (frameOf({ x, y, zoom }, sizes.current).key !== kept.current.key) setTick((tick) => tick + 1);
    };
    const follow = (): void => {
      if (waiting === 0) waiting = requestAnimationFrame(move);
    };
    const end = store.subscribe(follow);
    move();
    return () => {
      end();
      cancelAnimationFrame(waiting);
    };
  }, [store]);
  return shown;
}
