/** Finds what a request names: pods, workloads, nodes and Services, with the nearest name where there is none. */

import { compareStrings } from '#base/compare';
import { editDistance } from '#base/edit-distance';
import type { Node, Pod, Service } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import type { ObjectKey } from '#model/object';
import type { ControlPlane, PodGroup } from '#simulation/types';
import type { TraceError } from '../types';

export function isError(value: object): value is TraceError {
  return 'error' in value;
}

/** The pod of this name; without a namespace the only one, or the one of `default`. */
export function findPod(name: string, namespace: string | undefined, controlPlane: ControlPlane): Pod | TraceError {
  if (namespace !== undefined) {
    const pod = controlPlane.pod(`${namespace}/${name}`);
    if (pod) return pod;
  }
  return choose(`pod`, [...controlPlane.pods()].map(podEntry), name, namespace);
}

function podEntry(pod: Pod): Entry<Pod> {
  return { namespace: pod.metadata.namespace, name: pod.metadata.name, value: pod };
}

/** The first pod of a workload of this kind (lower case; '' for any) and name. */
export function findWorkloadPod(
  kind: string,
  name: string,
  namespace: string | undefined,
  controlPlane: ControlPlane,
): { readonly group: PodGroup; readonly pod: Pod } | TraceError {
  const groups = groupsOfKind(kind, controlPlane);
  if (kind !== '' && groups.length === 0)
    return { error: `no ${kind} ${printName(namespace, name)}: there is no ${kind} with pods at all` };
  const group = choose(kind === '' ? 'pod or workload' : kind, groups, name, namespace);
  if (isError(group)) return group;
  const pod = firstPodOf(group.key, controlPlane);
  return pod
    ? { group, pod }
    : {
        error: `${group.object.kind} ${group.namespace}/${group.object.name} makes no pod (${group.replicas} replicas)`,
      };
}

/** One that it makes, or one that it has adopted. */
function firstPodOf(workload: ObjectKey, controlPlane: ControlPlane): Pod | undefined {
  const [own] = controlPlane.podsOf(workload);
  if (own) return own;
  for (const adopted of controlPlane.adoptedBy(workload)) {
    const pod = firstPodOf(adopted, controlPlane);
    if (pod) return pod;
  }
  return undefined;
}

function groupsOfKind(kind: string, controlPlane: ControlPlane): Entry<PodGroup>[] {
  const entries: Entry<PodGroup>[] = [];
  for (const namespace of controlPlane.namespaces().keys())
    for (const group of controlPlane.podGroups(namespace))
      if (kind === '' || group.object.kind.toLowerCase() === kind)
        entries.push({ namespace, name: group.object.name, value: group });
  return entries;
}

export function findService(
  name: string,
  namespace: string | undefined,
  controlPlane: ControlPlane,
): Service | TraceError {
  const found = choose('Service', [...controlPlane.services()].map(serviceEntry), name, namespace);
  if (!isError(found)) return found;
  const object = controlPlane.serviceObject(`${namespace ?? 'default'}/${name}`);
  const refusal = object && controlPlane.refusal(object.key);
  return refusal
    ? { error: `the API server does not take Service ${object.namespace}/${name}: ${refusal.message}` }
    : found;
}

function serviceEntry(service: Service): Entry<Service> {
  return { namespace: service.metadata.namespace, name: service.metadata.name, value: service };
}

export function findNode(name: string, controlPlane: ControlPlane): Node | TraceError {
  const node = controlPlane.node(name);
  if (node) return node;
  const names = controlPlane.nodes().map((known) => known.metadata.name);
  return {
    error: `no node ${name}; there are ${listed(names)}`,
    suggestions: names.slice(0, mostSuggestions).map((node) => `node ${node}`),
  };
}

/** The node that has this address. */
export function nodeByAddress(address: string, controlPlane: ControlPlane): Node | undefined {
  return controlPlane.nodes().find((node) => node.status.addresses?.some((known) => known.address === address));
}

/** The Service that reserves this node port; with several protocols on it the first. */
export function serviceByNodePort(
  port: number,
  protocol: string | undefined,
  controlPlane: ControlPlane,
): Service | undefined {
  for (const service of controlPlane.services())
    for (const known of service.spec.ports ?? [])
      if (known.nodePort === port && (protocol === undefined || known.protocol === protocol)) return service;
  return undefined;
}

