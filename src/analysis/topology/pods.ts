/** The pods of the graph, each with its readiness, and the nodes that they run on. */

import { compareStrings } from '#base/compare';
import { namespacedName, type Pod } from '#model/kubernetes';
import { isReady } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import type { TopologyEdge, TopologyNode } from '../types';
import { node, type Drawing, type Part } from './drawing';
import { ids } from './ids';

export function podsOf(groups: readonly PodGroup[], drawing: Drawing): Part {
  const nodes: TopologyNode[] = [];
  const edges: TopologyEdge[] = [];
  for (const group of groups) {
    for (const pod of drawing.controlPlane.podsOf(group.key)) {
      const own = podNode(pod, group, drawing);
      nodes.push(own);
      edges.push(edge(ids.group(group), own.id, 'makes'));
      if (pod.spec.nodeName !== undefined) edges.push(edge(own.id, ids.node(pod.spec.nodeName), 'runs-on'));
    }
  }
  return { nodes: [...nodes, ...clusterNodes(drawing)], edges };
}

function podNode(pod: Pod, group: PodGroup, drawing: Drawing): TopologyNode {
  const name = namespacedName(pod);
  const ready = isReady(pod);
  const where = [pod.status.podIP, pod.spec.nodeName && `on ${pod.spec.nodeName}`].filter(Boolean).join(' ');
  const detail = `${where}${where === '' ? '' : ', '}${ready ? 'ready' : 'not ready'}`;
  const base = node(ids.pod(name), 'pod', pod.metadata.name, detail, ids.namespace(group.namespace), drawing.place(group.object)); // prettier-ignore
  return { ...base, ready };
}

function clusterNodes({ controlPlane, place }: Drawing): TopologyNode[] {
  const nodes = controlPlane.nodes().map((known) => {
    const { name, labels } = known.metadata;
    const zone = labels?.['topology.kubernetes.io/zone'];
    const address = known.status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    const object = controlPlane.object(`/Node//${name}`);
    const detail = [address, zone].filter((text) => text !== undefined).join(', ');
    return node(ids.node(name), 'node', name, detail, '', object && place(object));
  });
  return nodes.sort((a, b) => compareStrings(a.id, b.id));
}

function edge(from: string, to: string, kind: TopologyEdge['kind']): TopologyEdge {
  return { id: `${from} → ${to}`, from, fromPort: undefined, to, kind, label: '', problem: undefined };
}
