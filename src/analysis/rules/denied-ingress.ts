/** ingress-denied-by-policy: the policies of a backend's pods let nothing in from the controller of its Ingress. */

import { valueAt, type JsonPath } from '#base/json';
import { namespacedName, type NetworkPolicy, type NetworkPolicyPeer, type Service } from '#model/kubernetes';
import { objectKey, printReference, type KubernetesObject } from '#model/object';
import { controllerPods } from '#simulation/http/controller-pods';
import { entryOfIngress } from '#simulation/http/ingress-class';
import { objectOf, textOf } from '#simulation/http/read';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { fixInWords } from './edits';
import type { Rule } from './index';
import { backendsOf } from './ingress-backend';
import { hasOtherPolicies } from './other-policies';
import { denialOf } from './policy-denial';
import { groupsOfPeer, isolates, selectsPods, writtenRules } from './policy-rules';
import { relatedMember, type Report } from './report';
import { unappliedTo } from './unapplied';
import { list } from './words';

export const deniedIngress: Rule = {
  codes: ['ingress-denied-by-policy'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    report.dependsOn('kind networking.k8s.io/NetworkPolicy');
    const told = new Set<string>();
    for (const { path } of backendsOf(object)) {
      const namePath = [...path, 'service', 'name'];
      const name = textOf(objectOf(valueAt(object.body, [...path, 'service'])).name) ?? '';
      report.dependsOn(objectKey('', 'Service', object.namespace, name));
      const service = controlPlane.service(`${object.namespace}/${name}`);
      if (!service || told.has(name)) continue;
      told.add(name);
      checkBackend({ object, namePath, service }, context, report);
    }
  },
};

interface Backend {
  readonly object: KubernetesObject;
  readonly namePath: JsonPath;
  readonly service: Service;
}

function checkBackend(backend: Backend, context: AnalysisContext, report: Report): void {
  const { object, namePath, service } = backend;
  const { controlPlane } = context.simulation;
  if (controlPlane.networkPolicies(object.namespace).length === 0) return;
  report.dependsOn('pods', 'namespaces', 'kind /Namespace', 'kind networking.k8s.io/IngressClass');
  const targets = controlPlane.targets(namespacedName(service));
  const controller = controllerOf(object, context);
  const denials = targets.map((target) => controller ? denialBy(controller, service, target, context) : closedBy(target, context)); // prettier-ignore
  const policies = [...new Set(denials.flatMap((denying) => denying ?? []))];
  if (policies.length === 0 || denials.includes(undefined)) return;
  const isPatched = policies.some(({ metadata }) => unappliedTo({ kind: 'NetworkPolicy', name: metadata.name }, [['spec']], context.scope).length > 0); // prettier-ignore
  if (context.scope.incomplete.length > 0 || isPatched) return report.leaveOpen(report.place(namePath));
  // Policies of other kinds may come.
  report.searchedElsewhere();
  if (hasOtherPolicies(context)) return;
  if (controller) reportController(backend, controller, policies, context, report);
  else reportUnknown(backend, policies, context, report);
}

/** Known for certain where an IngressClass names the program, and pods say that they are of it. */
function controllerOf(object: KubernetesObject, { simulation }: AnalysisContext): PodGroup | undefined {
  const entry = entryOfIngress(object, simulation.controlPlane);
  if (!entry.ingressClass) return undefined;
  for (const { group } of controllerPods(entry, simulation.controlPlane)) return group;
  return undefined;
}

/** What the controller's own policies keep it from is no matter of this Ingress. */
function denialBy(
  from: PodGroup,
  service: Service,
  target: PodGroup,
  context: AnalysisContext,
): readonly NetworkPolicy[] | undefined {
  if (from.spec.hostNetwork === true) return undefined;
  const denial = denialOf({ from, service, target }, context);
  return denial?.direction === 'ingress' ? denial.policies : undefined;
}

/** The policies that let in nothing but pods of the target's own namespace, all of which the scope shows. */
function closedBy(target: PodGroup, { simulation }: AnalysisContext): readonly NetworkPolicy[] | undefined {
  const { controlPlane } = simulation;
  if (target.spec.hostNetwork === true) return undefined;
  const policies = controlPlane
    .networkPolicies(target.namespace)
    .filter((policy) => isolates(policy, 'ingress') && selectsPods(policy, target));
  const rules = policies.flatMap(writtenRules).filter(({ direction }) => direction === 'ingress');
  const isOwn = (peer: NetworkPolicyPeer) => meansOnly(target.namespace, peer) && groupsOfPeer(peer, target.namespace, controlPlane).length > 0; // prettier-ignore
  return rules.every(({ peers }) => peers.length > 0 && peers.every(isOwn)) && policies.length > 0 ? policies : undefined; // prettier-ignore
}

/** Labels of namespaces that the scope does not show are not known, but for the one that says their name. */
function meansOnly(namespace: string, { namespaceSelector }: NetworkPolicyPeer): boolean {
  return !namespaceSelector || namespaceSelector.matchLabels?.['kubernetes.io/metadata.name'] === namespace;
}

function namesOf(policies: readonly NetworkPolicy[]): string {
  const names = list(policies.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  return `NetworkPolicy ${names} ${policies.length === 1 ? 'isolates' : 'isolate'} them`;
}

function isolatedPods(policies: readonly NetworkPolicy[], context: AnalysisContext) {
  const [metadata] = policies.map((policy) => policy.metadata);
  const policy = metadata && context.simulation.controlPlane.object(objectKey('networking.k8s.io', 'NetworkPolicy', metadata.namespace, metadata.name)); // prettier-ignore
  return policy && relatedMember(policy, ['spec', 'podSelector'], 'The pods that it isolates', context);
}

function reportController(
  { namePath, service }: Backend,
  { object: controller }: PodGroup,
  policies: readonly NetworkPolicy[],
  context: AnalysisContext,
  report: Report,
): void {
  report.add({
    code: 'ingress-denied-by-policy',
    severity: 'warning',
    message: `no policy lets the controller to the pods of Service ${namespacedName(service)}`,
    place: report.member(namePath),
    details: [
      { label: 'cause', text: `${namesOf(policies)}, and no rule means the pods of ${printReference(controller)}, which serves the Ingress` }, // prettier-ignore
      { label: 'effect', text: 'its packets are dropped: it waits until it gives up, and answers with 504' },
    ],
    related: [isolatedPods(policies, context)],
    fixes: [fixInWords(`Allow ingress from the pods of ${printReference(controller)} in namespace ${controller.namespace}`)], // prettier-ignore
  });
}

function reportUnknown(
  { namePath, service }: Backend,
  policies: readonly NetworkPolicy[],
  context: AnalysisContext,
  report: Report,
): void {
  const { namespace } = service.metadata;
  report.add({
    code: 'ingress-denied-by-policy',
    severity: 'hint',
    message: `policies let no other namespace to the pods of Service ${namespacedName(service)}`,
    place: report.member(namePath),
    details: [
      { label: 'cause', text: `${namesOf(policies)}, and no rule means anybody outside of namespace ${namespace}` },
      { label: 'effect', text: 'unless the controller of the Ingress runs there, its packets are dropped: it waits until it gives up, and answers with 504' }, // prettier-ignore
    ],
    related: [isolatedPods(policies, context)],
    fixes: [fixInWords('Allow ingress from the namespace of the controller, which is ingress-nginx for that of NGINX')], // prettier-ignore
  });
}
