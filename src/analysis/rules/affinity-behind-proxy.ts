/** session-affinity-behind-proxy: ClientIP affinity of a Service whose client is an Ingress controller or a Gateway. */

import { namespacedName } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import { gatewayGroup } from '#simulation/http/listeners';
import { itemsOf, objectOf, specOf, textOf } from '#simulation/http/read';
import type { ControlPlane } from '#simulation/types';
import { fixInWords } from './edits';
import type { Rule } from './index';
import { relatedName } from './report';
import { list } from './words';

const routeKinds = ['HTTPRoute', 'GRPCRoute'] as const;

export const affinityBehindProxy: Rule = {
  codes: ['session-affinity-behind-proxy'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const service = controlPlane.service(`${object.namespace}/${object.name}`);
    if (service?.spec.sessionAffinity !== 'ClientIP' || controlPlane.object(object.key) !== object) return;
    report.dependsOn(
      `kind networking.k8s.io/Ingress ${object.namespace}`,
      ...routeKinds.map((kind) => `kind ${gatewayGroup}/${kind}`),
    );
    const senders = [...sendersTo(namespacedName(service), object, controlPlane)];
    if (senders.length === 0) return;
    report.add({
      code: 'session-affinity-behind-proxy',
      severity: 'info',
      message: `sessionAffinity ClientIP of ${printReference(object)} does not see who calls ${senders[0]!.kind} …`,
      place: report.member(['spec', 'sessionAffinity']),
      details: [
        {
          label: 'cause',
          text: `requests of ${list(senders.map(printReference))} come from the pods of its controller: however many people call, these are the only clients`,
        },
        {
          label: 'effect',
          text: 'a controller that sends to the endpoints itself leaves the affinity out; one that calls the cluster IP sends all that comes by one of its pods to the same endpoint',
        },
      ],
      related: senders
        .slice(0, 4)
        .map((sender) => relatedName(sender, `${printReference(sender)} sends requests here`, context)),
      fixes: [fixInWords("Use the controller's own affinity, such as a cookie, and leave sessionAffinity out")],
    });
  },
};

function* sendersTo(name: string, { namespace }: KubernetesObject, controlPlane: ControlPlane): Iterable<KubernetesObject> {
  for (const ingress of controlPlane.objectsOfKind('networking.k8s.io', 'Ingress'))
    if (ingress.namespace === namespace && backendsOf(ingress).includes(name)) yield ingress;
  for (const kind of routeKinds)
    for (const route of controlPlane.objectsOfKind(gatewayGroup, kind))
      if (routeBackendsOf(route).includes(name)) yield route;
} // prettier-ignore

function backendsOf(ingress: KubernetesObject): readonly string[] {
  const spec = specOf(ingress);
  const paths = itemsOf(spec.rules).flatMap(({ value }) => itemsOf(objectOf(value.http).paths));
  const backends = [spec.defaultBackend, ...paths.map(({ value }) => value.backend)];
  return backends.map((backend) => `${ingress.namespace}/${textOf(objectOf(objectOf(backend).service).name) ?? ''}`);
}

function routeBackendsOf(route: KubernetesObject): readonly string[] {
  const references = itemsOf(specOf(route).rules).flatMap(({ value }) => itemsOf(value.backendRefs));
  return references
    .filter(({ value }) => (value.kind ?? 'Service') === 'Service')
    .map(({ value }) => `${textOf(value.namespace) ?? route.namespace}/${textOf(value.name) ?? ''}`);
}
