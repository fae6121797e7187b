/** What a step does to the world at first, before anybody answers. */

import { assertNever } from '#base/assert';
import { valueAt, type JsonPath, type JsonValue } from '#base/json';
import type { Labels, Pod } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import { evictionPaces, evictionSeconds, foundNode, lostNode, nodeGraceSeconds, withoutReady } from '#simulation/controllers/node-lifecycle'; // prettier-ignore
import { zoneLabel } from '#simulation/controllers/workload-pods';
import { createControlPlane } from '#simulation/index';
import { selects } from '#simulation/network/policy/selector';
import { isTerminating, type Controllers } from './controllers';
import { withValueAt } from './fields';
import { bringUp, isReached, kubeletOf } from './kubelets';
import { findObject, findPod, isFailure, type Failure } from './find';
import { printObject } from './grammar';
import type { MomentLabel, ObjectName, PodAction, PodName, Step } from './types';
import { notReady, type World, type WorldPod } from './world';

const workloadKinds = new Set([
  'Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'DaemonSet', 'Job', 'CronJob',
]); // prettier-ignore

export class Acts {
  readonly #world: World;
  readonly #controllers: Controllers;
  /** Makes a moment of what has happened so far: for what nobody notices at once. */
  readonly #record: (label: MomentLabel) => void;

  constructor(world: World, controllers: Controllers, record: (label: MomentLabel) => void) {
    this.#world = world;
    this.#controllers = controllers;
    this.#record = record;
  }

  /** Undefined where it is done. */
  take(step: Step): Failure | undefined {
    switch (step.kind) {
      case 'pod':
        return this.#pod(step.pod, step.action);
      case 'move':
        return this.#move(step.pod, step.node);
      case 'node':
        return this.#node(step.node, step.action);
      case 'zone':
        return this.#zone(step.zone, step.action);
      case 'scale':
        return this.#scale(step.object, step.replicas);
      case 'label':
        return this.#change(step.object, ['metadata', 'labels', step.key], step.value);
      case 'set':
        return this.#change(step.object, step.path, step.value);
      case 'delete':
        return this.#delete(step.object);
      case 'restart':
        return this.#restart(step.object);
      default:
        return assertNever(step);
    }
  }

  // -------------------------------------------------------------- pods

  #pod(name: PodName, action: PodAction): Failure | undefined {
    const known = findPod(name, this.#world);
    if (isFailure(known)) return known;
    this.#controllers.watch(known.owner);
    switch (action) {
      case 'crashes':
        return this.#crash(known);
      case 'dies':
        this.#world.tell('API server', `pod ${known.name} is gone at once, without time to end`);
        this.#world.removePod(known);
        return undefined;
      case 'is deleted':
        this.#controllers.terminate(known, 'kubectl');
        return undefined;
      case 'is replaced':
        return this.#replace(known);
      case 'is not ready':
        this.#world.heldUnready.add(known.name);
        this.#setUnready(known, 'its readiness probe fails');
        return undefined;
      case 'is ready':
        this.#world.heldUnready.delete(known.name);
        this.#world.starting.add(known.name);
        bringUp(known.name, this.#world);
        return undefined;
      default:
        return assertNever(action);
    }
  }

  #setUnready(known: WorldPod, why: string): void {
    this.#world.ripening.delete(known.name);
    this.#world.putPod(known, (pod) => ({ ...pod, status: { ...pod.status, conditions: notReady } }));
    this.#world.tell(kubeletOf(known, this.#world), `pod ${known.name} is not ready: ${why}`);
  }

  #crash(known: WorldPod): Failure | undefined {
    const { name } = known;
    if (!isReached(known, this.#world)) return { error: `pod ${name} runs on no node that is up` };
    this.#world.deadPods.add(name);
    this.#world.touchPod(name);
    this.#world.tell('container runtime', `the process of pod ${name} has ended; until its kubelet has reported it, it counts as ready`); // prettier-ignore
    this.#record({ title: `pod ${name} crashes`, when: 'at once' });
    const { restartPolicy } = this.#world.pod(known).spec;
    if (restartPolicy === 'Never') {
      this.#world.putPod(known, (pod) => ({ ...pod, status: { ...pod.status, phase: 'Failed', conditions: notReady } }));
      this.#world.tell(kubeletOf(known, this.#world), `pod ${name} has failed: its restartPolicy is Never`);
      return undefined;
    }
    this.#setUnready(known, 'its container has ended and is started again');
    this.#world.starting.add(name);
    return undefined;
  } // prettier-ignore

  #replace(known: WorldPod): Failure | undefined {
    if (known.owner !== undefined) {
      this.#controllers.terminate(known, 'kubectl');
      return undefined;
    }
    return this.#makeAnew(known, undefined);
  }

