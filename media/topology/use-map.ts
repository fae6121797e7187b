/** From the topology to what is drawn: filtered and grouped, its graph, its layout; each made anew only when it must. */

import type { WireTopology } from '#protocol/values';
import type { WireSupposed } from '#protocol/what-if';
import { useMemo, useRef } from 'preact/hooks';
import { graphOf, wayThrough, type Graph } from './graph';
import { keepPlaces } from './keep';
import { layout as layOut, type Layout } from './layout';
import { markedTopology } from './marks';
import { renamed, renamesBetween } from './renames';
import { sceneOf } from './scene';
import { noMemory, type Memory, type SavedState } from './state';

interface DrawnMap {
  readonly graph: Graph | undefined;
  readonly layout: Layout | undefined;
  /** What the next layout knows of this one. */
  readonly memory: { current: Memory };
}

export function useMap(
  told: WireTopology | undefined,
  supposed: WireSupposed | undefined,
  state: SavedState,
): DrawnMap {
  const topology = useMemo(() => told && markedTopology(told, supposed?.marks), [told, supposed]);
  const { filter, grouping, focus } = state;
  const memory = useRef<Memory>(state.memory);
  const latest = useRef<{ readonly graph: Graph; readonly layout: Layout; readonly shown: string } | undefined>(
    undefined,
  );
  const only = useMemo(() => {
    if (topology === undefined || focus === undefined) return undefined;
    const whole = graphOf(sceneOf(topology, freshFilter, 'namespace'));
    return whole.nodes.has(focus) ? wayThrough(whole, focus) : undefined;
  }, [topology, focus]);
  const graph = useMemo(
    () => (topology === undefined ? undefined : graphOf(sceneOf(topology, filter, grouping, only))),
    [topology, filter, grouping, only],
  );
  const layout = useMemo(() => {
    if (graph === undefined) return undefined;
    const shown = JSON.stringify([graph.scope, filter, grouping, focus]);
    const before = latest.current;
    if (before !== undefined && before.shown === shown)
      memory.current = renamed(memory.current, renamesBetween(before.graph.scene.nodes, graph.scene.nodes));
    // Another part of the whole takes the room that it needs, in the order that one knows.
    else if (before !== undefined) memory.current = { ...noMemory, order: memory.current.order };
    const result = keepPlaces(before?.layout, layOut(graph.scene, memory.current));
    memory.current = result.memory;
    latest.current = { graph, layout: result, shown };
    return result;
  }, [graph]);
  return { graph, layout, memory };
}

const freshFilter = { namespaces: [], hides: [], problems: false };
