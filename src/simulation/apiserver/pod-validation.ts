/** What the API server finds wrong with pods and pod templates. */

import type { JsonObject } from '#base/json';
import { ipAddress } from './addresses';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { checkLabels } from './metadata';
import { dnsLabel, dnsSubdomain, qualifiedName, searchDomain, type Check } from './names';
import { checkAllContainers, checkImage, visitContainers } from './pod-containers';
import { count, isTrue, number, struct, structs, text, textMap, textOrNone, texts } from './pod-fields';
import { checkPodResources } from './pod-level-resources';
import { checkResources } from './pod-resources';
import type { ApiRelease } from './releases';
import { checkAffinity, checkSpreading, checkTolerations } from './pod-scheduling';
import { checkPodSecurity } from './pod-security';
import { checkSystem } from './pod-system';
import { checkVolumes } from './pod-volumes';

const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const restartPolicies = ['Always', 'OnFailure', 'Never'];
const maxNameservers = 3;
const maxSearchPaths = 32;
const maxSearchText = 2048;
const maxInt32 = 2 ** 31 - 1;

const noClaims: ReadonlySet<string> = new Set();

/** Whose spec is looked at: a pod's, with the pod's name, or that of a template. */
export type SpecOwner = { readonly kind: 'pod'; readonly name: string } | { readonly kind: 'template' };

/** Models pkg/apis/core/validation ValidatePodSpec (v1.37) for a spec that has its defaults. */
export function checkPodSpec(
  spec: JsonObject,
  owner: SpecOwner,
  path: FieldPath,
  rules: ApiRelease,
  errors: FieldErrors,
): void {
  const podName = owner.kind === 'pod' ? owner.name : undefined;
  const volumes = checkVolumes(structs(spec, 'volumes'), podName, path.at('volumes'), errors);
  const claims = spec.resourceClaims
    ? checkClaims(structs(spec, 'resourceClaims'), path.at('resourceClaims'), errors)
    : noClaims;
  checkAllContainers({ spec, volumes, claims, rules }, path, errors);
  if (rules.podResources) checkPodResources(spec, claims, path, errors);
  if (isTrue(spec, 'hostNetwork')) checkHostPorts(spec, owner, path.at('containers'), errors);
  checkWord(spec, 'restartPolicy', restartPolicies, path, errors);
  checkWord(spec, 'dnsPolicy', dnsPolicies, path, errors);
  if (spec.nodeSelector) checkLabels(textMap(spec, 'nodeSelector'), path.at('nodeSelector'), errors);
  checkPodSecurity(spec, path.at('securityContext'), errors);
  if (isTrue(spec, 'shareProcessNamespace') && isTrue(spec, 'hostPID'))
    errors.invalid(path.at('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled'); // prettier-ignore
  if (spec.affinity) checkAffinity(struct(spec, 'affinity'), path.at('affinity'), errors);
  if (spec.dnsConfig || spec.dnsPolicy === 'None') checkDnsConfig(spec, path.at('dnsConfig'), rules, errors);
  checkGates(spec, path, errors);
  if (spec.topologySpreadConstraints)
    checkSpreading(structs(spec, 'topologySpreadConstraints'), path.at('topologySpreadConstraints'), rules, errors);
  checkHost(spec, path, errors);
  checkNames(spec, path, errors);
  if (spec.tolerations) checkTolerations(structs(spec, 'tolerations'), path.at('tolerations'), errors);
  if (spec.hostAliases) checkHostAliases(spec, path.at('hostAliases'), rules, errors);
  checkName(spec, 'priorityClassName', dnsSubdomain, path, errors);
  const runtimeClass = textOrNone(spec, 'runtimeClassName');
  if (runtimeClass !== undefined)
    errors.invalidAll(path.at('runtimeClassName'), runtimeClass, dnsSubdomain(runtimeClass));
  if (spec.preemptionPolicy !== undefined)
    checkPreemption(textOrNone(spec, 'preemptionPolicy'), path.at('preemptionPolicy'), errors);
  if (spec.overhead) checkOverhead(struct(spec, 'overhead'), path.at('overhead'), errors);
  checkSystem(spec, path, errors);
  checkVariableFiles(spec, path, errors);
}

/** What is asked of a new pod beside its spec. Models validatePodMetadataAndSpec and ValidatePodCreate. */
export function checkNewPod(spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  if (text(spec, 'serviceAccountName') === '')
    for (const [i, volume] of structs(spec, 'volumes').entries())
      for (const [n, source] of structs(struct(volume, 'projected'), 'sources').entries())
        if (source.serviceAccountToken !== undefined)
          errors.forbidden(path.at('volumes', i, 'projected').at('sources', n, 'serviceAccountToken'), 'must not be specified when serviceAccountName is not set'); // prettier-ignore
  for (const field of ['containers', 'initContainers'])
    for (const [i, container] of structs(spec, field).entries()) checkImage(container, path.at(field, i), errors);
  if (structs(spec, 'ephemeralContainers').length > 0)
    errors.forbidden(path.at('ephemeralContainers'), 'cannot be set on create');
  if (text(spec, 'nodeName') !== '' && structs(spec, 'schedulingGates').length > 0)
    errors.forbidden(path.at('nodeName'), 'cannot be set until all schedulingGates have been cleared');
}

const deletionCost = 'controller.kubernetes.io/pod-deletion-cost';
const mirror = 'kubernetes.io/config.mirror';

/** Models ValidatePodSpecificAnnotations. `path` is that of the annotations, which `field` names. */
export function checkPodAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  spec: JsonObject,
  path: FieldPath,
  errors: FieldErrors,
  field = path,
): void {
  if (!annotations) return;
  const place = (key: string) => ({ field: field.key(key), path: path.at(key) });
  const source = annotations[mirror];
  if (source !== undefined && text(spec, 'nodeName') === '')
    errors.invalid(place(mirror), source, 'must set spec.nodeName if mirror pod annotation is set');
  const cost = annotations[deletionCost];
  if (cost !== undefined && !/^(?:0|-?[1-9]\d{0,9})$/.test(cost))
    errors.invalid(place(deletionCost), cost, 'must be a 32bit integer');
  else if (cost !== undefined && (Number(cost) > maxInt32 || Number(cost) < -maxInt32 - 1))
    errors.invalid(place(deletionCost), cost, 'must be a 32bit integer');
}

