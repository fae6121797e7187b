/** The scheduler at work: on which node a pod goes that has just been made, or has waited for one. */

import type { Pod } from '#model/kubernetes';
import { obstacleOf, type NodeObstacle } from '#simulation/controllers/scheduler/node-filters';
import { hostPortsOf, placementDemandsOf } from '#simulation/controllers/scheduler/requirements';
import { HostPortTable, scheduleNext, type Binding } from '#simulation/controllers/scheduler/scheduler';
import type { ControlPlane } from '#simulation/types';

/** `siblings` are the other pods of its workload, `all` those of the cluster. */
export function placeOfPod(
  pod: Pod,
  siblings: readonly Pod[],
  all: Iterable<Pod>,
  controlPlane: ControlPlane,
  minor: number,
): Binding {
  const nodes = controlPlane.nodes();
  const demands = placementDemandsOf(pod.spec, pod.metadata.labels ?? {});
  const ports = new HostPortTable();
  if (demands.hostPorts.length > 0)
    for (const other of all) if (other.spec.nodeName) ports.take(other.spec.nodeName, hostPortsOf(other.spec));
  const on = siblings.flatMap(({ spec, metadata }) =>
    spec.nodeName && metadata.deletionTimestamp === undefined ? [spec.nodeName] : [],
  );
  return scheduleNext(demands, on, {
    nodes,
    minor,
    ports,
    fit: (node) => {
      const obstacles = new Map<string, NodeObstacle>();
      const names: string[] = [];
      for (const each of nodes) {
        const obstacle = obstacleOf(each, node);
        if (obstacle) obstacles.set(each.metadata.name, obstacle);
        else names.push(each.metadata.name);
      }
      return { names, obstacles };
    },
  });
}
