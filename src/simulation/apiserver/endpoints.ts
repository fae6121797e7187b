/** EndpointSlices and Endpoints as somebody wrote them or a cluster gave them. */

import { parseIp } from '#base/ip';
import type { JsonObject } from '#base/json';
import type {
  Endpoint, EndpointAddress, EndpointPort, Endpoints, EndpointSlice, EndpointSubset, Protocol,
} from '#model/kubernetes'; // prettier-ignore
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { canonicalAddress, endpointAddress, ipAddress } from './addresses';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { FieldPath } from './field-path';
import { checkMetadata, metadataOf } from './metadata';
import { dnsLabel, dnsSubdomain, portNumber, qualifiedName, validLabelValue, type Check } from './names';
import { apiRelease, type ApiRelease } from './releases';
import { structSchema } from './schema/schema';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const maxEndpoints = 1000;
const maxAddresses = 100;
const maxPorts = 20_000;
const maxHints = 8;

/** Models pkg/apis/discovery: SetDefaults_EndpointPort and ValidateEndpointSlice (v1.37). */
export function admitEndpointSlice(object: KubernetesObject, settings: ClusterSettings): Admission<EndpointSlice> {
  const { value: body, refusal } = decode(object, structSchema('discovery.EndpointSlice', settings));
  if (refusal) return { value: undefined, refusal };
  const addressType = typeof body.addressType === 'string' ? body.addressType : '';
  const endpoints = (body.endpoints as unknown as readonly Partial<Endpoint>[] | undefined) ?? [];
  const ports = (body.ports as unknown as readonly EndpointPort[] | undefined) ?? [];
  const errors = new FieldErrors();
  checkMetadata(object, body, dnsSubdomain, errors);
  if (addressType === '') errors.late.required(['addressType']);
  else if (!addressTypes.includes(addressType)) errors.late.notSupported(['addressType'], addressType, addressTypes);
  const release = apiRelease(settings, object.origin);
  checkSlicePorts(ports, errors);
  checkEndpoints(endpoints, { addressType, release }, errors);
  return admission(object, errors, () => ({
    ...withoutEndpoints(body),
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: metadataOf(object, body),
    addressType: addressType as EndpointSlice['addressType'],
    endpoints: endpoints.length > 0 ? endpoints.map(endpointAsRead) : null,
    ports: ports.length > 0 ? ports.map(slicePortWithDefaults) : null,
  }));
}

function withoutEndpoints({ endpoints: _endpoints, ports: _ports, ...rest }: JsonObject): JsonObject {
  return rest;
}

type WrittenEndpoint = Partial<Endpoint> & { readonly deprecatedTopology?: unknown };

/** What v1beta1 knew as the topology is not kept. */
function endpointAsRead({ deprecatedTopology: _, ...written }: WrittenEndpoint): Endpoint {
  const { addresses = [], conditions = {}, hints } = written;
  return { ...written, addresses, conditions, ...(hints && { hints: hintsAsRead(hints) }) };
}

function hintsAsRead({ forZones = [], forNodes = [] }: NonNullable<Endpoint['hints']>): Endpoint['hints'] {
  const named = (each: { readonly name?: string }) => ({ name: each.name ?? '' });
  return {
    ...(forZones.length > 0 && { forZones: forZones.map(named) }),
    ...(forNodes.length > 0 && { forNodes: forNodes.map(named) }),
  };
}

function slicePortWithDefaults(written: EndpointPort): EndpointPort {
  return { ...written, name: written.name ?? '', protocol: written.protocol ?? 'TCP' };
}

interface AddressRules {
  readonly addressType: string;
  readonly release: ApiRelease;
}

/** Models validateEndpoints. */
function checkEndpoints(endpoints: readonly Partial<Endpoint>[], rules: AddressRules, errors: FieldErrors): void {
  if (endpoints.length > maxEndpoints) {
    errors.tooMany(['endpoints'], endpoints.length, maxEndpoints);
    return;
  }
  for (const [i, { addresses = [], hostname, nodeName, hints }] of endpoints.entries()) {
    const at = FieldPath.of('endpoints', i);
    if (addresses.length === 0) errors.late.required(at.at('addresses'));
    else if (addresses.length > maxAddresses) errors.late.tooMany(at.at('addresses'), addresses.length, maxAddresses);
    for (const [n, text] of addresses.entries()) checkSliceAddress(text, rules, at.at('addresses'), n, errors);
    if (nodeName !== undefined) errors.invalidAll(at.at('nodeName'), nodeName, dnsSubdomain(nodeName));
    if (hostname !== undefined) errors.invalidAll(at.at('hostname'), hostname, dnsLabel(hostname));
    // Where there are too many of the first, the server does not look at the second.
    if (checkHints(hints?.forZones ?? [], at.at('hints', 'forZones'), validLabelValue, errors))
      checkHints(hints?.forNodes ?? [], at.at('hints', 'forNodes'), dnsSubdomain, errors);
  }
}

/** Whether there are no more than the server looks at. */
function checkHints(
  hints: readonly { readonly name?: string }[],
  path: FieldPath,
  check: Check,
  errors: FieldErrors,
): boolean {
  if (hints.length > maxHints) {
    errors.tooMany(path, hints.length, maxHints);
    return false;
  }
  const names = new Set<string>();
  for (const [i, { name = '' }] of hints.entries()) {
    const at = path.at(i, 'name');
    if (names.has(name)) errors.duplicate(at, name);
    names.add(name);
    errors.invalidAll(at, name, check(name));
  }
  return true;
}

