/**
 * Whether policies let a connection leave its source and enter its destination: the tiers in their order, first the
 * administrators' policies, then NetworkPolicies, then the baseline.
 */

import { namespacedName, type Pod } from '#model/kubernetes';
import type { ControlPlane, PolicyVerdict } from '../types';
import { askTier, type TierVerdict } from './policy/cluster-tier';
import { isOnPodNetwork, isWithinPod, type Direction, type PolicyConnection, type PolicyEnd, type PolicyQuestion } from './policy/connection'; // prettier-ignore
import { nearestRule } from './policy/nearest';
import { allowingRule, isolatingPolicies } from './policy/network-policy';

export type { PolicyConnection, PolicyEnd } from './policy/connection';
export { selects } from './policy/selector';

/**
 * The verdict on one side of a connection; undefined where there is no pod on that side.
 * NetworkPolicies decide for every pod that they select. The baseline is asked about the others alone, and what no
 * tier decides is allowed.
 */
export function decide(
  direction: Direction,
  connection: PolicyConnection,
  controlPlane: ControlPlane,
): PolicyVerdict | undefined {
  const [own, peer] = direction === 'egress' ? [connection.from, connection.to] : [connection.to, connection.from];
  const { pod } = own;
  if (!pod) return undefined;
  const free: PolicyVerdict = {
    direction,
    pod: namespacedName(pod),
    allowed: true,
    policies: [],
    allowedBy: undefined,
  };
  // Policies cannot tell a pod on the node's network from the node.
  if (!isOnPodNetwork(pod)) return free;
  if (direction === 'ingress' && isFromOwnNode(pod, peer, controlPlane)) return free;
  const question: PolicyQuestion = { direction, connection, controlPlane, pod, peer };
  const isWithin = isWithinPod(connection);
  if (isWithin && !isSentBack(connection)) return withinPod(question, free);
  const admin = askTier('admin', question);
  const before = notes(admin);
  if (admin.rule && admin.rule.action !== 'Pass') return { ...free, ...before, ...decided(admin) };
  const byNamespace = isWithin ? withinPod(question, free) : askNetworkPolicies(question, free);
  if (byNamespace.policies.length > 0) return { ...byNamespace, ...before };
  const baseline = askTier('baseline', question);
  const all = notes(admin, baseline);
  if (baseline.rule && baseline.rule.action !== 'Pass') return { ...free, ...all, ...decided(baseline) };
  return { ...free, ...all };
}

/** A node may always reach its own pods: kubelet's probes come from there. Pods on its network are the node to others. */
function isFromOwnNode(pod: Pod, { pod: caller, address }: PolicyEnd, controlPlane: ControlPlane): boolean {
  const { nodeName } = pod.spec;
  if (nodeName === undefined) return false;
  if (caller) return caller.spec.hostNetwork === true && caller.spec.nodeName === nodeName;
  const own = controlPlane.node(nodeName)?.status.addresses ?? [];
  return address !== undefined && own.some((known) => known.address === address);
}

/**
 * A pod that calls its own address is not seen by its node. With both addresses known it was: a Service sent the packet
 * back, and that the policies of the cluster are asked about (network-policy-api, "hairpin" traffic).
 */
function isSentBack({ from, to }: PolicyConnection): boolean {
  return from.address !== undefined && to.address !== undefined;
}

/** No NetworkPolicy keeps a pod from itself. */
function withinPod(question: PolicyQuestion, free: PolicyVerdict): PolicyVerdict {
  return { ...free, policies: isolatingPolicies(question).map(namespacedName) };
}

function askNetworkPolicies(question: PolicyQuestion, free: PolicyVerdict): PolicyVerdict {
  const policies = isolatingPolicies(question);
  if (policies.length === 0) return free;
  const verdict = { ...free, policies: policies.map(namespacedName), tier: 'network-policy' as const };
  const rule = allowingRule(policies, question);
  if (rule) return { ...verdict, decidedBy: rule, allowedBy: { policy: rule.policy, rule: rule.rule } };
  const nearest = nearestRule(policies, question);
  return { ...verdict, allowed: false, ...(nearest && { nearest }) };
}

function decided({ rule }: TierVerdict): Partial<PolicyVerdict> {
  if (!rule) return {};
  const allowed = rule.action === 'Allow';
  return {
    allowed,
    policies: [rule.policy],
    allowedBy: allowed ? { policy: rule.policy, rule: rule.rule } : undefined,
    tier: rule.tier,
    decidedBy: rule,
  };
}

/** What was passed on, left open by the API, or not to be decided, in any of the tiers. */
function notes(...tiers: readonly TierVerdict[]): Partial<PolicyVerdict> {
  const passedBy = tiers.flatMap(({ rule }) => (rule?.action === 'Pass' ? rule : []));
  const undecidable = tiers.flatMap((tier) => tier.undecidable);
  const ambiguous = tiers.find((tier) => tier.ambiguous)?.ambiguous;
  return {
    ...(passedBy.length > 0 && { passedBy }),
    ...(undecidable.length > 0 && { undecidable }),
    ...(ambiguous && { ambiguous }),
  };
}
