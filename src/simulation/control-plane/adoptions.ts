/**
 * Which workload adopts which dependent, kept up to date edit by edit: dependents find their adopter by one pair of its
 * selector, so no edit looks at more than those of the namespace whose selectors it changes.
 */

import type { KubernetesObject, ObjectKey } from '#model/object';
import type { Workload } from '../apiserver/admission';
import { isOrphan, type AdoptionRules } from '../controllers/adoption';
import { sameValue } from './same';

/** What becomes of a dependent that a workload adopts. */
export interface Fate {
  readonly by: Workload;
  readonly kept: boolean;
}

const nobody: ReadonlySet<never> = new Set<never>();

/** What is adopted: a Pod, or another workload. */
type Dependent = { readonly object: KubernetesObject };

export class Adoptions<T extends Dependent> {
  readonly #rules: AdoptionRules<T>;
  /** Whether pods are given that the workload has made: then they are all that it has. */
  readonly #hasPods: (workload: ObjectKey) => boolean;
  readonly #workloads = new Map<ObjectKey, Workload>();
  /** By namespace, then by one pair of their selector's labels, or by `''` where it has none. */
  readonly #adopters = new Map<string, Map<string, Set<ObjectKey>>>();
  readonly #orphans = new Map<string, Map<ObjectKey, T>>();
  readonly #adopterOf = new Map<ObjectKey, ObjectKey>();
  readonly #adoptedBy = new Map<ObjectKey, Map<ObjectKey, T>>();
  readonly #kept = new Map<ObjectKey, ReadonlySet<T>>();
  readonly #changedDependents = new Map<ObjectKey, T | undefined>();
  readonly #changedWorkloads = new Set<ObjectKey>();
  readonly #changedNamespaces = new Set<string>();

  constructor(rules: AdoptionRules<T>, hasPods: (workload: ObjectKey) => boolean) {
    this.#rules = rules;
    this.#hasPods = hasPods;
  }

