/** service-without-endpoints: a Service without a selector for which nobody has written endpoints. */

import type { EndpointPort, EndpointSlice, Service } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import { fixInWords } from './edits';
import type { Rule } from './index';
import { unappliedTo } from './unapplied';
import { unseenMaker } from './unseen-pods';
import { isMadeByController, joins, namedService, portsWithoutEndpoints } from './written-endpoints';
import { effectOfNoEndpoints, list, printPort } from './words';

export const selectorlessService: Rule = {
  codes: ['service-without-endpoints'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const name = `${object.namespace}/${object.name}`;
    const service = controlPlane.service(name);
    if (!service || !waits(service) || controlPlane.object(object.key) !== object) return;
    if (context.scope.incomplete.length > 0 || unappliedTo(object, [['spec', 'selector']], context.scope).length > 0)
      return report.leaveOpen(report.place(['spec']), 'object');
    // The API server itself writes the endpoints of this one.
    if (name === 'default/kubernetes') return;
    const slices = controlPlane.endpointSlices(name);
    const isEmpty = !slices.some(({ endpoints }) => endpoints?.length);
    const without = isEmpty ? (service.spec.ports ?? []) : portsWithoutEndpoints(name, context);
    if (without.length === 0) return;
    // An operator, or another folder, may make them.
    report.searchedElsewhere();
    if (!isEmpty && !slices.every((slice) => isInOrder(slice, service))) return;
    if (
      isEmpty &&
      (isMeantBySlice(object, context) || unseenMaker(object, context) !== undefined || isElsewhere(service, context))
    )
      return;
    report.add({
      code: 'service-without-endpoints',
      severity: 'hint',
      message: isEmpty
        ? `${printReference(object)} has no selector, and no endpoints are written for it`
        : `port ${list(without.map(printPort))} of ${printReference(object)} has no endpoints`,
      place: report.place(['metadata', 'name']),
      details: [
        {
          label: 'cause',
          text: isEmpty
            ? 'without a selector the cluster makes no endpoints; somebody has to write an EndpointSlice with the label kubernetes.io/service-name'
            : `${slices.length === 1 ? 'its slice has no' : `none of its ${slices.length} slices has a`} port of this name and protocol`,
        },
        {
          label: 'effect',
          text: `unless somebody else makes them, ${effectOfNoEndpoints(service, without, controlPlane.settings)}`,
        },
      ],
      fixes: [fixInWords('Add a selector, or an EndpointSlice')],
    });
  },
};

function waits({ spec }: Service): boolean {
  return spec.type !== 'ExternalName' && Object.keys(spec.selector ?? {}).length === 0;
}

/** A slice of another family, or with a port that joins none, has a finding of its own. */
function isInOrder({ addressType, ports }: EndpointSlice, service: Service): boolean {
  const families: readonly string[] = service.spec.ipFamilies ?? [];
  return families.includes(addressType) && (ports ?? []).every((port) => joinsAny(port, service));
}

function joinsAny({ name = '', protocol = 'TCP' }: EndpointPort, { spec }: Service): boolean {
  return (spec.ports ?? []).some((port) => joins({ name, protocol }, port));
}

/** Whether there are endpoints in the namespace that belong to no Service: what is wrong is said of them. */
function isMeantBySlice({ namespace }: KubernetesObject, { simulation }: AnalysisContext): boolean {
  const { controlPlane } = simulation;
  for (const [group, kind] of endpointKinds)
    for (const object of controlPlane.objectsOfKind(group, kind)) {
      if (object.namespace !== namespace || isMadeByController(object)) continue;
      const name = namedService(object);
      if (name === undefined || !controlPlane.service(`${namespace}/${name}`)) return true;
    }
  return false;
}

const endpointKinds = [
  ['discovery.k8s.io', 'EndpointSlice'],
  ['', 'Endpoints'],
] as const;

function isElsewhere(service: Service, context: AnalysisContext): boolean {
  for (const { simulation } of context.others())
    if (simulation.controlPlane.endpointSlices(namespacedName(service)).length > 0) return true;
  return false;
}
