/** The topology panel: holds what is shown and selected, and talks with the extension. */

import type { FromTopologyPanel, ToTopologyPanel } from '#protocol/webview';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { LiveRegion, ProgressRing } from '../components/controls';
import { Empty } from '../components/empty';
import type { Host } from '../host';
import { contentAfter, type Content } from './content';
import { Details, isDestination, isSource } from './details';
import { FilterPanel } from './filter-panel';
import { nodeOf, search, type Graph } from './graph';
import { Legend } from './legend';
import { TopologyList } from './list';
import { TopologyMap, type MapHandle } from './map';
import { originOf } from './model';
import { picture } from './picture';
import { Problems } from './side';
import { renamesBetween, type Renames } from './renames';
import { freshState, noMemory, type SavedState } from './state';
import { Toolbar } from './toolbar';
import { TraceBar } from './trace-bar';
import { useMap } from './use-map';
import { useIsRoomy } from './use-roomy';
import { createViewStore } from './view-store';
import { WhatIfBar } from './what-if-bar';
import { problemCount, summary, words } from './words';

export type TopologyHost = Host<ToTopologyPanel, FromTopologyPanel, SavedState>;

export function App({ host }: { readonly host: TopologyHost }) {
  const [content, setContent] = useState<Content | undefined>();
  const [state, setState] = useState<SavedState>(() => host.getState() ?? freshState);
  const [wanted, setWanted] = useState<{ readonly id: string } | undefined>();
  const store = useMemo(() => createViewStore(state.view), []);
  const map = useRef<MapHandle | null>(null);
  const focusList = useRef<(() => void) | null>(null);
  const focusSearch = useRef<(() => void) | null>(null);

  const [explained, setExplained] = useState<Explained | undefined>();

  const change = useCallback((part: Partial<SavedState>) => setState((now) => ({ ...now, ...part })), []);
  const select = useCallback(
    (id: string | undefined) => {
      change({ selected: id });
      setWanted(id === undefined ? undefined : { id });
    },
    [change],
  );

  const isRoomy = useIsRoomy();
  const hasMinimap = state.minimap ?? isRoomy;
  const topology = content?.kind === 'topology' ? content.topology : undefined;
  const supposed = content?.kind === 'topology' ? content.supposed : undefined;
  const { graph, layout, memory } = useMap(topology, supposed, state);
  const latest = useRef({ content, graph, layout });
  latest.current = { content, graph, layout };

  useEffect(() => {
    host.listen((message) => {
      if (message.kind === 'focus') {
        // Whoever asks for a thing wants to see it, whatever was searched for or hidden.
        change({ ...freshView, selected: message.id });
        setWanted({ id: message.id });
      } else if (message.kind === 'explained') setExplained(message);
      else if (message.kind === 'export') {
        const { graph: now, layout: places } = latest.current;
        if (now === undefined || places === undefined) return;
        picture(message.format, now, places).then(
          (data) => host.post({ kind: 'exported', format: message.format, data }),
          (error: unknown) => host.post({ kind: 'notExported', reason: String(error) }),
        );
      } else take(message);
    });
    function take(message: Exclude<ToTopologyPanel, { kind: 'focus' | 'explained' | 'export' }>): void {
      const before = latest.current.content;
      const next = contentAfter(before, message);
      if (next === undefined) {
        host.post({ kind: 'ready' });
        return;
      }
      // Several messages may come before the panel is drawn again.
      latest.current = { ...latest.current, content: next };
      setContent(next);
      if (next.kind !== 'topology') return;
      const { scope } = next.topology;
      if (before?.kind === 'topology' && before.topology.scope === scope) {
        const renames = renamesBetween(before.topology.nodes, next.topology.nodes);
        if (renames.size > 0) setState((now) => stateAfter(now, renames));
      }
      setState((now) => {
        if (now.scope === scope) return now;
        memory.current = noMemory;
        store.reset();
        return { ...now, ...freshView, scope, selected: undefined, traceFrom: undefined, traceTo: undefined };
      });
    }
  }, [host, change]);

  useEffect(() => {
    // Dragging changes the view with every move: the last state of a moment is enough.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const keep = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const view = store.isMoved ? store.view : undefined;
        host.setState({ ...state, view, memory: memory.current });
      }, 200);
    };
    keep();
    const end = store.subscribe(keep);
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [host, state, layout, store]);

  const subject = subjectOfExplanation(graph, state.selected);
  useEffect(() => {
    if (subject !== undefined) host.post({ kind: 'explain', id: subject });
  }, [host, subject]);

  const matches = useMemo(
    () => (graph === undefined ? undefined : search(graph.scene.nodes, state.query)),
    [graph, state.query],
  );
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
        <ProgressRing label={words.loading} />
      </main>
    );
  }

  const selected = graph === undefined || state.selected === undefined ? undefined : nodeOf(graph, state.selected);
  const found = graph === undefined || matches === undefined ? '' : `${matches.size} of ${countOf(graph.scene.nodes)}`;
  const open = (id: string, problem?: string): void => {
    if (graph !== undefined && nodeOf(graph, id)?.object !== undefined)
      host.post({ kind: 'reveal', id: originOf(id), problem });
  };
  const focusOn = (id: string | undefined): void => {
    change({ focus: id === undefined ? undefined : originOf(id) });
    store.reset();
  };
  /** With both ends the request is traced at once; a Service is asked from whom. */
  const choose = (ends: Pick<SavedState, 'traceFrom' | 'traceTo'>): void => {
    const { traceFrom, traceTo } = { traceFrom: state.traceFrom, traceTo: state.traceTo, ...ends };
    change({ traceFrom, traceTo });
    if (traceFrom !== undefined && traceTo !== undefined) trace(traceFrom, traceTo);
  };
  const trace = (from: string | undefined, to: string | undefined): void =>
    host.post({ kind: 'trace', from: from && originOf(from), to: to && originOf(to) });
  const onKey = (key: string): boolean => {
    if (selected === undefined) return false;
    if (key === 'f') focusOn(state.focus === originOf(selected.id) ? undefined : selected.id);
    else if (key === 's' && isSource(selected)) choose({ traceFrom: selected.id });
    else if (key === 'd' && isDestination(selected)) choose({ traceTo: selected.id });
    else return false;
    return true;
  };
  const closeSide = (): void => {
    change({ selected: undefined, problems: false });
    leave();
  };
  const isEmpty = topology !== undefined && topology.nodes.length === 0;
  const isHidden = !isEmpty && graph !== undefined && graph.scene.nodes.length === 0;
  const hasMap = graph !== undefined && layout !== undefined && !isEmpty;
  const spoken =
    content.kind === 'message'
      ? content.title
      : matches !== undefined
        ? words.matches(found)
        : graph === undefined
          ? ''
          : `${summary(graph.scene.nodes)}, ${problemCount(graph)}`;

  return (
    <main class="panel">
      <h1 class="spoken">{words.heading(state.scope)}</h1>
      {(content.scopes.length > 0 || graph !== undefined) && (
        <Toolbar
          scopes={content.scopes}
          state={state}
          found={found}
          hasMinimap={hasMinimap}
          focused={state.focus === undefined ? undefined : state.focus.replace(/^.*\//, '')}
          problems={graph === undefined ? '' : problemCount(graph)}
          worst={graph?.problems[0]?.severity}
          hasMap={hasMap}
          onScope={(scope) => host.post({ kind: 'scope', scope })}
          onChange={(part) => {
            if ('grouping' in part || 'focus' in part) store.reset();
            change(part);
          }}
          onZoom={(factor) => map.current?.zoom(factor)}
          onFit={() => map.current?.fit()}
          onExport={() => host.post({ kind: 'export' })}
          onFirst={() => {
            const first = layout?.order.find((id) => matches?.has(id)) ?? [...(matches ?? [])][0];
            if (first !== undefined) select(first);
          }}
          onLeave={leave}
          focusSearch={focusSearch}
        />
      )}
      {content.kind === 'message' && <Empty icon="map" title={content.title} text={content.text} />}
      {isEmpty && <Empty icon="map" title={words.nothingTitle} text={words.nothingText} />}
      {hasMap && (
        <div class={`body ${state.shows}`}>
          {isHidden ? (
            <Empty icon="filter" title={words.hiddenTitle} text={words.hiddenText} />
          ) : state.shows === 'map' ? (
            <TopologyMap
              graph={graph}
              layout={layout}
              store={store}
              selected={state.selected}
              matches={matches}
              minimap={hasMinimap}
              wanted={wanted}
              onSelect={select}
              onOpen={open}
              onKey={onKey}
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
              onKey={onKey}
              focusRef={focusList}
            />
          )}
          {state.legend && state.shows === 'map' && (
            <Legend isSupposed={supposed !== undefined} onClose={() => change({ legend: false })} />
          )}
          {(state.traceFrom ?? state.traceTo) !== undefined && (
            <TraceBar
              graph={graph}
              from={state.traceFrom}
              to={state.traceTo}
              onSelect={select}
              onTrace={() => trace(state.traceFrom, state.traceTo)}
              onForget={() => change({ traceFrom: undefined, traceTo: undefined })}
            />
          )}
          {state.filtering && (
            <FilterPanel
              filter={state.filter}
              namespaces={(topology?.nodes ?? []).flatMap(({ kind, label }) => (kind === 'namespace' ? label : []))}
              onChange={({ namespaces, hides, problems }) =>
                change({ filter: { namespaces: [...namespaces], hides: [...hides], problems } })
              }
              onClose={() => {
                change({ filtering: false });
                leave();
              }}
            />
          )}
          {selected !== undefined ? (
            <Details
              graph={graph}
              node={selected}
              focus={state.focus}
              onSelect={select}
              onOpen={open}
              onTraceFrom={(id) => choose({ traceFrom: id })}
              onTraceTo={(id) => choose({ traceTo: id })}
              onWhatIf={host.can('whatIf') ? (id) => host.post({ kind: 'whatIf', id }) : undefined}
              onFocus={focusOn}
              topics={explained?.id === subject ? explained?.topics : undefined}
              onStopExplaining={() => {
                setExplained(undefined);
                host.post({ kind: 'stopExplaining' });
              }}
              onClose={closeSide}
            />
          ) : (
            state.problems && <Problems graph={graph} onSelect={select} onClose={closeSide} />
          )}
        </div>
      )}
      {supposed !== undefined && (
        <WhatIfBar
          supposed={supposed}
          onMoment={(moment) => host.post({ kind: 'moment', moment })}
          onOpen={() => host.post({ kind: 'openWhatIf' })}
          onLeave={() => host.post({ kind: 'leaveWhatIf' })}
        />
      )}
      <LiveRegion text={spoken} />
    </main>
  );
}

type Explained = Extract<ToTopologyPanel, { kind: 'explained' }>;

/** Of what is selected, the id of what may explain itself. */
function subjectOfExplanation(graph: Graph | undefined, selected: string | undefined): string | undefined {
  const node = graph === undefined || selected === undefined ? undefined : nodeOf(graph, selected);
  const explains = node !== undefined && ['service', 'ingress', 'gateway', 'route', 'policy'].includes(node.kind);
  return explains && node.object !== undefined ? originOf(node.id) : undefined;
}

/** What was chosen stays chosen under its new name. */
function stateAfter(state: SavedState, renames: Renames): SavedState {
  const name = (id: string | undefined): string | undefined => id && (renames.get(id) ?? id);
  return {
    ...state,
    selected: name(state.selected),
    focus: name(state.focus),
    traceFrom: name(state.traceFrom),
    traceTo: name(state.traceTo),
  };
}

const freshView = { view: undefined, query: '', focus: undefined, filter: freshState.filter };

/** Things that can be found: nodes and pods. */
function countOf(nodes: readonly { readonly pods: readonly unknown[] }[]): number {
  return nodes.reduce((sum, { pods }) => sum + 1 + pods.length, 0);
}
