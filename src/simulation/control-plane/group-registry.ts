/** The pod groups: one per workload and bare Pod, with observed pods counted for the workload that made them. */

import type { Labels, NamespacedName, OwnerReference, Pod } from '#model/kubernetes';
import { objectKey, type KubernetesObject, type ObjectKey } from '#model/object';
import type { Workload } from '../apiserver/admission';
import { parentOf, podAdoption, replicaSetAdoption } from '../controllers/adoption';
import { fitsTemplate, groupOfWorkload, isOneByOne, ownerOf, plannedReplicas, topologyLabelKeys } from '../controllers/workload-pods'; // prettier-ignore
import type { PodGroup } from '../types';
import { Adoptions } from './adoptions';
import { ownerKeys } from './ownership';
import { sameItems, sameValue } from './same';
import { GroupIndex } from './selection';

/** Where a group's pods come from. */
export type PodSource =
  | { readonly kind: 'planned'; readonly workload: Workload }
  | { readonly kind: 'observed'; readonly pods: readonly ObservedPod[] };

/**
 * Whether a workload without pods among the objects is taken to have those that it would make, or to have none: the
 * objects are then all that there are.
 */
export type PodKnowledge = 'planned' | 'all given';

export interface GroupRecord {
  readonly group: PodGroup;
  readonly source: PodSource;
}

export interface GroupChange {
  readonly key: ObjectKey;
  readonly before: GroupRecord | undefined;
  readonly after: GroupRecord | undefined;
}

export interface ObservedPod {
  readonly pod: Pod;
  readonly object: KubernetesObject;
}

type Accepted =
  { readonly kind: 'workload'; readonly workload: Workload } | { readonly kind: 'pod'; readonly observed: ObservedPod };

export class GroupRegistry {
  readonly index = new GroupIndex();
  readonly #minor: number;
  /** What a workload's pods would be today, and which of the pods that there are would be that. */
  readonly #templates = new WeakMap<Workload, PodGroup>();
  readonly #fitting = new WeakMap<ObservedPod, { readonly workload: Workload; readonly fits: boolean }>();
  readonly #pods: PodKnowledge;
  /** How many pods a DaemonSet has. */
  readonly #daemonReplicas: (workload: Workload) => number;
  readonly #accepted = new Map<ObjectKey, Accepted>();
  /** Objects by each workload that may have made them. */
  readonly #children = new Map<ObjectKey, Set<ObjectKey>>();
  readonly #records = new Map<ObjectKey, GroupRecord>();
  readonly #dirty = new Set<ObjectKey>();
  readonly #readopted = new Set<ObjectKey>();
  readonly #podAdoptions = new Adoptions(podAdoption, (key) => this.#children.has(key));
  readonly #replicaSetAdoptions = new Adoptions(replicaSetAdoption, (key) => this.#children.has(key));
  readonly #adopted = new WeakMap<ObservedPod, { readonly by: ObjectKey; readonly observed: ObservedPod }>();

  constructor(minor: number, pods: PodKnowledge, daemonReplicas: (workload: Workload) => number) {
    this.#minor = minor;
    this.#pods = pods;
    this.#daemonReplicas = daemonReplicas;
  }

  setWorkload(workload: Workload): void {
    this.#set(workload.object.key, { kind: 'workload', workload });
  }

  setPod(pod: Pod, object: KubernetesObject): void {
    this.#set(object.key, { kind: 'pod', observed: { pod, object } });
  }

