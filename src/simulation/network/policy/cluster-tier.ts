/** One tier of cluster-wide policies: the first rule that matches a connection decides it, or passes it on. */

import type { Node } from '#model/kubernetes';
import type { ControlPlane, PolicyRuleReference } from '../../types';
import { clusterPolicies, type ClusterPeer, type ClusterPolicy, type ClusterPort, type ClusterRule, type ClusterTier, type PodPeer } from './cluster-policy'; // prettier-ignore
import {
  addressesOfEnd,
  isInRange,
  isNamedPort,
  isOnPodNetwork,
  labelsOfNamespace,
  type PolicyConnection,
  type PolicyEnd,
  type PolicyQuestion,
} from './connection';
import { peersField } from './network-policy';
import { selects } from './selector';

export interface TierVerdict {
  /** The rule that matched first; undefined where none does. Its action may be Pass. */
  readonly rule: PolicyRuleReference | undefined;
  /** A rule of another policy with the same priority, which says otherwise. */
  readonly ambiguous: PolicyRuleReference | undefined;
  /** Rules before it that are about domain names. */
  readonly undecidable: readonly PolicyRuleReference[];
}

/**
 * Asks the policies of a tier in the order of their priorities, and of each its rules in their order.
 * Models the semantics of policy.networking.k8s.io v1alpha1 and v1alpha2 (ClusterNetworkPolicySpec).
 */
export function askTier(tier: ClusterTier, question: PolicyQuestion): TierVerdict {
  const undecidable: PolicyRuleReference[] = [];
  let found: { readonly rule: PolicyRuleReference; readonly priority: number } | undefined;
  for (const policy of clusterPolicies(tier, question.controlPlane)) {
    if (found && policy.priority !== found.priority) break;
    if (!isSubject(policy.subject, question)) continue;
    const rule = firstRule(policy, question, found ? [] : undecidable);
    if (!rule) continue;
    if (!found) found = { rule, priority: policy.priority };
    else if (rule.action !== found.rule.action) return { rule: found.rule, ambiguous: rule, undecidable };
  }
  return { rule: found?.rule, ambiguous: undefined, undecidable };
}

function isSubject(subject: PodPeer, { pod, controlPlane }: PolicyQuestion): boolean {
  return isPodPeer(subject, { pod, address: undefined }, controlPlane);
}

function firstRule(
  policy: ClusterPolicy,
  question: PolicyQuestion,
  undecidable: PolicyRuleReference[],
): PolicyRuleReference | undefined {
  for (const [index, rule] of policy[question.direction].entries()) {
    const port = matchingPort(rule, question.connection);
    if (port === 'none') continue;
    const peer = rule.peers.findIndex((entry) => isPeer(entry, question.peer, question.controlPlane));
    if (peer >= 0) return reference(policy, question, index, rule, peer, port);
    const names = rule.peers.findIndex((entry) => entry.kind === 'domain-names');
    if (names >= 0) undecidable.push(reference(policy, question, index, rule, names, port));
  }
  return undefined;
}

function reference(
  policy: ClusterPolicy,
  { direction }: PolicyQuestion,
  index: number,
  rule: ClusterRule,
  peer: number,
  port: number | undefined,
): PolicyRuleReference {
  return {
    kind: policy.kind,
    version: policy.kind === 'ClusterNetworkPolicy' ? 'v1alpha2' : 'v1alpha1',
    object: policy.object.key,
    policy: policy.object.name,
    tier: policy.tier,
    action: rule.action,
    rule: index,
    peer,
    port,
    path: ['spec', direction, index, peersField(direction), peer],
  };
}

// ---------------------------------------------------------------- peers and ports

function isPeer(peer: ClusterPeer, end: PolicyEnd, controlPlane: ControlPlane): boolean {
  switch (peer.kind) {
    case 'pods':
      return isPodPeer(peer, end, controlPlane);
    case 'nodes':
      return controlPlane.nodes().some((node) => selects(peer.selector, node.metadata.labels ?? {}) && isOn(node, end));
    case 'networks':
      return addressesOfEnd(end).some((address) => peer.cidrs.some((cidr) => isInRange(address, cidr)));
    case 'domain-names':
    case 'unknown':
      return false;
  }
}

function isPodPeer({ namespaces, pods }: PodPeer, { pod }: PolicyEnd, controlPlane: ControlPlane): boolean {
  return (
    isOnPodNetwork(pod) &&
    selects(namespaces, labelsOfNamespace(pod.metadata.namespace, controlPlane)) &&
    selects(pods, pod.metadata.labels ?? {})
  );
}

/** Whether the end has one of the node's addresses: the node itself, or a pod on its network. */
function isOn(node: Node, end: PolicyEnd): boolean {
  if (end.pod?.spec.hostNetwork && end.pod.spec.nodeName === node.metadata.name) return true;
  const own = (node.status.addresses ?? []).map(({ address }) => address);
  return addressesOfEnd(end).some((address) => own.includes(address));
}

/** The index of the first port entry that matches; undefined where the rule lists none, 'none' where none does. */
function matchingPort({ ports }: ClusterRule, connection: PolicyConnection): number | undefined | 'none' {
  if (!ports) return undefined;
  const index = ports.findIndex((port) => isPort(port, connection));
  return index < 0 ? 'none' : index;
}

function isPort(port: ClusterPort, connection: PolicyConnection): boolean {
  switch (port.kind) {
    case 'range':
      return port.protocol === connection.protocol && connection.port >= port.first && connection.port <= port.last;
    case 'name':
      return isNamedPort(port.name, connection);
    case 'unknown':
      return false;
  }
}
