/** What NetworkPolicies would have to say to let a connection through: a peer, a port or a rule more; or a label of the pods. */

import { familyOf } from '#base/ip';
import { isJsonObject, valueAt, type JsonPath, type JsonValue } from '#base/json';
import { printScalar } from '#manifest/scalar';
import { namespacedName, type Labels, type Pod } from '#model/kubernetes';
import { objectKey, printReference, type KubernetesObject } from '#model/object';
import type { ControlPlane, NearestRule, PacketHeader, PodGroup, PolicyVerdict } from '#simulation/types';
import { dnsVerdict } from '../rules/dns-egress';
import { fixBy, putMember } from '../rules/edits';
import { appendItem } from '../rules/list-edits';
import type { Fix } from '../types';
import type { Tracing } from './causes';

/** A verdict that ends a connection, and the packet as the policies saw it. */
export interface Denial {
  readonly verdict: PolicyVerdict;
  readonly header: Pick<PacketHeader, 'source' | 'destination' | 'destinationPort' | 'protocol'>;
}

/** The changes that would let it through, the smallest first. Other tiers than that of NetworkPolicies are left alone. */
export function denialFixes(denial: Denial, tracing: Tracing): Fix[] {
  const { verdict } = denial;
  if (verdict.allowed || verdict.tier !== 'network-policy') return [];
  const { nearest } = verdict;
  return [
    ...(nearest ? [widerRule(nearest, denial, tracing), labelledPods(nearest, denial, tracing)] : []),
    ...verdict.policies.slice(0, 1).map((policy) => newRule(policy, denial, tracing)),
  ].filter((fix) => fix !== undefined);
}

/** Another peer, or another port, in the rule that nearly allows it. */
function widerRule(nearest: NearestRule, denial: Denial, tracing: Tracing): Fix | undefined {
  const object = tracing.context.simulation.controlPlane.object(nearest.object);
  if (!object || nearest.kind !== 'NetworkPolicy' || nearest.failed === 'both') return undefined;
  const { direction } = denial.verdict;
  const rule: JsonPath = ['spec', direction, nearest.rule];
  const where = `NetworkPolicy ${nearest.policy}, rule ${nearest.rule + 1}`;
  if (nearest.failed === 'port') {
    const { destinationPort, protocol } = denial.header;
    const edit = behindLast(object, [...rule, 'ports'], { protocol, port: destinationPort }, tracing);
    return fixBy(`Allow port ${destinationPort}/${protocol} in ${where}`, false, [edit]);
  }
  const peer = peerOf(otherEnd(denial), object.namespace, tracing.context.simulation.controlPlane);
  const edit = peer && behindLast(object, [...rule, direction === 'ingress' ? 'from' : 'to'], peer.value, tracing);
  return peer && fixBy(`Allow ${peer.words} in ${where}`, false, [edit]);
}

function newRule(policy: string, denial: Denial, tracing: Tracing): Fix | undefined {
  const { controlPlane } = tracing.context.simulation;
  const object = policyObject(policy, controlPlane);
  const peer = object && peerOf(otherEnd(denial), object.namespace, controlPlane);
  if (!peer) return undefined;
  const { direction } = denial.verdict;
  const { destinationPort, protocol } = denial.header;
  const value = {
    [direction === 'ingress' ? 'from' : 'to']: [peer.value],
    ports: [{ protocol, port: destinationPort }],
  };
  const way = direction === 'ingress' ? `lets ${peer.words} in` : `lets the pods call ${peer.words}`;
  const title = `Add a rule to NetworkPolicy ${policy} that ${way} at port ${destinationPort}/${protocol}`;
  return fixBy(title, false, [behindLast(object, ['spec', direction], value, tracing)]);
}

/** A label that the rule asks of the calling (or called) pods, where they have none of that key. */
function labelledPods({ missing, policy, failed }: NearestRule, denial: Denial, tracing: Tracing): Fix | undefined {
  const [miss, ...others] = missing;
  if (failed !== 'peer' || !miss || others.length > 0 || miss.kind !== 'pod-label') return undefined;
  const [value] = miss.values;
  if (miss.operator !== 'In' || miss.actual !== undefined || value === undefined) return undefined;
  const { controlPlane } = tracing.context.simulation;
  const pod = controlPlane.podByAddress(otherEnd(denial));
  const group = pod && controlPlane.groupOfPod(namespacedName(pod));
  if (!group) return undefined;
  const edit = putMember(group.object, [...group.templatePath, 'metadata', 'labels'], miss.key, value, tracing.context);
  const way = denial.verdict.direction === 'ingress' ? 'lets in' : 'lets pods call';
  const title = `Give ${group.object.kind === 'Pod' ? '' : 'the pods of '}${printReference(group.object)} the label ${miss.key}: ${value}, which NetworkPolicy ${policy} ${way}`; // prettier-ignore
  return fixBy(title, false, [edit]);
}

