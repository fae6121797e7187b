/** Nodes and NetworkPolicies. */

import { parsePrefix, prefixContains, type IpAddress } from '#base/ip';
import type { JsonObject, JsonPath } from '#base/json';
import type { LabelSelector, NetworkPolicy, Node, Protocol } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { ipPrefix } from './addresses';
import { any, bool, closed, decode, int32, intOrString, list, open, string, word, type StructSchema } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { checkMetadata, checkSelector, clusterMetadataOf, labelSelector, metadataOf, topLevel } from './metadata'; // prettier-ignore
import { dnsSubdomain, portName, portNumber, qualifiedName } from './names';
import { apiRelease, type ApiRelease } from './releases';

const quantityMap = open('ResourceList', {});
const condition = open('NodeCondition', { type: word('NodeConditionType'), status: word('ConditionStatus') });

const nodeSchema: StructSchema = topLevel('Node', {
  spec: closed('NodeSpec', {
    podCIDR: string,
    podCIDRs: list(string),
    providerID: string,
    unschedulable: bool,
    taints: list(closed('Taint', { key: string, value: string, effect: word('TaintEffect'), timeAdded: string })),
    configSource: open('NodeConfigSource', {}),
    externalID: string,
    podPreemptionPolicy: any,
  }),
  // What kubelets report differs from release to release.
  status: open('NodeStatus', {
    addresses: list(open('NodeAddress', { type: word('NodeAddressType'), address: string })),
    conditions: list(condition),
    allocatable: quantityMap,
    capacity: quantityMap,
  }),
});

const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Models pkg/apis/core ValidateNode (v1.37): its name, labels and pod ranges. */
export function admitNode(object: KubernetesObject, settings: ClusterSettings): Admission<Node> {
  const { value: body, refusal } = decode(object, nodeSchema);
  if (refusal) return { value: undefined, refusal };
  const spec = (body.spec ?? {}) as Node['spec'];
  const status = (body.status ?? {}) as Node['status'];
  const errors = new FieldErrors();
  checkMetadata(object, body, dnsSubdomain, errors);
  checkTaints(spec.taints ?? [], errors);
  checkPodRanges(spec, apiRelease(settings, object.origin), errors);
  return admission(object, errors, () => ({
    ...body,
    apiVersion: 'v1',
    kind: 'Node',
    metadata: clusterMetadataOf(object, body),
    spec,
    status: { ...status, ...quantities(status, 'allocatable'), ...quantities(status, 'capacity') },
  }));
}

/** The server reports them under `metadata`. */
function checkTaints(
  taints: readonly Partial<NonNullable<Node['spec']['taints']>[number]>[],
  errors: FieldErrors,
): void {
  for (const [i, { key = '', effect = '' }] of taints.entries()) {
    const at = (field: string) => ({ field: `metadata.taints[${i}].${field}`, path: ['spec', 'taints', i, field] });
    errors.invalidAll(at('key'), key, qualifiedName(key));
    if (effect === '') errors.required(at('effect'));
    else if (!taintEffects.includes(effect)) errors.notSupported(at('effect'), effect, taintEffects);
  }
}

function checkPodRanges({ podCIDR, podCIDRs = [] }: Node['spec'], release: ApiRelease, errors: FieldErrors): void {
  const ranges = podCIDRs.length > 0 ? podCIDRs : podCIDR ? [podCIDR] : [];
  const path = podCIDRs.length > 0 ? ['spec', 'podCIDRs'] : ['spec', 'podCIDR'];
  for (const [i, range] of ranges.entries())
    errors.invalidAll({ field: `spec.podCIDRs[${i}]`, path: [...path, i] }, range, ipPrefix(range, release));
  const families = new Set(ranges.map((range) => parsePrefix(range)?.family));
  if (ranges.length > 1 && (families.size < 2 || ranges.length > 2))
    errors.invalid(['spec', 'podCIDRs'], ranges, 'may specify no more than one CIDR for each IP family');
}

/** Quantities may be written as numbers; the server gives them out as text. */
function quantities(status: Node['status'], field: 'allocatable' | 'capacity'): Partial<Node['status']> {
  const written: Readonly<Record<string, unknown>> | undefined = status[field];
  if (written === undefined || Object.values(written).every((value) => typeof value === 'string')) return {};
  return { [field]: Object.fromEntries(Object.entries(written).map(([key, value]) => [key, String(value)])) };
}

const policyPorts = list(
  closed('NetworkPolicyPort', { protocol: word('Protocol'), port: intOrString, endPort: int32 }),
);
const policyPeers = list(
  closed('NetworkPolicyPeer', {
    podSelector: labelSelector,
    namespaceSelector: labelSelector,
    ipBlock: closed('IPBlock', { cidr: string, except: list(string) }),
  }),
);

