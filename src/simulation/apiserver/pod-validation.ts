/** What the API server finds wrong with pods, as far as networking reads them. */

import type { JsonPath } from '#base/json';
import { ipAddress } from './addresses';
import type { FieldErrors } from './field-errors';
import { checkLabels } from './metadata';
import { dnsLabel, dnsSubdomain, portName, portNumber, searchDomain } from './names';
import type { WrittenContainer, WrittenContainerPort, WrittenPodSpec } from './pod';
import type { ApiRelease } from './releases';

const protocols = ['SCTP', 'TCP', 'UDP'];
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const restartPolicies = ['Always', 'OnFailure', 'Never'];
const containerRestartPolicies = ['Always', 'Never', 'OnFailure'];
const maxNameservers = 3;
const maxSearchPaths = 32;

/** Models pkg/apis/core/validation ValidatePodSpec: containers and their ports, host names, policies. */
export function checkPodSpec(spec: WrittenPodSpec, path: JsonPath, release: ApiRelease, errors: FieldErrors): void {
  const { containers = [], initContainers = [], dnsPolicy = '', restartPolicy = '' } = spec;
  if (containers.length === 0) errors.required([...path, 'containers']);
  const names = new Set<string>();
  checkContainers(containers, [...path, 'containers'], names, errors);
  checkContainers(initContainers, [...path, 'initContainers'], names, errors);
  if (spec.hostNetwork) checkHostPorts(containers, [...path, 'containers'], errors);
  if (!restartPolicies.includes(restartPolicy))
    errors.notSupported([...path, 'restartPolicy'], restartPolicy, restartPolicies);
  if (!dnsPolicies.includes(dnsPolicy)) errors.notSupported([...path, 'dnsPolicy'], dnsPolicy, dnsPolicies);
  checkLabels(spec.nodeSelector, [...path, 'nodeSelector'], errors);
  checkDnsConfig(spec, [...path, 'dnsConfig'], release, errors);
  const { nodeName, hostname, subdomain } = spec;
  if (nodeName) errors.invalidAll([...path, 'nodeName'], nodeName, dnsSubdomain(nodeName));
  if (hostname) errors.invalidAll([...path, 'hostname'], hostname, dnsLabel(hostname));
  if (subdomain) errors.invalidAll([...path, 'subdomain'], subdomain, dnsLabel(subdomain));
  for (const [i, { ip = '', hostnames = [] }] of (spec.hostAliases ?? []).entries()) {
    const at = [...path, 'hostAliases', i];
    errors.invalidAll([...at, 'ip'], ip, ipAddress(ip, release));
    for (const [n, name] of hostnames.entries()) errors.invalidAll([...at, 'hostnames', n], name, dnsSubdomain(name));
  }
}

function checkContainers(
  containers: readonly WrittenContainer[],
  path: JsonPath,
  names: Set<string>,
  errors: FieldErrors,
): void {
  const hostPorts = new Set<string>();
  for (const [i, { name = '', ports = [], restartPolicy }] of containers.entries()) {
    const at = [...path, i];
    if (name === '') errors.required([...at, 'name']);
    else {
      errors.invalidAll([...at, 'name'], name, dnsLabel(name));
      if (names.has(name)) errors.duplicate([...at, 'name'], name);
      names.add(name);
    }
    checkPorts(ports, [...at, 'ports'], errors);
    if (restartPolicy !== undefined && !containerRestartPolicies.includes(restartPolicy))
      errors.notSupported([...at, 'restartPolicy'], restartPolicy, containerRestartPolicies);
    for (const [n, { hostPort, hostIP = '', protocol }] of ports.entries()) {
      if (!hostPort) continue;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (hostPorts.has(key)) errors.duplicate([...at, 'ports', n, 'hostPort'], key);
      hostPorts.add(key);
    }
  }
}

/** Models validateContainerPorts. */
function checkPorts(ports: readonly WrittenContainerPort[], path: JsonPath, errors: FieldErrors): void {
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const at = [...path, i];
    const { name, containerPort = 0, hostPort, protocol = '' } = port;
    if (name) {
      const complaints = portName(name);
      errors.invalidAll([...at, 'name'], name, complaints);
      if (complaints.length === 0 && names.has(name)) errors.duplicate([...at, 'name'], name);
      names.add(name);
    }
    if (containerPort === 0) errors.required([...at, 'containerPort']);
    else errors.invalidAll([...at, 'containerPort'], containerPort, portNumber(containerPort));
    if (hostPort) errors.invalidAll([...at, 'hostPort'], hostPort, portNumber(hostPort));
    if (!protocols.includes(protocol)) errors.notSupported([...at, 'protocol'], protocol, protocols);
  }
}

/** Models validatePodHostNetworkDeps. */
function checkHostPorts(containers: readonly WrittenContainer[], path: JsonPath, errors: FieldErrors): void {
  for (const [i, { ports = [] }] of containers.entries())
    for (const [n, { containerPort = 0, hostPort = 0 }] of ports.entries())
      if (hostPort !== containerPort) {
        const at = [...path, i, 'ports', n, 'hostPort'];
        errors.invalid(at, hostPort, 'must match `containerPort` when `hostNetwork` is true');
      }
}

/** Models validatePodDNSConfig. */
function checkDnsConfig(spec: WrittenPodSpec, path: JsonPath, release: ApiRelease, errors: FieldErrors): void {
  const { dnsConfig, dnsPolicy } = spec;
  const { nameservers = [], searches = [], options = [] } = dnsConfig ?? {};
  if (dnsPolicy === 'None' && nameservers.length === 0) {
    if (!dnsConfig) errors.required(path, 'must provide `dnsConfig` when `dnsPolicy` is None');
    else errors.required([...path, 'nameservers'], 'must provide at least one DNS nameserver when `dnsPolicy` is None');
    return;
  }
  if (nameservers.length > maxNameservers)
    errors.invalid([...path, 'nameservers'], nameservers, `must not have more than ${maxNameservers} nameservers`);
  for (const [i, address] of nameservers.entries())
    errors.invalidAll([...path, 'nameservers', i], address, ipAddress(address, release));
  if (searches.length > maxSearchPaths)
    errors.invalid([...path, 'searches'], searches, `must not have more than ${maxSearchPaths} search paths`);
  for (const [i, search] of searches.entries()) {
    const domain = search.replace(/\.$/, '');
    if (search !== '.') errors.invalidAll([...path, 'searches', i], domain, searchDomain(domain));
  }
  for (const [i, { name }] of options.entries())
    if (!name) errors.required([...path, 'options', i], 'must not be empty');
}
