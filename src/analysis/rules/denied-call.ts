/** call-denied-by-policy: a text calls a Service, and the policies of the scope let nothing from these pods to its pods. */

import { isHeadless, namespacedName, type NetworkPolicy, type Service } from '#model/kubernetes';
import { objectKey, printReference, type KubernetesObject } from '#model/object';
import { findPort } from '#simulation/index';
import { labelsOfNamespace } from '#simulation/network/policy/connection';
import { selects } from '#simulation/network/policy/selector';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { namesIn, type NameInText } from '../names/names-in';
import { placeOfName } from '../names/place';
import { calledService } from './called-service';
import type { Rule } from './index';
import { hasOtherPolicies } from './other-policies';
import { groupsOfPeer, isolates, selectsPods, writtenRules, type Direction } from './policy-rules';
import { relatedMember, relatedName, type Report } from './report';
import { unappliedTo } from './unapplied';
import { list } from './words';

export const deniedCall: Rule = {
  codes: ['call-denied-by-policy'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const group = controlPlane.podGroup(object.key);
    if (!group || group.object !== object || group.spec.hostNetwork === true) return;
    const names = namesIn(object);
    if (names.length === 0) return;
    report.dependsOn('kind networking.k8s.io/NetworkPolicy');
    const [policy] = controlPlane.objectsOfKind('networking.k8s.io', 'NetworkPolicy');
    if (!policy) return;
    const told = new Set<string>();
    for (const name of names) {
      const service = calledService(name, object, controlPlane, report);
      if (!service || told.has(namespacedName(service))) continue;
      told.add(namespacedName(service));
      check({ object, name, group, service }, context, report);
    }
  },
};

interface Call {
  readonly object: KubernetesObject;
  readonly name: NameInText;
  readonly group: PodGroup;
  readonly service: Service;
}

/** On whose side a call is denied, and by which policies. */
interface Denial {
  readonly direction: Direction;
  readonly policies: readonly NetworkPolicy[];
}

function check(call: Call, context: AnalysisContext, report: Report): void {
  const { object, name, group, service } = call;
  const { controlPlane } = context.simulation;
  const { namespace } = service.metadata;
  const namespaces = [...new Set([object.namespace, namespace])];
  const policies = namespaces.flatMap((each) => controlPlane.networkPolicies(each));
  if (policies.length === 0) return;
  report.dependsOn('pods', 'namespaces', 'kind /Namespace');
  const targets = controlPlane.targets(namespacedName(service)).filter(({ key }) => key !== group.key);
  const denials = targets.map((target) => denialOf(call, target, context));
  const [denial] = denials;
  if (!denial || denials.includes(undefined)) return;
  const place = placeOfName(object, name, 'host', context) ?? report.place(name.path);
  const isOpen =
    context.scope.incomplete.length > 0 ||
    unappliedTo(object, [name.path.map(String)], context.scope).length > 0 ||
    policies.some(({ metadata }) => unappliedTo({ kind: 'NetworkPolicy', name: metadata.name }, [['spec']], context.scope).length > 0); // prettier-ignore
  if (isOpen) return report.leaveOpen(place);
  // Policies of other kinds may come.
  report.searchedElsewhere();
  if (hasOtherPolicies(context)) return;
  const [first] = denial.policies;
  const policy = first && controlPlane.object(objectKey('networking.k8s.io', 'NetworkPolicy', first.metadata.namespace, first.metadata.name)); // prettier-ignore
  const names = list(denial.policies.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  const many = denial.policies.length > 1;
  const isOut = denial.direction === 'egress';
  report.add({
    code: 'call-denied-by-policy',
    severity: 'warning',
    message: `${printReference(object)} calls ${name.host}, and no policy lets it`,
    place,
    details: [
      { label: 'cause', text: isOut ? `NetworkPolicy ${names} ${many ? 'isolate' : 'isolates'} its pods, and no egress rule of ${many ? 'theirs' : 'it'} means the pods of Service ${namespacedName(service)}` : `NetworkPolicy ${names} ${many ? 'isolate' : 'isolates'} the pods of Service ${namespacedName(service)}, and no ingress rule of ${many ? 'theirs' : 'it'} means these` }, // prettier-ignore
      { label: 'effect', text: 'its packets are dropped: the client waits until it times out' },
    ],
    related: [policy && relatedMember(policy, ['spec', 'podSelector'], 'The pods that it isolates', context), ...targets.slice(0, 1).map((target) => relatedName(target.object, `${printReference(target.object)} is called`, context))], // prettier-ignore
    fixes: [
      {
        title: isOut
          ? `Allow egress to the pods of Service ${namespacedName(service)}`
          : `Allow ingress from the pods of ${printReference(object)}`,
        edits: [],
        preferred: false,
      },
    ],
  });
}

/**
 * Undefined where the call is allowed, or denied for a cause that is told elsewhere: a peer that selects nothing, the
 * port, or the DNS server. Told here is only that nobody has thought of these pods.
 */
function denialOf({ group, service }: Call, target: PodGroup, context: AnalysisContext): Denial | undefined {
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
    if (verdicts.some((verdict) => (verdict[direction]?.tier ?? 'network-policy') !== 'network-policy')) return undefined; // prettier-ignore
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
