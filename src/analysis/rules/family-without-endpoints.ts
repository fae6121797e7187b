/** family-without-endpoints: a Service has addresses of a family that none of its pods has. */

import { familyOf, parsePrefix } from '#base/ip';
import type { IpFamily } from '#base/ip';
import { printReference } from '#model/object';
import { podAddressesOf } from '#simulation/index';
import type { Node } from '#model/kubernetes';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { fixInWords } from './edits';
import type { Rule } from './index';
import { dnsName, list, printPort } from './words';

export const familyWithoutEndpoints: Rule = {
  codes: ['family-without-endpoints'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const name = `${object.namespace}/${object.name}`;
    const service = controlPlane.service(name);
    const targets = service ? controlPlane.targets(name) : [];
    if (!service || targets.length === 0 || controlPlane.object(object.key) !== object) return;
    // Where each node gives its pods both, no pod has to be made to know it.
    const families = service.spec.ipFamilies ?? [];
    if (families.every((family) => isGivenEverywhere(family, controlPlane)) && !targets.some(hasOwnAddresses)) return;
    const pods = targets
      .flatMap((group) => controlPlane.podsOf(group.key))
      .filter((pod) => pod.status.podIP !== undefined);
    if (pods.length === 0) return;
    const lacking = families.filter((family) => pods.every((pod) => podAddressesOf(pod, family).length === 0));
    for (const family of lacking) {
      const address = service.spec.clusterIPs?.find((candidate) => familyOf(candidate) === family);
      const isAsked = service.spec.ipFamilyPolicy !== 'PreferDualStack';
      const ports = list((service.spec.ports ?? []).map(printPort));
      const record = family === 'IPv6' ? 'AAAA' : 'A';
      report.add({
        code: 'family-without-endpoints',
        severity: isAsked ? 'warning' : 'info',
        message: `${printReference(object)} has ${family} addresses, and none of its pods has one`,
        place: report.member(['spec', isAsked ? 'ipFamilies' : 'ipFamilyPolicy']),
        details: [
          {
            label: 'cause',
            text: `the pods have ${otherFamily(family)} addresses alone: their nodes have no ${family} range for pods`,
          },
          {
            label: 'effect',
            text:
              address === undefined
                ? `${dnsName(service, controlPlane.settings)} has no ${record} record`
                : `the name still has the ${record} record ${address}, and connections to its port ${ports} are refused; clients that try ${family} first lose time or fail`,
          },
        ],
        fixes: [fixInWords(`Give the nodes ${family} ranges for pods, or leave ${family} out of ipFamilies`)],
      });
    }
  },
};

function isGivenEverywhere(family: IpFamily, controlPlane: ControlPlane): boolean {
  const nodes = controlPlane.nodes();
  const known = givenFamilies.get(nodes) ?? familiesOf(nodes);
  givenFamilies.set(nodes, known);
  return known.has(family);
}

/** Asked for each Service: the nodes are the same ones until one changes. */
const givenFamilies = new WeakMap<readonly Node[], ReadonlySet<IpFamily>>();

function familiesOf(nodes: readonly Node[]): ReadonlySet<IpFamily> {
  const has = ({ spec }: Node, family: IpFamily) =>
    spec.podCIDRs?.some((range) => parsePrefix(range)?.family === family) ?? false;
  return new Set((['IPv4', 'IPv6'] as const).filter((family) => nodes.every((node) => has(node, family))));
}

/** By their status, or those of their node. */
function hasOwnAddresses({ object, spec }: PodGroup): boolean {
  return spec.hostNetwork === true || (object.kind === 'Pod' && object.body.status !== undefined);
}

function otherFamily(family: IpFamily): IpFamily {
  return family === 'IPv4' ? 'IPv6' : 'IPv4';
}