/** Lets the pods ask the cluster's DNS server, where no egress rule of the policy says what else they may call. */
export function dnsFix(verdict: PolicyVerdict, tracing: Tracing): Fix | undefined {
  const { controlPlane } = tracing.context.simulation;
  const [policy] = verdict.policies;
  const group = controlPlane.groupOfPod(verdict.pod);
  if (verdict.direction !== 'egress' || policy === undefined || !group) return undefined;
  const dns = dnsVerdict(group, tracing.context);
  const object = policyObject(policy, controlPlane);
  if (dns.kind !== 'blocked' || !object) return undefined;
  const peer = { namespaceSelector: namespaceOf('kube-system'), podSelector: { matchLabels: dns.selector } };
  const ports = (['UDP', 'TCP'] as const).map((protocol) => ({ protocol, port: 53 }));
  const edit = behindLast(object, ['spec', 'egress'], { to: [peer], ports }, tracing);
  return fixBy(`Allow UDP and TCP 53 to the DNS server in NetworkPolicy ${policy}`, false, [edit]);
}

function policyObject(policy: string, controlPlane: ControlPlane): KubernetesObject | undefined {
  const [namespace = '', name = ''] = policy.split('/');
  return controlPlane.object(objectKey('networking.k8s.io', 'NetworkPolicy', namespace, name));
}

function namespaceOf(name: string) {
  return { matchLabels: { 'kubernetes.io/metadata.name': name } };
}

function otherEnd({ verdict, header }: Denial): string {
  return verdict.direction === 'ingress' ? header.source : header.destination;
}

interface Peer {
  readonly words: string;
  readonly value: { readonly [key: string]: JsonValue };
}

/** Pods by the labels that tell them from others; whatever is no pod, by its address. */
function peerOf(address: string, namespace: string, controlPlane: ControlPlane): Peer | undefined {
  const pod = controlPlane.podByAddress(address);
  const group = pod && controlPlane.groupOfPod(namespacedName(pod));
  if (!pod || !group || pod.spec.hostNetwork === true) {
    const family = familyOf(address);
    return family && { words: address, value: { ipBlock: { cidr: `${address}/${family === 'IPv4' ? 32 : 128}` } } };
  }
  const labels = tellingLabels(group, pod);
  if (!labels) return undefined;
  const shown = Object.entries(labels).map(([key, value]) => `${key}: ${value}`).join(', '); // prettier-ignore
  const podSelector = { matchLabels: labels };
  if (group.namespace === namespace) return { words: `pods with ${shown}`, value: { podSelector } };
  return {
    words: `pods of namespace ${group.namespace} with ${shown}`,
    value: {
      namespaceSelector: namespaceOf(group.namespace),
      podSelector,
    },
  };
}

/** What its workload selects its own pods by; of a lone Pod the usual label for its name, else the first. */
function tellingLabels({ object, labels, variableLabels }: PodGroup, pod: Pod): Labels | undefined {
  const own = valueAt(object.body, ['spec', 'selector', 'matchLabels']);
  if (isJsonObject(own)) {
    const entries = Object.entries(own).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []));
    if (entries.length > 0) return Object.fromEntries(entries) as Labels;
  }
  const known = Object.keys(object.kind === 'Pod' ? (pod.metadata.labels ?? {}) : labels).filter(
    (key) => !variableLabels.includes(key) && !key.endsWith('-hash'),
  );
  const key = ['app.kubernetes.io/name', 'app', 'k8s-app', 'name'].find((usual) => known.includes(usual)) ?? known[0];
  const value = key === undefined ? undefined : labels[key];
  return key === undefined || value === undefined ? undefined : { [key]: value };
}

/** An item behind the last one of a list; a list without items is written anew. */
function behindLast(
  object: KubernetesObject,
  list: JsonPath,
  item: { readonly [key: string]: JsonValue },
  { context }: Tracing,
) {
  const written = valueAt(object.body, list);
  if (Array.isArray(written) && written.length > 0) {
    const members = Object.entries(item).map(([key, value]) => `${key}: ${flow(value)}`);
    return appendItem(object, [...list, written.length - 1], members, context);
  }
  const key = list.at(-1);
  return typeof key === 'string' ? putMember(object, list.slice(0, -1), key, [item], context) : undefined;
}

/** YAML in flow style, as people write it. */
function flow(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item: JsonValue) => flow(item)).join(', ')}]`;
  if (isJsonObject(value))
    return `{${Object.entries(value).map(([key, member]) => `${key}: ${flow(member)}`).join(', ')}}`; // prettier-ignore
  return typeof value === 'object' ? 'null' : printScalar(value ?? '', 'plain', 'flow');
}
