/** Pods that a NetworkPolicy selects: its own, its peers, and those whose port it calls by a name. */

import { isJsonObject, valueAt, type JsonPath, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { readSelector, selects } from '#simulation/network/policy/selector';
import type { ControlPlane, PodGroup } from '#simulation/types';

/**
 * At a path within one of its rules: who would have a port of that name. Of what comes in these are the policy's own
 * pods, of what goes out its peers; nobody in particular where it goes out to anybody.
 */
export function podsOfPolicyPort(
  { body, namespace }: Pick<KubernetesObject, 'body' | 'namespace'>,
  path: JsonPath,
  controlPlane: ControlPlane,
): readonly PodGroup[] {
  if (path[1] !== 'egress') return selectedPods(valueAt(body, ['spec', 'podSelector']), [namespace], controlPlane);
  const peers = valueAt(body, [...path.slice(0, 3), 'to']);
  if (!Array.isArray(peers)) return [];
  return [...new Set(peers.flatMap((peer: JsonValue) => podsOfPeer(peer, namespace, controlPlane)))];
}

/** Empty for a peer that is a block of addresses. */
export function podsOfPeer(peer: JsonValue, namespace: string, controlPlane: ControlPlane): readonly PodGroup[] {
  if (!isJsonObject(peer) || (peer.podSelector === undefined && peer.namespaceSelector === undefined)) return [];
  const namespaces = peer.namespaceSelector === undefined ? [namespace] : namespacesOf(peer.namespaceSelector, controlPlane); // prettier-ignore
  return selectedPods(peer.podSelector, namespaces, controlPlane);
}

/** Names of the namespaces whose labels a LabelSelector matches. */
export function namespacesOf(selector: JsonValue | undefined, controlPlane: ControlPlane): readonly string[] {
  const read = readSelector(selector);
  return [...controlPlane.namespaces()].flatMap(([name, labels]) => (selects(read, labels) ? name : []));
}

export function selectedPods(
  written: JsonValue | undefined,
  namespaces: readonly string[],
  controlPlane: ControlPlane,
): readonly PodGroup[] {
  const selector = readSelector(written);
  const candidates = namespaces.flatMap((name) => controlPlane.groupsMatching(selector.matchLabels ?? {}, name));
  return (selector.matchExpressions ?? []).length === 0
    ? candidates
    : candidates.filter((group) => selects(selector, group.labels));
}
