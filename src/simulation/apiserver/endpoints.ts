/** EndpointSlices and Endpoints as somebody wrote them or a cluster gave them. */

import { parseIp } from '#base/ip';
import type { JsonObject, JsonPath } from '#base/json';
import type {
  Endpoint, EndpointAddress, EndpointPort, Endpoints, EndpointSlice, EndpointSubset, Protocol,
} from '#model/kubernetes'; // prettier-ignore
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { bool, closed, decode, int32, list, open, string, stringMap } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { checkMetadata, metadataOf, topLevel } from './metadata';
import {
  addressComplaint, dnsLabel, dnsSubdomain, nonSpecialAddress, portNumber, qualifiedName,
} from './names'; // prettier-ignore

const objectReference = open('ObjectReference', { kind: string, namespace: string, name: string, uid: string });
const port = closed('EndpointPort', { name: string, port: int32, protocol: string, appProtocol: string });

const sliceSchema = topLevel('EndpointSlice', {
  addressType: string,
  endpoints: list(
    closed('Endpoint', {
      addresses: list(string),
      conditions: closed('EndpointConditions', { ready: bool, serving: bool, terminating: bool }),
      hostname: string,
      nodeName: string,
      zone: string,
      hints: closed('EndpointHints', {
        forZones: list(closed('ForZone', { name: string })),
        forNodes: list(closed('ForNode', { name: string })),
      }),
      targetRef: objectReference,
      deprecatedTopology: stringMap,
    }),
  ),
  ports: list(port),
});

const address = closed('EndpointAddress', {
  ip: string,
  hostname: string,
  nodeName: string,
  targetRef: objectReference,
});

const endpointsSchema = topLevel('Endpoints', {
  subsets: list(
    closed('EndpointSubset', { addresses: list(address), notReadyAddresses: list(address), ports: list(port) }),
  ),
});

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const maxEndpoints = 1000;
const maxAddresses = 100;
const maxPorts = 20_000;

/** Models pkg/apis/discovery: SetDefaults_EndpointPort and ValidateEndpointSlice (v1.37). */
export function admitEndpointSlice(object: KubernetesObject, _settings: ClusterSettings): Admission<EndpointSlice> {
  const { value: body, refusal } = decode(object, sliceSchema);
  if (refusal) return { value: undefined, refusal };
  const addressType = typeof body.addressType === 'string' ? body.addressType : '';
  const endpoints = (body.endpoints as unknown as readonly Partial<Endpoint>[] | undefined) ?? [];
  const ports = (body.ports as unknown as readonly EndpointPort[] | undefined) ?? [];
  const errors = new FieldErrors();
  checkMetadata(object, body, dnsSubdomain, errors);
  if (addressType === '') errors.required(['addressType']);
  else if (!addressTypes.includes(addressType)) errors.notSupported(['addressType'], addressType, addressTypes);
  checkEndpoints(endpoints, addressType, errors);
  checkSlicePorts(ports, errors);
  return admission(object, errors, () => ({
    ...withoutEndpoints(body),
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: metadataOf(object, body),
    addressType: addressType as EndpointSlice['addressType'],
    endpoints:
      endpoints.length > 0 ? endpoints.map((each) => ({ ...each, addresses: each.addresses ?? [], conditions: each.conditions ?? {} })) : null, // prettier-ignore
    ports: ports.length > 0 ? ports.map(slicePortWithDefaults) : null,
  }));
}

function withoutEndpoints({ endpoints: _endpoints, ports: _ports, ...rest }: JsonObject): JsonObject {
  return rest;
}

function slicePortWithDefaults(written: EndpointPort): EndpointPort {
  return { ...written, name: written.name ?? '', protocol: written.protocol || 'TCP' };
}

function checkEndpoints(endpoints: readonly Partial<Endpoint>[], addressType: string, errors: FieldErrors): void {
  if (endpoints.length > maxEndpoints) {
    errors.tooMany(['endpoints'], endpoints.length, maxEndpoints);
    return;
  }
  for (const [i, { addresses = [], hostname, nodeName }] of endpoints.entries()) {
    const at: JsonPath = ['endpoints', i];
    if (addresses.length === 0) errors.required([...at, 'addresses'], 'must contain at least 1 address');
    else if (addresses.length > maxAddresses) errors.tooMany([...at, 'addresses'], addresses.length, maxAddresses);
    for (const [n, text] of addresses.entries()) checkSliceAddress(text, addressType, [...at, 'addresses'], n, errors);
    if (nodeName !== undefined) errors.invalidAll([...at, 'nodeName'], nodeName, dnsSubdomain(nodeName));
    if (hostname !== undefined) errors.invalidAll([...at, 'hostname'], hostname, dnsLabel(hostname));
  }
}