interface Entry<T> {
  readonly namespace: string;
  readonly name: string;
  readonly value: T;
}

function choose<T extends object>(
  what: string,
  entries: readonly Entry<T>[],
  name: string,
  namespace: string | undefined,
): T | TraceError {
  const same = entries.filter((entry) => entry.name === name);
  if (namespace !== undefined) {
    const found = same.find((entry) => entry.namespace === namespace);
    return found ? found.value : notFound(what, entries, name, namespace);
  }
  const found = same.length === 1 ? same[0] : same.find((entry) => entry.namespace === 'default');
  if (found) return found.value;
  if (same.length > 1) {
    const places = same.map((entry) => `${entry.namespace}/${entry.name}`).sort(compareStrings);
    return {
      error: `there are ${same.length} of ${what} ${name}: ${listed(places)}; say which`,
      suggestions: places.slice(0, mostSuggestions).map((place) => referenceTo(what, place)),
    };
  }
  return notFound(what, entries, name, namespace);
}

function notFound(
  what: string,
  entries: readonly Entry<unknown>[],
  name: string,
  namespace: string | undefined,
): TraceError {
  const near = nearest(entries, name, namespace);
  const text = `no ${what} ${printName(namespace, name)}`;
  if (near.length > 0)
    return {
      error: `${text}; nearest: ${near.map(({ text: shown }) => shown).join(', ')}`,
      suggestions: near.map(({ full }) => referenceTo(what, full)),
    };
  return { error: `${text}${whatThereIs(entries, namespace)}` };
}

/** As a request names it: `pod shop/web-0`; where any kind is meant, the name alone. */
function referenceTo(what: string, name: string): string {
  return what.includes(' ') ? name : `${what.toLowerCase()} ${name}`;
}

function whatThereIs(entries: readonly Entry<unknown>[], namespace: string | undefined): string {
  const known = entries.filter((entry) => namespace === undefined || entry.namespace === namespace);
  const names = known.map((entry) => printName(entry.namespace, entry.name)).sort(compareStrings);
  if (names.length > 0) return `; there ${names.length === 1 ? 'is' : 'are'} ${listed(names, 5)}`;
  return entries.length === 0 ? ': there is none at all' : `: there is none in namespace ${namespace}`;
}

const mostSuggestions = 3;

/** Up to three: the same name elsewhere, then names that begin so (a workload's pods), then those a few letters away. */
function nearest(
  entries: readonly Entry<unknown>[],
  name: string,
  namespace: string | undefined,
): readonly { readonly text: string; readonly full: string }[] {
  const limit = Math.max(1, Math.min(3, Math.floor(name.length / 2)));
  const scored = entries.flatMap((entry) => {
    const distance = Math.min(
      ...stemsOf(entry.name).map((stem, i) => editDistance(name, stem, limit) + Math.min(i, 0.5)),
    );
    const elsewhere = namespace !== undefined && entry.namespace !== namespace;
    return Math.floor(distance) > limit
      ? []
      : [{ text: printName(entry.namespace, entry.name), full: `${entry.namespace}/${entry.name}`, score: distance * 2 + Number(elsewhere) }]; // prettier-ignore
  });
  scored.sort((a, b) => a.score - b.score || compareStrings(a.text, b.text));
  return scored.slice(0, mostSuggestions);
}

/** A pod's name with and without what its workload's controllers put behind: `web-6b9f-x2x`, `web-6b9f`, `web`. */
function stemsOf(name: string): string[] {
  const parts = name.split('-');
  return parts.map((_, i) => parts.slice(0, parts.length - i).join('-'));
}

/** All of up to eight, else the first ones and how many more. */
export function listed(items: readonly string[], most = 8): string {
  if (items.length <= most) return items.join(', ');
  return `${items.slice(0, most).join(', ')} and ${items.length - most} more`;
}

function printName(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function printPod(pod: Pod): string {
  return `pod ${namespacedName(pod)}${pod.spec.nodeName === undefined ? '' : ` on ${pod.spec.nodeName}`}`;
}
