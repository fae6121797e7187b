/** The map as a list: the same things and the same selection as a tree, for screen readers and for plain reading. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../components/icons';
import type { Graph } from './graph';
import type { Layout } from './layout';
import { makerOf, podId, podNode, type MapNode } from './model';
import { Readiness } from './readiness';
import { kindIcons } from './shapes';
import { spokenName, words } from './words';

interface Row {
  readonly id: string;
  /** A pod's is made when its row is drawn. */
  readonly node: MapNode | undefined;
  /** 1 for namespaces, nodes and the outside. */
  readonly level: number;
  readonly parent: string | undefined;
}

const rowHeight = 24;

/** All rows, or those that match with what they are in. */
function rowsOf(layout: Layout, matches: ReadonlySet<string> | undefined): Row[] {
  const rows = layout.order.flatMap((id): Row[] => {
    const node = layout.placed.get(id)?.node;
    if (node === undefined) return [];
    const inTower = node.kind === 'service' || node.kind === 'workload' || node.kind === 'policy';
    const own: Row = { id, node, level: inTower ? 2 : 1, parent: inTower ? node.parent : undefined };
    const pods = node.pods.map(({ name }): Row => ({ id: podId(id, name), node: undefined, level: 3, parent: id }));
    return [own, ...pods];
  });
  if (matches === undefined) return rows;
  const parents = new Map(rows.map((row) => [row.id, row.parent]));
  const kept = new Set<string>();
  for (const match of matches) {
    for (let at: string | undefined = match; at !== undefined && !kept.has(at); at = parents.get(at)) kept.add(at);
  }
  return rows.filter((row) => kept.has(row.id));
}

function nodeOfRow(row: Row, layout: Layout): MapNode | undefined {
  if (row.node !== undefined) return row.node;
  const workload = layout.placed.get(makerOf(row.id) ?? '')?.node;
  const pod = workload?.pods.find(({ name }) => podId(workload.id, name) === row.id);
  return workload && pod && podNode(workload, pod);
}

export function TopologyList(props: {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly selected: string | undefined;
  readonly matches: ReadonlySet<string> | undefined;
  readonly onSelect: (id: string | undefined) => void;
  readonly onOpen: (id: string) => void;
  readonly onKey: (key: string) => boolean;
  readonly focusRef: { current: (() => void) | null };
}) {
  const { graph, layout, selected, matches, onSelect, onOpen, focusRef } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({ top: 0, height: 600 });
  const rows = useMemo(() => rowsOf(layout, matches), [layout, matches]);
  const index = useMemo(() => rows.findIndex((row) => row.id === selected), [rows, selected]);
  focusRef.current = () => frame.current?.focus();

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = (): void => setScroll({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = frame.current;
    if (element === null || index < 0) return;
    const top = index * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight - element.clientHeight;
    }
  }, [index, rows]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(scroll.height / rowHeight) - 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const step = steps[event.key];
    const to = (row: number): void => {
      const id = rows[Math.max(0, Math.min(rows.length - 1, row))]?.id;
      if (id !== undefined) onSelect(id);
    };
    if (step !== undefined) to(index < 0 ? 0 : index + step);
    else if (event.key === 'Home') to(0);
    else if (event.key === 'End') to(rows.length - 1);
    else if (event.key === 'ArrowLeft') onSelect(rows[index]?.parent ?? selected);
    else if (event.key === 'ArrowRight')
      to((rows[index + 1]?.level ?? 0) > (rows[index]?.level ?? 9) ? index + 1 : index);
    else if (event.key === 'Enter' && selected !== undefined) onOpen(selected);
    else if (event.key === 'Escape') onSelect(undefined);
    else if (!props.onKey(event.key)) return;
    event.preventDefault();
  };

  const first = Math.max(0, Math.floor(scroll.top / rowHeight) - 10);
  const last = Math.min(rows.length, Math.ceil((scroll.top + scroll.height) / rowHeight) + 10);
  return (
    <div
      class="list"
      ref={frame}
      role="tree"
      tabIndex={0}
      aria-label={words.list(graph.scope)}
      aria-activedescendant={index < 0 ? undefined : `row-${index}`}
      onKeyDown={onKeyDown}
      onScroll={(event) => setScroll({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
    >
      <div class="list-space" role="presentation" style={{ height: `${rows.length * rowHeight}px` }}>
        {rows.slice(first, last).map((row, offset) => {
          const at = first + offset;
          const node = nodeOfRow(row, layout);
          const trouble = graph.troubles.get(row.id);
          if (node === undefined) return null;
          return (
            <div
              key={row.id}
              class={`row level-${row.level} ${at === index ? 'selected' : ''}`}
              style={{ top: `${at * rowHeight}px` }}
              role="presentation"
              onClick={() => onSelect(row.id)}
              onDblClick={() => onOpen(row.id)}
            >
              <span
                id={`row-${at}`}
                class="row-item"
                role="treeitem"
                aria-level={row.level}
                aria-selected={at === index ? 'true' : 'false'}
                aria-label={spokenName(node)}
              />
              <span class="row-content" aria-hidden="true">
                {node.ready !== undefined ? (
                  <Readiness ready={node.ready} />
                ) : (
                  <Icon name={kindIcons[node.kind]} class="kind" />
                )}
                <span class="row-label">{node.label}</span>
                <span class="row-detail">{node.detail}</span>
                {trouble !== undefined && (
                  <span class={`row-problems tone-${trouble.worst}`}>
                    <Icon name={trouble.worst} /> {trouble.count}
                  </span>
                )}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
