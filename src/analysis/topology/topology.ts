/** The graph of one cluster: who calls, which Services there are, what they target, and where that runs. */

import { compareStrings } from '#base/compare';
import { namespacedName, type Service } from '#model/kubernetes';
import { isReady } from '#simulation/index';
import type { ControlPlane, PodGroup } from '#simulation/types';
import type { ScopeState } from '../context';
import { aboutObjects } from '../features/findings-by-object';
import { objectAt } from '../features/object-at';
import { namePlaceOf, placeOf } from '../places';
import type { Topology, TopologyNode } from '../types';
import type { Workspace } from '../workspace';
import { count, node, problemsOf, type Drawing, type Part } from './drawing';
import { ids } from './ids';
import { outsideOf } from './outside';
import { podsOf } from './pods';
import { refusedServices, servicePart } from './services';

/** More pods than this stay inside their workload: nobody can look at thousands of dots. */
const mostPods = 300;

/** The graph of a scope; nodes and edges stand in an order that an edit elsewhere does not change. */
export function topologyOf(workspace: Workspace, state: ScopeState): Topology {
  const about = aboutObjects(workspace);
  const { controlPlane } = state.simulation;
  const drawing: Drawing = {
    controlPlane,
    findings: (object) => about.findings(object),
    place: (object) => namePlaceOf(object, workspace),
    objectAt: ({ file, range }) => objectAt(workspace, file, range.start)?.object,
  };
  const services = [...controlPlane.services()].sort((a, b) => compareStrings(namespacedName(a), namespacedName(b)));
  const groups = sortedGroups(controlPlane);
  const countOfPods = groups.reduce((sum, group) => sum + group.replicas, 0);
  const parts: Part[] = [
    namespaceNodes(drawing, services, groups, workspace),
    outsideOf(services, drawing),
    ...services.map((service) => servicePart(service, drawing)),
    refusedServices(drawing),
    { nodes: groups.flatMap((group) => workloadNode(group, countOfPods > mostPods, drawing)), edges: [] },
    ...(countOfPods > mostPods ? [] : [podsOf(groups, drawing)]),
  ];
  return { scope: state.scope.name, nodes: parts.flatMap((part) => part.nodes), edges: parts.flatMap((part) => part.edges) }; // prettier-ignore
}

function sortedGroups(controlPlane: ControlPlane): PodGroup[] {
  const namespaces = [...controlPlane.namespaces().keys()].sort(compareStrings);
  return namespaces.flatMap((namespace) =>
    [...controlPlane.podGroups(namespace)].sort((a, b) => compareStrings(ids.group(a), ids.group(b))),
  );
}

function namespaceNodes(
  { controlPlane }: Drawing,
  services: readonly Service[],
  groups: readonly PodGroup[],
  workspace: Workspace,
): Part {
  const names = [...controlPlane.namespaces().keys()].sort(compareStrings);
  const nodes = names.flatMap((name) => {
    const own = services.filter((service) => service.metadata.namespace === name).length;
    const workloads = groups.filter((group) => group.namespace === name).length;
    if (own + workloads === 0) return [];
    const object = controlPlane.object(`/Namespace//${name}`);
    const place = object && placeOf(object, ['metadata', 'name'], workspace);
    return [node(ids.namespace(name), 'namespace', name, `${count(own, 'Service')}, ${count(workloads, 'workload')}`, '', place)]; // prettier-ignore
  });
  return { nodes, edges: [] };
}

function workloadNode(group: PodGroup, isAggregated: boolean, drawing: Drawing): TopologyNode[] {
  if (group.object.kind === 'Pod' && !isAggregated) return [podGroupNode(group, drawing)];
  const pods = isAggregated ? `, ${readyOf(group, drawing)} (pods are not drawn one by one)` : '';
  const detail = `${group.object.kind}, ${count(group.replicas, 'replica')}${pods}`;
  const base = node(ids.group(group), 'workload', group.object.name, detail, ids.namespace(group.namespace), drawing.place(group.object)); // prettier-ignore
  return [{ ...base, problems: problemsOf(drawing.findings(group.object)) }];
}

/** A Pod that stands alone is its own workload. */
function podGroupNode(group: PodGroup, drawing: Drawing): TopologyNode {
  const base = node(ids.group(group), 'workload', group.object.name, 'Pod', ids.namespace(group.namespace), drawing.place(group.object)); // prettier-ignore
  return { ...base, problems: problemsOf(drawing.findings(group.object)) };
}

function readyOf(group: PodGroup, { controlPlane }: Drawing): string {
  const pods = controlPlane.podsOf(group.key);
  const ready = pods.filter(isReady);
  return `${ready.length} of ${pods.length} ready`;
}
