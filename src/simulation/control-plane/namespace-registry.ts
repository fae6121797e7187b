/** The namespaces that objects name or a Namespace declares, with their labels. */

import { compareStrings } from '#base/compare';
import { isJsonObject, valueAt } from '#base/json';
import type { Labels } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';

export class NamespaceRegistry {
  /** How many objects name the namespace. */
  readonly #counts = new Map<string, number>();
  readonly #declared = new Map<string, KubernetesObject>();
  #namespaces: ReadonlyMap<string, Labels> | undefined;

  add(object: KubernetesObject): void {
    this.#count(object.namespace, 1);
    if (!isNamespace(object)) return;
    this.#declared.set(object.name, object);
    this.#namespaces = undefined;
  }

  remove(object: KubernetesObject): void {
    this.#count(object.namespace, -1);
    if (!isNamespace(object)) return;
    this.#declared.delete(object.name);
    this.#namespaces = undefined;
  }

  /** In the order of the names; the same map until something in it changes. */
  namespaces(): ReadonlyMap<string, Labels> {
    if (this.#namespaces) return this.#namespaces;
    const names = [...new Set([...this.#counts.keys(), ...this.#declared.keys()])].sort(compareStrings);
    this.#namespaces = new Map(names.map((name) => [name, labelsOf(name, this.#declared.get(name))]));
    return this.#namespaces;
  }

  #count(namespace: string, by: 1 | -1): void {
    if (namespace === '') return;
    const count = (this.#counts.get(namespace) ?? 0) + by;
    if (count > 0) this.#counts.set(namespace, count);
    else this.#counts.delete(namespace);
    if (count === 0 || (by === 1 && count === 1)) this.#namespaces = undefined;
  }
}

function isNamespace(object: KubernetesObject): boolean {
  return object.group === '' && object.kind === 'Namespace';
}

function labelsOf(name: string, object: KubernetesObject | undefined): Labels {
  const written = valueAt(object?.body, ['metadata', 'labels']);
  const entries = isJsonObject(written) ? Object.entries(written) : [];
  const labels = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { ...Object.fromEntries(labels), 'kubernetes.io/metadata.name': name };
}
