/** NetworkPolicies: how they are decoded, defaulted and checked. */

import { parsePrefix, prefixContains, type IpAddress } from '#base/ip';
import type { JsonObject } from '#base/json';
import type { LabelSelector, NetworkPolicy, Protocol } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { ipPrefix } from './addresses';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { FieldPath } from './field-path';
import { checkMetadata, checkSelector, metadataOf } from './metadata';
import { dnsSubdomain, portName, portNumber } from './names';
import { apiRelease, type ApiRelease } from './releases';
import { structSchema } from './schema/schema';

interface WrittenPolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

interface WrittenPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr?: string; readonly except?: readonly string[] };
}

interface WrittenRule {
  readonly from?: readonly WrittenPeer[];
  readonly to?: readonly WrittenPeer[];
  readonly ports?: readonly WrittenPolicyPort[];
}

interface WrittenPolicySpec {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly string[];
  readonly ingress?: readonly WrittenRule[];
  readonly egress?: readonly WrittenRule[];
}

const protocols = ['TCP', 'UDP', 'SCTP'];
const specPath = FieldPath.of('spec');
const policyTypes = ['Ingress', 'Egress'];

/** Models pkg/apis/networking: SetDefaults_NetworkPolicy and ValidateNetworkPolicy (v1.37). */
export function admitNetworkPolicy(object: KubernetesObject, settings: ClusterSettings): Admission<NetworkPolicy> {
  const { value: body, refusal } = decode(object, structSchema('networking.NetworkPolicy', settings));
  if (refusal) return { value: undefined, refusal };
  const spec = (body.spec ?? {}) as unknown as WrittenPolicySpec;
  const errors = new FieldErrors();
  checkMetadata(object, body, dnsSubdomain, errors);
  checkPolicy(spec, apiRelease(settings, object.origin), errors);
  return admission(object, errors, () => ({
    ...(body as JsonObject),
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadataOf(object, body),
    // The checks have narrowed the words to those that there are.
    spec: policyWithDefaults(spec) as unknown as NetworkPolicy['spec'],
  }));
}

function policyWithDefaults(spec: WrittenPolicySpec): WrittenPolicySpec {
  const { ingress, egress } = spec;
  const types = spec.policyTypes ?? [];
  const implied = (egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  return {
    ...spec,
    podSelector: spec.podSelector ?? {},
    policyTypes: types.length > 0 ? types : implied,
    ...(ingress && { ingress: ingress.map(ruleWithDefaults) }),
    ...(egress && { egress: egress.map(ruleWithDefaults) }),
  };
}

function ruleWithDefaults(rule: WrittenRule): WrittenRule {
  if (!rule.ports) return rule;
  return { ...rule, ports: rule.ports.map((port) => ({ ...port, protocol: (port.protocol ?? 'TCP') as Protocol })) };
}

/** Models ValidateNetworkPolicySpec. */
function checkPolicy(spec: WrittenPolicySpec, release: ApiRelease, errors: FieldErrors): void {
  checkSelector(spec.podSelector, specPath.at('podSelector'), errors);
  for (const direction of ['ingress', 'egress'] as const)
    for (const [i, rule] of (spec[direction] ?? []).entries()) {
      const path = specPath.at(direction, i);
      for (const [n, port] of (rule.ports ?? []).entries()) checkPolicyPort(port, path.at('ports', n), errors);
      const peers = direction === 'ingress' ? 'from' : 'to';
      for (const [n, peer] of (rule[peers] ?? []).entries()) checkPeer(peer, path.at(peers, n), release, errors);
    }
  const types = spec.policyTypes ?? [];
  if (types.length > 2) errors.invalid(['spec', 'policyTypes'], types, 'may not specify more than two policyTypes');
  else
    for (const [i, type] of types.entries())
      if (!policyTypes.includes(type)) errors.notSupported(['spec', 'policyTypes', i], type, policyTypes);
}

/** Models ValidateNetworkPolicyPort. */
function checkPolicyPort({ protocol, port, endPort }: WrittenPolicyPort, path: FieldPath, errors: FieldErrors): void {
  if (protocol !== undefined && !protocols.includes(protocol))
    errors.notSupported(path.at('protocol'), protocol, protocols);
  if (port === undefined) {
    if (endPort !== undefined)
      errors.invalid(path.at('endPort'), endPort, 'may not be specified when `port` is not specified');
    return;
  }
  if (typeof port === 'string') {
    if (endPort !== undefined)
      errors.invalid(path.at('endPort'), endPort, 'may not be specified when `port` is non-numeric');
    errors.invalidAll(path.at('port'), port, portName(port));
    return;
  }
  errors.invalidAll(path.at('port'), port, portNumber(port));
  if (endPort === undefined) return;
  if (endPort < port) errors.invalid(path.at('endPort'), endPort, 'must be greater than or equal to `port`');
  errors.invalidAll(path.at('endPort'), endPort, portNumber(endPort));
}

/** Models ValidateNetworkPolicyPeer. */
function checkPeer(
  { podSelector, namespaceSelector, ipBlock }: WrittenPeer,
  path: FieldPath,
  release: ApiRelease,
  errors: FieldErrors,
): void {
  checkSelector(podSelector, path.at('podSelector'), errors);
  checkSelector(namespaceSelector, path.at('namespaceSelector'), errors);
  if (!ipBlock) {
    if (!podSelector && !namespaceSelector) errors.required(path, 'must specify a peer');
    return;
  }
  checkBlock(ipBlock, path.at('ipBlock'), release, errors);
  if (podSelector || namespaceSelector) errors.forbidden(path, 'may not specify both ipBlock and another peer');
}

/** Models ValidateIPBlock. */
function checkBlock(
  { cidr = '', except = [] }: NonNullable<WrittenPeer['ipBlock']>,
  path: FieldPath,
  release: ApiRelease,
  errors: FieldErrors,
): void {
  if (cidr === '') {
    errors.late.required(path.at('cidr'));
    return;
  }
  errors.invalidAll(path.at('cidr'), cidr, ipPrefix(cidr, release));
  const outer = parsePrefix(cidr);
  if (!outer) return;
  for (const [i, text] of except.entries()) {
    const at = path.at('except', i);
    errors.invalidAll(at, text, ipPrefix(text, release));
    const inner = parsePrefix(text);
    if (!inner) continue;
    const first: IpAddress = { family: inner.family, value: inner.base };
    if (!prefixContains(outer, first) || inner.length <= outer.length)
      errors.invalid(at, text, 'must be a strict subset of `cidr`');
  }
}
