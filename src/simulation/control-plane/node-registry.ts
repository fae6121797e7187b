/** The nodes in force, and which of them a pod may be placed on. */

import { compareStrings } from '#base/compare';
import type { Labels, Node } from '#model/kubernetes';
import type { ObjectKey } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { zoneRatios } from '../controllers/topology-hints';
import { zoneLabel } from '../controllers/workload-pods';
import { completeNodes, isSchedulable, matchesNodeSelector, nodesOfSettings } from './nodes';
import { sameValue } from './same';

export class NodeRegistry {
  readonly #settings: ClusterSettings;
  readonly #manifests = new Map<ObjectKey, Node>();
  readonly #eligible = new Map<string, readonly string[]>();
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
    this.#eligible.clear();
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

  /**
   * Names of the nodes that pods of this workload kind may be placed on. A DaemonSet's pods tolerate nodes that are
   * not ready or cordoned. Affinity and taints are not looked at.
   */
  eligible(selector: Labels | undefined, kind: string): readonly string[] {
    const key = `${kind === 'DaemonSet'}${selector ? JSON.stringify(selector) : ''}`;
    const known = this.#eligible.get(key);
    if (known) return known;
    const nodes = this.#nodes.filter(
      (node) => matchesNodeSelector(node, selector) && (kind === 'DaemonSet' || isSchedulable(node)),
    );
    const names = nodes.map((node) => node.metadata.name);
    this.#eligible.set(key, names);
    return names;
  }
}
