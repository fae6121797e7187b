/** load-balancer-without-nodes: no node that a load balancer may send to has, or passes on to, an endpoint. */

import { isHeadless, type Node } from '#model/kubernetes';
import { printReference } from '#model/object';
import { fixInWords } from './edits';
import type { Rule } from './index';
import { unappliedTo } from './unapplied';
import { list } from './words';

/** Models staging/src/k8s.io/cloud-provider/controllers/service nodeIncludedPredicate (v1.37). */
const excludeLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';
/** And nodeUnTaintedPredicate: of a node that is about to go. */
const goingTaint = 'ToBeDeletedByClusterAutoscaler';

export const loadBalancerNodes: Rule = {
  codes: ['load-balancer-without-nodes'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const name = `${object.namespace}/${object.name}`;
    const service = controlPlane.service(name);
    if (service?.spec.type !== 'LoadBalancer' || isHeadless(service)) return;
    // Another implementation of load balancers decides for itself; and one that has an address works.
    if (service.spec.loadBalancerClass !== undefined || service.status.loadBalancer.ingress?.length) return;
    if (unappliedTo(object, [['spec']], context.scope).length > 0)
      return report.leaveOpen(report.place(['spec']), 'object');
    const nodes = controlPlane.nodes();
    const isLocal = service.spec.externalTrafficPolicy === 'Local';
    const having = new Set(
      controlPlane
        .endpointSlices(name)
        .flatMap(({ endpoints }) => endpoints ?? [])
        .flatMap(({ conditions, nodeName }) => (conditions.ready === false ? [] : (nodeName ?? []))),
    );
    const wanted = isLocal ? nodes.filter(({ metadata }) => having.has(metadata.name)) : nodes;
    // That there is no endpoint at all is said already.
    if (having.size === 0 || wanted.length === 0 || !wanted.every(isLeftOut)) return;
    const names = list(wanted.map(({ metadata }) => metadata.name));
    report.add({
      code: 'load-balancer-without-nodes',
      severity: 'warning',
      message: `the load balancer of ${printReference(object)} is given no node that has a way to a pod`,
      place: report.member(isLocal ? ['spec', 'externalTrafficPolicy'] : ['spec', 'type']),
      details: [
        {
          label: 'cause',
          text: `${names} ${wanted.length === 1 ? 'has' : 'have'} the label ${excludeLabel}${wanted.some(isGoing) ? ` or the taint ${goingTaint}` : ''}${isLocal ? ', and externalTrafficPolicy Local lets no other node answer: only these have endpoints' : ', and there are no others'}`,
        },
        {
          label: 'effect',
          text: isLocal
            ? `the health check (port ${service.spec.healthCheckNodePort ?? ''}) fails on each node that the load balancer has: clients outside get no answer`
            : 'the load balancer has nobody to send to: clients outside get no answer',
        },
        { label: 'note', text: 'clients of the cluster IP are not affected' },
      ],
      fixes: [
        fixInWords(
          isLocal
            ? 'Run the pods on nodes without the label, or take the label from these'
            : 'Take the label from nodes that are to get requests',
        ),
      ],
    });
  },
};

function isLeftOut(node: Node): boolean {
  return Object.hasOwn(node.metadata.labels ?? {}, excludeLabel) || isGoing(node);
}

function isGoing({ spec }: Node): boolean {
  return spec.taints?.some(({ key }) => key === goingTaint) ?? false;
}
