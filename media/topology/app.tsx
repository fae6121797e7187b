/** The topology panel: holds what is shown and selected, and talks with the extension. */

import type { FromTopologyPanel, ToTopologyPanel } from '#protocol/webview';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { LiveRegion, ProgressRing } from '../components/controls';
import { Empty } from '../components/empty';
import type { Host } from '../host';
import { Details, Problems } from './details';
import { graphOf, search } from './graph';
import { layout as layOut } from './layout';
import { Legend } from './legend';
import { TopologyList } from './list';
import { TopologyMap, type MapHandle } from './map';
import { freshState, type SavedState, type View } from './state';
import { Toolbar } from './toolbar';
import { problemCount, summary } from './words';

type Content = Extract<ToTopologyPanel, { kind: 'topology' | 'message' }>;

export type TopologyHost = Host<ToTopologyPanel, FromTopologyPanel, SavedState>;

export function App({ host }: { readonly host: TopologyHost }) {
  const [content, setContent] = useState<Content | undefined>();
  const [state, setState] = useState<SavedState>(() => host.getState() ?? freshState);
  const [wanted, setWanted] = useState<{ readonly id: string } | undefined>();
  const map = useRef<MapHandle | null>(null);
  const focusList = useRef<(() => void) | null>(null);
  const focusSearch = useRef<(() => void) | null>(null);
  const order = useRef<readonly string[]>(state.order);

  const change = useCallback((part: Partial<SavedState>) => setState((now) => ({ ...now, ...part })), []);
  const setView = useCallback((view: View) => change({ view }), [change]);
  const select = useCallback(
    (id: string | undefined) => {
      change({ selected: id });
      setWanted(id === undefined ? undefined : { id });
    },
    [change],
  );

  useEffect(() => {
    host.listen((message) => {
      if (message.kind === 'focus') {
        // Whoever asks for a thing wants to see it, whatever was searched for.
        change({ selected: message.id, query: '' });
        setWanted({ id: message.id });
        return;
      }
      setContent((now) => (now !== undefined && message.version < now.version ? now : message));
      if (message.kind !== 'topology') return;
      setState((now) => {
        if (now.scope === message.topology.scope) return now;
        order.current = [];
        return { ...now, scope: message.topology.scope, view: undefined, selected: undefined };
      });
    });
  }, [host, change]);

  const topology = content?.kind === 'topology' ? content.topology : undefined;
  const graph = useMemo(() => (topology === undefined ? undefined : graphOf(topology)), [topology]);
  const layout = useMemo(() => {
    if (topology === undefined) return undefined;
    const result = layOut(topology, order.current);
    order.current = result.order;
    return result;
  }, [topology]);
  const matches = useMemo(
    () => (topology === undefined ? undefined : search(topology, state.query)),
    [topology, state.query],
  );

  useEffect(() => {
    // Dragging changes the view with every move: the last state of a quarter second is enough.
    const timer = setTimeout(() => host.setState({ ...state, order: [...order.current] }), 150);
    return () => clearTimeout(timer);
  }, [host, state, layout]);

  const leave = useCallback(() => (map.current === null ? focusList.current?.() : map.current.focus()), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const path = event.composedPath()[0];
      const isTyping = path instanceof HTMLInputElement || path instanceof HTMLTextAreaElement;
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      focusSearch.current?.();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);

  if (content === undefined) {
    return (
      <main class="panel waiting">
        <ProgressRing label="Loading the topology" />
      </main>
    );
  }

  const selected = graph === undefined || state.selected === undefined ? undefined : graph.nodes.get(state.selected);
  const found = topology === undefined || matches === undefined ? '' : `${matches.size} of ${topology.nodes.length}`;
  const open = (id: string): void => {
    if (graph?.nodes.get(id)?.place !== undefined) host.post({ kind: 'reveal', id });
  };
  const closeSide = (): void => {
    change({ selected: undefined, problems: false });
    leave();
  };
  const isEmpty = topology !== undefined && topology.nodes.length === 0;
  const spoken =
    content.kind === 'message'
      ? content.title
      : matches !== undefined
        ? `${found} match`
        : graph === undefined
          ? ''
          : `${summary(graph.topology)}, ${problemCount(graph)}`;

  return (
    <main class="panel">
      {(content.scopes.length > 0 || graph !== undefined) && (
        <Toolbar
          scopes={content.scopes}
          state={state}
          found={found}
          problems={graph === undefined ? '' : problemCount(graph)}
          worst={graph?.problems[0]?.severity}
          hasMap={graph !== undefined && !isEmpty}
          onScope={(scope) => host.post({ kind: 'scope', scope })}
          onChange={change}
          onZoom={(factor) => map.current?.zoom(factor)}
          onFit={() => map.current?.fit()}
          onFirst={() => {
            const first = layout?.order.find((id) => matches?.has(id));
            if (first !== undefined) select(first);
          }}
          onLeave={leave}
          focusSearch={focusSearch}
        />
      )}
      {content.kind === 'message' && <Empty icon="map" title={content.title} text={content.text} />}
      {isEmpty && <Empty icon="map" title="Nothing to draw" text="This scope has no Services and no workloads." />}
      {graph !== undefined && layout !== undefined && !isEmpty && (
        <div class={`body ${state.shows}`}>
          {state.shows === 'map' ? (
            <TopologyMap
              graph={graph}
              layout={layout}
              view={state.view}
              selected={state.selected}
              matches={matches}
              wanted={wanted}
              onView={setView}
              onSelect={select}
              onOpen={open}
              handle={map}
            />
          ) : (
            <TopologyList
              graph={graph}
              layout={layout}
              selected={state.selected}
              matches={matches}
              onSelect={select}
              onOpen={open}
              focusRef={focusList}
            />
          )}
          {state.legend && state.shows === 'map' && <Legend onClose={() => change({ legend: false })} />}
          {selected !== undefined ? (
            <Details
              graph={graph}
              node={selected}
              onSelect={select}
              onOpen={open}
              onTrace={(id) => host.post({ kind: 'trace', id })}
              onClose={closeSide}
            />
          ) : (
            state.problems && <Problems graph={graph} onSelect={select} onClose={closeSide} />
          )}
        </div>
      )}
      <LiveRegion text={spoken} />
    </main>
  );
}
