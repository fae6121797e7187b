/** Endpoints as the DNS server sees them: the ready ones, each with a host name of its own. */

import { parseIp, printIp } from '#base/ip';
import { isJsonObject, valueAt, type JsonObject, type JsonValue } from '#base/json';
import {
  namespacedName,
  type Endpoint,
  type EndpointPort,
  type EndpointSlice,
  type NamespacedName,
} from '#model/kubernetes';
import type { KubernetesObject, ObjectKey } from '#model/object';
import type { ControlPlane } from '../types';

/** An address with one of its ports. */
export interface NamedEndpoint {
  readonly address: string;
  readonly host: string;
  /** Undefined where the slice has no ports: it has an address, but no SRV record. */
  readonly port: EndpointPort | undefined;
  /** Topology zone, lower case. */
  readonly zone: string | undefined;
}

const serviceNameLabel = 'kubernetes.io/service-name';

/** What decides which endpoints the server knows, and under which names. */
export interface EndpointNaming {
  /** `endpoint_pod_names`: endpoints without a host name are called as their pods. */
  readonly podNames: boolean;
  readonly isKnown: (slice: EndpointSlice) => boolean;
}

const plainNaming: EndpointNaming = { podNames: false, isKnown: () => true };

/** CoreDNS calls no endpoint by a name that is no label. */
const maxLabel = 63;

/** Models plugin/kubernetes/object EndpointSliceToEndpoints and findServices: only ready endpoints are kept. */
export function* namedEndpoints(
  slices: Iterable<EndpointSlice>,
  naming: EndpointNaming = plainNaming,
): Iterable<NamedEndpoint> {
  for (const slice of slices) {
    if (slice.addressType === 'FQDN' || !naming.isKnown(slice)) continue;
    const ports: readonly (EndpointPort | undefined)[] =
      slice.ports && slice.ports.length > 0 ? slice.ports : [undefined];
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions.ready === false) continue;
      for (const address of endpoint.addresses) {
        const host = hostOf(endpoint, address, naming);
        for (const port of ports) yield { address, host, port, zone: endpoint.zone?.toLowerCase() };
      }
    }
  }
}

/** Models plugin/kubernetes endpointHostname. */
function hostOf({ hostname, targetRef }: Endpoint, address: string, { podNames }: EndpointNaming): string {
  if (hostname) return hostname;
  if (podNames && targetRef?.name && targetRef.name.length <= maxLabel) return targetRef.name;
  return dashed(address);
}

/** The host name of an endpoint that has none: `10-0-0-1`, `fd00--1`. */
function dashed(address: string): string {
  if (!address.includes(':')) return address.replaceAll('.', '-');
  const host = address.replaceAll(':', '-');
  return host.endsWith('-') ? `${host}0` : host;
}

/** An endpoint as its address leads to it. */
export interface AddressName {
  readonly host: string;
  readonly service: NamespacedName;
}

/** Finds host names under Services by the address of an endpoint: what is asked for is made, and nothing else. */
export class ReverseEndpoints {
  readonly #controlPlane: ControlPlane;
  readonly #naming: EndpointNaming;
  #given: readonly KubernetesObject[] = [];
  /** Services with slices or Endpoints of their own, by the addresses in them. */
  #givenServices: ReadonlyMap<string, ReadonlySet<NamespacedName>> = new Map();

  constructor(controlPlane: ControlPlane, naming: EndpointNaming = plainNaming) {
    this.#controlPlane = controlPlane;
    this.#naming = naming;
  }

  /** `address` in its canonical text. */
  at(address: string): readonly AddressName[] {
    const names: AddressName[] = [];
    for (const service of this.#candidates(address))
      for (const slice of this.#controlPlane.endpointSlices(service))
        for (const endpoint of namedEndpoints([{ ...slice, ports: null }], this.#naming))
          if (canonical(endpoint.address) === address) names.push({ host: endpoint.host, service });
    return names;
  }

  /** The Services that may have an endpoint there: by a pod of theirs, or by what somebody wrote or observed. */
  #candidates(address: string): ReadonlySet<NamespacedName> {
    this.#refresh();
    const found = new Set(this.#givenServices.get(address));
    for (const group of this.#groupsAt(address))
      for (const service of this.#controlPlane.servicesTargeting(group)) found.add(namespacedName(service));
    return found;
  }

  /** Pods on the host network share their node's address: all of them are looked through, which is rare. */
  #groupsAt(address: string): readonly ObjectKey[] {
    const pod = this.#controlPlane.podByAddress(address);
    if (!pod) return [];
    if (!pod.spec.hostNetwork) {
      const group = this.#controlPlane.groupOfPod(namespacedName(pod));
      return group ? [group.key] : [];
    }
    const groups = [...this.#controlPlane.namespaces().keys()].flatMap((name) => [
      ...this.#controlPlane.podGroups(name),
    ]);
    return groups.filter(({ spec }) => spec.hostNetwork === true).map(({ key }) => key);
  }

  #refresh(): void {
    const given = [
      ...this.#controlPlane.objectsOfKind('discovery.k8s.io', 'EndpointSlice'),
      ...this.#controlPlane.objectsOfKind('', 'Endpoints'),
    ];
    const known = this.#given;
    if (given.length === known.length && given.every((object, i) => object === known[i])) return;
    const services = new Map<string, Set<NamespacedName>>();
    for (const object of given) {
      const service = serviceOfObject(object);
      for (const address of addressesIn(object.body)) {
        const own = services.get(address);
        if (own) own.add(service);
        else services.set(address, new Set([service]));
      }
    }
    this.#given = given;
    this.#givenServices = services;
  }
}

function serviceOfObject({ kind, namespace, name, body }: KubernetesObject): NamespacedName {
  const label = valueAt(body, ['metadata', 'labels', serviceNameLabel]);
  return `${namespace}/${kind === 'EndpointSlice' && typeof label === 'string' ? label : name}`;
}

/** Of slices (`endpoints`) and of Endpoints (`subsets`), as far as they are written as they should be. */
function* addressesIn(body: JsonObject): Iterable<string> {
  const lists = [...itemsOf(body['endpoints']), ...itemsOf(body['subsets'])];
  for (const written of lists.flatMap((each) => itemsOf(valueAt(each, ['addresses'])))) {
    const text = isJsonObject(written) ? written['ip'] : written;
    const ip = typeof text === 'string' ? parseIp(text) : undefined;
    if (ip) yield printIp(ip);
  }
}

function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function canonical(address: string): string {
  const ip = parseIp(address);
  return ip ? printIp(ip) : address;
}