function checkSliceAddress(text: string, rules: AddressRules, path: FieldPath, n: number, errors: FieldErrors): void {
  const { addressType, release } = rules;
  const at = path.at(n);
  if (addressType === 'FQDN') {
    checkDomain(text, at, errors);
    return;
  }
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return;
  // IPv6 addresses have to be written in the one canonical way.
  const complaints =
    addressType === 'IPv6' && release.strictAddresses ? canonicalAddress(text) : ipAddress(text, release);
  errors.invalidAll(at, text, complaints);
  if (complaints.length > 0) return;
  // The server names the list here, and the address below.
  const list = { field: path, path: at };
  if (parseIp(text)?.family !== addressType) errors.invalid(list, text, `must be an ${addressType} address`);
  errors.invalidAll(at, text, endpointAddress(text));
}

/** Models apimachinery/pkg/util/validation IsFullyQualifiedDomainName. */
function checkDomain(text: string, at: FieldPath, errors: FieldErrors): void {
  if (text === '') {
    errors.required(at);
    return;
  }
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const complaints = dnsSubdomain(name);
  if (complaints.length > 0) errors.invalid(at, name, complaints.join(','));
  else if (!name.includes('.'))
    errors.invalid(at, name, 'should be a domain with at least two segments separated by dots');
}

/** Models validatePorts. */
function checkSlicePorts(ports: readonly EndpointPort[], errors: FieldErrors): void {
  if (ports.length > maxPorts) {
    errors.tooMany(['ports'], ports.length, maxPorts);
    return;
  }
  const names = new Set<string>();
  for (const [i, { name = '', protocol, appProtocol }] of ports.entries()) {
    const at = FieldPath.of('ports', i);
    if (name !== '') errors.invalidAll(at.at('name'), name, dnsLabel(name));
    if (names.has(name)) errors.duplicate(at.at('name'), name);
    names.add(name);
    // Only what is not there has a default.
    if (protocol !== undefined && !protocols.includes(protocol))
      errors.notSupported(at.at('protocol'), protocol, protocols);
    if (appProtocol !== undefined) errors.invalidAll(at.at('appProtocol'), appProtocol, qualifiedName(appProtocol));
  }
}

function checkProtocol(protocol: Protocol | undefined, path: FieldPath, errors: FieldErrors): void {
  if (protocol && !protocols.includes(protocol)) errors.notSupported(path, protocol, protocols);
}

/** Models pkg/apis/core: SetDefaults_Endpoints and ValidateEndpoints (v1.37). */
export function admitEndpoints(object: KubernetesObject, settings: ClusterSettings): Admission<Endpoints> {
  const { value: body, refusal } = decode(object, structSchema('core.Endpoints', settings));
  if (refusal) return { value: undefined, refusal };
  const subsets = (body.subsets as unknown as readonly EndpointSubset[] | undefined) ?? [];
  const errors = new FieldErrors();
  checkMetadata(object, body, dnsSubdomain, errors);
  for (const [i, subset] of subsets.entries())
    checkSubset(subset, FieldPath.of('subsets', i), apiRelease(settings, object.origin), errors);
  const { subsets: _, ...rest } = body;
  return admission(object, errors, () => ({
    ...rest,
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: metadataOf(object, body),
    ...(subsets.length > 0 && { subsets: subsets.map(subsetWithDefaults) }),
  }));
}

/** Go leaves out what is empty when it writes JSON. */
function subsetWithDefaults({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset): EndpointSubset {
  return {
    ...(addresses.length > 0 && { addresses: addresses.map(addressAsRead) }),
    ...(notReadyAddresses.length > 0 && { notReadyAddresses: notReadyAddresses.map(addressAsRead) }),
    ...(ports.length > 0 && { ports: ports.map(portAsRead) }),
  };
}

function addressAsRead(address: EndpointAddress): EndpointAddress {
  if (address.hostname !== '') return address;
  const { hostname: _, ...rest } = address;
  return rest;
}

function portAsRead({ name, ...port }: EndpointPort): EndpointPort {
  return { ...(name && { name }), ...port, protocol: port.protocol || 'TCP' };
}

/** Models validateEndpointSubsets. */
function checkSubset(subset: EndpointSubset, path: FieldPath, release: ApiRelease, errors: FieldErrors): void {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  if (addresses.length === 0 && notReadyAddresses.length === 0)
    errors.required(path, 'must specify `addresses` or `notReadyAddresses`');
  checkSubsetAddresses(addresses, path.at('addresses'), release, errors);
  checkSubsetAddresses(notReadyAddresses, path.at('notReadyAddresses'), release, errors);
  for (const [i, { name = '', port: number = 0, protocol, appProtocol }] of ports.entries()) {
    const at = path.at('ports', i);
    if (name !== '') errors.invalidAll(at.at('name'), name, dnsLabel(name));
    else if (ports.length > 1) errors.required(at.at('name'));
    errors.invalidAll(at.at('port'), number, portNumber(number));
    checkProtocol(protocol, at.at('protocol'), errors);
    if (appProtocol !== undefined) errors.invalidAll(at.at('appProtocol'), appProtocol, qualifiedName(appProtocol));
  }
}

/** Models validateEndpointAddress. */
function checkSubsetAddresses(
  addresses: readonly EndpointAddress[],
  path: FieldPath,
  release: ApiRelease,
  errors: FieldErrors,
): void {
  for (const [i, { ip = '', hostname, nodeName }] of addresses.entries()) {
    const at = path.at(i);
    errors.invalidAll(at.at('ip'), ip, ipAddress(ip, release));
    if (hostname) errors.invalidAll(at.at('hostname'), hostname, dnsLabel(hostname));
    if (nodeName !== undefined) errors.invalidAll(at.at('nodeName'), nodeName, dnsSubdomain(nodeName));
    errors.invalidAll(at.at('ip'), ip, endpointAddress(ip));
  }
}
