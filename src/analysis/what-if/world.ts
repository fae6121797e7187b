/**
 * A cluster in which things happen: the simulation of its objects, its pods one by one, and what has failed without
 * anybody knowing. Controllers and kubelets (beside this file) change it; what they change is noted for the time line.
 */

import type { JsonObject } from '#base/json';
import { namespacedName, type NamespacedName, type Node, type Pod, type PodCondition } from '#model/kubernetes';
import type { KubernetesObject, ObjectKey } from '#model/object';
import { createSimulation, podAddresses } from '#simulation/index';
import { admitWorkload, type Workload } from '#simulation/apiserver/admission';
import { ownerKeys } from '#simulation/control-plane/ownership';
import { minorOf } from '#simulation/releases';
import type { ControlPlane, ObjectChange, Simulation } from '#simulation/types';
import { otherAddresses } from './addresses';
import { frozenObjects, nodeObjects } from './freeze';
import { placeOfPod } from './placement';
import type { Reality, WhatIfEvent } from './types';

/** A pod with what the objects do not say of it. */
export interface WorldPod {
  readonly name: NamespacedName;
  readonly object: KubernetesObject;
  /** The workload that made it: of a Deployment's pod the Deployment. */
  readonly owner: ObjectKey | undefined;
  /** When it came: those of the start have 0. */
  readonly created: number;
}

/** What happened since the last moment. */
export interface Pending {
  readonly change: ObjectChange;
  readonly services: ReadonlySet<NamespacedName>;
  readonly pods: ReadonlySet<NamespacedName>;
  readonly nodes: ReadonlySet<string>;
  readonly events: readonly WhatIfEvent[];
}

export const notReady: readonly PodCondition[] = [
  { type: 'PodScheduled', status: 'True' },
  { type: 'Initialized', status: 'True' },
  { type: 'ContainersReady', status: 'False' },
  { type: 'Ready', status: 'False' },
];

export class World {
  readonly simulation: Simulation;
  readonly minor: number;
  readonly downNodes = new Set<string>();
  readonly deadPods = new Set<NamespacedName>();
  /** Pods that somebody holds unready. */
  readonly heldUnready = new Set<NamespacedName>();
  /** Pods that their kubelets have still to bring up. */
  readonly starting = new Set<NamespacedName>();
  /** Ready pods that do not count as available yet: `minReadySeconds`. */
  readonly ripening = new Set<NamespacedName>();
  /** Where the next pod of a workload (or the pod itself) is to run. */
  readonly nextNode = new Map<string, string>();
  readonly #pods = new Map<NamespacedName, WorldPod>();
  readonly #byOwner = new Map<ObjectKey, Set<NamespacedName>>();
  /** Pods that were asked for since the last change: those of a workload are made together. */
  readonly #asked = new Map<NamespacedName, Pod>();
  /** Addresses that pods of a name had before: the next one of the name gets others. */
  readonly #spent = new Map<NamespacedName, ReadonlySet<string>>();
  readonly #workloads = new WeakMap<KubernetesObject, Workload>();
  #clock = 0;
  #removed = new Set<KubernetesObject>();
  #added = new Set<KubernetesObject>();
  #services = new Set<NamespacedName>();
  #changedPods = new Set<NamespacedName>();
  #changedNodes = new Set<string>();
  #events: WhatIfEvent[] = [];

  constructor(start: ControlPlane) {
    this.simulation = createSimulation(start.settings, 'all given');
    this.minor = minorOf(start.settings.kubernetesVersion);
    const objects = frozenObjects(start);
    this.#apply({ removed: [], added: objects });
    for (const object of objects) if (isPod(object)) this.#remember(object, 0);
  }

  get controlPlane(): ControlPlane {
    return this.simulation.controlPlane;
  }

  // -------------------------------------------------------------- what happens

  /** Notes what somebody did. */
  tell(by: string, text: string): void {
    this.#events.push({ by, text });
  }

