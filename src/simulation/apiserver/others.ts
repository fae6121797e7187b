/** Nodes and NetworkPolicies. */

import { parseIp, parsePrefix, prefixContains } from '#base/ip';
import type { JsonObject, JsonPath } from '#base/json';
import type { LabelSelector, NetworkPolicy, Node, Protocol } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { any, bool, closed, decode, int32, intOrString, list, open, string, type StructSchema } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { checkMetadata, checkSelector, clusterMetadataOf, labelSelector, metadataOf, objectMeta, topLevel } from './metadata'; // prettier-ignore
import { dnsSubdomain, portName, portNumber, prefixComplaint } from './names';

const quantityMap = open('ResourceList', {});
const condition = open('NodeCondition', { type: string, status: string });

const nodeSchema: StructSchema = open('Node', {
  metadata: objectMeta,
  spec: open('NodeSpec', {
    podCIDR: string,
    podCIDRs: list(string),
    unschedulable: bool,
    taints: list(open('Taint', { key: string, value: string, effect: string })),
  }),
  status: open('NodeStatus', {
    addresses: list(open('NodeAddress', { type: string, address: string })),
    conditions: list(condition),
    allocatable: quantityMap,
    capacity: quantityMap,
  }),
});

/** Models pkg/apis/core ValidateNode (v1.37): its name, labels and pod ranges. */
export function admitNode(object: KubernetesObject, _settings: ClusterSettings): Admission<Node> {
  const { value: body, refusal } = decode(object, nodeSchema);
  if (refusal) return { value: undefined, refusal };
  const spec = (body.spec ?? {}) as Node['spec'];
  const status = (body.status ?? {}) as Node['status'];
  const errors = new FieldErrors();
  checkMetadata(object, body, dnsSubdomain, errors);
  for (const [i, range] of (spec.podCIDRs ?? []).entries())
    if (!parsePrefix(range)) errors.invalid(['spec', 'podCIDRs', i], range, prefixComplaint);
  return admission(object, errors, () => ({
    ...body,
    apiVersion: 'v1',
    kind: 'Node',
    metadata: clusterMetadataOf(object, body),
    spec,
    status: { ...status, ...quantities(status, 'allocatable'), ...quantities(status, 'capacity') },
  }));
}

/** Quantities may be written as numbers; the server gives them out as text. */
function quantities(status: Node['status'], field: 'allocatable' | 'capacity'): Partial<Node['status']> {
  const written: Readonly<Record<string, unknown>> | undefined = status[field];
  if (written === undefined || Object.values(written).every((value) => typeof value === 'string')) return {};
  return { [field]: Object.fromEntries(Object.entries(written).map(([key, value]) => [key, String(value)])) };
}

const policyPorts = list(closed('NetworkPolicyPort', { protocol: string, port: intOrString, endPort: int32 }));
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
    policyTypes: list(string),
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

const protocols = ['SCTP', 'TCP', 'UDP'];
const policyTypes = ['Egress', 'Ingress'];

/** Models pkg/apis/networking: SetDefaults_NetworkPolicy and ValidateNetworkPolicy (v1.37). */
export function admitNetworkPolicy(object: KubernetesObject, _settings: ClusterSettings): Admission<NetworkPolicy> {
  const { value: body, refusal } = decode(object, policySchema);
  if (refusal) return { value: undefined, refusal };
  const spec = (body.spec ?? {}) as unknown as WrittenPolicySpec;
  const errors = new FieldErrors();
  checkMetadata(object, body, dnsSubdomain, errors);
  checkPolicy(spec, errors);
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
  return { ...rule, ports: rule.ports.map((port) => ({ ...port, protocol: (port.protocol || 'TCP') as Protocol })) };
}

function checkPolicy(spec: WrittenPolicySpec, errors: FieldErrors): void {
  checkSelector(spec.podSelector, ['spec', 'podSelector'], errors);
  for (const [i, rule] of (spec.ingress ?? []).entries()) checkRule(rule, 'from', ['spec', 'ingress', i], errors);
  for (const [i, rule] of (spec.egress ?? []).entries()) checkRule(rule, 'to', ['spec', 'egress', i], errors);
  const types = spec.policyTypes ?? [];
  if (types.length > 2) errors.invalid(['spec', 'policyTypes'], types, 'may not specify more than two policyTypes');
  else
    for (const [i, type] of types.entries())
      if (!policyTypes.includes(type)) errors.notSupported(['spec', 'policyTypes', i], type, policyTypes);
}

function checkRule(rule: WrittenRule, peers: 'from' | 'to', path: JsonPath, errors: FieldErrors): void {
  for (const [i, port] of (rule.ports ?? []).entries()) checkPolicyPort(port, [...path, 'ports', i], errors);
  for (const [i, peer] of (rule[peers] ?? []).entries()) checkPeer(peer, [...path, peers, i], errors);
}

function checkPolicyPort({ protocol, port, endPort }: WrittenPolicyPort, path: JsonPath, errors: FieldErrors): void {
  if (protocol && !protocols.includes(protocol)) errors.notSupported([...path, 'protocol'], protocol, protocols);
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
  else errors.invalidAll([...path, 'endPort'], endPort, portNumber(endPort));
}

function checkPeer(
  { podSelector, namespaceSelector, ipBlock }: WrittenPeer,
  path: JsonPath,
  errors: FieldErrors,
): void {
  checkSelector(podSelector, [...path, 'podSelector'], errors);
  checkSelector(namespaceSelector, [...path, 'namespaceSelector'], errors);
  if (!ipBlock) {
    if (!podSelector && !namespaceSelector) errors.required(path, 'must specify a peer');
    return;
  }
  checkBlock(ipBlock, [...path, 'ipBlock'], errors);
  if (podSelector || namespaceSelector) errors.forbidden(path, 'may not specify both ipBlock and another peer');
}

function checkBlock(block: NonNullable<WrittenPeer['ipBlock']>, path: JsonPath, errors: FieldErrors): void {
  const { cidr = '', except = [] } = block;
  if (cidr === '') {
    errors.required([...path, 'cidr']);
    return;
  }
  const outer = parsePrefix(cidr);
  if (!outer) {
    errors.invalid([...path, 'cidr'], cidr, prefixComplaint);
    return;
  }
  for (const [i, text] of except.entries()) {
    const at = [...path, 'except', i];
    const inner = parsePrefix(text);
    const first = parseIp(text.split('/')[0]!);
    if (!inner || !first) errors.invalid(at, text, prefixComplaint);
    else if (!prefixContains(outer, first) || inner.length <= outer.length)
      errors.invalid(at, text, 'must be a strict subset of `cidr`');
  }
}
