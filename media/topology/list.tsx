/** The map as a list: the same things and the same selection as a tree, for screen readers and for plain reading. */

import type { WireTopologyNode } from '#protocol/values';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../components/icons';
import type { Graph } from './graph';
import type { Layout } from './layout';
import { Readiness } from './readiness';
import { spokenName } from './words';

interface Row {
  readonly node: WireTopologyNode;
  /** 1 for namespaces, nodes and the outside. */
  readonly level: number;
  readonly parent: string | undefined;
}

const rowHeight = 24;

/** All rows, or those that match with what they are in. */
function rowsOf(graph: Graph, layout: Layout, matches: ReadonlySet<string> | undefined): Row[] {
  const rows = layout.order.flatMap((id): Row[] => {
    const node = layout.placed.get(id)?.node;
    if (node === undefined) return [];
    if (node.kind === 'namespace' || node.kind === 'node' || node.kind === 'outside') {
      return [{ node, level: 1, parent: undefined }];
    }
    const maker = graph.makers.get(id);
    return maker === undefined ? [{ node, level: 2, parent: node.parent }] : [{ node, level: 3, parent: maker }];
  });
  if (matches === undefined) return rows;
  const parents = new Map(rows.map((row) => [row.node.id, row.parent]));
  const kept = new Set<string>();
  for (const match of matches) {
    for (let at: string | undefined = match; at !== undefined && !kept.has(at); at = parents.get(at)) kept.add(at);
  }
  return rows.filter((row) => kept.has(row.node.id));
}

export function TopologyList(props: {
  readonly graph: Graph;
  readonly layout: Layout;
  readonly selected: string | undefined;
  readonly matches: ReadonlySet<string> | undefined;
  readonly onSelect: (id: string | undefined) => void;
  readonly onOpen: (id: string) => void;
  readonly focusRef: { current: (() => void) | null };
}) {
  const { graph, layout, selected, matches, onSelect, onOpen, focusRef } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState({ top: 0, height: 600 });
  const rows = useMemo(() => rowsOf(graph, layout, matches), [graph, layout, matches]);
  const index = rows.findIndex((row) => row.node.id === selected);
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
      const id = rows[Math.max(0, Math.min(rows.length - 1, row))]?.node.id;
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
    else return;
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
      aria-label={`Services and workloads of ${graph.topology.scope}`}
      aria-activedescendant={index < 0 ? undefined : `row-${index}`}
      onKeyDown={onKeyDown}
      onScroll={(event) => setScroll({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
    >
      <div class="list-space" role="presentation" style={{ height: `${rows.length * rowHeight}px` }}>
        {rows.slice(first, last).map((row, offset) => {
          const at = first + offset;
          const trouble = graph.troubles.get(row.node.id);
          return (
            <div
              key={row.node.id}
              id={`row-${at}`}
              class={`row level-${row.level} ${at === index ? 'selected' : ''}`}
              style={{ top: `${at * rowHeight}px` }}
              role="treeitem"
              aria-level={row.level}
              aria-selected={at === index ? 'true' : 'false'}
              aria-label={spokenName(row.node)}
              onClick={() => onSelect(row.node.id)}
              onDblClick={() => onOpen(row.node.id)}
            >
              {row.node.kind === 'pod' ? <Readiness node={row.node} /> : <Icon name={row.node.kind} class="kind" />}
              <span class="row-label">{row.node.label}</span>
              <span class="row-detail">{row.node.detail}</span>
              {trouble !== undefined && (
                <span class={`row-problems tone-${trouble.worst}`}>
                  <Icon name={trouble.worst} /> {trouble.count}
                </span>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