  setWorkload(workload: Workload): void {
    const { key } = workload.object;
    const before = this.#workloads.get(key);
    if (before && this.#rules.adopts(workload) && sameValue(before.selector, workload.selector)) {
      this.#workloads.set(key, workload);
      this.#changedWorkloads.add(key);
      return;
    }
    this.removeWorkload(key);
    if (!this.#rules.adopts(workload)) return;
    const { namespace } = workload.metadata;
    const byPair = this.#adopters.get(namespace) ?? new Map<string, Set<ObjectKey>>();
    this.#adopters.set(namespace, byPair);
    const bucket = byPair.get(bucketOf(workload)) ?? new Set();
    byPair.set(bucketOf(workload), bucket.add(key));
    this.#workloads.set(key, workload);
    this.#changedWorkloads.add(key);
    this.#changedNamespaces.add(namespace);
  }

  removeWorkload(key: ObjectKey): void {
    const workload = this.#workloads.get(key);
    if (!workload) return;
    const { namespace } = workload.metadata;
    const byPair = this.#adopters.get(namespace)!;
    const bucket = byPair.get(bucketOf(workload))!;
    bucket.delete(key);
    if (bucket.size === 0) byPair.delete(bucketOf(workload));
    if (byPair.size === 0) this.#adopters.delete(namespace);
    this.#workloads.delete(key);
    this.#changedNamespaces.add(namespace);
  }

  /** The workload has come to pods of its own, or has lost them. */
  touchWorkload(key: ObjectKey): void {
    if (this.#workloads.has(key)) this.#changedWorkloads.add(key);
  }

  setDependent(dependent: T): void {
    const { key, namespace } = dependent.object;
    if (!isOrphan(this.#rules.metadataOf(dependent))) {
      this.removeDependent(key, namespace);
      return;
    }
    const orphans = this.#orphans.get(namespace) ?? new Map<ObjectKey, T>();
    this.#orphans.set(namespace, orphans.set(key, dependent));
    if (this.#adopters.has(namespace) || this.#adopterOf.has(key)) this.#changedDependents.set(key, dependent);
  }

  removeDependent(key: ObjectKey, namespace: string): void {
    const orphans = this.#orphans.get(namespace);
    if (!orphans?.delete(key)) return;
    if (orphans.size === 0) this.#orphans.delete(namespace);
    this.#changedDependents.set(key, undefined);
  }

  /** Brings everything up to date; gives the workloads and dependents whose lot may be another. */
  settle(): ReadonlySet<ObjectKey> {
    const changed = new Set<ObjectKey>();
    for (const namespace of this.#changedNamespaces)
      for (const [key, dependent] of this.#orphans.get(namespace) ?? []) this.#changedDependents.set(key, dependent);
    for (const [key, dependent] of this.#changedDependents) this.#assign(key, dependent, changed);
    for (const key of this.#changedWorkloads) this.#decide(key, changed);
    this.#changedNamespaces.clear();
    this.#changedDependents.clear();
    this.#changedWorkloads.clear();
    return changed;
  }

  #assign(key: ObjectKey, dependent: T | undefined, changed: Set<ObjectKey>): void {
    const before = this.#adopterOf.get(key);
    const after = dependent && this.#findAdopter(dependent);
    if (before !== after) changed.add(key);
    if (before !== undefined) {
      this.#adoptedBy.get(before)!.delete(key);
      this.#changedWorkloads.add(before);
      this.#adopterOf.delete(key);
    }
    if (after === undefined) return;
    this.#adopterOf.set(key, after);
    const adopted = this.#adoptedBy.get(after) ?? new Map<ObjectKey, T>();
    this.#adoptedBy.set(after, adopted.set(key, dependent!));
    this.#changedWorkloads.add(after);
  }

  /** Of several, who comes first is chance in a cluster; here it is the first by name. */
  #findAdopter(dependent: T): ObjectKey | undefined {
    const byPair = this.#adopters.get(dependent.object.namespace);
    if (!byPair) return undefined;
    let first: ObjectKey | undefined;
    const look = (bucket: string) => {
      for (const key of byPair.get(bucket) ?? nobody)
        if ((first === undefined || key < first) && this.#rules.claims(this.#workloads.get(key)!, dependent))
          first = key;
    };
    const labels = this.#rules.metadataOf(dependent).labels ?? {};
    for (const key in labels) look(`${key}=${labels[key]!}`);
    look('');
    return first;
  }

  #decide(key: ObjectKey, changed: Set<ObjectKey>): void {
    const workload = this.#workloads.get(key);
    const adopted = [...(this.#adoptedBy.get(key)?.values() ?? [])];
    if (adopted.length === 0) this.#adoptedBy.delete(key);
    const before = this.#kept.get(key);
    if (!workload || adopted.length === 0 || this.#hasPods(key)) this.#kept.delete(key);
    else this.#kept.set(key, this.#rules.keptOf(workload, adopted));
    if (!before && !this.#kept.has(key)) return;
    changed.add(key);
    for (const { object } of adopted) changed.add(object.key);
  }

  /** Undefined for what nobody adopts. */
  fateOf(dependent: ObjectKey): Fate | undefined {
    const adopter = this.#adopterOf.get(dependent);
    const kept = adopter === undefined ? undefined : this.#kept.get(adopter);
    if (!kept) return undefined;
    const adopted = this.#adoptedBy.get(adopter!)!.get(dependent)!;
    return { by: this.#workloads.get(adopter!)!, kept: kept.has(adopted) };
  }

  /** What a workload has adopted and keeps. */
  keptBy(workload: ObjectKey): readonly ObjectKey[] {
    return [...(this.#kept.get(workload) ?? [])].map(({ object }) => object.key);
  }
}

/** One pair that everything has that the selector matches. */
function bucketOf({ selector }: Workload): string {
  const labels = selector?.matchLabels ?? {};
  for (const key in labels) return `${key}=${labels[key]!}`;
  return '';
}
