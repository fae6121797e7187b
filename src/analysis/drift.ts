/** What two states of one cluster have and do differently: Services with their endpoints, and objects only in one of them. */

import { valueAt, type JsonValue } from '#base/json';
import type { Endpoint, EndpointSlice, NamespacedName, Service } from '#model/kubernetes';
import type { ControlPlane } from '#simulation/types';

/** A field that is another one, as people write it. */
export interface FieldChange {
  /** `spec.selector`. */
  readonly field: string;
  /** Undefined where it is not there. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export interface ServiceDrift {
  readonly service: NamespacedName;
  readonly change: 'added' | 'removed' | 'changed';
  readonly fields: readonly FieldChange[];
  /** `10.244.1.2:8080/TCP`, with `(not ready)` where it is not. */
  readonly endpointsAdded: readonly string[];
  readonly endpointsRemoved: readonly string[];
}

/** What is told of an endpoint beside its address. */
export interface ListedEndpoint {
  /** `10.244.1.2:8080/TCP`, or the address alone for a slice without ports. */
  readonly address: string;
  readonly ready: boolean;
  /** `pod shop/web-1`, undefined where the endpoint names none. */
  readonly target: string | undefined;
  readonly node: string | undefined;
}

/** By their addresses, sorted. */
export function endpointsOf(slices: readonly EndpointSlice[]): ReadonlyMap<string, ListedEndpoint> {
  const found = new Map<string, ListedEndpoint>();
  for (const { endpoints, ports, addressType } of slices) {
    for (const endpoint of endpoints ?? []) {
      for (const address of endpoint.addresses) {
        const host = addressType === 'IPv6' ? `[${address}]` : address;
        const texts = ports?.length
          ? ports.map(({ port, protocol }) => `${host}:${port ?? '*'}/${protocol ?? 'TCP'}`)
          : [host];
        for (const text of texts) found.set(text, listed(text, endpoint));
      }
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function listed(address: string, { conditions, targetRef, nodeName }: Endpoint): ListedEndpoint {
  const { kind, namespace = '', name } = targetRef ?? {};
  const target = kind === undefined || name === undefined ? undefined : `${kind.toLowerCase()} ${namespace}/${name}`;
  return { address, ready: conditions.ready !== false, target, node: nodeName };
}

/** The Services that differ, in the order of their names; `concerns` tells which ones are looked at. */
export function serviceDrift(
  before: ControlPlane,
  after: ControlPlane,
  concerns: (name: NamespacedName) => boolean,
): readonly ServiceDrift[] {
  const names = new Set<NamespacedName>();
  for (const controlPlane of [before, after]) {
    for (const { metadata } of controlPlane.services()) names.add(`${metadata.namespace}/${metadata.name}`);
  }
  return [...names]
    .filter(concerns)
    .sort()
    .flatMap((name) => driftOf(name, before, after) ?? []);
}

function driftOf(service: NamespacedName, before: ControlPlane, after: ControlPlane): ServiceDrift | undefined {
  const [old, now] = [before.service(service), after.service(service)];
  const fields = fieldChanges(old, now, (address) => now !== undefined && after.isAssigned(now, address));
  const [had, has] = [before, after].map((controlPlane) => endpointTexts(controlPlane, service));
  const endpointsAdded = [...has!].filter((text) => !had!.has(text));
  const endpointsRemoved = [...had!].filter((text) => !has!.has(text));
  if (fields.length === 0 && endpointsAdded.length === 0 && endpointsRemoved.length === 0) return undefined;
  const change = old ? (now ? 'changed' : 'removed') : 'added';
  return { service, change, fields, endpointsAdded, endpointsRemoved };
}

function endpointTexts(controlPlane: ControlPlane, service: NamespacedName): ReadonlySet<string> {
  const endpoints = endpointsOf(controlPlane.endpointSlices(service)).values();
  return new Set([...endpoints].map(({ address, ready }) => (ready ? address : `${address} (not ready)`)));
}

const fieldsOfService = [
  'type', 'clusterIPs', 'ports', 'selector', 'externalIPs', 'externalName', 'loadBalancerSourceRanges',
  'sessionAffinity', 'sessionAffinityConfig', 'internalTrafficPolicy', 'externalTrafficPolicy', 'trafficDistribution',
  'publishNotReadyAddresses', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort',
]; // prettier-ignore

/** The fields of a Service that decide how it is reached; `isAssigned` tells which addresses the cluster will choose anew. */
export function fieldChanges(
  before: Service | undefined,
  after: Service | undefined,
  isAssigned: (address: string) => boolean,
): readonly FieldChange[] {
  return fieldsOfService.flatMap((field): readonly FieldChange[] => {
    const [old, now] = [before, after].map((service) => fieldText(service, field));
    if (old === now) return [];
    // The cluster will choose another one than we would.
    const chosen = field === 'clusterIPs' && after?.spec.clusterIPs?.some(isAssigned) === true;
    return [{ field: `spec.${field}`, before: old, after: chosen ? 'chosen by the cluster' : now }];
  });
}

function fieldText(service: Service | undefined, field: string): string | undefined {
  const value = valueAt(service as unknown as JsonValue | undefined, ['spec', field]);
  if (value === undefined) return undefined;
  if (field === 'ports') return (service?.spec.ports ?? []).map(portText).join(', ');
  return textOf(value);
}

function portText({ name, port, protocol, targetPort, nodePort }: NonNullable<Service['spec']['ports']>[number]) {
  const node = nodePort === undefined ? '' : `, node port ${nodePort}`;
  return `${name === undefined ? '' : `${name} `}${port}/${protocol} → ${targetPort}${node}`;
}

/** `app=web,tier=front`; lists with commas; else JSON. */
function textOf(value: JsonValue): string {
  if (Array.isArray(value)) return value.map((item: JsonValue) => textOf(item)).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const pairs = Object.entries(value);
  const isFlat = pairs.every(([, item]) => typeof item !== 'object');
  return isFlat ? pairs.map(([key, item]) => `${key}=${String(item)}`).sort().join(',') : JSON.stringify(value); // prettier-ignore
}
