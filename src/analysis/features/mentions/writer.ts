/** Collects what one object mentions; fields that are not of their shape are passed over. */

import { isJsonObject, valueAt, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import type { LabelSelector, NamespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { Mention, Meaning } from './types';

/** Labels of pods that selectors look for. */
export interface LabelOptions {
  readonly namespace: string;
  readonly namespaces?: LabelSelector;
}

/** What every namespace is labelled with: its name. */
const nameLabel = 'kubernetes.io/metadata.name';

export class MentionWriter {
  readonly object: KubernetesObject;
  readonly mentions: Mention[] = [];

  constructor(object: KubernetesObject) {
    this.object = object;
  }

  at(path: JsonPath): JsonValue | undefined {
    return valueAt(this.object.body, path);
  }

  text(path: JsonPath): string | undefined {
    const value = this.at(path);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** The items of a list, with their paths. */
  items(path: JsonPath): readonly { readonly path: JsonPath; readonly value: JsonValue }[] {
    const list = this.at(path);
    if (!Array.isArray(list)) return [];
    return (list as readonly JsonValue[]).map((value, i) => ({ path: [...path, i], value }));
  }

  members(path: JsonPath): readonly (readonly [string, JsonValue | undefined])[] {
    const value = this.at(path);
    return isJsonObject(value) ? Object.entries(value) : [];
  }

  add(meaning: Meaning, path: JsonPath, role: Mention['role'], more: Partial<Mention> = {}): void {
    this.mentions.push({ meaning, path, part: 'value', role, ...more });
  }

  service(service: NamespacedName, path: JsonPath, more: Partial<Mention> = {}): void {
    this.add({ kind: 'service', service }, path, 'reference', more);
  }

  namespace(path: JsonPath): void {
    const name = this.text(path);
    if (name !== undefined) this.add({ kind: 'namespace', name }, path, 'reference');
  }

  servicePort(service: NamespacedName, path: JsonPath): void {
    const port = this.at(path);
    if (typeof port === 'string' || typeof port === 'number')
      this.add({ kind: 'service-port', service, port }, path, 'reference');
  }

  /** A port of a container by its name; a number names nobody. */
  containerPort(path: JsonPath, role: Mention['role'], more: Partial<Mention> = {}): void {
    const name = this.text(path);
    if (name === undefined) return;
    this.add({ kind: 'container-port', namespace: this.object.namespace, name }, path, role, more);
  }

  /** A mapping of labels: each key and each value mean something. */
  labels(path: JsonPath, role: Mention['role'], { namespace, ...more }: LabelOptions): void {
    for (const [key, value] of this.members(path)) {
      this.add({ kind: 'label-key', namespace, key }, [...path, key], role, { part: 'key', ...more });
      if (typeof value === 'string') this.add({ kind: 'label', namespace, key, value }, [...path, key], role, more);
    }
  }

  /** A LabelSelector: `matchLabels` and the keys and values of `matchExpressions`. */
  selector(path: JsonPath, options: LabelOptions): void {
    const { namespace, ...more } = options;
    this.labels([...path, 'matchLabels'], 'reference', options);
    for (const { path: at, value } of this.items([...path, 'matchExpressions'])) {
      const key = isJsonObject(value) ? value.key : undefined;
      if (typeof key !== 'string') continue;
      this.add({ kind: 'label-key', namespace, key }, [...at, 'key'], 'reference', more);
      for (const item of this.items([...at, 'values']))
        if (typeof item.value === 'string')
          this.add({ kind: 'label', namespace, key, value: item.value }, item.path, 'reference', more);
    }
  }

  /** Labels of namespaces; the one that each namespace has by its name means the namespace. */
  namespaceLabels(path: JsonPath, role: Mention['role']): void {
    for (const [key, value] of this.members(path)) {
      if (key !== nameLabel) this.add({ kind: 'namespace-label-key', key }, [...path, key], role, { part: 'key' });
      this.#namespaceLabel(key, value, [...path, key], role);
    }
  }

  #namespaceLabel(key: string, value: JsonValue | undefined, path: JsonPath, role: Mention['role']): void {
    if (key === nameLabel) this.namespace(path);
    else if (typeof value === 'string') this.add({ kind: 'namespace-label', key, value }, path, role);
  }

  /** A LabelSelector of namespaces. */
  namespaceSelector(path: JsonPath): void {
    this.namespaceLabels([...path, 'matchLabels'], 'reference');
    for (const { path: at, value } of this.items([...path, 'matchExpressions'])) {
      const key = isJsonObject(value) ? value.key : undefined;
      if (typeof key !== 'string') continue;
      if (key !== nameLabel) this.add({ kind: 'namespace-label-key', key }, [...at, 'key'], 'reference');
      for (const item of this.items([...at, 'values'])) this.#namespaceLabel(key, item.value, item.path, 'reference');
    }
  }
}

export function objectIn(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