  remove(key: ObjectKey): void {
    const accepted = this.#unlink(key);
    if (!accepted || this.#pods !== 'planned') return;
    if (accepted.kind === 'pod') {
      this.#podAdoptions.removeDependent(key, accepted.observed.object.namespace);
      this.#touchNamesake(accepted.observed);
      return;
    }
    this.#podAdoptions.removeWorkload(key);
    this.#replicaSetAdoptions.removeWorkload(key);
    this.#replicaSetAdoptions.removeDependent(key, accepted.workload.object.namespace);
  }

  #unlink(key: ObjectKey): Accepted | undefined {
    const accepted = this.#accepted.get(key);
    if (!accepted) return undefined;
    this.#accepted.delete(key);
    for (const owner of ownersOf(accepted)) {
      const children = this.#children.get(owner);
      children?.delete(key);
      if (children?.size === 0) this.#children.delete(owner);
      this.#touchOwner(owner);
    }
    this.#touch(key);
    return accepted;
  }

  #touchOwner(owner: ObjectKey): void {
    this.#dirty.add(owner);
    this.#podAdoptions.touchWorkload(owner);
    this.#replicaSetAdoptions.touchWorkload(owner);
  }

  /** A StatefulSet cannot make a pod whose name is taken. */
  #touchNamesake({ object }: ObservedPod): void {
    const parent = parentOf(object.name);
    if (parent === undefined) return;
    const key = objectKey('apps', 'StatefulSet', object.namespace, parent);
    if (this.#accepted.has(key)) this.#readopt(key);
  }

  /** After a change of the nodes: DaemonSets may have other numbers of pods. */
  touchDaemonSets(): void {
    for (const [key, { source }] of this.#records) {
      if (source.kind === 'planned' && source.workload.kind === 'DaemonSet') this.#dirty.add(key);
    }
  }

  #set(key: ObjectKey, accepted: Accepted): void {
    this.#unlink(key);
    this.#accepted.set(key, accepted);
    for (const owner of ownersOf(accepted)) {
      const children = this.#children.get(owner);
      if (children) children.add(key);
      else this.#children.set(owner, new Set([key]));
      this.#touchOwner(owner);
    }
    this.#touch(key);
    if (this.#pods === 'planned') this.#offer(accepted);
  }

  #offer(accepted: Accepted): void {
    if (accepted.kind === 'pod') {
      this.#podAdoptions.setDependent(accepted.observed);
      this.#touchNamesake(accepted.observed);
      return;
    }
    const { workload } = accepted;
    this.#podAdoptions.setWorkload(workload);
    this.#replicaSetAdoptions.setWorkload(workload);
    if (workload.kind === 'ReplicaSet') this.#replicaSetAdoptions.setDependent(workload);
  }

  #touch(key: ObjectKey): void {
    this.#dirty.add(key);
    for (const child of this.#children.get(key) ?? []) this.#dirty.add(child);
  }

  /** Brings the records up to date; gives those that are other ones than before. */
  settle(): readonly GroupChange[] {
    const changes: GroupChange[] = [];
    for (const key of this.#podAdoptions.settle()) this.#readopt(key);
    for (const key of this.#replicaSetAdoptions.settle()) this.#readopt(key);
    for (const key of this.#dirty) {
      const before = this.#records.get(key);
      const after = this.#build(key, before);
      if (before === after) continue;
      if (after) this.#records.set(key, after);
      else this.#records.delete(key);
      if (before?.group !== after?.group) {
        if (before) this.index.remove(before.group);
        if (after) this.index.add(after.group);
      }
      changes.push({ key, before, after });
    }
    this.#dirty.clear();
    return changes;
  }

  #readopt(key: ObjectKey): void {
    this.#dirty.add(key);
    this.#readopted.add(key);
  }

  /** What adopts or is adopted, or is in the way of that, otherwise than when this was asked before. */
  takeReadopted(): readonly ObjectKey[] {
    const keys = [...this.#readopted];
    this.#readopted.clear();
    return keys;
  }

  get(key: ObjectKey): GroupRecord | undefined {
    return this.#records.get(key);
  }

  records(): Iterable<GroupRecord> {
    return this.#records.values();
  }

  /** The group of an observed pod: its own, or that of its workload; undefined where a controller deletes it. */
  groupOfObserved(key: ObjectKey): ObjectKey | undefined {
    const accepted = this.#accepted.get(key);
    if (accepted?.kind !== 'pod' || this.#isDeleted(key)) return undefined;
    return this.#workloadOf(accepted.observed)?.object.key ?? key;
  }

  adoptionOf(key: ObjectKey): { readonly by: KubernetesObject; readonly kept: boolean } | undefined {
    const fate = this.#podAdoptions.fateOf(key) ?? this.#replicaSetAdoptions.fateOf(key);
    return fate && { by: fate.by.object, kept: fate.kept };
  }

  adoptedBy(workload: ObjectKey): readonly ObjectKey[] {
    return [...this.#podAdoptions.keptBy(workload), ...this.#replicaSetAdoptions.keptBy(workload)];
  }

  obstacleOf(statefulSet: ObjectKey): KubernetesObject | undefined {
    const accepted = this.#accepted.get(statefulSet);
    const source = this.#records.get(statefulSet)?.source;
    if (accepted?.kind !== 'workload' || source?.kind !== 'planned') return undefined;
    const { workload } = accepted;
    if (workload.kind !== 'StatefulSet') return undefined;
    const taken = this.#takenName(workload);
    const pod = taken && this.#accepted.get(taken.key);
    return pod?.kind === 'pod' ? pod.observed.object : undefined;
  }

  #isDeleted(pod: ObjectKey): boolean {
    return this.#podAdoptions.fateOf(pod)?.kept === false;
  }

  #build(key: ObjectKey, before: GroupRecord | undefined): GroupRecord | undefined {
    const accepted = this.#accepted.get(key);
    if (!accepted) return undefined;
    if (accepted.kind === 'workload') return this.#buildWorkload(accepted.workload, before);
    const { observed } = accepted;
    if (this.#workloadOf(observed) || this.#isDeleted(key)) return undefined;
    const group = groupOfPod(observed, this.#minor);
    return settleRecord({ group, source: { kind: 'observed', pods: [this.#withOwner(observed)] } }, before);
  }

  /** The pod as it is once somebody has adopted it. */
  #withOwner(observed: ObservedPod): ObservedPod {
    const by = this.#podAdoptions.fateOf(observed.object.key)?.by;
    if (!by) return observed;
    const known = this.#adopted.get(observed);
    if (known?.by === by.object.key) return known.observed;
    const { pod, object } = observed;
    const ownerReferences = [...(pod.metadata.ownerReferences ?? []), ownerOf(by)];
    const adopted = { pod: { ...pod, metadata: { ...pod.metadata, ownerReferences } }, object };
    this.#adopted.set(observed, { by: by.object.key, observed: adopted });
    return adopted;
  }

  #buildWorkload(workload: Workload, before: GroupRecord | undefined): GroupRecord {
    const children = this.#children.get(workload.object.key);
    if (!children && this.#pods === 'planned') {
      const replicas = this.#replicasToMake(workload);
      const group = groupOfWorkload(workload, replicas, this.#minor);
      return settleRecord({ group, source: { kind: 'planned', workload } }, before);
    }
    const pods: ObservedPod[] = [];
    for (const child of [...(children ?? [])].sort()) {
      const accepted = this.#accepted.get(child);
      if (accepted?.kind === 'pod' && this.#workloadOf(accepted.observed) === workload) pods.push(accepted.observed);
    }
    const group = groupOfWorkload(workload, pods.length, this.#minor);
    return settleRecord({ group, source: { kind: 'observed', pods } }, before);
  }

  /** How many pods the controller makes beside those that it has adopted. */
  #replicasToMake(workload: Workload): number {
    const { kind, object } = workload;
    if (kind === 'DaemonSet') return this.#daemonReplicas(workload);
    if (kind === 'StatefulSet') return this.#untilTaken(workload);
    // The pods of such a Deployment are those of the ReplicaSet that it has adopted.
    if (this.#replicaSetAdoptions.keptBy(object.key).length > 0) return 0;
    const fate = this.#replicaSetAdoptions.fateOf(object.key);
    const replicas = !fate ? plannedReplicas(workload) : fate.kept ? plannedReplicas(fate.by) : 0;
    return Math.max(0, replicas - this.#podAdoptions.keptBy(object.key).length);
  }

  /** One that goes pod by pod waits at the first whose name another Pod has. */
  #untilTaken(workload: Workload): number {
    return (isOneByOne(workload) ? this.#takenName(workload)?.index : undefined) ?? plannedReplicas(workload);
  }

  #takenName(workload: Workload): { readonly index: number; readonly key: ObjectKey } | undefined {
    const replicas = plannedReplicas(workload);
    const { namespace, name } = workload.metadata;
    for (let index = 0; index < replicas; index++) {
      const key = podKey(`${namespace}/${name}-${workload.ordinalsStart + index}`);
      if (this.#accepted.has(key) && !this.#isDeleted(key)) return { index, key };
    }
    return undefined;
  }

  /** The nearest workload among the objects that made the pod, if the pod is what it would make today. */
  #workloadOf(observed: ObservedPod): Workload | undefined {
    const { metadata } = observed.pod;
    for (const key of ownerKeys(metadata.namespace, metadata.ownerReferences)) {
      const owner = this.#accepted.get(key);
      if (owner?.kind === 'workload') return this.#fits(observed, owner.workload) ? owner.workload : undefined;
    }
    return undefined;
  }

  #fits(observed: ObservedPod, workload: Workload): boolean {
    const known = this.#fitting.get(observed);
    if (known?.workload === workload) return known.fits;
    const { metadata, spec } = observed.pod;
    const template = this.#templates.get(workload) ?? groupOfWorkload(workload, 0, this.#minor);
    this.#templates.set(workload, template);
    const fits = fitsTemplate(template, { labels: metadata.labels ?? {}, spec });
    this.#fitting.set(observed, { workload, fits });
    return fits;
  }
}

/** Keeps the old record, or at least the old group, where nothing in it changed. */
function settleRecord(record: GroupRecord, before: GroupRecord | undefined): GroupRecord {
  if (!before) return record;
  const group =
    before.group.object === record.group.object && sameValue(before.group, record.group) ? before.group : record.group;
  if (group === before.group && sameSource(before.source, record.source)) return before;
  return { group, source: record.source };
}

function sameSource(a: PodSource, b: PodSource): boolean {
  if (a.kind === 'planned') return b.kind === 'planned' && a.workload === b.workload;
  return b.kind === 'observed' && sameItems(a.pods, b.pods);
}

function groupOfPod({ pod, object }: ObservedPod, minor: number): PodGroup {
  const written: Labels = pod.metadata.labels ?? {};
  // The node's zone and region become labels as soon as the pod is bound; one that is bound has got them already.
  const bound = pod.spec.nodeName !== undefined;
  const variableLabels = topologyLabelKeys(minor).filter((key) => !bound || written[key] === undefined);
  const fixed = Object.entries(written).filter(([key]) => !variableLabels.includes(key));
  const labels = fixed.length === Object.keys(written).length ? written : Object.fromEntries(fixed);
  return {
    key: object.key,
    object,
    namespace: pod.metadata.namespace,
    labels,
    variableLabels,
    templatePath: [],
    spec: pod.spec,
    replicas: 1,
  };
}

function ownersOf(accepted: Accepted): readonly ObjectKey[] {
  const metadata: { readonly namespace: string; readonly ownerReferences?: readonly OwnerReference[] } =
    accepted.kind === 'pod' ? accepted.observed.pod.metadata : accepted.workload.metadata;
  return ownerKeys(metadata.namespace, metadata.ownerReferences);
}

export function podKey(name: NamespacedName): ObjectKey {
  return `/Pod/${name}`;
}