  /** A pod that no controller makes again: it is deleted and created with the same manifest. */
  #makeAnew(known: WorldPod, node: string | undefined): undefined {
    const { status: _, spec, ...body } = known.object.body;
    const { nodeName: _node, ...rest } = spec as unknown as Pod['spec'];
    this.#world.removePod(known);
    this.#world.tell('kubectl', `deletes pod ${known.name} and creates it again`);
    const placed = { ...rest, ...(node !== undefined && { nodeName: node }) };
    this.#world.addPod({ ...known.object, body: { ...body, spec: placed as unknown as JsonValue } });
    return undefined;
  }

  #move(name: PodName, node: string): Failure | undefined {
    const known = findPod(name, this.#world);
    if (isFailure(known)) return known;
    const missing = this.#missingNode(node);
    if (missing) return missing;
    if (known.owner === undefined) return this.#makeAnew(known, node);
    this.#controllers.watch(known.owner);
    if (this.#world.workload(known.owner)?.kind === 'DaemonSet')
      return { error: `pod ${known.name} is of a DaemonSet: each of its pods belongs to its node` };
    this.#world.nextNode.set(known.owner, node);
    this.#controllers.terminate(known, 'kubectl');
    return undefined;
  }

  // -------------------------------------------------------------- nodes

  #missingNode(node: string): Failure | undefined {
    if (this.#world.node(node)) return undefined;
    const names = this.#world.controlPlane.nodes().map(({ metadata }) => metadata.name);
    return { error: `there is no node ${node}; there are ${names.join(', ')}` };
  }

  #node(node: string, action: 'fails' | 'recovers' | 'is drained'): Failure | undefined {
    const missing = this.#missingNode(node);
    if (missing) return missing;
    if (action === 'is drained') return this.#drain(node);
    return action === 'fails' ? this.#fail([node], `node ${node}`) : this.#recover([node]);
  }

  #zone(zone: string, action: 'fails' | 'recovers'): Failure | undefined {
    const all = this.#world.controlPlane.nodes();
    const nodes = all.flatMap(({ metadata }) => (metadata.labels?.[zoneLabel] === zone ? [metadata.name] : []));
    const zones = [...new Set(all.flatMap(({ metadata }) => metadata.labels?.[zoneLabel] ?? []))];
    if (nodes.length === 0) return { error: zones.length === 0 ? 'no node has the label topology.kubernetes.io/zone' : `there is no node in zone ${zone}; there are zones ${zones.sort().join(', ')}` }; // prettier-ignore
    return action === 'fails' ? this.#fail(nodes, `zone ${zone}`) : this.#recover(nodes);
  }

  #podsOn(nodes: readonly string[]): readonly WorldPod[] {
    const on = new Set(nodes);
    return this.#world.pods().filter((known) => on.has(this.#world.pod(known).spec.nodeName ?? ''));
  }

  #fail(nodes: readonly string[], what: string): Failure | undefined {
    const down = nodes.filter((node) => !this.#world.downNodes.has(node));
    if (down.length === 0) return { error: `${what} is down already` };
    for (const pod of this.#podsOn(down)) this.#controllers.watch(pod.owner);
    this.#controllers.watchDaemonSets();
    for (const node of down) {
      this.#world.downNodes.add(node);
      this.#world.touchNode(node);
      this.#world.tell(node, 'answers nobody any more; its pods still count as ready, and the rules of other nodes send to them'); // prettier-ignore
    }
    for (const { name } of this.#podsOn(down)) this.#world.touchPod(name);
    this.#record({ title: `${what} fails`, when: 'at once' });
    this.#lose(down);
    return this.#evict(down);
  }

  /** Models pkg/controller/nodelifecycle monitorNodeHealth: the nodes are lost, their pods not ready. */
  #lose(nodes: readonly string[]): void {
    const seconds = nodeGraceSeconds(this.#world.minor);
    for (const node of nodes) {
      this.#world.putNode(node, lostNode);
      this.#world.tell('node lifecycle controller', `${node} has sent no heartbeat for ${seconds} s: Ready is Unknown, and the taint node.kubernetes.io/unreachable is on it`); // prettier-ignore
    }
    const lost = this.#podsOn(nodes);
    for (const known of lost) {
      this.#world.ripening.delete(known.name);
      this.#world.putPod(known, (pod) => ({ ...pod, status: { ...pod.status, conditions: withoutReady(this.#world.pod(known).status.conditions) } })); // prettier-ignore
    }
    if (lost.length > 0)
      this.#world.tell('node lifecycle controller', `marks ${lost.length === 1 ? `pod ${lost[0]!.name}` : `${lost.length} pods`} as not ready`); // prettier-ignore
    this.#controllers.sync();
    this.#record({ title: `${nodes.join(', ')}: NotReady`, when: `after ${seconds} s` });
  }

  /** Models pkg/controller/tainteviction: the pods that tolerate the loss for a while only are deleted after it. */
  #evict(nodes: readonly string[]): undefined {
    const evicted = this.#evictedNodes(nodes);
    const bySeconds = new Map<number, WorldPod[]>();
    for (const known of this.#podsOn(evicted)) {
      const seconds = evictionSeconds(this.#world.pod(known));
      if (seconds !== undefined) bySeconds.set(seconds, [...(bySeconds.get(seconds) ?? []), known]);
    }
    for (const [seconds, pods] of [...bySeconds].sort(([a], [b]) => a - b)) {
      for (const pod of pods) this.#controllers.terminate(pod, 'taint eviction controller');
      this.#world.tell('kubelet', 'the node is down: its pods stay terminating until it comes back or somebody deletes it');
      this.#controllers.sync();
      this.#record({ title: `${evicted.join(', ')}: pods are evicted`, when: `${seconds} s later (tolerationSeconds)` });
    }
    return undefined;
  } // prettier-ignore

  /** Those of the lost nodes whose pods are evicted; says why others are spared. */
  #evictedNodes(nodes: readonly string[]): readonly string[] {
    const by = 'node lifecycle controller';
    const all = this.#world.controlPlane.nodes();
    if (all.every(({ metadata }) => this.#world.downNodes.has(metadata.name))) {
      this.#world.tell(by, 'all nodes are lost: that looks like a fault of its own, and no pod is evicted');
      return [];
    }
    const paceOf = evictionPaces(all, (node) => this.#world.downNodes.has(node));
    const paces = new Map(all.map((node) => [node.metadata.name, paceOf(node)]));
    const spared = nodes.filter((node) => paces.get(node) === 'none');
    const slow = nodes.filter((node) => paces.get(node) === 'slow');
    if (spared.length > 0)
      this.#world.tell(by, `55 % of the nodes of the zone or more are lost: that looks like a fault of its own, and the pods of ${spared.join(', ')} are not evicted`); // prettier-ignore
    if (slow.length > 0)
      this.#world.tell(by, '55 % of the nodes of the zone or more are lost: their pods are evicted slowly, one node in 100 s');
    return nodes.filter((node) => !spared.includes(node));
  } // prettier-ignore

  #recover(nodes: readonly string[]): Failure | undefined {
    const back = nodes.filter((node) => this.#world.downNodes.delete(node));
    if (back.length === 0) return { error: `${nodes.join(', ')} is not down` };
    for (const node of back) {
      this.#world.putNode(node, foundNode);
      this.#world.tell(`kubelet on ${node}`, 'posts the status of its node again: it is Ready, without the taint');
    }
    for (const known of this.#podsOn(back)) {
      this.#controllers.watch(known.owner);
      if (!isTerminating(this.#world.pod(known))) this.#world.starting.add(known.name);
    }
    return undefined;
  }

  /** `kubectl drain --ignore-daemonsets --force`: cordoned, and its pods are evicted one by one. */
  #drain(node: string): Failure | undefined {
    this.#world.putNode(node, (each) => ({ ...each, spec: { ...each.spec, unschedulable: true } }));
    this.#world.tell('kubectl', `cordons ${node}: no more pods are put there`);
    for (const known of this.#podsOn([node])) {
      const kind = known.owner === undefined ? undefined : this.#world.workload(known.owner)?.kind;
      if (kind !== 'DaemonSet') this.#controllers.terminate(known, 'eviction');
    }
    return undefined;
  }

  // -------------------------------------------------------------- objects

  #scale(name: ObjectName, replicas: number): Failure | undefined {
    const object = findObject(name, this.#world);
    if (isFailure(object)) return object;
    if (!workloadKinds.has(object.kind) || ['DaemonSet', 'Job', 'CronJob'].includes(object.kind))
      return { error: `${printReference(object)} has no replicas` };
    return this.#put(object, ['spec', 'replicas'], replicas);
  }

  #restart(name: ObjectName): Failure | undefined {
    const object = findObject(name, this.#world);
    if (isFailure(object)) return object;
    if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(object.kind))
      return {
        error: `${printReference(object)} cannot be restarted: only Deployments, StatefulSets and DaemonSets can`,
      };
    const path = ['spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt'];
    const before = valueAt(object.body, path);
    // Any other value than the one before makes another template.
    return this.#put(object, path, typeof before === 'string' ? `${before}+1` : '1970-01-01T00:00:00Z');
  }

  #change(name: ObjectName, path: JsonPath, value: JsonValue | undefined): Failure | undefined {
    if (name.kind === 'node') return this.#changeNode(name.name, path, value);
    const object = findObject(name, this.#world);
    if (isFailure(object)) return object;
    if (
      path[0] === 'status' ||
      path[0] === 'kind' ||
      path[0] === 'apiVersion' ||
      (path[0] === 'metadata' && (path[1] === 'name' || path[1] === 'namespace'))
    )
      // prettier-ignore
      return { error: `${path.slice(0, 2).join('.')} of ${printObject(name)} cannot be changed` };
    return object.kind === 'Pod' ? this.#changePod(object, path, value) : this.#put(object, path, value);
  }

  #put(object: KubernetesObject, path: JsonPath, value: JsonValue | undefined): Failure | undefined {
    const body = withValueAt(object.body, path, value) as KubernetesObject['body'];
    const changed = { ...object, body };
    const refusal = this.#refusalOf(object, changed);
    if (refusal) return refusal;
    if (workloadKinds.has(object.kind)) this.#controllers.watch(object.key);
    this.#world.put(changed);
    const late = this.#world.controlPlane.refusal(object.key);
    if (late) {
      this.#world.put(object);
      return { error: `the API server refuses it: ${late.message}` };
    }
    this.#world.tell('API server', `takes the change of ${printReference(object)}`);
    return undefined;
  }

  /** What the API server says to the change as an update of what is there. */
  #refusalOf(before: KubernetesObject, after: KubernetesObject): Failure | undefined {
    const server = createControlPlane(this.#world.controlPlane.settings);
    const at = (object: KubernetesObject, document: number): KubernetesObject => ({
      ...object,
      origin: { kind: 'manifest', file: 'update', document, path: [] },
    });
    const update = at(after, 1);
    server.apply({ removed: [], added: [at(before, 0), update] });
    const refusal = server.refusalOf(update);
    return refusal && { error: `the API server refuses it: ${refusal.message}` };
  }

  #changePod(object: KubernetesObject, path: JsonPath, value: JsonValue | undefined): Failure | undefined {
    const known = this.#world.worldPod(`${object.namespace}/${object.name}`)!;
    const changed = { ...object, body: withValueAt(object.body, path, value) as KubernetesObject['body'] };
    const refusal = this.#refusalOf(object, changed);
    if (refusal) return refusal;
    this.#controllers.watch(known.owner);
    const pod = this.#world.putPod(known, (written) => withValueAt(written as unknown as JsonValue, path, value) as unknown as Pod); // prettier-ignore
    this.#world.tell('API server', `takes the change of ${printReference(object)}`);
    const selector = known.owner === undefined ? undefined : this.#world.workload(known.owner)?.selector;
    const labels: Labels = this.#world.pod(pod).metadata.labels ?? {};
    if (selector && !selects(selector, labels)) {
      this.#world.release(pod);
      this.#world.tell('workload controller', `no more counts pod ${known.name} as its own: its selector does not match it`); // prettier-ignore
    }
    return undefined;
  }

  #changeNode(node: string, path: JsonPath, value: JsonValue | undefined): Failure | undefined {
    const missing = this.#missingNode(node);
    if (missing) return missing;
    this.#controllers.watchDaemonSets();
    this.#world.putNode(node, (each) => withValueAt(each as unknown as JsonValue, path, value) as unknown as typeof each); // prettier-ignore
    this.#world.tell('API server', `takes the change of Node ${node}`);
    return undefined;
  }

  #delete(name: ObjectName): Failure | undefined {
    const object = findObject(name, this.#world);
    if (isFailure(object)) return object;
    if (object.kind === 'Pod') return this.#pod({ by: 'name', namespace: object.namespace, name: object.name }, 'is deleted');
    if (object.kind === 'Namespace' || object.kind === 'Node')
      return { error: `what becomes of a ${object.kind} that is deleted is not modelled: delete what is in it${object.kind === 'Node' ? ', or let it fail' : ''}` };
    if (workloadKinds.has(object.kind)) this.#controllers.watch(object.key);
    this.#world.remove(object);
    this.#world.tell('API server', `deletes ${printReference(object)}`);
    return undefined;
  } // prettier-ignore
}
