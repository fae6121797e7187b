/** Recorded clusters, and the form in which what a controller drew at random or ordered by chance is left out. */

import { readdirSync, readFileSync } from 'node:fs';
import type { JsonObject, JsonValue } from '#base/json';
import { isJsonObject } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { objectsOf } from '../cluster';

const root = new URL('../../golden/', import.meta.url);

/** `FOLDER/CASE`: what all stages are measured on, and what is about the controllers alone. */
export const caseNames: readonly string[] = ['dev', 'controllers'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root)).sort().map((name) => `${folder}/${name}`),
); // prettier-ignore

export interface GoldenCase {
  /** What a user created. */
  readonly given: readonly KubernetesObject[];
  /** What the real control plane made of it. */
  readonly cluster: readonly KubernetesObject[];
  /** `Kind name` of what the API server refused. */
  readonly refused: ReadonlySet<string>;
}

export function readCase(name: string): GoldenCase {
  const read = (file: string) => readFileSync(new URL(`${name}/${file}`, root), 'utf8');
  const refused = JSON.parse(read('refused.json')) as readonly { kind: string; name: string }[];
  return {
    given: objectsOf(read('case.yaml'), 'case.yaml'),
    cluster: objectsOf(read('cluster.yaml'), 'cluster.yaml'),
    refused: new Set(refused.map((refusal) => `${refusal.kind} ${refusal.name}`)),
  };
}

export function nameOf(object: { readonly metadata?: unknown }): string {
  const metadata = object.metadata as { namespace?: string; name: string };
  return `${metadata.namespace ?? 'default'}/${metadata.name}`;
}

/** Service → family and ports → how many slices, which endpoints, how many hints from zone to zone, which metadata. */
export function canonicalSlices(slices: readonly unknown[], byHand: ReadonlySet<string>): Record<string, unknown> {
  const out: Record<
    string,
    Record<string, { slices: number; endpoints: string[]; hints: string[]; metadata: string }>
  > = {};
  for (const slice of slices as readonly JsonObject[]) {
    if (byHand.has(nameOf(slice))) continue;
    const service = objectAt(slice, 'metadata', 'labels')['kubernetes.io/service-name'];
    if (typeof service !== 'string') continue;
    const metadata = canonicalMetadata(slice);
    const endpoints = listAt(slice, 'endpoints').map((endpoint) => print(canonicalEndpoint(endpoint)));
    const hints = listAt(slice, 'endpoints').flatMap((endpoint) => (endpoint.hints ? [canonicalHints(endpoint)] : []));
    const ports = listAt(slice, 'ports').map((port) =>
      print({ ...port, name: port.name ?? '', protocol: port.protocol ?? 'TCP' }),
    );
    const groups = (out[`${nameOf(slice).split('/')[0]}/${service}`] ??= {});
    const group = (groups[`${String(slice.addressType)} ${ports.join('; ')}`] ??= {
      slices: 0,
      endpoints: [],
      hints: [],
      metadata,
    });
    group.slices++;
    group.endpoints = [...group.endpoints, ...endpoints].sort();
    group.hints = [...group.hints, ...hints].sort();
  }
  return out;
}

/** Labels, annotations, owners, and the name as far as it is not drawn. */
function canonicalMetadata(object: JsonObject): string {
  const metadata = objectAt(object, 'metadata');
  const { 'endpoints.kubernetes.io/last-change-trigger-time': _, ...annotations } = objectAt(metadata, 'annotations');
  const owners = listAt(metadata, 'ownerReferences').map(({ uid: _uid, ...owner }) => owner);
  const { labels = {}, name } = metadata;
  return print({ labels, annotations, owners, name: String(name).replace(/-[a-z0-9]{5}$/, '-') });
}

/** Which of a zone's endpoints serve another zone is left to chance; which node one serves is not. */
function canonicalHints({ zone, nodeName, hints }: JsonObject): string {
  const forNodes = isJsonObject(hints) && hints.forNodes !== undefined;
  return print({ zone: zone ?? null, hints: hints!, ...(forNodes && { nodeName: nodeName! }) });
}

