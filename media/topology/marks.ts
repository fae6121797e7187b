/** A moment of a what-if on the map: its pods' states and marks, and those that are gone where they stood. */

import type { WireTopology, WireTopologyNode } from '#protocol/values';
import type { WireMapMarks } from '#protocol/what-if';
import type { MapPod } from './model';

export interface MarkedTopology extends Omit<WireTopology, 'nodes'> {
  readonly nodes: readonly MarkedNode[];
}

export interface MarkedNode extends Omit<WireTopologyNode, 'pods'> {
  readonly pods: readonly MapPod[];
  /** What the moment changed in it. */
  readonly change?: WireMapMarks['nodes'][number];
}

/** Nodes in which nothing happens stay the same objects, and the others while the marks do. */
export function markedTopology(topology: WireTopology, marks: WireMapMarks | undefined): MarkedTopology {
  if (marks === undefined) return topology;
  const byWorkload = new Map<string, WireMapMarks['pods'][number][]>();
  for (const pod of marks.pods) {
    const own = byWorkload.get(pod.workload);
    if (own === undefined) byWorkload.set(pod.workload, [pod]);
    else own.push(pod);
  }
  const changes = new Map(marks.nodes.map((change) => [change.id, change]));
  return {
    ...topology,
    nodes: topology.nodes.map((node): MarkedNode => {
      const own = byWorkload.get(node.id);
      const change = changes.get(node.id);
      if (own === undefined && change === undefined) return node;
      return { ...node, ...(own && { pods: markedPods(node.pods, own) }), ...(change && { change }) };
    }),
  };
}

function markedPods(pods: WireTopologyNode['pods'], marked: WireMapMarks['pods']): readonly MapPod[] {
  const byName = new Map(marked.map((pod) => [pod.name, pod]));
  const there = pods.map((pod): MapPod => {
    const known = byName.get(pod.name);
    byName.delete(pod.name);
    return known === undefined ? pod : { ...pod, happened: known };
  });
  const gone = [...byName.values()].map((pod): MapPod => {
    const { name, node, address } = pod;
    return { name, ready: false, node, address, happened: pod };
  });
  // Those that go stand before those that come, in whatever order their random names have.
  return [...there, ...gone].sort((a, b) => age(a) - age(b));
}

function age({ happened }: MapPod): number {
  return happened?.mark === 'new' ? 1 : 0;
}