function checkSliceAddress(text: string, addressType: string, path: JsonPath, n: number, errors: FieldErrors): void {
  if (addressType === 'FQDN') {
    errors.invalidAll([...path, n], text, dnsSubdomain(text.replace(/\.$/, '')));
    return;
  }
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return;
  const ip = parseIp(text);
  if (!ip) {
    errors.invalid([...path, n], text, addressComplaint);
    return;
  }
  // The server names the list here, and the address below.
  const list = { field: `endpoints[${path[1]}].addresses`, path: [...path, n] };
  if (ip.family !== addressType) errors.invalid(list, text, `must be an ${addressType} address`);
  errors.invalidAll([...path, n], text, nonSpecialAddress(text));
}

function checkSlicePorts(ports: readonly EndpointPort[], errors: FieldErrors): void {
  if (ports.length > maxPorts) errors.tooMany(['ports'], ports.length, maxPorts);
  const names = new Set<string>();
  for (const [i, { name = '', port: number, protocol, appProtocol }] of ports.entries()) {
    const at: JsonPath = ['ports', i];
    if (name !== '') errors.invalidAll([...at, 'name'], name, dnsLabel(name));
    if (names.has(name)) errors.duplicate([...at, 'name'], name);
    names.add(name);
    checkProtocol(protocol, [...at, 'protocol'], errors);
    if (number !== undefined) errors.invalidAll([...at, 'port'], number, portNumber(number));
    if (appProtocol !== undefined) errors.invalidAll([...at, 'appProtocol'], appProtocol, qualifiedName(appProtocol));
  }
}

function checkProtocol(protocol: Protocol | undefined, path: JsonPath, errors: FieldErrors): void {
  if (protocol && !protocols.includes(protocol)) errors.notSupported(path, protocol, protocols);
}

/** Models pkg/apis/core: SetDefaults_Endpoints and ValidateEndpoints (v1.37). */
export function admitEndpoints(object: KubernetesObject, _settings: ClusterSettings): Admission<Endpoints> {
  const { value: body, refusal } = decode(object, endpointsSchema);
  if (refusal) return { value: undefined, refusal };
  const subsets = (body.subsets as unknown as readonly EndpointSubset[] | undefined) ?? [];
  const errors = new FieldErrors();
  checkMetadata(object, body, dnsSubdomain, errors);
  for (const [i, subset] of subsets.entries()) checkSubset(subset, ['subsets', i], errors);
  const { subsets: _, ...rest } = body;
  return admission(object, errors, () => ({
    ...rest,
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: metadataOf(object, body),
    ...(subsets.length > 0 && { subsets: subsets.map(subsetWithDefaults) }),
  }));
}

function subsetWithDefaults(subset: EndpointSubset): EndpointSubset {
  if (!subset.ports) return subset;
  return { ...subset, ports: subset.ports.map((each) => ({ ...each, protocol: each.protocol || 'TCP' })) };
}

function checkSubset(subset: EndpointSubset, path: JsonPath, errors: FieldErrors): void {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  if (addresses.length === 0 && notReadyAddresses.length === 0)
    errors.required(path, 'must specify `addresses` or `notReadyAddresses`');
  checkSubsetAddresses(addresses, [...path, 'addresses'], errors);
  checkSubsetAddresses(notReadyAddresses, [...path, 'notReadyAddresses'], errors);
  for (const [i, { name = '', port: number = 0, protocol, appProtocol }] of ports.entries()) {
    const at = [...path, 'ports', i];
    if (name !== '') errors.invalidAll([...at, 'name'], name, dnsLabel(name));
    else if (ports.length > 1) errors.required([...at, 'name']);
    errors.invalidAll([...at, 'port'], number, portNumber(number));
    checkProtocol(protocol, [...at, 'protocol'], errors);
    if (appProtocol !== undefined) errors.invalidAll([...at, 'appProtocol'], appProtocol, qualifiedName(appProtocol));
  }
}

function checkSubsetAddresses(addresses: readonly EndpointAddress[], path: JsonPath, errors: FieldErrors): void {
  for (const [i, { ip = '', hostname, nodeName }] of addresses.entries()) {
    const at = [...path, i];
    errors.invalidAll([...at, 'ip'], ip, nonSpecialAddress(ip));
    if (hostname) errors.invalidAll([...at, 'hostname'], hostname, dnsLabel(hostname));
    if (nodeName !== undefined) errors.invalidAll([...at, 'nodeName'], nodeName, dnsSubdomain(nodeName));
  }
}