function canonicalEndpoint(endpoint: JsonObject): JsonObject {
  const { targetRef, hints: _, ...rest } = endpoint;
  return { ...rest, target: isJsonObject(targetRef) ? targetRef.name : null };
}

/** Service → metadata and subsets. */
export function canonicalEndpoints(items: readonly unknown[], byHand: ReadonlySet<string>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const item of items as readonly JsonObject[]) {
    if (byHand.has(nameOf(item))) continue;
    const subsets = listAt(item, 'subsets').map((subset) =>
      print({
        addresses: listAt(subset, 'addresses').map((address) => print(canonicalEndpoint(address))).sort(),
        notReadyAddresses: listAt(subset, 'notReadyAddresses').map((address) => print(canonicalEndpoint(address))).sort(),
        ports: listAt(subset, 'ports').map((port) => print({ ...port, name: port.name ?? '' })),
      }),
    ); // prettier-ignore
    out[nameOf(item)] = { metadata: canonicalMetadata(item), subsets: subsets.sort() };
  }
  return out;
}

/** Controller → its pods, without random suffixes, hashes, identifiers and nodes. */
export function canonicalPods(pods: readonly unknown[]): Record<string, readonly string[]> {
  const out: Record<string, string[]> = {};
  for (const pod of pods as readonly JsonObject[]) {
    const owner = listAt(pod.metadata as JsonObject, 'ownerReferences').find(
      (reference) => reference.controller === true,
    );
    if (!owner) continue;
    const name = String(owner.name);
    // A Deployment's ReplicaSet ends in a hash, a CronJob's Job in the minute of its start.
    const drawn: Readonly<Record<string, RegExp>> = { ReplicaSet: /-[a-z0-9]{5,10}$/, Job: /-\d{8}$/ };
    const base = name.replace(drawn[String(owner.kind)] ?? /$/, '');
    // The scheduler chooses the nodes, and a real one looks at the load; those of daemon pods are certain.
    const ofNode = owner.kind === 'DaemonSet' ? /^$/ : /^topology\./;
    const labels = Object.entries(objectAt(pod, 'metadata', 'labels')).map(([key, value]) => [
      key,
      /hash|uid/.test(key) ? 'hash' : ofNode.test(key) ? 'of the node' : value,
    ]);
    const spec = pod.spec as JsonObject;
    const containers = listAt(spec, 'containers').flatMap((container) => listAt(container, 'ports'));
    const ports = containers.map((port) => [port.name ?? '', port.containerPort, port.protocol ?? 'TCP']);
    const node = owner.kind === 'DaemonSet' ? { node: spec.nodeName ?? null } : {};
    const text = print({
      // The hash of the template and the suffix are drawn.
      podName: owner.kind === 'StatefulSet' ? nameOf(pod) : nameOf(pod).replace(name, base).slice(0, -5),
      annotations: objectAt(pod, 'metadata', 'annotations'),
      ...node,
      labels: Object.fromEntries(labels) as JsonObject,
      hostname: spec.hostname ?? null,
      subdomain: spec.subdomain ?? null,
      ports: ports as JsonValue,
    });
    (out[`${nameOf(pod).split('/')[0]}/${String(owner.kind)}/${base}`] ??= []).push(text.replaceAll(name, base));
  }
  for (const texts of Object.values(out)) texts.sort();
  return out;
}

function listAt(object: JsonObject, key: string): readonly JsonObject[] {
  const value = object[key];
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}

function objectAt(object: JsonObject, ...path: readonly string[]): JsonObject {
  let current: JsonValue | undefined = object;
  for (const key of path) current = isJsonObject(current) ? current[key] : undefined;
  return isJsonObject(current) ? current : {};
}

/** JSON with sorted keys, without what is null. */
function print(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map(print).join(', ')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return `{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => `${key}: ${print(item)}`).join(', ')}}`; // prettier-ignore
}
