/** What the API server finds wrong with a Service that has its defaults. */

import type { Labels } from '#model/kubernetes';
import { endpointAddress, ipAddress, ipPrefix } from './addresses';
import type { FieldErrors } from './field-errors';
import { FieldPath } from './field-path';
import { checkLabels } from './metadata';
import { dnsLabel, dnsSubdomain, portName, portNumber, qualifiedName, type Complaints } from './names';
import type { ApiRelease } from './releases';
import { isHeadlessSpec } from './service-defaults';
import { isExternallyAccessible, needsHealthCheck, type WrittenPort, type WrittenSpec } from './service-fields';
import { addressFamily, isAddressToken } from './service-tokens';

const specPath = FieldPath.of('spec');
const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const trafficPolicies = ['Cluster', 'Local'];
const families = ['IPv4', 'IPv6'];
const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const maxAffinitySeconds = 86400;
const kubeletPort = 10250;
const onlyLoadBalancer = "may only be used when `type` is 'LoadBalancer'";
const topologyMode = 'service.kubernetes.io/topology-mode';
const topologyHints = 'service.kubernetes.io/topology-aware-hints';
const sourceRanges = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** Models pkg/apis/core/validation validateService (v1.37). */
export function checkService(
  spec: WrittenSpec,
  annotations: Labels | undefined,
  release: ApiRelease,
  errors: FieldErrors,
): void {
  checkTopologyAnnotations(annotations, errors);
  checkType(spec, release, errors);
  checkPorts(spec, errors);
  checkLabels(spec.selector, specPath.at('selector'), errors);
  checkAffinity(spec, errors);
  // Again: what an update asks for may not go together with what it keeps.
  checkAddresses(spec, release, errors);
  for (const [i, address] of (spec.externalIPs ?? []).entries())
    errors.invalidAll(['spec', 'externalIPs', i], address, firstOf(ipAddress(address, release), address));
  oneOf(spec.type ?? '', serviceTypes, specPath.at('type'), errors);
  checkNodePorts(spec, errors);
  checkDuplicatePorts(spec.ports ?? [], errors);
  checkSourceRanges(spec, annotations, release, errors);
  checkLoadBalancer(spec, errors);
  checkTraffic(spec, release, errors);
}

/** What is wrong with the text, or, where it is an address, with that one as an endpoint. */
function firstOf(complaints: Complaints, address: string): Complaints {
  return complaints.length > 0 ? complaints : endpointAddress(address);
}

function oneOf(value: string, supported: readonly string[], path: FieldPath, errors: FieldErrors): void {
  if (value === '') errors.required(path);
  else if (!supported.includes(value)) errors.notSupported(path, value, supported);
}

function checkTopologyAnnotations(annotations: Labels | undefined, errors: FieldErrors): void {
  const mode = annotations?.[topologyMode];
  const hints = annotations?.[topologyHints];
  if (mode === undefined || hints === undefined || mode === hints) return;
  const detail = `must match annotations[${topologyHints}] when both are specified`;
  errors.invalid(['metadata', 'annotations', topologyMode], mode, detail);
}

function checkType(spec: WrittenSpec, release: ApiRelease, errors: FieldErrors): void {
  const { type, ports = [], clusterIPs = [] } = spec;
  const headless = isHeadlessSpec(spec);
  if (ports.length === 0 && !headless && type !== 'ExternalName') errors.required(['spec', 'ports']);
  if (type === 'LoadBalancer' && release.reservesKubeletPort) {
    for (const [i, { port }] of ports.entries()) {
      const detail = `may not expose port ${kubeletPort} externally since it is used by kubelet`;
      if (port === kubeletPort) errors.invalid(['spec', 'ports', i], port, detail);
    }
  }
  if (headless && (type === 'LoadBalancer' || type === 'NodePort')) {
    const at = { field: 'spec.clusterIPs[0]', path: ['spec', spec.clusterIP ? 'clusterIP' : 'clusterIPs'] };
    errors.invalid(at, clusterIPs[0], `may not be set to 'None' for ${type} services`);
  }
  if (type === 'ExternalName') checkExternalName(spec, errors);
}

function checkExternalName(spec: WrittenSpec, errors: FieldErrors): void {
  const detail = 'may not be set for ExternalName services';
  if (spec.clusterIPs)
    errors.forbidden({ field: 'spec.clusterIPs', path: ['spec', spec.clusterIP ? 'clusterIP' : 'clusterIPs'] }, detail);
  if (spec.ipFamilies) errors.forbidden(['spec', 'ipFamilies'], detail);
  if (spec.ipFamilyPolicy !== undefined) errors.forbidden(['spec', 'ipFamilyPolicy'], detail);
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.required(['spec', 'externalName']);
  else errors.invalidAll(['spec', 'externalName'], name, dnsSubdomain(name));
}

