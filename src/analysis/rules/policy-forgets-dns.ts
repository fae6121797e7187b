/** policy-forgets-dns: pods that may call others by name, and may not ask for the names. */

import { isJsonObject, valueAt } from '#base/json';
import { namespacedName, type NetworkPolicy } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { namesIn } from '../names/names-in';
import { isServiceName } from '../names/service-names';
import { dnsVerdict, mayAllowDns, type DnsVerdict } from './dns-egress';
import { fixBy } from './edits';
import type { Rule } from './index';
import { appendItem } from './list-edits';
import { hasOtherPolicies } from './other-policies';
import { dependOnPods, groupsIn, groupsOfPeer, isolates, policyOf, selectsPods, writtenRules } from './policy-rules';
import { relatedMember, type Report } from './report';
import { unappliedTo } from './unapplied';
import { list } from './words';

export const policyForgetsDns: Rule = {
  codes: ['policy-forgets-dns'],
  check(object, context, report) {
    const policy = policyOf(object, context, report);
    if (!policy || !isolates(policy, 'egress') || (policy.spec.egress ?? []).length === 0) return;
    dependOnPods(policy, report);
    report.dependsOn(`kind networking.k8s.io/NetworkPolicy ${object.namespace}`, 'pods kube-system', 'kind /Service kube-system'); // prettier-ignore
    const { controlPlane } = context.simulation;
    if (mayAllowDns(policy, context)) return;
    if (context.scope.incomplete.length > 0) return report.leaveOpen(report.place(['spec']), 'object');
    const policies = controlPlane.networkPolicies(object.namespace);
    if (policies.some((other) => unappliedTo(nameOfPolicy(other), [['spec']], context.scope).length > 0))
      return report.leaveOpen(report.place(['spec']), 'object');
    for (const group of groupsIn(object.namespace, policy.spec.podSelector ?? {}, controlPlane)) {
      if (firstToAllow(policies, group) !== policy) continue;
      report.dependsOn(group.key);
      if (!asksClusterDns(group)) continue;
      const verdict = dnsVerdict(group, context);
      if (verdict.kind !== 'blocked') continue;
      report.searchedElsewhere();
      const use = useOf(group, policies, context);
      if (!use || hasOtherPolicies(context)) continue;
      return reportForgotten(object, policy, group, verdict, use, context, report);
    }
  },
};

function nameOfPolicy({ metadata }: NetworkPolicy): Pick<KubernetesObject, 'kind' | 'name'> {
  return { kind: 'NetworkPolicy', name: metadata.name };
}

/** Of several policies that isolate a pod, the finding stands at one: the first that lets anything out. */
function firstToAllow(policies: readonly NetworkPolicy[], group: PodGroup): NetworkPolicy | undefined {
  return policies.find(
    (other) => isolates(other, 'egress') && selectsPods(other, group) && (other.spec.egress ?? []).length > 0,
  );
}

function asksClusterDns({ spec }: PodGroup): boolean {
  return spec.hostNetwork !== true && spec.dnsPolicy === 'ClusterFirst' && valueAt({ ...spec } as never, ['dnsConfig', 'nameservers']) === undefined; // prettier-ignore
}

// ---------------------------------------------------------------- whether names are used

interface Use {
  readonly severity: 'error' | 'hint';
  readonly text: string;
}

/** What the pods need names for; undefined where nothing says that they do. */
function useOf(group: PodGroup, policies: readonly NetworkPolicy[], context: AnalysisContext): Use | undefined {
  const { controlPlane } = context.simulation;
  const named = namesIn(group.object).find((found) => isServiceName(found, group.namespace, controlPlane));
  if (named) return { severity: 'error', text: `${printReference(group.object)} calls ${named.host}` };
  const allowed = policies
    .filter((policy) => isolates(policy, 'egress') && selectsPods(policy, group))
    .flatMap((policy) => writtenRules(policy))
    .filter(({ direction }) => direction === 'egress')
    .flatMap(({ peers }) => peers);
  const called = allowed.flatMap((peer) => groupsOfPeer(peer, group.namespace, controlPlane));
  const services = [...new Set(called.flatMap(({ key }) => controlPlane.servicesTargeting(key).map(namespacedName)))];
  if (services.length > 0) return { severity: 'error', text: `it lets pods call Service ${list(services)}` };
  return called.length > 0 ? { severity: 'hint', text: 'it lets pods call others' } : undefined;
}

// ---------------------------------------------------------------- words

function isWhole({ scope }: AnalysisContext): boolean {
  return scope.kind === 'root' || scope.kind === 'file';
}

function reportForgotten(
  object: KubernetesObject,
  policy: NetworkPolicy,
  group: PodGroup,
  { server, protocols, ports, selector }: Extract<DnsVerdict, { kind: 'blocked' }>,
  use: Use,
  context: AnalysisContext,
  report: Report,
): void {
  const last = (policy.spec.egress ?? []).length - 1;
  const labels = Object.entries(selector).map(([key, value]) => `${key}: ${value}`).join(', '); // prettier-ignore
  const rule = [
    `to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {${labels}}}}]`,
    `ports: [{protocol: UDP, port: ${ports.UDP}}, {protocol: TCP, port: ${ports.TCP}}]`,
  ];
  const only = protocols.length > 0 ? `; ${protocols.join(' and ')} alone is not enough` : '';
  report.add({
    code: 'policy-forgets-dns',
    // A folder or kustomization may be a part of what is applied, beside a policy for all that allows DNS.
    severity: use.severity === 'error' && !isWhole(context) ? 'warning' : use.severity,
    message: `${printReference(object)} lets pods call others, but not the DNS server`,
    place: report.member(['spec', 'egress']),
    details: [
      { label: 'cause', text: `no egress rule allows UDP to ${server} at port ${ports.UDP}${only}, and ${use.text}` },
      { label: 'effect', text: `names do not resolve in ${printReference(group.object)}: each query is dropped, until the resolver gives up; calls by address work` }, // prettier-ignore
    ],
    related: [relatedMember(group.object, [...group.templatePath, 'metadata', 'labels'], 'The pods that it isolates', context)], // prettier-ignore
    fixes: [
      fixBy(`Allow UDP ${ports.UDP === ports.TCP ? '' : `${ports.UDP} `}and TCP ${ports.TCP} to the DNS server`, true, [
        isJsonObject(valueAt(object.body, ['spec', 'egress', last]))
          ? appendItem(object, ['spec', 'egress', last], rule, context)
          : undefined,
      ]),
    ],
  });
}