/** Models validatePodResourceClaims; gives the names that containers may ask for. */
function checkClaims(claims: readonly JsonObject[], path: FieldPath, errors: FieldErrors): ReadonlySet<string> {
  const names = new Set<string>();
  const all = new Set<string>();
  for (const [i, claim] of claims.entries()) {
    const at = path.at(i);
    const name = text(claim, 'name');
    if (name !== '') all.add(name);
    if (name === '') errors.required(at.at('name'));
    else if (names.has(name)) errors.duplicate(at.at('name'), name);
    else {
      errors.invalidAll(at.at('name'), name, dnsLabel(name));
      names.add(name);
    }
    const given = ['resourceClaimName', 'resourceClaimTemplateName'].filter((field) => claim[field] !== undefined);
    const printed = { Name: name, ResourceClaimName: claim.resourceClaimName ?? null, ResourceClaimTemplateName: claim.resourceClaimTemplateName ?? null }; // prettier-ignore
    if (given.length === 2)
      errors.invalid(at, printed, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified');
    if (given.length === 0)
      errors.invalid(at, printed, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    for (const field of given) errors.invalidAll(at.at(field), claim[field], dnsSubdomain(text(claim, field)));
  }
  return all;
}

/** Models validatePodHostNetworkDeps. */
function checkHostPorts(spec: JsonObject, owner: SpecOwner, path: FieldPath, errors: FieldErrors): void {
  for (const [i, container] of structs(spec, 'containers').entries())
    for (const [n, port] of structs(container, 'ports').entries()) {
      const hostPort = count(port, 'hostPort');
      if (hostPort === count(port, 'containerPort') || (owner.kind === 'template' && hostPort === 0)) continue;
      const at = path.at(i, 'ports', n).at('hostPort');
      errors.invalid(at, hostPort, 'must match `containerPort` when `hostNetwork` is true');
    }
}

function checkWord(
  spec: JsonObject,
  field: string,
  supported: readonly string[],
  path: FieldPath,
  errors: FieldErrors,
): void {
  const word = text(spec, field);
  if (!supported.includes(word)) errors.notSupported(path.at(field), word, supported);
}

/** Models validatePodDNSConfig. */
function checkDnsConfig(spec: JsonObject, path: FieldPath, rules: ApiRelease, errors: FieldErrors): void {
  const config = struct(spec, 'dnsConfig');
  const nameservers = texts(config, 'nameservers');
  const searches = texts(config, 'searches');
  if (text(spec, 'dnsPolicy') === 'None' && nameservers.length === 0) {
    if (!config) errors.required(path, 'must provide `dnsConfig` when `dnsPolicy` is None');
    else errors.required(path.at('nameservers'), 'must provide at least one DNS nameserver when `dnsPolicy` is None');
    return;
  }
  if (!config) return;
  if (nameservers.length > maxNameservers)
    errors.invalid(path.at('nameservers'), nameservers, `must not have more than ${maxNameservers} nameservers`);
  for (const [i, address] of nameservers.entries())
    errors.invalidAll(path.at('nameservers', i), address, ipAddress(address, rules));
  if (searches.length > maxSearchPaths)
    errors.invalid(path.at('searches'), searches, `must not have more than ${maxSearchPaths} search paths`);
  if (searches.join(' ').length > maxSearchText)
    errors.invalid(path.at('searches'), searches, `must not have more than ${maxSearchText} characters (including spaces) in the search list`); // prettier-ignore
  for (const [i, search] of searches.entries()) {
    const domain = search.replace(/\.$/, '');
    if (search !== '.') errors.invalidAll(path.at('searches', i), domain, searchDomain(domain));
  }
  for (const [i, option] of structs(config, 'options').entries())
    if (text(option, 'name') === '') errors.required(path.at('options', i), 'must not be empty');
}

/** Models validateReadinessGates and validateSchedulingGates. */
function checkGates(spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  for (const [i, gate] of structs(spec, 'readinessGates').entries()) {
    const type = text(gate, 'conditionType');
    errors.invalidAll(path.at('readinessGates', i, 'conditionType'), type, qualifiedName(type));
  }
  const seen = new Set<string>();
  for (const [i, gate] of structs(spec, 'schedulingGates').entries()) {
    const name = text(gate, 'name');
    errors.invalidAll(path.at('schedulingGates', i), name, qualifiedName(name));
    if (seen.has(name)) errors.duplicate(path.at('schedulingGates', i), name);
    seen.add(name);
  }
}

/** What a pod cannot share with its node. Models validateHostUsers and validatePodHostName. */
function checkHost(spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  if (spec.hostUsers === false) {
    const detail = 'when `hostUsers` is false';
    if (isTrue(spec, 'hostNetwork')) errors.forbidden(path.at('hostNetwork'), detail);
    for (const field of ['hostPID', 'hostIPC'])
      if (isTrue(spec, field))
        errors.forbidden({ field: path.at(field.replace('h', 'H')), path: path.at(field) }, detail);
    for (const [container, at] of visitContainers(spec, path))
      if (structs(container, 'volumeDevices').length > 0) errors.forbidden(at.at('volumeDevices'), detail);
  }
  const override = textOrNone(spec, 'hostnameOverride');
  if (override === undefined) return;
  const at = path.at('hostnameOverride');
  if (isTrue(spec, 'setHostnameAsFQDN')) errors.forbidden(at, 'may not be specified when setHostnameAsFQDN is true');
  if (isTrue(spec, 'hostNetwork')) errors.forbidden(at, 'may not be specified when hostNetwork is true');
  if (override.length > 64) errors.tooLong(at, 64);
  errors.invalidAll(at, override, dnsSubdomain(override));
}

function checkName(spec: JsonObject, field: string, check: Check, path: FieldPath, errors: FieldErrors): void {
  const name = text(spec, field);
  if (name !== '') errors.invalidAll(path.at(field), name, check(name));
}

function checkNames(spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  checkName(spec, 'serviceAccountName', dnsSubdomain, path, errors);
  checkName(spec, 'nodeName', dnsSubdomain, path, errors);
  const deadline = number(spec, 'activeDeadlineSeconds');
  if (deadline !== undefined && (deadline < 1 || deadline > maxInt32))
    errors.invalid(path.at('activeDeadlineSeconds'), deadline, `must be between 1 and ${maxInt32}, inclusive`);
  checkName(spec, 'hostname', dnsLabel, path, errors);
  checkName(spec, 'subdomain', dnsLabel, path, errors);
}

/** Models ValidateHostAliases. */
function checkHostAliases(spec: JsonObject, path: FieldPath, rules: ApiRelease, errors: FieldErrors): void {
  for (const [i, alias] of structs(spec, 'hostAliases').entries()) {
    const ip = text(alias, 'ip');
    errors.invalidAll(path.at(i, 'ip'), ip, ipAddress(ip, rules));
    for (const [n, name] of texts(alias, 'hostnames').entries())
      errors.invalidAll(path.at(i, 'hostnames', n), name, dnsSubdomain(name));
  }
}

/** Models ValidatePreemptionPolicy. */
function checkPreemption(policy: string | undefined, at: FieldPath, errors: FieldErrors): void {
  if (policy === undefined) return;
  const policies = ['PreemptLowerPriority', 'Never'];
  if (policy === '') errors.required(at);
  else if (!policies.includes(policy)) errors.notSupported(at, policy, policies);
}

/** Models validateOverhead, which looks at it as at a container's limits. */
function checkOverhead(overhead: JsonObject | undefined, path: FieldPath, errors: FieldErrors): void {
  if (overhead) checkResources({ limits: overhead }, path, 'container', new Set(), errors);
}

/** Models validateFileKeyRefVolumes. */
function checkVariableFiles(spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  for (const [container, containerPath] of visitContainers(spec, path))
    for (const [i, variable] of structs(container, 'env').entries()) {
      const reference = struct(struct(variable, 'valueFrom'), 'fileKeyRef');
      if (!reference) continue;
      const name = text(reference, 'volumeName');
      const at = containerPath.at('env', i, 'valueFrom').at('fileKeyRef', 'volumeName');
      const volume = structs(spec, 'volumes').findLast((each) => text(each, 'name') === name);
      if (!volume) errors.notFound(at, name);
      else if (volume.emptyDir === undefined) errors.invalid(at, name, 'referenced volume must be of type emptyDir');
    }
}