/** Models validateServicePort. */
function checkPorts({ ports = [] }: WrittenSpec, errors: FieldErrors): void {
  const names = new Set<string>();
  for (let i = 0; i < ports.length; i++) {
    const port = ports[i]!;
    const at = specPath.at('ports', i);
    const { name = '', protocol = '', appProtocol, targetPort = 0 } = port;
    if (name === '') {
      if (ports.length > 1) errors.required(at.at('name'));
    } else {
      errors.invalidAll(at.at('name'), name, dnsLabel(name));
      if (names.has(name)) errors.duplicate(at.at('name'), name);
      names.add(name);
    }
    errors.invalidAll(at.at('port'), port.port, portNumber(port.port ?? 0));
    oneOf(protocol, protocols, at.at('protocol'), errors);
    const complaints = typeof targetPort === 'number' ? portNumber(targetPort) : portName(targetPort);
    errors.invalidAll(at.at('targetPort'), targetPort, complaints);
    if (appProtocol !== undefined) errors.invalidAll(at.at('appProtocol'), appProtocol, qualifiedName(appProtocol));
  }
}

function checkAffinity(spec: WrittenSpec, errors: FieldErrors): void {
  const { sessionAffinity = '', sessionAffinityConfig } = spec;
  oneOf(sessionAffinity, ['ClientIP', 'None'], specPath.at('sessionAffinity'), errors);
  if (sessionAffinity !== 'ClientIP') return;
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0;
  if (seconds > 0 && seconds <= maxAffinitySeconds) return;
  const path = ['spec', 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds'];
  errors.invalid(path, seconds, `must be greater than 0 and less than ${maxAffinitySeconds}`);
}

function checkNodePorts({ type, ports = [] }: WrittenSpec, errors: FieldErrors): void {
  if (ports.every(({ nodePort }) => !nodePort)) return;
  const seen = new Set<string>();
  for (const [i, { protocol, nodePort }] of ports.entries()) {
    if (!nodePort) continue;
    const at = specPath.at('ports', i, 'nodePort');
    if (type === 'ClusterIP') errors.forbidden(at, "may not be used when `type` is 'ClusterIP'");
    const key = `${protocol} ${nodePort}`;
    if (seen.has(key)) errors.duplicate(at, nodePort);
    seen.add(key);
  }
}

function checkDuplicatePorts(ports: readonly WrittenPort[], errors: FieldErrors): void {
  if (ports.length < 2) return;
  const seen = new Set<string>();
  for (const [i, { protocol, port }] of ports.entries()) {
    const key = `${protocol} ${port}`;
    // The server prints a port that has only these two fields.
    const printed = { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
    if (seen.has(key)) errors.duplicate(specPath.at('ports', i), printed);
    seen.add(key);
  }
}

function checkSourceRanges(
  spec: WrittenSpec,
  annotations: Labels | undefined,
  release: ApiRelease,
  errors: FieldErrors,
): void {
  const ranges = spec.loadBalancerSourceRanges;
  if (ranges) {
    // The capital letter is the server's.
    const field = 'spec.LoadBalancerSourceRanges';
    const path = specPath.at('loadBalancerSourceRanges');
    if (spec.type !== 'LoadBalancer') errors.forbidden({ field, path }, onlyLoadBalancer);
    for (const [i, range] of ranges.entries()) {
      const at = { field: `${field}[${i}]`, path: path.at(i) };
      errors.invalidAll(at, range.trim(), ipPrefix(range.trim(), release));
    }
    return;
  }
  const written = annotations?.[sourceRanges];
  if (written === undefined) return;
  const path = FieldPath.of('metadata', 'annotations', sourceRanges);
  if (spec.type !== 'LoadBalancer') errors.forbidden(path, onlyLoadBalancer);
  const value = written.trim();
  for (const range of value === '' ? [] : value.split(','))
    errors.invalidAll(path, range.trim(), ipPrefix(range.trim(), release));
}

function checkLoadBalancer(spec: WrittenSpec, errors: FieldErrors): void {
  if (spec.type !== 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== undefined)
    errors.forbidden(['spec', 'allocateLoadBalancerNodePorts'], onlyLoadBalancer);
  checkLoadBalancerClass(spec, errors);
}

/** Models validateLoadBalancerClassField. */
export function checkLoadBalancerClass({ type, loadBalancerClass }: WrittenSpec, errors: FieldErrors): void {
  if (loadBalancerClass === undefined) return;
  const path = ['spec', 'loadBalancerClass'];
  if (type !== 'LoadBalancer') errors.forbidden(path, onlyLoadBalancer);
  else errors.invalidAll(path, loadBalancerClass, qualifiedName(loadBalancerClass));
}

/** Models validateServiceExternalTrafficPolicy, validateServiceInternalTrafficFieldsValue and validateServiceTrafficDistribution. */
function checkTraffic(spec: WrittenSpec, release: ApiRelease, errors: FieldErrors): void {
  const { externalTrafficPolicy, internalTrafficPolicy, healthCheckNodePort, trafficDistribution } = spec;
  if (externalTrafficPolicy !== undefined) {
    const path = specPath.at('externalTrafficPolicy');
    if (!isExternallyAccessible(spec))
      errors.invalid(path, externalTrafficPolicy, 'may only be set for externally-accessible services');
    else oneOf(externalTrafficPolicy, trafficPolicies, path, errors);
  }
  if (healthCheckNodePort !== undefined) {
    const path = specPath.at('healthCheckNodePort');
    if (needsHealthCheck(spec)) errors.invalidAll(path, healthCheckNodePort, portNumber(healthCheckNodePort));
    else {
      const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
      errors.invalid(path, healthCheckNodePort, detail);
    }
  }
  if (internalTrafficPolicy !== undefined && !trafficPolicies.includes(internalTrafficPolicy))
    errors.notSupported(['spec', 'internalTrafficPolicy'], internalTrafficPolicy, trafficPolicies);
  const distributions = ['PreferClose', ...(release.prefersSameTopology ? ['PreferSameZone', 'PreferSameNode'] : [])];
  if (trafficDistribution !== undefined && !distributions.includes(trafficDistribution))
    errors.notSupported(['spec', 'trafficDistribution'], trafficDistribution, distributions);
}

/**
 * Cluster addresses and families by themselves: nothing else is looked at where they are wrong. Models
 * ValidateServiceClusterIPsRelatedFields.
 */
export function checkAddresses(spec: WrittenSpec, release: ApiRelease, errors: FieldErrors): void {
  if (spec.type === 'ExternalName') return;
  const { clusterIP, clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  const path = specPath.at('clusterIPs');
  if (clusterIP === undefined) {
    if (clusterIPs.length > 0) errors.invalid(path, clusterIPs, 'must be empty when `clusterIP` is not specified');
  } else if (clusterIPs[0] !== clusterIP) errors.invalid(path, clusterIPs, 'first value must match `clusterIP`');
  checkFamilies(ipFamilies, ipFamilyPolicy, errors);
  const wellFormed = checkAddressTexts(spec, release, errors);
  if (clusterIPs.length > 2) errors.invalid(path, clusterIPs, 'may only hold up to 2 values');
  // Nothing is said of the families of what are no addresses.
  if (!wellFormed || isHeadlessSpec(spec)) return;
  const found = clusterIPs.map(addressFamily);
  if (clusterIPs.length > 1 && new Set(found).size === 1)
    errors.invalid(path, clusterIPs, 'may specify no more than one IP for each IP family');
  for (const [i, address] of clusterIPs.entries()) {
    const family = ipFamilies[i];
    if (family !== undefined && families.includes(family) && family !== found[i])
      errors.invalid(placeOf(spec, i), address, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``);
  }
}

/** Whether all of them are addresses, or the only one is None. */
function checkAddressTexts(spec: WrittenSpec, release: ApiRelease, errors: FieldErrors): boolean {
  const { clusterIPs = [] } = spec;
  const before = errors.causes.length;
  for (const [i, address] of clusterIPs.entries()) {
    if (isAddressToken(address)) continue;
    if (i > 0 || address !== 'None') errors.invalidAll(placeOf(spec, i), address, ipAddress(address, release));
    else if (clusterIPs.length > 1)
      errors.invalid(['spec', 'clusterIPs'], clusterIPs, "'None' must be the first and only value");
  }
  return errors.causes.length === before;
}

/** A single address is mostly written as `clusterIP`. */
function placeOf({ clusterIP }: WrittenSpec, i: number): { readonly field: string; readonly path: FieldPath } {
  return {
    field: `spec.clusterIPs[${i}]`,
    path: i === 0 && clusterIP ? specPath.at('clusterIP') : specPath.at('clusterIPs', i),
  };
}

function checkFamilies(ipFamilies: readonly string[], policy: string | undefined, errors: FieldErrors): void {
  const seen = new Set<string>();
  for (const [i, family] of ipFamilies.entries()) {
    const at = specPath.at('ipFamilies', i);
    if (!families.includes(family)) errors.notSupported(at, family, families);
    if (seen.has(family)) errors.duplicate(at, family);
    seen.add(family);
  }
  if (policy !== undefined && !familyPolicies.includes(policy))
    errors.notSupported(['spec', 'ipFamilyPolicy'], policy, familyPolicies);
}
