/** session-affinity-per-node: clients that come in by several nodes are known to each of them apart. */

import { printReference } from '#model/object';
import { fixInWords } from './edits';
import { knownNodes } from './nodes-known';
import type { Rule } from './index';

export const sessionAffinity: Rule = {
  codes: ['session-affinity-per-node'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const name = `${object.namespace}/${object.name}`;
    const service = controlPlane.service(name);
    if (service?.spec.sessionAffinity !== 'ClientIP' || controlPlane.object(object.key) !== object) return;
    // Only a Service that has node ports is reached by way of any node.
    if (service.spec.externalTrafficPolicy !== 'Cluster') return;
    if (!service.spec.ports?.some(({ nodePort }) => nodePort !== undefined)) return;
    const ready = controlPlane
      .endpointSlices(name)
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions.ready !== false);
    if (ready.length < 2 || knownNodes(controlPlane).length < 2) return;
    report.add({
      code: 'session-affinity-per-node',
      severity: 'info',
      message: `sessionAffinity ClientIP of ${printReference(object)} holds on each node by itself`,
      place: report.member(['spec', 'sessionAffinity']),
      details: [
        {
          label: 'cause',
          text: 'each node remembers the clients that came in by it, and nodes do not tell each other',
        },
        {
          label: 'effect',
          text: `a client whose connections come in by several nodes (a load balancer spreads them so) reaches a pod for each; all that come from one address behind NAT reach the same pod by one node`,
        },
      ],
      fixes: [
        fixInWords('Let the load balancer keep a client to a node, or keep sessions in the application or its Ingress'),
      ],
    });
  },
};
