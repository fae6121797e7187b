/** NetworkPolicies and policies of the whole cluster, with the workloads whose pods are their subjects. */

import type { NetworkPolicy } from '#model/kubernetes';
import { objectKey, type KubernetesObject, type ObjectKey } from '#model/object';
import { clusterPolicies, type ClusterPolicy } from '#simulation/network/policy/cluster-policy';
import { labelsOfNamespace } from '#simulation/network/policy/connection';
import { rulesOf } from '#simulation/network/policy/network-policy';
import { selects } from '#simulation/network/policy/selector';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { count, edge, node, problemsOf, type Drawing, type Part } from './drawing';
import { ids } from './ids';

/** The policy stands in its namespace; `groups` are all of that namespace. */
export function policyPart(
  policy: NetworkPolicy,
  object: KubernetesObject,
  groups: readonly PodGroup[],
  drawing: Drawing,
): Part {
  const id = ids.object(object);
  const base = node(id, 'policy', object.name, detailOf(policy), ids.namespace(policy.metadata.namespace), object);
  const selected = groups.filter((group) => selects(policy.spec.podSelector ?? {}, group.labels));
  const label = policy.spec.policyTypes.join(', ').toLowerCase();
  return {
    nodes: [{ ...base, problems: problemsOf(drawing.findings(object)) }],
    edges: selected.map((group) => edge(id, ids.group(group), 'selects', label)),
  };
}

/** All of the cluster, the first asked first. */
export function policiesOfCluster(controlPlane: ControlPlane): readonly ClusterPolicy[] {
  return [...clusterPolicies('admin', controlPlane), ...clusterPolicies('baseline', controlPlane)];
}

/** A policy of the whole cluster stands beside the namespaces; `groups` are those of all of them. */
export function clusterPolicyPart(policy: ClusterPolicy, groups: readonly PodGroup[], drawing: Drawing): Part {
  const { kind, object, tier, priority, subject, ingress, egress } = policy;
  const id = ids.object(object);
  const rank = kind === 'BaselineAdminNetworkPolicy' ? [] : [`priority ${priority}`];
  const sides = [
    ...(ingress.length === 0 ? [] : [`ingress: ${count(ingress.length, 'rule')}`]),
    ...(egress.length === 0 ? [] : [`egress: ${count(egress.length, 'rule')}`]),
  ];
  const detail = [kind, `${tier} tier`, ...rank, ...sides].join(', ');
  const selected = groups.filter(
    ({ namespace, labels }) =>
      selects(subject.namespaces, labelsOfNamespace(namespace, drawing.controlPlane)) && selects(subject.pods, labels),
  );
  const base = node(id, 'policy', object.name, detail, ids.everyNamespace, object);
  return {
    nodes: [{ ...base, problems: problemsOf(drawing.findings(object)) }],
    edges: selected.map((group) => edge(id, ids.group(group), 'selects', `${tier} tier`)),
  };
}

/** `ingress: 2 rules, egress: nothing`. */
function detailOf(policy: NetworkPolicy): string {
  return policy.spec.policyTypes.map((type) => `${type.toLowerCase()}: ${allowedBy(policy, type)}`).join(', ');
}

function allowedBy(policy: NetworkPolicy, type: 'Ingress' | 'Egress'): string {
  const rules = rulesOf(policy, type === 'Ingress' ? 'ingress' : 'egress');
  if (rules.length === 0) return 'nothing';
  const isAll = rules.some(({ peers, ports }) => (peers ?? []).length === 0 && (ports ?? []).length === 0);
  return isAll ? 'everything' : `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`;
}

/** The key of the object that a policy was read from. */
export function policyKey({ metadata }: NetworkPolicy): ObjectKey {
  return objectKey('networking.k8s.io', 'NetworkPolicy', metadata.namespace, metadata.name);
}