const policySchema = topLevel('NetworkPolicy', {
  spec: closed('NetworkPolicySpec', {
    podSelector: labelSelector,
    policyTypes: list(word('PolicyType')),
    ingress: list(closed('NetworkPolicyIngressRule', { from: policyPeers, ports: policyPorts })),
    egress: list(closed('NetworkPolicyEgressRule', { to: policyPeers, ports: policyPorts })),
  }),
  // Servers before 1.28 knew it.
  status: any,
});

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
const policyTypes = ['Ingress', 'Egress'];

/** Models pkg/apis/networking: SetDefaults_NetworkPolicy and ValidateNetworkPolicy (v1.37). */
export function admitNetworkPolicy(object: KubernetesObject, settings: ClusterSettings): Admission<NetworkPolicy> {
  const { value: body, refusal } = decode(object, policySchema);
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
    spec: policyWithDefaults(spec) as NetworkPolicy['spec'],
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

function checkPolicy(spec: WrittenPolicySpec, release: ApiRelease, errors: FieldErrors): void {
  checkSelector(spec.podSelector, ['spec', 'podSelector'], errors);
  for (const direction of ['ingress', 'egress'] as const)
    for (const [i, rule] of (spec[direction] ?? []).entries()) {
      const path: JsonPath = ['spec', direction, i];
      for (const [n, port] of (rule.ports ?? []).entries()) checkPolicyPort(port, [...path, 'ports', n], errors);
      const peers = direction === 'ingress' ? 'from' : 'to';
      for (const [n, peer] of (rule[peers] ?? []).entries()) checkPeer(peer, [...path, peers, n], release, errors);
    }
  const types = spec.policyTypes ?? [];
  if (types.length > 2) errors.invalid(['spec', 'policyTypes'], types, 'may not specify more than two policyTypes');
  else
    for (const [i, type] of types.entries())
      if (!policyTypes.includes(type)) errors.notSupported(['spec', 'policyTypes', i], type, policyTypes);
}

function checkPolicyPort({ protocol, port, endPort }: WrittenPolicyPort, path: JsonPath, errors: FieldErrors): void {
  if (protocol !== undefined && !protocols.includes(protocol))
    errors.notSupported([...path, 'protocol'], protocol, protocols);
  if (port === undefined) {
    if (endPort !== undefined)
      errors.invalid([...path, 'endPort'], endPort, 'may not be specified when `port` is not specified');
    return;
  }
  if (typeof port === 'string') {
    if (endPort !== undefined)
      errors.invalid([...path, 'endPort'], endPort, 'may not be specified when `port` is non-numeric');
    errors.invalidAll([...path, 'port'], port, portName(port));
    return;
  }
  errors.invalidAll([...path, 'port'], port, portNumber(port));
  if (endPort === undefined) return;
  if (endPort < port) errors.invalid([...path, 'endPort'], endPort, 'must be greater than or equal to `port`');
  errors.invalidAll([...path, 'endPort'], endPort, portNumber(endPort));
}

function checkPeer(
  { podSelector, namespaceSelector, ipBlock }: WrittenPeer,
  path: JsonPath,
  release: ApiRelease,
  errors: FieldErrors,
): void {
  checkSelector(podSelector, [...path, 'podSelector'], errors);
  checkSelector(namespaceSelector, [...path, 'namespaceSelector'], errors);
  if (!ipBlock) {
    if (!podSelector && !namespaceSelector) errors.required(path, 'must specify a peer');
    return;
  }
  checkBlock(ipBlock, [...path, 'ipBlock'], release, errors);
  if (podSelector || namespaceSelector) errors.forbidden(path, 'may not specify both ipBlock and another peer');
}

/** Models ValidateIPBlock. */
function checkBlock(
  { cidr = '', except = [] }: NonNullable<WrittenPeer['ipBlock']>,
  path: JsonPath,
  release: ApiRelease,
  errors: FieldErrors,
): void {
  if (cidr === '') {
    errors.required([...path, 'cidr']);
    return;
  }
  errors.invalidAll([...path, 'cidr'], cidr, ipPrefix(cidr, release));
  const outer = parsePrefix(cidr);
  if (!outer) return;
  for (const [i, text] of except.entries()) {
    const at = [...path, 'except', i];
    errors.invalidAll(at, text, ipPrefix(text, release));
    const inner = parsePrefix(text);
    if (!inner) continue;
    const first: IpAddress = { family: inner.family, value: inner.base };
    if (!prefixContains(outer, first) || inner.length <= outer.length)
      errors.invalid(at, text, 'must be a strict subset of `cidr`');
  }
}
