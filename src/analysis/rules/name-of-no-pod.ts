/** name-of-no-pod: a text that calls one pod of a StatefulSet by name, where the pod has no such name. */

import { namespacedName, type Service } from '#model/kubernetes';
import { objectKey, printReference, type KubernetesObject } from '#model/object';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { usersOfText } from '../names/config-map-users';
import { namesIn, type NameInText } from '../names/names-in';
import { placeOfName } from '../names/place';
import { governingKey, governingService, numberedPod, type NumberedPod } from '../names/pod-names';
import { readingsOf, type ServiceName } from '../names/service-names';
import { autoscalerOf } from './autoscalers';
import { calledService } from './called-service';
import type { Rule } from './index';
import { relatedMember, relatedName, type Report } from './report';
import { unappliedTo } from './unapplied';
import { list } from './words';

export const nameOfNoPod: Rule = {
  codes: ['name-of-no-pod'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    for (const name of namesIn(object)) {
      calledService(name, object, controlPlane, report);
      for (const reading of readingsOf(name.host, object.namespace, controlPlane.settings.clusterDomain)) {
        const pod = reading.pod === undefined ? undefined : numberedPod(reading.pod, reading.namespace ?? '');
        if (!pod || reading.namespace === undefined) continue;
        report.dependsOn(pod.statefulSet);
        const group = controlPlane.podGroup(pod.statefulSet);
        const service = controlPlane.service(`${reading.namespace}/${reading.service}`);
        if (!group || !service) continue;
        check({ object, name, reading, pod, group, service }, context, report);
        break;
      }
    }
  },
};

interface Called {
  readonly object: KubernetesObject;
  readonly name: NameInText;
  readonly reading: ServiceName;
  readonly pod: NumberedPod;
  readonly group: PodGroup;
  readonly service: Service;
}

function check(called: Called, context: AnalysisContext, report: Report): void {
  const { object, name, reading, pod, group, service } = called;
  const { controlPlane, dns } = context.simulation;
  const governs = governingKey(group);
  const fqdn = `${reading.pod!}.${reading.service}.${reading.namespace!}.svc.${controlPlane.settings.clusterDomain}`;
  if (dns.query(fqdn, 'A').rcode !== 'NXDOMAIN') return;
  report.searchedElsewhere();
  const isOther = governs !== objectKey('', 'Service', group.namespace, service.metadata.name);
  const pods = controlPlane.podsOf(group.key);
  const isThere = pods.some(({ metadata }) => metadata.name === reading.pod);
  // A Service that leaves the pods out, or a StatefulSet that names none, is told there.
  if (isThere && !isOther) return;
  const place = placeOfName(object, name, 'host', context) ?? report.place(name.path);
  const isOpen =
    context.scope.incomplete.length > 0 ||
    unappliedTo(object, [name.path.map(String)], context.scope).length > 0 ||
    unappliedTo(group.object, [['spec', 'replicas'], ['spec', 'serviceName']], context.scope).length > 0; // prettier-ignore
  if (isOpen) return report.leaveOpen(place);
  // How many there are is then a matter of load.
  if (!isThere && autoscalerOf(group, controlPlane)) return;
  const governing = governingService(pod.statefulSet, controlPlane);
  if (isThere && !governing) return;
  const users = usersOfText(object, controlPlane);
  const below = governing && isThere ? `${reading.pod!}.${governing.metadata.name}` : undefined;
  report.add({
    code: 'name-of-no-pod',
    severity: users.length === 0 ? 'hint' : 'warning',
    message: `${name.variable ?? String(name.path.findLast((step) => typeof step === 'string') ?? '')}: ${name.host} is the name of no pod`,
    place,
    details: [
      {
        label: 'cause',
        text: isThere
          ? causeOfOther(called, governing!)
          : causeOfCount(
              called,
              pods.map(({ metadata }) => metadata.name),
            ),
      },
      { label: 'effect', text: `could not resolve host (NXDOMAIN): no connection is tried${users.length === 0 ? '; no pod here reads the text' : ''}` }, // prettier-ignore
    ],
    related: [
      isThere
        ? relatedMember(group.object, ['spec', 'serviceName'], 'The Service below which its pods have their names', context) // prettier-ignore
        : relatedName(group.object, `${printReference(group.object)} is here`, context),
    ],
    fixes: [
      below === undefined
        ? undefined
        : {
            title: `Change the name to ${below}${rest(name.host)}`,
            edits: [{ ...place, newText: `${below}${rest(name.host)}` }],
            preferred: true,
          },
    ],
  });
}

/** What stands behind the Service's name: the namespace, `svc`, the cluster's domain. */
function rest(host: string): string {
  return host.split('.').slice(2).map((label) => `.${label}`).join(''); // prettier-ignore
}

function causeOfOther({ group, service }: Called, governing: Service): string {
  return `the pods of ${printReference(group.object)} have names below its serviceName, ${governing.metadata.name}, and not below Service ${namespacedName(service)}`;
}

function causeOfCount({ group, reading }: Called, pods: readonly string[]): string {
  const [first, last] = [pods[0], pods.at(-1)];
  const range = pods.length > 2 ? `${first ?? ''} to ${last ?? ''}` : list(pods);
  const there = first === undefined ? 'makes no pods' : `makes ${pods.length === 1 ? `${first} alone` : range}`;
  return `${printReference(group.object)} ${there}: with ${pods.length} replica${pods.length === 1 ? '' : 's'} there is no ${reading.pod!}`;
}
