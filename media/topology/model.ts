/** The things on the map: the nodes of the graph, and the pods that stand in their workloads. */

import type { WireTopologyNode, WireTopologyPod } from '#protocol/values';
import type { WireMapMarks } from '#protocol/what-if';

export type MapKind = WireTopologyNode['kind'] | 'pod' | 'zone';

/** A pod as it stands on the map. */
export interface MapPod extends WireTopologyPod {
  /** At a moment of a what-if: what becomes of it, where anything does. */
  readonly happened?: WireMapMarks['pods'][number];
}

export interface MapNode extends Omit<WireTopologyNode, 'kind' | 'pods'> {
  readonly kind: MapKind;
  readonly pods: readonly MapPod[];
  /** At a moment of a what-if: what that changed in it. */
  readonly change?: WireMapMarks['nodes'][number];
  /** Of a pod. */
  readonly ready?: boolean;
  /** Of a pod: its workload's id. */
  readonly maker?: string;
  /** Of a pod: the id of the node that it runs on. */
  readonly runsOn?: string;
}

/** The id of a pod within its workload. */
export function podId(workload: string, name: string): string {
  return `${workload}#${name}`;
}

/** The workload of a pod's id, as it stands on the map; undefined for any other id. */
export function makerOf(id: string): string | undefined {
  const at = id.lastIndexOf('#');
  return at < 0 ? undefined : id.slice(0, at);
}

/** A pod as a thing of its own; its YAML is that of its workload. */
export function podNode(workload: MapNode, pod: MapPod): MapNode {
  const where = [pod.address, pod.node === undefined ? undefined : `on ${pod.node}`].filter(Boolean).join(' ');
  return {
    id: podId(workload.id, pod.name),
    kind: 'pod',
    label: pod.name,
    detail: [where, stateOf(pod)].filter((text) => text !== '').join(', '),
    parent: workload.parent,
    ports: [],
    object: workload.object,
    pods: [],
    problems: [],
    ready: pod.ready,
    maker: workload.id,
    ...(pod.node !== undefined && { runsOn: `node/${pod.node}` }),
  };
}

/** `ready`; `terminating, still serving (before: ready)`. */
function stateOf({ ready, happened }: MapPod): string {
  if (happened === undefined) return ready ? 'ready' : 'not ready';
  const { text, mark, before } = happened;
  if (mark === 'new') return `new: ${text}`;
  return before === undefined ? text : `${text} (before: ${before})`;
}

/** A workload that is grouped by nodes stands on the map once for each: these ids name the one that is meant. */
const copy = /@[^@#]*(?=#|$)/;

export function copyId(id: string, group: string): string {
  return `${id}@${group}`;
}

/** The id by which the extension knows it. */
export function originOf(id: string): string {
  return id.replace(copy, '');
}

/** Who calls: these stand on the left. */
export function isEntry(kind: MapKind): boolean {
  return kind === 'outside' || kind === 'ingress' || kind === 'gateway' || kind === 'route';
}
