/** The DaemonSet controller: which nodes get a pod, and what the controller adds to it. */

import type { JsonObject } from '#base/json';
import { isJsonObject } from '#base/json';
import type { Node, PodSpec } from '#model/kubernetes';
import type { Workload } from '../../apiserver/workload';
import { endingTaint, matchesNode, untoleratedTaint } from './node-filters';
import { nodeDemands, placementDemandsOf, type NodeDemands, type Toleration } from './requirements';

const taintPrefix = 'node.kubernetes.io/';

/**
 * The tolerations that each daemon pod gets. A node that is not ready is only tolerated once the pod runs.
 * Models pkg/controller/daemon/util AddOrUpdateDaemonPodTolerations (v1.37).
 */
function daemonTolerations(hostNetwork: boolean): readonly Toleration[] {
  const tolerate = (name: string, effect: string) => ({ key: taintPrefix + name, operator: 'Exists', effect });
  return [
    tolerate('not-ready', 'NoExecute'),
    tolerate('unreachable', 'NoExecute'),
    tolerate('disk-pressure', 'NoSchedule'),
    tolerate('memory-pressure', 'NoSchedule'),
    tolerate('pid-pressure', 'NoSchedule'),
    tolerate('unschedulable', 'NoSchedule'),
    ...(hostNetwork ? [tolerate('network-unavailable', 'NoSchedule')] : []),
  ];
}

/** The demands of the template with the tolerations of daemon pods. */
export function daemonDemands(demands: NodeDemands, hostNetwork: boolean): NodeDemands {
  return nodeDemands({ ...demands, tolerations: [...demands.tolerations, ...daemonTolerations(hostNetwork)] });
}

/** Models pkg/controller/daemon NodeShouldRunDaemonPod (v1.37); `demands` are those of `daemonDemands`. */
export function shouldRunDaemonPod(node: Node, nodeName: string | undefined, demands: NodeDemands): boolean {
  if (nodeName && nodeName !== node.metadata.name) return false;
  return matchesNode(node, demands) && untoleratedTaint(node, demands.tolerations) === undefined;
}

/** Names of those of the nodes that get a pod of the DaemonSet, in their order. */
export function daemonNodesOf({ template }: Workload, nodes: readonly Node[]): readonly string[] {
  const { spec, labels } = template;
  const demands = daemonDemands(placementDemandsOf(spec, labels).node, spec.hostNetwork === true);
  return nodes.filter((node) => shouldRunDaemonPod(node, spec.nodeName, demands)).map((node) => node.metadata.name);
}

/**
 * Whether a pod of the DaemonSet that runs on the node may go on: a taint that only keeps new pods away does not end it.
 * Models the second answer of pkg/controller/daemon nodeShouldRunDaemonPod (v1.37).
 */
export function mayKeepDaemonPod({ template }: Workload, node: Node): boolean {
  const { spec, labels } = template;
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return false;
  const demands = daemonDemands(placementDemandsOf(spec, labels).node, spec.hostNetwork === true);
  return matchesNode(node, demands) && endingTaint(node, demands.tolerations) === undefined;
}

/** The demands of the pod for one node: its affinity names that node alone. */
export function pinnedDemands(demands: NodeDemands, nodeName: string): NodeDemands {
  const field = { key: 'metadata.name', operator: 'In', values: [nodeName] };
  return nodeDemands({ ...demands, terms: [{ expressions: [], fields: [field] }] });
}

/**
 * The spec of the pod for one node.
 * Models pkg/controller/daemon/util CreatePodTemplate and ReplaceDaemonSetPodNodeNameNodeAffinity (v1.37).
 */
export function daemonPodSpec(spec: PodSpec, nodeName: string): PodSpec {
  const written = spec as unknown as JsonObject;
  const affinity = isJsonObject(written.affinity) ? written.affinity : {};
  const nodeAffinity = isJsonObject(affinity.nodeAffinity) ? affinity.nodeAffinity : {};
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [nodeName] }];
  const added = daemonTolerations(spec.hostNetwork === true);
  const own = Array.isArray(written.tolerations) ? (written.tolerations as readonly unknown[]) : [];
  const replaced = new Set(added.map(({ key, effect }) => `${key} ${effect}`));
  const kept = own.filter((each) => !isJsonObject(each) || !replaced.has(`${String(each.key)} ${String(each.effect)}`));
  const result = {
    ...spec,
    affinity: {
      ...affinity,
      nodeAffinity: {
        ...nodeAffinity,
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
      },
    },
    tolerations: [...kept, ...added],
  };
  return result;
}
