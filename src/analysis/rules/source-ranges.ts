/** source-ranges-other-family, source-ranges-without-nodes: whom loadBalancerSourceRanges lets in, and whom not. */

import { familyOf, parsePrefix, type IpFamily } from '#base/ip';
import type { Service } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import { fixInWords } from './edits';
import type { Rule } from './index';
import type { Report } from './report';
import { list } from './words';

const field = ['spec', 'loadBalancerSourceRanges'];

export const sourceRanges: Rule = {
  codes: ['source-ranges-other-family', 'source-ranges-without-nodes'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const service = controlPlane.service(`${object.namespace}/${object.name}`);
    if (!service?.spec.loadBalancerSourceRanges?.length || controlPlane.object(object.key) !== object) return;
    // Who lets everybody in means it, whatever the family.
    if (service.spec.loadBalancerSourceRanges.some((range) => range.trim().endsWith('/0'))) return;
    const open = (service.spec.ipFamilies ?? []).filter((family) => rangesOf(service, family).length === 0);
    if (open.length > 0) reportOpen(object, service, open, report);
    reportNodes(object, service, context, report);
  },
};

/** kube-proxy reads the ranges without the blanks around them. */
function rangesOf({ spec }: Service, family: IpFamily): readonly string[] {
  return (spec.loadBalancerSourceRanges ?? []).filter((range) => parsePrefix(range.trim())?.family === family);
}

/** Models pkg/proxy/serviceport.go newBaseServiceInfo (v1.37): a family without ranges is not filtered. */
function reportOpen(object: KubernetesObject, service: Service, open: readonly IpFamily[], report: Report): void {
  report.add({
    code: 'source-ranges-other-family',
    severity: 'warning',
    message: `loadBalancerSourceRanges has no ${list(open)} range: kube-proxy lets all ${list(open)} clients in`,
    place: report.member(field),
    details: [
      {
        label: 'cause',
        text: `${printReference(object)} has ${list(service.spec.ipFamilies ?? [])} addresses; each family is filtered by its own ranges, and one without any is not filtered`,
      },
      { label: 'effect', text: 'clients from everywhere are let in, unless the load balancer itself filters them' },
    ],
    fixes: [fixInWords(`Add ${list(open)} ranges`)],
  });
}

/** Only where the load balancer's address is known: before, nobody in the cluster can call it. */
function reportNodes(object: KubernetesObject, service: Service, context: AnalysisContext, report: Report): void {
  const { controlPlane, dataPlane } = context.simulation;
  const address = service.status.loadBalancer.ingress?.find(({ ip, ipMode }) => ip && ipMode !== 'Proxy')?.ip;
  const [port] = service.spec.ports ?? [];
  const [node] = controlPlane.nodes();
  if (address === undefined || !port || !node || rangesOf(service, familyOf(address) ?? 'IPv4').length === 0) return;
  // Another Service may have the address as well, and its rules come first.
  report.dependsOn('kind /Service');
  const { paths } = dataPlane.walk(
    { kind: 'node', node: node.metadata.name },
    { address, port: port.port, protocol: port.protocol },
    controlPlane.settings.proxyMode,
  );
  const shutOut = paths.some(({ steps }) =>
    steps.some((step) => step.kind === 'rule' && step.cause?.refusal === 'source ranges'),
  );
  if (!shutOut) return;
  report.add({
    code: 'source-ranges-without-nodes',
    severity: 'hint',
    message: `loadBalancerSourceRanges shuts out the cluster's own nodes from ${address}`,
    place: report.member(field),
    details: [
      {
        label: 'cause',
        text: `no range has the address of ${node.metadata.name}, and kube-proxy answers for ${address} on each node itself`,
      },
      {
        label: 'effect',
        text: `nodes, and pods whose address no range has, that call ${address}:${port.port} get no answer and time out; the cluster IP works`,
      },
    ],
    fixes: [fixInWords('Call the Service by its name from inside, or add the ranges of the nodes and pods')],
  });
}
