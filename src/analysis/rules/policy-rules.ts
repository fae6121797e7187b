/** The parts of a NetworkPolicy with their places, and the pods that they mean. */

import type { JsonPath } from '#base/json';
import type { LabelSelector, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '#model/kubernetes';
import { objectKey, type KubernetesObject } from '#model/object';
import { labelsOfNamespace } from '#simulation/network/policy/connection';
import { peersField, rulesOf } from '#simulation/network/policy/network-policy';
import { selects } from '#simulation/network/policy/selector';
import type { ControlPlane, PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Report } from './report';
import { unappliedTo } from './unapplied';

export type Direction = 'ingress' | 'egress';

export interface WrittenRule {
  readonly direction: Direction;
  readonly path: JsonPath;
  /** Way to `from` or `to`. */
  readonly peersPath: JsonPath;
  readonly peers: readonly NetworkPolicyPeer[];
  readonly ports: readonly NetworkPolicyPort[];
}

/** The policy as the API server has it; undefined where a kustomization may change what it says. */
export function policyOf(
  object: KubernetesObject,
  context: AnalysisContext,
  report: Report,
): NetworkPolicy | undefined {
  if (unappliedTo(object, [['spec']], context.scope).length > 0) {
    report.leaveOpen(report.place(['spec']), 'object');
    return undefined;
  }
  const { controlPlane } = context.simulation;
  return controlPlane.networkPolicies(object.namespace).find(({ metadata }) => metadata.name === object.name);
}

/** The rules that take part: those of a direction that the policy does not name mean nothing. */
export function writtenRules(policy: NetworkPolicy): readonly WrittenRule[] {
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    if (!isolates(policy, direction)) return [];
    return rulesOf(policy, direction).map(({ peers = [], ports = [] }, index) => {
      const path = ['spec', direction, index];
      return { direction, path, peersPath: [...path, peersField(direction)], peers, ports };
    });
  });
}

export function isolates({ spec }: NetworkPolicy, direction: Direction): boolean {
  return spec.policyTypes.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
}

/** What the answer about a policy depends on beside it: pods, Services and namespaces. */
export function dependOnPods(policy: NetworkPolicy, report: Report): void {
  const { namespace } = policy.metadata;
  report.dependsOn(`pods ${namespace}`, `kind /Service ${namespace}`);
  const peers = writtenRules(policy).flatMap((rule) => rule.peers);
  if (peers.some((peer) => peer.namespaceSelector)) report.dependsOn('pods', 'namespaces', 'kind /Namespace');
}

/** The pod groups of a namespace that the selector means; the empty one means all. */
export function groupsIn(namespace: string, selector: LabelSelector, controlPlane: ControlPlane): readonly PodGroup[] {
  const labels = selector.matchLabels ?? {};
  return controlPlane.groupsMatching(labels, namespace).filter((group) => meets(selector, group));
}

/** Pairs whose value varies from pod to pod match what they can. */
function meets({ matchExpressions }: LabelSelector, group: PodGroup): boolean {
  const known = (matchExpressions ?? []).filter(({ key }) => !group.variableLabels.includes(key));
  return selects({ matchExpressions: known }, group.labels);
}

/** Whether the policy selects the pods of the group. */
export function selectsPods(policy: NetworkPolicy, group: PodGroup): boolean {
  const { podSelector = {} } = policy.spec;
  const pairs = Object.entries(podSelector.matchLabels ?? {});
  return (
    policy.metadata.namespace === group.namespace &&
    pairs.every(([key, value]) => group.labels[key] === value || group.variableLabels.includes(key)) &&
    meets(podSelector, group)
  );
}

/** The namespaces that an entry of `from` or `to` means, as far as the scope knows of them. */
export function namespacesOf(peer: NetworkPolicyPeer, own: string, controlPlane: ControlPlane): readonly string[] {
  const { namespaceSelector } = peer;
  if (!namespaceSelector) return [own];
  return [...controlPlane.namespaces()].flatMap(([name, labels]) => (selects(namespaceSelector, labels) ? name : []));
}

export function groupsOfPeer(peer: NetworkPolicyPeer, own: string, controlPlane: ControlPlane): readonly PodGroup[] {
  if (peer.ipBlock) return [];
  return namespacesOf(peer, own, controlPlane).flatMap((name) => groupsIn(name, peer.podSelector ?? {}, controlPlane));
}

/** The manifest that declares the namespace. Without one its labels are not known. */
export function declaredNamespace(name: string, controlPlane: ControlPlane): KubernetesObject | undefined {
  return controlPlane.object(objectKey('', 'Namespace', '', name));
}

export { labelsOfNamespace };

export function isEmpty(selector: LabelSelector | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0;
}
