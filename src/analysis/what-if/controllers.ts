/** The workload controllers at work: what `simulation/controllers/updates` decides, done to the pods of the world. */

import type { JsonObject } from '#base/json';
import type { NamespacedName, Pod } from '#model/kubernetes';
import type { ObjectKey } from '#model/object';
import type { Workload } from '#simulation/apiserver/admission';
import { isReady } from '#simulation/index';
import { gracePeriodSeconds } from '#simulation/controllers/updates/counts';
import { daemonStep } from '#simulation/controllers/updates/daemon-set';
import { deploymentStep, deploymentStrategy, scaledReplicaSets, type ReplicaSetCounts } from '#simulation/controllers/updates/deployment'; // prettier-ignore
import { deletionOrder } from '#simulation/controllers/updates/replica-set';
import { statefulStep } from '#simulation/controllers/updates/stateful-set';
import { daemonNodesOf, mayKeepDaemonPod } from '#simulation/controllers/scheduler/daemon-set';
import { plannedReplicas } from '#simulation/controllers/workload-pods';
import { withValueAt } from './fields';
import { podOfRevision, hashOf, revisionOf, templateOf, type Revision } from './revisions';
import type { World, WorldPod } from './world';

/** What the controllers know of one workload. */
interface Managed {
  current: Revision;
  template: string;
  /** By the template, so that one that comes back has its old revision. */
  readonly revisions: Map<string, Revision>;
  /** Of a Deployment: how many pods each of its ReplicaSets is told to have, by hash, the oldest first. */
  readonly replicaSets: Map<string, number>;
  /** Of a Deployment: how many pods its ReplicaSets were last told that it wants, and how many there might then be. */
  told: { readonly desired: number; readonly most: number };
  /** The index of the next pod that is made. */
  next: number;
}

/** A controller that does not come to an end in so many turns has met something that is not modelled. */
const mostTurns = 1000;

