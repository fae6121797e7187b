/** Why policies let nothing from some pods to a Service's pods, where nobody has thought of the pair. */

import { isHeadless, namespacedName, type NetworkPolicy, type Service } from '#model/kubernetes';
import { findPort } from '#simulation/index';
import { labelsOfNamespace } from '#simulation/network/policy/connection';
import { selects } from '#simulation/network/policy/selector';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { groupsOfPeer, isolates, selectsPods, writtenRules, type Direction } from './policy-rules';

/** Pods that call a Service, and some of its pods. */
export interface Connection {
  readonly from: PodGroup;
  readonly service: Service;
  readonly target: PodGroup;
}

/** On whose side a connection is denied, and by which policies. */
export interface Denial {
  readonly direction: Direction;
  readonly policies: readonly NetworkPolicy[];
}

/**
 * Undefined where the call is allowed, or denied for a cause that is told elsewhere: a peer that selects nothing, the
 * port, or the DNS server. Told here is only that nobody has thought of these pods.
 */
export function denialOf({ from: group, service, target }: Connection, context: AnalysisContext): Denial | undefined {
  const { controlPlane, dataPlane } = context.simulation;
  const [from] = controlPlane.podsOf(group.key);
  const [to] = controlPlane.podsOf(target.key);
  if (!from || !to || target.spec.hostNetwork === true) return undefined;
  const ports = (service.spec.ports ?? []).flatMap(({ protocol, ...port }) => {
    const number = isHeadless(service) ? port.port : findPort(target.spec, { protocol, ...port });
    return number === undefined ? [] : { protocol, number };
  });
  const verdicts = ports.map(({ protocol, number }) => dataPlane.policy({ from: { pod: namespacedName(from) }, to: { pod: namespacedName(to) }, port: number, protocol })); // prettier-ignore
  for (const direction of ['egress', 'ingress'] as const) {
    const [own, other] = direction === 'egress' ? [group, target] : [target, group];
    const isDenied = verdicts.length > 0 && verdicts.every((verdict) => verdict[direction]?.allowed === false);
    if (!isDenied) continue;
    const policies = controlPlane.networkPolicies(own.namespace).filter((policy) => isolates(policy, direction) && selectsPods(policy, own)); // prettier-ignore
    if (policies.length === 0 || !isForgotten(policies, direction, other, context)) return undefined;
    return { direction, policies };
  }
  return undefined;
}

/** Whether each peer means something, and none of them these pods. */
function isForgotten(
  policies: readonly NetworkPolicy[],
  direction: Direction,
  other: PodGroup,
  { simulation }: AnalysisContext,
): boolean {
  const { controlPlane } = simulation;
  for (const policy of policies) {
    const own = policy.metadata.namespace;
    for (const { peers } of writtenRules(policy).filter((rule) => rule.direction === direction)) {
      if (peers.length === 0) return false;
      for (const peer of peers) {
        if (peer.ipBlock) continue;
        const groups = groupsOfPeer(peer, own, controlPlane);
        if (groups.some(({ key }) => key === other.key)) return false;
        // What is outside of the scope may be meant: an Ingress controller, a monitor.
        const isOwn = peer.namespaceSelector === undefined || selects(peer.namespaceSelector, labelsOfNamespace(own, controlPlane)); // prettier-ignore
        if (isOwn && groups.length === 0) return false;
      }
    }
  }
  return true;
}
