/** address-shared: two Services that want the same port of one external or load balancer address. */

import { compareStrings } from '#base/compare';
import type { Service, ServicePort } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import type { ControlPlane } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { fixInWords } from './edits';
import type { Rule } from './index';
import type { Report } from './report';
import { relatedMember } from './report';
import { list, printPort } from './words';

export const sharedAddress: Rule = {
  codes: ['address-shared'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const service = controlPlane.service(`${object.namespace}/${object.name}`);
    if (!service || controlPlane.object(object.key) !== object) return;
    const { externalIPs = [], loadBalancerIP } = service.spec;
    if (externalIPs.length === 0 && !loadBalancerIP) return;
    // The other one may come and go.
    report.searchedElsewhere();
    externalIPs.forEach((address, index) => {
      const having = controlPlane.servicesByAddress(address);
      const other = ownerOf(service, address, controlPlane) ?? firstBefore(service, having);
      if (other)
        reportShared({ object, service, other, address, path: ['spec', 'externalIPs', index] }, context, report);
    });
    if (!loadBalancerIP) return;
    const asking = [...controlPlane.services()].filter(({ spec }) => spec.loadBalancerIP === loadBalancerIP);
    const other = firstBefore(service, asking);
    if (other)
      reportShared(
        { object, service, other, address: loadBalancerIP, path: ['spec', 'loadBalancerIP'] },
        context,
        report,
      );
  },
};

interface Shared {
  readonly object: KubernetesObject;
  readonly service: Service;
  readonly other: Service;
  readonly address: string;
  readonly path: readonly (string | number)[];
}

/** Whose cluster IP it is, by its own words: of that one nothing is wrong. */
function ownerOf(service: Service, address: string, controlPlane: ControlPlane): Service | undefined {
  return controlPlane
    .servicesByAddress(address)
    .find(
      (other) =>
        other !== service &&
        isClusterIP(other, address) &&
        !controlPlane.isAssigned(other, address) &&
        commonPorts(service, other).length > 0,
    );
}

function isClusterIP({ spec }: Service, address: string): boolean {
  return (spec.clusterIPs ?? []).includes(address);
}

/** Said of the later one by name, so that it is said once. */
function firstBefore(service: Service, others: readonly Service[]): Service | undefined {
  return others.find(
    (other) =>
      compareStrings(namespacedName(other), namespacedName(service)) < 0 && commonPorts(service, other).length > 0,
  );
}

/** One address with several ports is how a load balancer's address is shared. */
function commonPorts(service: Service, other: Service): readonly ServicePort[] {
  return (service.spec.ports ?? []).filter(({ port, protocol }) =>
    other.spec.ports?.some((theirs) => theirs.port === port && theirs.protocol === protocol),
  );
}

function reportShared(
  { object, service, other, address, path }: Shared,
  context: AnalysisContext,
  report: Report,
): void {
  const ports = list(commonPorts(service, other).map(printPort));
  const isAsked = path[1] === 'loadBalancerIP';
  const otherObject = context.simulation.controlPlane.serviceObject(namespacedName(other));
  report.add({
    code: 'address-shared',
    severity: 'warning',
    message: `${address} port ${ports} is wanted by Service ${namespacedName(other)} as well`,
    place: report.member(path),
    details: [
      {
        label: 'cause',
        text: 'the API server does not compare these addresses, and one port of an address leads to one Service',
      },
      {
        label: 'effect',
        text: isAsked
          ? `who makes the load balancers gives the address to one of them; the other one stays without (EXTERNAL-IP <pending>)`
          : `on each node the rules of one of both take the connections to ${address}, and those of the other one never match: clients of ${printReference(object)} may reach the pods of ${namespacedName(other)}`,
      },
    ],
    related: [
      otherObject &&
        relatedMember(
          otherObject,
          isClusterIP(other, address) ? ['spec', 'clusterIP'] : path.slice(0, 2),
          `Service ${namespacedName(other)} has the address`,
          context,
        ),
    ],
    fixes: [fixInWords('Give one of them another address or another port')],
  });
}