export class Controllers {
  readonly #world: World;
  readonly #managed = new Map<ObjectKey, Managed>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Has to be called before something happens to the workload or its pods: it is then looked after. */
  watch(key: ObjectKey | undefined): void {
    const workload = key === undefined ? undefined : this.#world.workload(key);
    if (key === undefined || !workload || this.#managed.has(key)) return;
    const pods = this.#world.podsOf(key).map((pod) => this.#world.pod(pod));
    const first = revisionOf(workload, 0);
    const hash = mostFrequent(pods.map((pod) => hashOf(pod, workload.kind))) ?? first.hash;
    const current = { ...first, hash };
    const template = templateOf(workload);
    const replicaSets = new Map<string, number>([[hash, 0]]);
    for (const pod of pods.filter(isActive)) {
      const own = hashOf(pod, workload.kind);
      replicaSets.set(own, (replicaSets.get(own) ?? 0) + 1);
    }
    // A pod that was to be there and is not: the ReplicaSet goes on wanting it.
    if (replicaSets.size === 1) replicaSets.set(hash, plannedReplicas(workload));
    const told = toldOf(workload);
    this.#managed.set(key, { current, template, revisions: new Map([[template, current]]), replicaSets, told, next: pods.length });
  } // prettier-ignore

  watchDaemonSets(): void {
    for (const { key } of this.#world.controlPlane.objectsOfKind('apps', 'DaemonSet')) this.watch(key);
  }

  /** All controllers work until nothing more is to be done at once. */
  sync(): void {
    for (const [key, managed] of this.#managed) {
      const workload = this.#world.workload(key);
      if (workload) this.#syncWorkload(key, workload, managed);
      else if (!this.#world.controlPlane.object(key)) this.#collectGarbage(key);
    }
    this.#schedule();
  }

  #syncWorkload(key: ObjectKey, workload: Workload, managed: Managed): void {
    this.#takeTemplate(workload, managed);
    for (let turn = 0; turn < mostTurns; turn++) if (!this.#turn(key, workload, managed)) return;
  }

  #takeTemplate(workload: Workload, managed: Managed): void {
    const template = templateOf(workload);
    const known = managed.revisions.get(template);
    // Only these kinds exchange their pods for those of another template; others just make the next ones from it.
    const hasRevisions = managed.current.hash !== '';
    managed.template = template;
    if (known) managed.current = { ...known, workload };
    else if (!hasRevisions) managed.current = { ...managed.current, workload };
    else {
      managed.current = revisionOf(workload, managed.revisions.size);
      managed.next = 0;
    }
    managed.revisions.set(template, managed.current);
  }

  /** Whether anything was done. */
  #turn(key: ObjectKey, workload: Workload, managed: Managed): boolean {
    switch (workload.kind) {
      case 'Deployment':
        return this.#syncReplicaSets(key, workload, managed) || this.#updateDeployment(key, workload, managed);
      case 'StatefulSet':
        return this.#updateStatefulSet(key, workload, managed);
      case 'DaemonSet':
        return this.#updateDaemonSet(key, workload, managed);
      default:
        return this.#scale(key, workload, managed.current, plannedReplicas(workload), managed);
    }
  }

  // -------------------------------------------------------------- Deployments and ReplicaSets

  #updateDeployment(key: ObjectKey, workload: Workload, managed: Managed): boolean {
    const { current, replicaSets } = managed;
    if (!replicaSets.has(current.hash)) replicaSets.set(current.hash, 0);
    const pods = this.#world.podsOf(key);
    const counts = (hash: string) => ({
      replicas: replicaSets.get(hash) ?? 0,
      available: pods.filter((pod) => hashOf(this.#world.pod(pod), 'Deployment') === hash && this.#isAvailable(pod)).length,
    });
    const old = [...replicaSets.keys()].filter((hash) => hash !== current.hash);
    const isEnded = ({ status }: Pod) => status.phase === 'Succeeded' || status.phase === 'Failed';
    const ended = pods.map((pod) => this.#world.pod(pod)).every((pod) => hashOf(pod, 'Deployment') === current.hash || isEnded(pod));
    const told = toldOf(workload);
    const isPaused = (workload.object.body.spec as { paused?: unknown } | undefined)?.paused === true;
    // Models pkg/controller/deployment isScalingEvent: a rollout that is under way is scaled as a whole first.
    const isScaled = managed.told.desired !== told.desired && [...replicaSets.values()].some((count) => count > 0);
    const sizes =
      isPaused || isScaled
        ? this.#scaledSets(workload, managed, told.desired)
        : this.#rolledSets(workload, told.desired, counts, current.hash, old, ended);
    managed.told = told;
    let done = false;
    for (const [hash, size] of sizes) {
      const before = replicaSets.get(hash)!;
      if (before === size) continue;
      this.#tellScale(workload, hash, before, size);
      replicaSets.set(hash, size);
      done = true;
    }
    return done || (isScaled && !isPaused);
  } // prettier-ignore

  #scaledSets(workload: Workload, { replicaSets, current, told }: Managed, desired: number) {
    const hashes = [...replicaSets.keys()];
    const sizes = scaledReplicaSets(desired, deploymentStrategy(workload), [...replicaSets.values()], hashes.indexOf(current.hash), told.most); // prettier-ignore
    return hashes.map((hash, i) => [hash, sizes[i]!] as const);
  }

  #rolledSets(
    workload: Workload,
    desired: number,
    counts: (hash: string) => ReplicaSetCounts,
    current: string,
    old: readonly string[],
    ended: boolean,
  ) {
    const step = deploymentStep(desired, deploymentStrategy(workload), counts(current), old.map(counts), ended);
    if (!step) return [];
    return [[current, step.newReplicas] as const, ...old.map((hash, i) => [hash, step.oldReplicas[i]!] as const)];
  }

  #tellScale({ metadata }: Workload, hash: string, from: number, to: number): void {
    if (from !== to)
      this.#world.tell('Deployment controller', `scales ReplicaSet ${metadata.name}-${hash} from ${from} to ${to}`);
  }

