/**
 * Who selects whom, without a loop over Services × pods: pod groups by (namespace, label pair), and Services by
 * (namespace, one pair of their selector).
 */

import { compareStrings } from '#base/compare';
import type { Labels, NamespacedName, Pod, Service } from '#model/kubernetes';
import { mayCarry, podOwnLabelKeys } from '../controllers/workload-pods';
import type { PodGroup } from '../types';

/** Whether the group's pods have all pairs; a label that varies among them matches where one of them may have it. */
export function selectsGroup(selector: Labels, group: PodGroup): boolean {
  for (const key in selector) {
    const value = selector[key]!;
    if (group.labels[key] !== value && !mayCarry(group, key, value)) return false;
  }
  return true;
}

export function selectsPod(selector: Labels, pod: Pod): boolean {
  const labels = pod.metadata.labels ?? {};
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
}

/**
 * The selector that the endpoint controllers follow; undefined where they leave the Service alone. An empty selector
 * is stored as none, and an ExternalName Service has no endpoints.
 */
export function effectiveSelector(service: Service): Labels | undefined {
  const { selector, type } = service.spec;
  if (type === 'ExternalName' || !selector) return undefined;
  for (const _ in selector) return selector;
  return undefined;
}

interface GroupsOfNamespace {
  readonly all: Set<PodGroup>;
  readonly byPair: Map<string, Set<PodGroup>>;
  /** By the key of a label that varies. */
  readonly byVariable: Map<string, Set<PodGroup>>;
}

const nobody: ReadonlySet<never> = new Set<never>();

export class GroupIndex {
  readonly #namespaces = new Map<string, GroupsOfNamespace>();

  add(group: PodGroup): void {
    let groups = this.#namespaces.get(group.namespace);
    if (!groups) {
      groups = { all: new Set(), byPair: new Map(), byVariable: new Map() };
      this.#namespaces.set(group.namespace, groups);
    }
    groups.all.add(group);
    for (const key in group.labels) put(groups.byPair, pair(key, group.labels[key]!), group);
    for (const key of group.variableLabels) put(groups.byVariable, key, group);
  }

  remove(group: PodGroup): void {
    const groups = this.#namespaces.get(group.namespace);
    if (!groups) return;
    groups.all.delete(group);
    for (const key in group.labels) drop(groups.byPair, pair(key, group.labels[key]!), group);
    for (const key of group.variableLabels) drop(groups.byVariable, key, group);
    if (groups.all.size === 0) this.#namespaces.delete(group.namespace);
  }

  /** In the order of their keys. */
  groups(namespace: string): readonly PodGroup[] {
    return inOrder([...(this.#namespaces.get(namespace)?.all ?? nobody)]);
  }

  /** In the order of their keys. An empty selector matches every group. */
  matching(selector: Labels, namespace: string | undefined): readonly PodGroup[] {
    const namespaces = namespace === undefined ? this.#namespaces.values() : [this.#namespaces.get(namespace)];
    const found: PodGroup[] = [];
    for (const groups of namespaces) {
      if (!groups) continue;
      for (const candidates of fewest(selector, groups)) {
        for (const group of candidates) if (selectsGroup(selector, group)) found.push(group);
      }
    }
    return inOrder(found);
  }
}

/** The groups that have the rarest pair of the selector, or may have it. No group is in both sets. */
function fewest(selector: Labels, groups: GroupsOfNamespace): readonly ReadonlySet<PodGroup>[] {
  let best: readonly ReadonlySet<PodGroup>[] = [groups.all];
  let size = groups.all.size;
  for (const key in selector) {
    const fixed = groups.byPair.get(pair(key, selector[key]!)) ?? nobody;
    const variable = groups.byVariable.get(key) ?? nobody;
    if (fixed.size + variable.size > size) continue;
    best = [fixed, variable];
    size = fixed.size + variable.size;
  }
  return best;
}

function inOrder(groups: PodGroup[]): PodGroup[] {
  return groups.length < 2 ? groups : groups.sort((a, b) => compareStrings(a.key, b.key));
}

/** Services by one pair of their selector: the one that the fewest others have been put under. */
export class ServiceIndex {
  readonly #buckets = new Map<string, Set<NamespacedName>>();
  readonly #entries = new Map<NamespacedName, { readonly bucket: string; readonly selector: Labels }>();
  /** How many stand under a label whose values are not known: mostly none. */
  #variable = 0;

  set(name: NamespacedName, namespace: string, selector: Labels | undefined): void {
    this.delete(name);
    if (!selector) return;
    const bucket = this.#bucketFor(namespace, selector);
    this.#entries.set(name, { bucket, selector });
    put(this.#buckets, bucket, name);
    if (bucket.endsWith(unknownValue)) this.#variable++;
  }

  delete(name: NamespacedName): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#entries.delete(name);
    drop(this.#buckets, entry.bucket, name);
    if (entry.bucket.endsWith(unknownValue)) this.#variable--;
  }

  /** In no order. */
  selecting(group: PodGroup): readonly NamespacedName[] {
    const found: NamespacedName[] = [];
    for (const key in group.labels) this.#check(fixedBucket(group.namespace, key, group.labels[key]!), group, found);
    if (this.#variable === 0) return found;
    // A bare Pod may carry such a label too.
    for (const key of podOwnLabelKeys) this.#check(variableBucket(group.namespace, key), group, found);
    return found;
  }

  #check(bucket: string, group: PodGroup, found: NamespacedName[]): void {
    for (const name of this.#buckets.get(bucket) ?? nobody) {
      if (selectsGroup(this.#entries.get(name)!.selector, group)) found.push(name);
    }
  }

  #bucketFor(namespace: string, selector: Labels): string {
    let best: string | undefined;
    let size = Infinity;
    for (const key in selector) {
      // Whether a group has this label is not known by value: it is the last resort.
      if (podOwnLabelKeys.has(key)) continue;
      const bucket = fixedBucket(namespace, key, selector[key]!);
      const taken = this.#buckets.get(bucket)?.size ?? 0;
      if (taken < size) [best, size] = [bucket, taken];
    }
    return best ?? variableBucket(namespace, Object.keys(selector)[0]!);
  }
}

function pair(key: string, value: string): string {
  return `${key}=${value}`;
}

function fixedBucket(namespace: string, key: string, value: string): string {
  return `${namespace}/${key}=${value}`;
}

/** No label value ends like this. */
const unknownValue = '=*';

function variableBucket(namespace: string, key: string): string {
  return `${namespace}/${key}${unknownValue}`;
}

function put<T>(sets: Map<string, Set<T>>, key: string, item: T): void {
  const set = sets.get(key);
  if (set) set.add(item);
  else sets.set(key, new Set([item]));
}

function drop<T>(sets: Map<string, Set<T>>, key: string, item: T): void {
  const set = sets.get(key);
  set?.delete(item);
  if (set?.size === 0) sets.delete(key);
}
