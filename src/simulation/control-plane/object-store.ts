/**
 * All documents by the identity of their objects. Which of several documents for one object is in effect, whoever
 * simulates the server finds out, and says it here.
 */

import { compareStrings } from '#base/compare';
import { compareOrigins, type KubernetesObject, type ObjectKey } from '#model/object';
import type { ObjectChange } from '../types';
import { sameItems } from './same';
import { SortedSet } from './sorted-set';

/** How the documents of a key changed. */
export interface DocumentUpdate {
  readonly key: ObjectKey;
  /** One of them, or of those that were there: kind, namespace and name are the same in all. */
  readonly identity: KubernetesObject;
  /** All that there are now, in the order of their origins. */
  readonly documents: readonly KubernetesObject[];
}

/** What became of the documents of a key. */
export interface DocumentOutcome {
  readonly key: ObjectKey;
  /** The one in effect, or the last one where the server took none; undefined for a key without documents. */
  readonly effective: KubernetesObject | undefined;
  /** Those that were in effect before it, in their order. */
  readonly superseded: readonly KubernetesObject[];
}

const none: readonly KubernetesObject[] = [];

export class ObjectStore {
  /** In the order of their origins. */
  readonly #documents = new Map<ObjectKey, readonly KubernetesObject[]>();
  readonly #current = new Map<ObjectKey, KubernetesObject>();
  readonly #effective = new SortedSet(compareObjects);
  readonly #byKind = new Map<string, SortedSet<KubernetesObject>>();
  readonly #superseded = new Map<ObjectKey, readonly KubernetesObject[]>();
  readonly #contested = new SortedSet<ObjectKey>(compareStrings);

  apply(change: ObjectChange): readonly DocumentUpdate[] {
    const before = new Map<ObjectKey, readonly KubernetesObject[]>();
    const remember = (key: ObjectKey) => {
      if (!before.has(key)) before.set(key, this.#documents.get(key) ?? none);
    };
    for (const object of change.removed) {
      remember(object.key);
      this.#documents.set(object.key, without(this.#documents.get(object.key) ?? none, object));
    }
    for (const object of change.added) {
      remember(object.key);
      const others = without(this.#documents.get(object.key) ?? none, object);
      this.#documents.set(object.key, others.length === 0 ? [object] : [...others, object].sort(compareObjects));
    }
    const updates: DocumentUpdate[] = [];
    for (const [key, old] of before) {
      const documents = this.#documents.get(key) ?? none;
      if (documents.length === 0) this.#documents.delete(key);
      const identity = documents[0] ?? old[0];
      if (identity && !sameItems(old, documents)) updates.push({ key, identity, documents });
    }
    return updates;
  }

  /** Gives the objects that are no more in effect, and those that are now. */
  settle(outcomes: readonly DocumentOutcome[]): {
    readonly gone: readonly KubernetesObject[];
    readonly come: readonly KubernetesObject[];
  } {
    const gone: KubernetesObject[] = [];
    const come: KubernetesObject[] = [];
    for (const { key, effective, superseded } of outcomes) {
      if (superseded.length > 0) {
        this.#superseded.set(key, superseded);
        this.#contested.add(key);
      } else if (this.#superseded.delete(key)) this.#contested.delete(key);
      const before = this.#current.get(key);
      if (before === effective) continue;
      if (before) gone.push(before);
      if (effective) {
        come.push(effective);
        this.#current.set(key, effective);
      } else this.#current.delete(key);
    }
    this.#exchange(gone, come);
    return { gone, come };
  }

  #exchange(gone: readonly KubernetesObject[], come: readonly KubernetesObject[]): void {
    this.#effective.deleteAll(gone);
    for (const kind of new Set(gone.map(kindOf)))
      this.#byKind.get(kind)?.deleteAll(gone.filter((object) => kindOf(object) === kind));
    for (const object of come) {
      this.#effective.add(object);
      const kind = kindOf(object);
      const objects = this.#byKind.get(kind) ?? new SortedSet(compareObjects);
      this.#byKind.set(kind, objects);
      objects.add(object);
    }
  }

  get(key: ObjectKey): KubernetesObject | undefined {
    return this.#current.get(key);
  }

  objects(): readonly KubernetesObject[] {
    return this.#effective.values();
  }

  objectsOfKind(group: string, kind: string): readonly KubernetesObject[] {
    return this.#byKind.get(`${group}/${kind}`)?.values() ?? [];
  }

  *replaced(): Iterable<{ readonly object: KubernetesObject; readonly by: KubernetesObject }> {
    for (const key of this.#contested.values()) {
      const by = this.#current.get(key);
      if (by) for (const object of this.#superseded.get(key) ?? none) yield { object, by };
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
function without(documents: readonly KubernetesObject[], object: KubernetesObject): readonly KubernetesObject[] {
  return documents.filter((document) => document !== object && compareOrigins(document.origin, object.origin) !== 0);
}