  #syncReplicaSets(key: ObjectKey, workload: Workload, managed: Managed): boolean {
    let done = false;
    for (const [hash, replicas] of managed.replicaSets) {
      const revision = [...managed.revisions.values()].find((each) => each.hash === hash) ?? managed.current;
      done = this.#scale(key, workload, { ...revision, hash }, replicas, managed) || done;
    }
    return done;
  }

  /** Models pkg/controller/replicaset manageReplicas (v1.37). */
  #scale(key: ObjectKey, workload: Workload, revision: Revision, replicas: number, managed: Managed): boolean {
    const active = this.#world.podsOf(key).filter((pod) => isActive(this.#world.pod(pod)));
    const own = active.filter((pod) => hashOf(this.#world.pod(pod), workload.kind) === revision.hash);
    const by = workload.kind === 'Deployment' ? 'ReplicaSet controller' : `${workload.kind} controller`;
    for (let count = own.length; count < replicas; count++) this.#create(revision, managed, undefined, by);
    if (own.length > replicas) {
      const ranked = own.map((pod) => ({ pod: this.#world.pod(pod), created: pod.created, known: pod }));
      const order = deletionOrder(ranked, active.map((pod) => this.#world.pod(pod))) as typeof ranked; // prettier-ignore
      for (const { known } of order.slice(0, own.length - replicas)) this.terminate(known, by);
    }
    return own.length !== replicas;
  }

  // -------------------------------------------------------------- StatefulSets

  #updateStatefulSet(key: ObjectKey, workload: Workload, managed: Managed): boolean {
    const prefix = `${workload.metadata.name}-`;
    const pods = this.#world.podsOf(key).map((known) => {
      const pod = this.#world.pod(known);
      const revision = hashOf(pod, 'StatefulSet') === managed.current.hash ? ('update' as const) : ('current' as const);
      return {
        known,
        ordinal: Number(pod.metadata.name.slice(prefix.length)),
        revision,
        available: this.#isAvailable(known),
        terminating: isTerminating(pod),
      };
    });
    const actions = statefulStep({ ...workload, replicas: plannedReplicas(workload) }, pods, this.#world.minor);
    const former = [...managed.revisions.values()].findLast(({ hash }) => hash !== managed.current.hash);
    for (const action of actions) {
      if (action.kind === 'create') {
        const revision = action.revision === 'current' ? (former ?? managed.current) : managed.current;
        const index = action.ordinal - workload.ordinalsStart;
        this.#create(revision, managed, { index }, 'StatefulSet controller');
      } else {
        const known = pods.find(({ ordinal }) => ordinal === action.ordinal)?.known;
        if (known) this.terminate(known, 'StatefulSet controller');
      }
    }
    return actions.length > 0;
  }

  // -------------------------------------------------------------- DaemonSets

  #updateDaemonSet(key: ObjectKey, workload: Workload, managed: Managed): boolean {
    const wanted = daemonNodesOf(workload, this.#world.controlPlane.nodes());
    const mayStay = (name: string): boolean => {
      const node = this.#world.node(name);
      return node !== undefined && mayKeepDaemonPod(workload, node);
    };
    const pods = this.#world.podsOf(key).map((known) => {
      const pod = this.#world.pod(known);
      return {
        known,
        name: known.name,
        node: pod.spec.nodeName ?? '',
        revision: hashOf(pod, 'DaemonSet') === managed.current.hash ? ('update' as const) : ('current' as const),
        ready: isReady(pod),
        available: this.#isAvailable(known),
        terminating: isTerminating(pod),
      };
    });
    const actions = daemonStep(workload, { wanted, mayStay }, pods);
    for (const action of actions) {
      if (action.kind === 'create') this.#create(managed.current, managed, { node: action.node }, 'DaemonSet controller');
      else this.terminate(pods.find(({ name }) => name === action.name)!.known, 'DaemonSet controller');
    }
    return actions.length > 0;
  } // prettier-ignore

  // -------------------------------------------------------------- pods

  #create(
    revision: Revision,
    managed: Managed,
    place: { readonly index?: number; readonly node?: string } | undefined,
    by: string,
  ): void {
    const { key } = revision.workload.object;
    const object = podOfRevision(revision, place?.index ?? this.#freeIndex(revision, managed), place?.node);
    const node = this.#world.nextNode.get(key);
    this.#world.nextNode.delete(key);
    const body = node === undefined ? object.body : (withValueAt(object.body, ['spec', 'nodeName'], node) as JsonObject);
    const pod = this.#world.addPod({ ...object, body });
    this.#world.tell(by, `creates pod ${pod.name}`);
    this.#tellPlace(pod.name);
  } // prettier-ignore

  /** Another name than all that the workload's pods have or had. */
  #freeIndex(revision: Revision, managed: Managed): number {
    for (;;) {
      const index = managed.next++;
      const { namespace, name } = podOfRevision(revision, index, undefined);
      if (!this.#world.worldPod(`${namespace}/${name}`)) return index;
    }
  }

  #tellPlace(name: NamespacedName): void {
    const pod = this.#world.controlPlane.pod(name);
    if (!pod) return;
    const node = pod.spec.nodeName;
    const waits = pod.status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
    if (node !== undefined) this.#world.tell('scheduler', `puts pod ${name} on ${node}`);
    else this.#world.tell('scheduler', `finds no node for pod ${name}${waits?.message ? `: ${waits.message}` : ''}`);
  }

  /** Pods that wait for a node may have one now. */
  #schedule(): void {
    for (const name of [...this.#world.starting]) {
      const known = this.#world.worldPod(name);
      if (!known || (known.object.body as unknown as Pod).spec.nodeName) continue;
      const { object } = this.#world.placePod(name);
      if ((object.body as unknown as Pod).spec.nodeName) this.#tellPlace(name);
    }
  }

  /** Tells a pod to end: it goes on serving until its kubelet has ended it. */
  terminate(known: WorldPod, by: string): void {
    const pod = this.#world.pod(known);
    if (isTerminating(pod)) return;
    this.watch(known.owner);
    if (!pod.spec.nodeName) {
      this.#world.tell(by, `deletes pod ${known.name}, which no node has run yet`);
      this.#world.removePod(known);
      return;
    }
    // The moment itself does not matter: only that there is one.
    const deletionTimestamp = '1970-01-01T00:00:00Z';
    this.#world.putPod(known, (written) => ({ ...written, metadata: { ...written.metadata, deletionTimestamp } }));
    this.#world.tell(by, `deletes pod ${known.name}: it is terminating, and has ${gracePeriodSeconds(pod.spec)} s to end`); // prettier-ignore
  }

  #collectGarbage(key: ObjectKey): void {
    for (const pod of this.#world.podsOf(key)) this.terminate(pod, 'garbage collector');
  }

  #isAvailable(known: WorldPod): boolean {
    const pod = this.#world.pod(known);
    return isReady(pod) && !isTerminating(pod) && !this.#world.ripening.has(known.name);
  }
}

export function isTerminating({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** Models pkg/controller IsPodActive. */
function isActive(pod: Pod): boolean {
  return pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed' && !isTerminating(pod);
}

function toldOf(workload: Workload): Managed['told'] {
  const desired = plannedReplicas(workload);
  const strategy = workload.kind === 'Deployment' ? deploymentStrategy(workload) : undefined;
  return { desired, most: desired + (strategy?.type === 'RollingUpdate' ? strategy.maxSurge : 0) };
}

function mostFrequent(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