  /** Takes what happened since the last call; the moment that it makes. */
  take(): Pending {
    const removed = [...this.#removed];
    const pending = {
      change: { removed, added: [...this.#added] },
      services: this.#services,
      pods: this.#changedPods,
      nodes: this.#changedNodes,
      events: this.#events,
    };
    this.#removed = new Set();
    this.#added = new Set();
    this.#services = new Set();
    this.#changedPods = new Set();
    this.#changedNodes = new Set();
    this.#events = [];
    return pending;
  }

  get hasHappened(): boolean {
    return this.#removed.size + this.#added.size + this.#events.length > 0;
  }

  reality(): Reality {
    return { downNodes: new Set(this.downNodes), deadPods: new Set(this.deadPods) };
  }

  // -------------------------------------------------------------- objects

  /** The object in the place of the one that has its key. */
  put(object: KubernetesObject): void {
    const before = this.controlPlane.object(object.key);
    this.#change({ removed: before ? [before] : [], added: [object] });
  }

  remove(object: KubernetesObject): void {
    this.#change({ removed: [object], added: [] });
  }

  #change(change: ObjectChange): void {
    for (const object of change.removed) if (!this.#added.delete(object)) this.#removed.add(object);
    for (const object of change.added) if (!this.#removed.delete(object)) this.#added.add(object);
    this.#apply(change);
  }

  #apply(change: ObjectChange): void {
    for (const name of this.simulation.apply(change).services) this.#services.add(name);
    this.#asked.clear();
  }

  /** The workload in effect, as its controller reads it; undefined for any other object. */
  workload(key: ObjectKey): Workload | undefined {
    const object = this.controlPlane.object(key);
    if (!object || this.controlPlane.podGroup(key)?.object !== object || isPod(object)) return undefined;
    const known = this.#workloads.get(object) ?? admitWorkload(object, this.controlPlane.settings).value;
    if (known) this.#workloads.set(object, known);
    return known;
  }

  // -------------------------------------------------------------- nodes

  node(name: string): Node | undefined {
    return this.controlPlane.node(name);
  }

  /** Changes a node; nodes that only the settings name become objects first, all of them. */
  putNode(name: string, change: (node: Node) => Node): void {
    const all = nodeObjects(this.controlPlane);
    const isKnown = [...this.controlPlane.objectsOfKind('', 'Node')].length > 0;
    if (!isKnown) this.#change({ removed: [], added: all });
    const object = all.find((each) => each.name === name);
    const node = this.node(name);
    if (!object || !node) return;
    this.put({ ...object, body: change(node) as unknown as JsonObject });
    this.#changedNodes.add(name);
  }

  // -------------------------------------------------------------- pods

  /** In the order of their names. */
  pods(): readonly WorldPod[] {
    return [...this.#pods.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  podsOf(owner: ObjectKey): readonly WorldPod[] {
    return [...(this.#byOwner.get(owner) ?? [])].sort().map((name) => this.#pods.get(name)!);
  }

  worldPod(name: NamespacedName): WorldPod | undefined {
    return this.#pods.get(name);
  }

  /** The pod with all that the simulation knows of it. */
  pod({ name, owner }: WorldPod): Pod {
    const known = this.#asked.get(name);
    if (known) return known;
    if (owner !== undefined)
      for (const pod of this.controlPlane.podsOf(owner)) this.#asked.set(namespacedName(pod), pod);
    const pod = this.#asked.get(name) ?? this.controlPlane.pod(name)!;
    this.#asked.set(name, pod);
    return pod;
  }

  /** A pod that has just been made; the scheduler gives it a node, its kubelet an address. */
  addPod(object: KubernetesObject): WorldPod {
    this.#remember(object, ++this.#clock);
    const name = nameOf(object);
    this.starting.add(name);
    return this.placePod(name);
  }

  /** Gives a pod that has none a node, where there is one for it. */
  placePod(name: NamespacedName): WorldPod {
    const known = this.#pods.get(name)!;
    const written = known.object.body as unknown as Pod;
    const siblings = known.owner === undefined ? [] : this.podsOf(known.owner).filter((each) => each.name !== name);
    const running = siblings.map((each) => this.pod(each));
    const binding = written.spec.nodeName ?? placeOfPod(written, running, this.controlPlane.pods(), this.controlPlane, this.minor); // prettier-ignore
    if (typeof binding !== 'string') {
      const waiting = { type: 'PodScheduled', status: 'False', reason: binding.reason, message: binding.message };
      return this.putPod(known, (pod) => ({ ...pod, status: { conditions: [waiting] } }));
    }
    const placed = this.putPod(known, (pod) => ({
      ...pod,
      spec: { ...pod.spec, nodeName: binding },
      status: { conditions: notReady },
    }));
    const pod = this.pod(placed);
    const addresses = otherAddresses(pod, this.#spent.get(name), this.controlPlane);
    if (addresses.length === 0) return placed;
    return this.putPod(placed, ({ spec }) => ({
      ...written,
      metadata: pod.metadata,
      spec,
      status: { ...pod.status, podIP: addresses[0]!, podIPs: addresses.map((ip) => ({ ip })) },
    }));
  }

  /** Changes a pod's object. */
  putPod(known: WorldPod, change: (pod: Pod) => Pod): WorldPod {
    const object = { ...known.object, body: change(known.object.body as unknown as Pod) as unknown as JsonObject };
    this.put(object);
    const pod = { ...known, object };
    this.#pods.set(known.name, pod);
    this.#changedPods.add(known.name);
    return pod;
  }

  removePod({ name, object }: WorldPod): void {
    const pod = this.controlPlane.pod(name);
    if (pod && !pod.spec.hostNetwork)
      this.#spent.set(name, new Set([...(this.#spent.get(name) ?? []), ...podAddresses(pod)]));
    this.remove(this.controlPlane.object(object.key) ?? object);
    this.#forget(name);
    this.starting.delete(name);
    this.deadPods.delete(name);
    this.ripening.delete(name);
    this.heldUnready.delete(name);
    this.#changedPods.add(name);
  }

  /** A pod whose readiness only failed for want of the world's notice. */
  touchPod(name: NamespacedName): void {
    this.#changedPods.add(name);
  }

  touchNode(name: string): void {
    this.#changedNodes.add(name);
  }

  #remember(object: KubernetesObject, created: number): void {
    const name = nameOf(object);
    const { ownerReferences } = (object.body as unknown as Pod).metadata;
    const owners = ownerKeys(object.namespace, ownerReferences).filter((key) => this.controlPlane.podGroup(key));
    const owner = owners.at(-1);
    this.#pods.set(name, { name, object, owner, created });
    if (owner !== undefined) this.#byOwner.set(owner, (this.#byOwner.get(owner) ?? new Set()).add(name));
  }

  /** Nobody's controller answers for the pod any more. */
  release(known: WorldPod): WorldPod {
    const pod = this.putPod(known, ({ metadata: { ownerReferences: _, ...metadata }, ...written }) => ({ ...written, metadata })); // prettier-ignore
    const free = { ...pod, owner: undefined };
    this.#forget(known.name);
    this.#pods.set(known.name, free);
    return free;
  }

  #forget(name: NamespacedName): void {
    const owner = this.#pods.get(name)?.owner;
    if (owner !== undefined) this.#byOwner.get(owner)?.delete(name);
    this.#pods.delete(name);
  }
}

function nameOf({ namespace, name }: KubernetesObject): NamespacedName {
  return `${namespace}/${name}`;
}

function isPod({ group, kind }: KubernetesObject): boolean {
  return group === '' && kind === 'Pod';
}
