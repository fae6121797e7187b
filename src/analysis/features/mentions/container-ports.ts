/** A named port of containers, with the Services, probes and policies that mean it: they hang together by pods. */

import type { KubernetesObject, ObjectKey } from '#model/object';
import { effectiveSelector } from '#simulation/index';
import { readSelector, selects } from '#simulation/network/policy/selector';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { namespacedName } from '#model/kubernetes';
import type { MentionIndex } from './mention-index';
import type { MentionIn } from './types';

/**
 * Follows the name from pods to the Services that target them, from these to all their targets, and to the policies
 * that allow it: what has to be called alike for all of them to work on.
 */
export function containerPortOccurrences(
  { object: start }: MentionIn,
  name: string,
  index: MentionIndex,
  controlPlane: ControlPlane,
): readonly MentionIn[] {
  const found = new Map<KubernetesObject, readonly MentionIn[]>();
  const groups = new Set<ObjectKey>();
  const waiting: KubernetesObject[] = [start];
  const policies = [...index.objects(`container-port ${start.namespace} ${name}`)];
  for (let object = waiting.pop(); object; object = waiting.pop()) {
    if (found.has(object)) continue;
    const mentions = mentionsOfPort(object, name, index);
    if (mentions.length === 0) continue;
    found.set(object, mentions);
    for (const group of podsOf(object, controlPlane)) {
      if (groups.has(group.key)) continue;
      groups.add(group.key);
      waiting.push(group.object);
      for (const service of controlPlane.servicesTargeting(group.key)) {
        const own = controlPlane.serviceObject(namespacedName(service));
        if (own) waiting.push(own);
      }
      for (const policy of policies) if (podsOf(policy, controlPlane).includes(group)) waiting.push(policy);
    }
  }
  return [...found.values()].flat();
}

function mentionsOfPort(object: KubernetesObject, name: string, index: MentionIndex): MentionIn[] {
  return index
    .mentions(object)
    .filter(({ meaning }) => meaning.kind === 'container-port' && meaning.name === name)
    .map((mention) => ({ object, mention }));
}

/** The pods whose ports an object means: its own, its targets, or those that a policy is about. */
function podsOf(object: KubernetesObject, controlPlane: ControlPlane): readonly PodGroup[] {
  if (object.kind === 'NetworkPolicy') {
    const selector = readSelector((object.body.spec as { podSelector?: never } | undefined)?.podSelector);
    const { matchLabels = {}, matchExpressions = [] } = selector;
    const candidates = controlPlane.groupsMatching(matchLabels, object.namespace);
    return matchExpressions.length === 0 ? candidates : candidates.filter((group) => selects(selector, group.labels));
  }
  if (object.kind !== 'Service') return [controlPlane.podGroup(object.key)].filter((group) => group !== undefined);
  const service = controlPlane.service(`${object.namespace}/${object.name}`);
  return service && effectiveSelector(service) ? controlPlane.targets(namespacedName(service)) : [];
}
