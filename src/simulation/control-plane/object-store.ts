/** All objects by identity. Of several documents with one identity the last one is effective, as with `kubectl apply`. */

import { compareStrings } from '#base/compare';
import { compareOrigins, type KubernetesObject, type ObjectKey } from '#model/object';
import type { ObjectChange } from '../types';
import { SortedSet } from './sorted-set';

/** How the effective object of a key changed. */
export interface ObjectUpdate {
  readonly key: ObjectKey;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
}

export interface StoreUpdate {
  readonly updates: readonly ObjectUpdate[];
  /** Keys whose documents changed, effective or not. */
  readonly keys: ReadonlySet<ObjectKey>;
}

export class ObjectStore {
  /** In the order of their origins. */
  readonly #candidates = new Map<ObjectKey, readonly KubernetesObject[]>();
  readonly #effective = new SortedSet(compareObjects);
  readonly #byKind = new Map<string, SortedSet<KubernetesObject>>();
  readonly #contested = new SortedSet<ObjectKey>(compareStrings);

  apply(change: ObjectChange): StoreUpdate {
    const before = new Map<ObjectKey, readonly KubernetesObject[]>();
    const remember = (key: ObjectKey) => {
      if (!before.has(key)) before.set(key, this.#candidates.get(key) ?? []);
    };
    for (const object of change.removed) {
      remember(object.key);
      this.#candidates.set(object.key, without(this.#candidates.get(object.key) ?? [], object));
    }
    for (const object of change.added) {
      remember(object.key);
      const others = without(this.#candidates.get(object.key) ?? [], object);
      this.#candidates.set(object.key, others.length === 0 ? [object] : [...others, object].sort(compareObjects));
    }
    return this.#commit(before);
  }

  #commit(before: ReadonlyMap<ObjectKey, readonly KubernetesObject[]>): StoreUpdate {
    const keys = new Set<ObjectKey>();
    const updates: ObjectUpdate[] = [];
    for (const [key, old] of before) {
      const now = this.#candidates.get(key) ?? [];
      if (now.length === 0) this.#candidates.delete(key);
      if (now.length > 1) this.#contested.add(key);
      else this.#contested.delete(key);
      if (old.length === now.length && old.every((object, i) => object === now[i])) continue;
      keys.add(key);
      if (old.at(-1) !== now.at(-1)) updates.push({ key, before: old.at(-1), after: now.at(-1) });
    }
    const gone = updates.flatMap((update) => update.before ?? []);
    this.#effective.deleteAll(gone);
    for (const kind of new Set(gone.map(kindOf))) {
      this.#byKind.get(kind)?.deleteAll(gone.filter((object) => kindOf(object) === kind));
    }
    for (const { after } of updates) {
      if (!after) continue;
      this.#effective.add(after);
      const kind = kindOf(after);
      const objects = this.#byKind.get(kind) ?? new SortedSet(compareObjects);
      this.#byKind.set(kind, objects);
      objects.add(after);
    }
    return { updates, keys };
  }

  get(key: ObjectKey): KubernetesObject | undefined {
    return this.#candidates.get(key)?.at(-1);
  }

  objects(): readonly KubernetesObject[] {
    return this.#effective.values();
  }

  objectsOfKind(group: string, kind: string): readonly KubernetesObject[] {
    return this.#byKind.get(`${group}/${kind}`)?.values() ?? [];
  }

  *replaced(): Iterable<{ readonly object: KubernetesObject; readonly by: KubernetesObject }> {
    for (const key of this.#contested.values()) {
      const candidates = this.#candidates.get(key)!;
      for (const object of candidates.slice(0, -1)) yield { object, by: candidates.at(-1)! };
    }
  }
}

function kindOf(object: KubernetesObject): string {
  return `${object.group}/${object.kind}`;
}

function compareObjects(a: KubernetesObject, b: KubernetesObject): number {
  return compareOrigins(a.origin, b.origin) || compareStrings(a.key, b.key);
}

/** Takes out the object, or the one that came from the same place. */
function without(candidates: readonly KubernetesObject[], object: KubernetesObject): readonly KubernetesObject[] {
  return candidates.filter(
    (candidate) => candidate !== object && compareOrigins(candidate.origin, object.origin) !== 0,
  );
}
