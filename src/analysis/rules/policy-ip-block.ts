/** policy-ip-block-of-service, policy-ip-block-of-pods: addresses in a NetworkPolicy that are Kubernetes' own. */

import { parsePrefix } from '#base/ip';
import { namespacedName } from '#model/kubernetes';
import { isInRange } from '#simulation/network/policy/connection';
import type { AnalysisContext } from '../context';
import { fixBy, fixInWords } from './edits';
import type { Rule } from './index';
import { replaceItem } from './list-edits';
import { policyOf, writtenRules, type WrittenRule } from './policy-rules';
import { relatedName, type Report } from './report';
import { printLabels } from './words';

const dnsPort = 53;

export const policyIpBlock: Rule = {
  codes: ['policy-ip-block-of-service', 'policy-ip-block-of-pods'],
  check(object, context, report) {
    const policy = policyOf(object, context, report);
    if (!policy) return;
    for (const rule of writtenRules(policy))
      rule.peers.forEach(({ ipBlock }, index) => {
        const prefix = ipBlock && parsePrefix(ipBlock.cidr);
        if (!prefix || prefix.length !== (prefix.family === 'IPv4' ? 32 : 128)) return;
        const address = ipBlock.cidr.split('/')[0]!;
        report.dependsOn('kind /Service', 'kind /Node');
        checkAddress(address, rule, [...rule.peersPath, index], object, context, report);
      });
  },
};

function checkAddress(
  address: string,
  rule: WrittenRule,
  path: readonly (string | number)[],
  object: Parameters<Rule['check']>[0],
  context: AnalysisContext,
  report: Report,
): void {
  const { controlPlane } = context.simulation;
  // Addresses that the simulation chose are in nobody's policy on purpose.
  const service = controlPlane
    .servicesByAddress(address)
    .find((known) => (known.spec.clusterIPs ?? []).includes(address) && !controlPlane.isAssigned(known, address));
  if (service && rule.direction === 'egress' && !isForDns(rule)) {
    const name = namespacedName(service);
    const written = controlPlane.serviceObject(name);
    const labels = service.spec.selector;
    report.add({
      code: 'policy-ip-block-of-service',
      severity: 'warning',
      message: `ipBlock ${address} is the cluster IP of Service ${name}`,
      place: report.member([...path, 'ipBlock', 'cidr']),
      details: [
        {
          label: 'cause',
          text: 'kube-proxy puts a pod’s address in its place before most network plugins ask the policies',
        },
        { label: 'effect', text: `the entry does not let the pods be called: connections to Service ${name} time out` },
      ],
      related: [written && relatedName(written, `Service ${name} is here`, context)],
      fixes: [
        labels
          ? fixBy(`Mean the pods of Service ${name} by their labels ${printLabels(labels)}`, true, [
              replaceItem(object, path, peerText(labels, service.metadata.namespace, object.namespace), context),
            ])
          : fixInWords('Allow the addresses of its endpoints'),
      ],
    });
    return;
  }
  const { podCIDRs } = podRanges(context);
  if (service || !podCIDRs.some((range) => isInRange(address, range))) return;
  report.add({
    code: 'policy-ip-block-of-pods',
    severity: 'info',
    message: `ipBlock ${address} is in the range of the pods' addresses`,
    place: report.member([...path, 'ipBlock', 'cidr']),
    details: [
      { label: 'cause', text: 'a pod gets another address each time it is made' },
      { label: 'effect', text: 'the entry means another pod, or none, as soon as that pod is replaced' },
    ],
    fixes: [fixInWords('Select the pods by their labels')],
  });
}

/** Where pods ask a DNS cache on their node, the address of the DNS Service is what policies see. */
function isForDns({ ports }: WrittenRule): boolean {
  return ports.length > 0 && ports.every(({ port }) => port === dnsPort);
}

function podRanges({ simulation }: AnalysisContext): { readonly podCIDRs: readonly string[] } {
  return { podCIDRs: simulation.controlPlane.nodes().flatMap(({ spec }) => spec.podCIDRs ?? spec.podCIDR ?? []) };
}

function peerText(labels: Readonly<Record<string, string>>, namespace: string, own: string): readonly string[] {
  const pods = `podSelector: {matchLabels: {${Object.entries(labels).map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(', ')}}}`; // prettier-ignore
  const home = `namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${namespace}}}`;
  return namespace === own ? [pods] : [home, pods];
}
