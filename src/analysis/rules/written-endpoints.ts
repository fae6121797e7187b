/** Endpoints and EndpointSlices that somebody wrote by hand, as the rules look at them. */

import { isJsonObject, valueAt, type JsonPath, type JsonValue } from '#base/json';
import type { IpFamily } from '#base/ip';
import type { NamespacedName, Protocol, Service, ServicePort } from '#model/kubernetes';
import { isHeadless, namespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { serviceNameLabel } from '#simulation/index';
import type { AnalysisContext } from '../context';

/** A port as an object lists it: kube-proxy joins it to a Service's port by name and protocol. */
export interface WrittenPort {
  /** '' for the unnamed one. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly number: number | undefined;
  /** From the object's root. */
  readonly path: JsonPath;
}

/** The ports of an EndpointSlice, or of all subsets of an Endpoints. */
export function writtenPorts(object: KubernetesObject): readonly WrittenPort[] {
  if (object.kind === 'EndpointSlice') return portsAt(object.body.ports, ['ports']);
  const { subsets } = object.body;
  if (!Array.isArray(subsets)) return [];
  return subsets.flatMap((subset: JsonValue, index) =>
    isJsonObject(subset) ? portsAt(subset.ports, ['subsets', index, 'ports']) : [],
  );
}

function portsAt(ports: JsonValue | undefined, path: JsonPath): readonly WrittenPort[] {
  if (!Array.isArray(ports)) return [];
  return ports.flatMap((port: JsonValue, index) => {
    if (!isJsonObject(port)) return [];
    const name = typeof port.name === 'string' ? port.name : '';
    const protocol = port.protocol === 'UDP' || port.protocol === 'SCTP' ? port.protocol : 'TCP';
    const number = typeof port.port === 'number' ? port.port : undefined;
    return [{ name, protocol, number, path: [...path, index] }];
  });
}

export function joins(port: Pick<WrittenPort, 'name' | 'protocol'>, { name = '', protocol }: ServicePort): boolean {
  return port.name === name && port.protocol === protocol;
}

/** Whether a controller of the cluster, or another that says so, made the object; its makers know what they do. */
export function isMadeByController(object: KubernetesObject): boolean {
  const { metadata } = object.body;
  if (!isJsonObject(metadata) || object.origin.kind === 'cluster') return true;
  const { labels, annotations, ownerReferences } = metadata;
  return (
    (Array.isArray(ownerReferences) && ownerReferences.length > 0) ||
    hasKey(labels, /^endpointslice\.kubernetes\.io\/managed-by$|^endpoints\.kubernetes\.io\/managed-by$/) ||
    hasKey(annotations, /^endpoints\.kubernetes\.io\/|^control-plane\.alpha\.kubernetes\.io\/leader$/) ||
    namesPods(object.body.subsets) ||
    namesPods([{ addresses: object.body.endpoints ?? null }])
  );
}

function hasKey(map: JsonValue | undefined, pattern: RegExp): boolean {
  return isJsonObject(map) && Object.keys(map).some((key) => pattern.test(key));
}

/** Addresses that refer to pods come from a controller: nobody writes that. */
function namesPods(subsets: JsonValue | undefined): boolean {
  if (!Array.isArray(subsets)) return false;
  return subsets.some((subset: JsonValue) =>
    ['addresses', 'notReadyAddresses'].some((key) => {
      const addresses = valueAt(subset, [key]);
      return (
        Array.isArray(addresses) &&
        addresses.some((address: JsonValue) => valueAt(address, ['targetRef', 'kind']) === 'Pod')
      );
    }),
  );
}

export function hasAddresses(object: KubernetesObject): boolean {
  const { endpoints, subsets } = object.body;
  if (Array.isArray(endpoints) && endpoints.length > 0) return true;
  return (
    Array.isArray(subsets) &&
    subsets.some((subset: JsonValue) => {
      const addresses = valueAt(subset, ['addresses']);
      return Array.isArray(addresses) && addresses.length > 0;
    })
  );
}

/** The name of the Service that the object is for; undefined for a slice that names none. */
export function namedService(object: KubernetesObject): string | undefined {
  if (object.kind === 'Endpoints') return object.name;
  const name = valueAt(object.body, ['metadata', 'labels', serviceNameLabel]);
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** Services that wait for endpoints from elsewhere: no selector, a port, and nothing that has an endpoint for them. */
export function* waitingServices(namespace: string, { simulation }: AnalysisContext): Iterable<Service> {
  const { controlPlane } = simulation;
  for (const service of controlPlane.services()) {
    const { metadata, spec } = service;
    if (metadata.namespace !== namespace || spec.type === 'ExternalName' || Object.keys(spec.selector ?? {}).length > 0)
      continue;
    const name = namespacedName(service);
    if (!controlPlane.endpointSlices(name).some(({ endpoints }) => endpoints?.length)) yield service;
  }
}

/** Ports of the Service for which none of its slices has an endpoint of one of its families. */
export function portsWithoutEndpoints(name: NamespacedName, { simulation }: AnalysisContext): readonly ServicePort[] {
  const { controlPlane } = simulation;
  const service = controlPlane.service(name);
  if (!service || isHeadless(service)) return [];
  const families: readonly string[] = service.spec.ipFamilies ?? [];
  const slices = controlPlane
    .endpointSlices(name)
    .filter(({ addressType, endpoints }) => families.includes(addressType) && endpoints?.length);
  return (service.spec.ports ?? []).filter(
    (port) =>
      !slices.some(({ ports }) =>
        ports?.some(({ name: portName = '', protocol = 'TCP', port: number }) => {
          return number !== undefined && joins({ name: portName, protocol }, port);
        }),
      ),
  );
}

export function isFamily(text: unknown): text is IpFamily {
  return text === 'IPv4' || text === 'IPv6';
}
