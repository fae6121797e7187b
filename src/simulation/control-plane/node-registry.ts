/** The nodes in force, and which of them a pod may be placed on. */

import { compareStrings } from '#base/compare';
import type { Node } from '#model/kubernetes';
import type { ObjectKey } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import type { Workload } from '../apiserver/admission';
import { daemonDemands, daemonNodesOf } from '../controllers/scheduler/daemon-set';
import { obstacleOf, type NodeObstacle } from '../controllers/scheduler/node-filters';
import { placementDemandsOf, type NodeDemands } from '../controllers/scheduler/requirements';
import type { NodeFit } from '../controllers/scheduler/scheduler';
import { zoneRatios } from '../controllers/topology-hints';
import { zoneLabel } from '../controllers/workload-pods';
import { completeNodes, nodesOfSettings } from './nodes';
import { sameValue } from './same';

export class NodeRegistry {
  readonly #settings: ClusterSettings;
  readonly #manifests = new Map<ObjectKey, Node>();
  /** By the key of the demands. */
  readonly #fits = new Map<string, NodeFit>();
  readonly #daemonNodes = new Map<string, readonly string[]>();
  #nodes: readonly Node[];
  #byName: ReadonlyMap<string, Node>;
  #zoneRatios: ReadonlyMap<string, number> | undefined;
  #dirty = false;

  constructor(settings: ClusterSettings) {
    this.#settings = settings;
    this.#nodes = nodesOfSettings(settings);
    this.#byName = new Map(this.#nodes.map((node) => [node.metadata.name, node]));
    this.#zoneRatios = zoneRatios(this.#nodes);
  }

  set(key: ObjectKey, node: Node | undefined): void {
    if (node) this.#manifests.set(key, node);
    else this.#manifests.delete(key);
    this.#dirty = true;
  }

  /** Whether any node is another one than before; one that says the same stays the same object. */
  settle(): boolean {
    if (!this.#dirty) return false;
    this.#dirty = false;
    const manifests = [...this.#manifests].sort(([a], [b]) => compareStrings(a, b)).map(([, node]) => node);
    const nodes = manifests.length > 0 ? completeNodes(manifests, this.#settings) : nodesOfSettings(this.#settings);
    if (sameValue(nodes, this.#nodes)) return false;
    this.#nodes = nodes.map((node) => {
      const before = this.#byName.get(node.metadata.name);
      return sameValue(node, before) ? before! : node;
    });
    this.#byName = new Map(this.#nodes.map((node) => [node.metadata.name, node]));
    this.#zoneRatios = zoneRatios(this.#nodes);
    this.#fits.clear();
    this.#daemonNodes.clear();
    return true;
  }

  /** In the order of their names. */
  nodes(): readonly Node[] {
    return this.#nodes;
  }

  node(name: string): Node | undefined {
    return this.#byName.get(name);
  }

  zoneOf(name: string): string | undefined {
    return this.#byName.get(name)?.metadata.labels?.[zoneLabel];
  }

  /** See `zoneRatios` of the topology hints. */
  zoneRatios(): ReadonlyMap<string, number> | undefined {
    return this.#zoneRatios;
  }

  /** Which nodes pods with these demands may be placed on; the same object until the nodes change. */
  fit(demands: NodeDemands): NodeFit {
    const known = this.#fits.get(demands.key);
    if (known) return known;
    const obstacles = new Map<string, NodeObstacle>();
    const names: string[] = [];
    for (const node of this.#nodes) {
      const obstacle = obstacleOf(node, demands);
      if (obstacle) obstacles.set(node.metadata.name, obstacle);
      else names.push(node.metadata.name);
    }
    const fit = { names, obstacles };
    this.#fits.set(demands.key, fit);
    return fit;
  }

  /** Names of the nodes that get a pod of the DaemonSet, in order. */
  daemonNodes(workload: Workload): readonly string[] {
    const { spec, labels } = workload.template;
    const demands = daemonDemands(placementDemandsOf(spec, labels).node, spec.hostNetwork === true);
    const key = `${spec.nodeName ?? ''} ${demands.key}`;
    const known = this.#daemonNodes.get(key);
    if (known) return known;
    const names = daemonNodesOf(workload, this.#nodes);
    this.#daemonNodes.set(key, names);
    return names;
  }
}
