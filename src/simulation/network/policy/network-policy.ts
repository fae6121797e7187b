/** NetworkPolicies of a namespace: which isolate a pod, which of their rules allows a connection. */

import type { JsonPath } from '#base/json';
import { namespacedName, type NetworkPolicy, type NetworkPolicyPeer, type NetworkPolicyPort } from '#model/kubernetes';
import { objectKey } from '#model/object';
import type { PolicyRuleReference } from '../../types';
import {
  addressesOfEnd,
  isInRange,
  isNamedPort,
  isOnPodNetwork,
  labelsOfNamespace,
  type Direction,
  type PolicyConnection,
  type PolicyQuestion,
} from './connection';
import { selects } from './selector';

export interface PolicyRule {
  /** Undefined or empty: every peer. */
  readonly peers: readonly NetworkPolicyPeer[] | undefined;
  /** Undefined or empty: every port of every protocol. */
  readonly ports: readonly NetworkPolicyPort[] | undefined;
}

/** The policies that isolate the pod in the direction, in the order of their names. */
export function isolatingPolicies({ pod, direction, controlPlane }: PolicyQuestion): readonly NetworkPolicy[] {
  const type = direction === 'egress' ? 'Egress' : 'Ingress';
  const labels = pod.metadata.labels ?? {};
  return controlPlane
    .networkPolicies(pod.metadata.namespace)
    .filter(({ spec }) => spec.policyTypes.includes(type) && selects(spec.podSelector ?? {}, labels));
}

export function rulesOf({ spec }: NetworkPolicy, direction: Direction): readonly PolicyRule[] {
  if (direction === 'egress') return (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
  return (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
}

/** The first rule that allows the connection. Models the semantics of networking.k8s.io/v1 NetworkPolicySpec. */
export function allowingRule(
  policies: readonly NetworkPolicy[],
  question: PolicyQuestion,
): PolicyRuleReference | undefined {
  for (const policy of policies)
    for (const [index, rule] of rulesOf(policy, question.direction).entries()) {
      const peer = matchingEntry(rule.peers, (entry) => isPeer(entry, policy, question));
      if (peer === 'none') continue;
      const port = matchingEntry(rule.ports, (entry) => isPort(entry, question.connection));
      if (port !== 'none') return reference(policy, question.direction, index, peer, port);
    }
  return undefined;
}

/** The index of the first entry that matches; undefined where there is none to match, 'none' where none does. */
function matchingEntry<T>(
  entries: readonly T[] | undefined,
  matches: (entry: T) => boolean,
): number | undefined | 'none' {
  if (!entries || entries.length === 0) return undefined;
  const index = entries.findIndex(matches);
  return index < 0 ? 'none' : index;
}

/** A rule of a policy with the entries that are meant, and the way to the deepest of them. */
export function reference(
  policy: NetworkPolicy,
  direction: Direction,
  rule: number,
  peer: number | undefined,
  port: number | undefined,
): PolicyRuleReference {
  const { namespace, name } = policy.metadata;
  return {
    kind: 'NetworkPolicy',
    version: 'v1',
    object: objectKey('networking.k8s.io', 'NetworkPolicy', namespace, name),
    policy: namespacedName(policy),
    tier: 'network-policy',
    action: 'Allow',
    rule,
    peer,
    port,
    path: entryPath(direction, rule, peer, port),
  };
}

function entryPath(direction: Direction, rule: number, peer: number | undefined, port: number | undefined): JsonPath {
  const path = ['spec', direction, rule];
  if (peer !== undefined) return [...path, peersField(direction), peer];
  return port === undefined ? path : [...path, 'ports', port];
}

export function peersField(direction: Direction): 'from' | 'to' {
  return direction === 'egress' ? 'to' : 'from';
}

/** Whether an entry of `from` or `to` means the other end. */
export function isPeer(entry: NetworkPolicyPeer, policy: NetworkPolicy, question: PolicyQuestion): boolean {
  const { peer, controlPlane } = question;
  if (entry.ipBlock) {
    const { cidr, except = [] } = entry.ipBlock;
    return addressesOfEnd(peer).some(
      (address) => isInRange(address, cidr) && !except.some((hole) => isInRange(address, hole)),
    );
  }
  const { pod } = peer;
  // A pod on its node's network cannot be told apart from the node.
  if (!isOnPodNetwork(pod)) return false;
  const { namespace, labels = {} } = pod.metadata;
  if (entry.namespaceSelector) {
    if (!selects(entry.namespaceSelector, labelsOfNamespace(namespace, controlPlane))) return false;
  } else if (namespace !== policy.metadata.namespace) return false;
  return !entry.podSelector || selects(entry.podSelector, labels);
}

/** Whether an entry of `ports` means the connection's port. A name is looked up in the pod that is called. */
export function isPort({ protocol = 'TCP', port, endPort }: NetworkPolicyPort, connection: PolicyConnection): boolean {
  if (protocol !== connection.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'string') return isNamedPort(port, connection);
  return connection.port >= port && connection.port <= (endPort ?? port);
}
