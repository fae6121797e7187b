/** Reads fields of objects that no stage has checked: what is not of the shape reads as if it were not there. */

import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';

/** A mapping in a list, with its index there. */
export interface Item {
  readonly index: number;
  readonly value: JsonObject;
}

export function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function itemsOf(value: JsonValue | undefined): readonly Item[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, index) => (isJsonObject(item) ? { index, value: item } : []));
}

export function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function specOf(object: KubernetesObject): JsonObject {
  return objectOf(object.body.spec);
}

export function annotationOf(object: KubernetesObject, key: string): string | undefined {
  return textOf(objectOf(objectOf(object.body.metadata).annotations)[key]);
}

/**
 * Objects that were there first come first; then by namespace and name. What is only written in a manifest is younger
 * than what a cluster has made already.
 */
export function compareAges(a: KubernetesObject, b: KubernetesObject): number {
  const [made, other] = [createdAt(a), createdAt(b)];
  if (made !== other) return made < other ? -1 : 1;
  const [name, otherName] = [`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`];
  if (name !== otherName) return name < otherName ? -1 : 1;
  return a.kind < b.kind ? -1 : Number(a.kind > b.kind);
}

/** RFC 3339 in UTC, as the API server writes it, so that the order of the texts is that of the times. */
export function createdAt(object: KubernetesObject): string {
  return textOf(objectOf(object.body.metadata).creationTimestamp) ?? '~';
}

/** `HTTPRoute shop/cart`. */
export function nameOf(object: KubernetesObject): string {
  return `${object.kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`;
}
