/** The small forms in which `kubectl get` prints parts of objects for people. */

import type { JsonObject, JsonValue } from '#base/json';
import { isJsonObject } from '#base/json';
import type { Labels, LabelSelector } from '#model/kubernetes';

export const none = '<none>';
const unset = '<unset>';
const unknown = '<unknown>';
/** Lists are cut behind this many items. */
const shown = 3;

/** The first three items, and how many more there are; `<unset>` where there are none. Models listWithMoreString. */
export function listWithMore(items: readonly string[]): string {
  return cut(items, items.length) || unset;
}

/** The first three items of a list that has `count`. */
export function cut(items: readonly string[], count: number): string {
  const text = items.slice(0, shown).join(',');
  return count > shown ? `${text} + ${count - shown} more...` : text;
}

/** Models apimachinery's labels.FormatLabels. */
export function labelsText(labels: Labels | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.sort().join(',') || none;
}

/** Models apimachinery's LabelSelector and Requirement String: requirements in the order of their keys. */
export function selectorText(selector: LabelSelector | undefined): string {
  const pairs = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const expressions = (selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    const list = `(${[...values].sort().join(',')})`;
    const text = {
      In: `${key} in ${list}`,
      NotIn: `${key} notin ${list}`,
      Exists: key,
      DoesNotExist: `!${key}`,
    }[operator];
    return { key, text };
  });
  const inOrder = [...pairs, ...expressions].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return inOrder.map(({ text }) => text).join(',') || none;
}

/** The time since an object's creation, `<unknown>` where its manifest does not say; `now` in milliseconds. */
export function ageOf(metadata: object, now: number): string {
  const { creationTimestamp } = metadata as { readonly creationTimestamp?: unknown };
  return typeof creationTimestamp === 'string' ? since(creationTimestamp, now) : unknown;
}

export function since(timestamp: string, now: number): string {
  const start = Date.parse(timestamp);
  return Number.isNaN(start) ? unknown : durationText(Math.floor((now - start) / 1000));
}

const [minute, hour, day] = [60, 3600, 86400];
const year = 365 * day;

/** Two units at most, fewer the longer it is. Models apimachinery's duration.HumanDuration. */
export function durationText(seconds: number): string {
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * minute) return `${seconds}s`;
  if (seconds < 10 * minute) return twoUnits(seconds, minute, 'm', 1, 's');
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`;
  if (seconds < 8 * hour) return twoUnits(seconds, hour, 'h', minute, 'm');
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`;
  if (seconds < 8 * day) return twoUnits(seconds, day, 'd', hour, 'h');
  if (seconds < 2 * year) return `${Math.floor(seconds / day)}d`;
  if (seconds < 8 * year) return twoUnits(seconds, year, 'y', day, 'd');
  return `${Math.floor(seconds / year)}y`;
}

function twoUnits(seconds: number, unit: number, letter: string, smaller: number, smallerLetter: string): string {
  const rest = Math.floor((seconds % unit) / smaller);
  return `${Math.floor(seconds / unit)}${letter}${rest > 0 ? `${rest}${smallerLetter}` : ''}`;
}

export function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter(isJsonObject) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A status' addresses of a load balancer, sorted, each once. Models loadBalancerStatusStringer. */
export function ingressAddresses(ingress: unknown): string {
  const addresses = objectsOf(ingress).map((entry) => textOf(entry.ip) || textOf(entry.hostname));
  return [...new Set(addresses.filter((address) => address !== ''))].sort().join(',');
}
