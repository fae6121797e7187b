/** The workloads of the graph with their pods, and the nodes that they run on. */

import { compareStrings } from '#base/compare';
import type { Pod } from '#model/kubernetes';
import { isReady } from '#simulation/index';
import type { ControlPlane, PodGroup } from '#simulation/types';
import type { TopologyNode, TopologyPod } from '../types';
import { count, node, problemsOf, type Drawing, type Part } from './drawing';
import { ids } from './ids';

/**
 * A workload with its pods; `pods` is undefined where they are too many to be told one by one, and in a sketch, which
 * tells how many are `expected`.
 */
export function workloadPart(
  group: PodGroup,
  pods: readonly Pod[] | undefined,
  expected: number | undefined,
  drawing: Drawing,
): Part {
  const base = node(ids.group(group), 'workload', group.object.name, detailOf(group, pods, expected), ids.namespace(group.namespace), group.object); // prettier-ignore
  return { nodes: [{ ...base, pods: (pods ?? []).map(podOf), expected, problems: problemsOf(drawing.findings(group.object)) }], edges: [] }; // prettier-ignore
}

/** `Deployment, 3 replicas, 2 ready`; a Pod that stands alone is its own workload. */
function detailOf({ object, replicas }: PodGroup, pods: readonly Pod[] | undefined, expected?: number): string {
  const kind = object.kind === 'Pod' ? 'Pod' : `${object.kind}, ${count(replicas, 'replica')}`;
  if (expected !== undefined) return kind;
  if (!pods) return `${kind} (pods are not drawn one by one)`;
  const ready = pods.filter(isReady).length;
  if (ready === pods.length) return kind;
  return `${kind}, ${object.kind === 'Pod' ? 'not ready' : `${ready} ready`}`;
}

function podOf(pod: Pod): TopologyPod {
  return { name: pod.metadata.name, ready: isReady(pod), node: pod.spec.nodeName, address: pod.status.podIP };
}

export function clusterNodes(controlPlane: ControlPlane): readonly TopologyNode[] {
  const nodes = controlPlane.nodes().map((known) => {
    const { name, labels } = known.metadata;
    const zone = labels?.['topology.kubernetes.io/zone'];
    const address = known.status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    const detail = [address, zone].filter((text) => text !== undefined).join(', ');
    return { ...node(ids.node(name), 'node', name, detail, '', controlPlane.object(`/Node//${name}`)), zone };
  });
  return nodes.sort((a, b) => compareStrings(a.id, b.id));
}
