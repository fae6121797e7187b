/** From the topology to what is drawn: filtered and grouped, its graph, its layout; each made anew only when it must. */

import type { WireTopology } from '#protocol/values';
import type { WireSupposed } from '#protocol/what-if';
import { useMemo, useRef } from 'preact/hooks';
import { graphOf, wayThrough, type Graph } from './graph';
import { keepPlaces } from './keep';
import { layout as layOut, type Layout } from './layout';
import { markedTopology } from './marks';
import { sceneOf } from './scene';
import type { SavedState } from './state';

interface DrawnMap {
  readonly graph: Graph | undefined;
  readonly layout: Layout | undefined;
  /** The order that the next layout keeps. */
  readonly order: { current: readonly string[] };
}

export function useMap(
  told: WireTopology | undefined,
  supposed: WireSupposed | undefined,
  state: SavedState,
): DrawnMap {
  const topology = useMemo(() => told && markedTopology(told, supposed?.marks), [told, supposed]);
  const { filter, grouping, focus } = state;
  const order = useRef<readonly string[]>(state.order);
  const latest = useRef<Layout | undefined>(undefined);
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
    const result = keepPlaces(latest.current, layOut(graph.scene, order.current));
    latest.current = result;
    // What is hidden for now keeps its rank for later.
    order.current = keepRanks(order.current, result.order);
    return result;
  }, [graph]);
  return { graph, layout, order };
}

const freshFilter = { namespaces: [], hides: [], problems: false };

/** The new order, with what it lacks behind what it followed before. */
function keepRanks(before: readonly string[], now: readonly string[]): readonly string[] {
  const present = new Set(now);
  if (before.every((id) => present.has(id))) return now;
  const followers = new Map<string, string[]>();
  const first: string[] = [];
  let last: string | undefined;
  for (const id of before) {
    if (present.has(id)) last = id;
    else if (last === undefined) first.push(id);
    else followers.set(last, [...(followers.get(last) ?? []), id]);
  }
  return [...first, ...now.flatMap((id) => [id, ...(followers.get(id) ?? [])])];
}
