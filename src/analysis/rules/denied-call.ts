/** call-denied-by-policy: a text calls a Service, and the policies of the scope let nothing from these pods to its pods. */

import { namespacedName, type Service } from '#model/kubernetes';
import { objectKey, printReference, type KubernetesObject } from '#model/object';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { namesIn, type NameInText } from '../names/names-in';
import { placeOfName } from '../names/place';
import { calledService } from './called-service';
import type { Rule } from './index';
import { hasOtherPolicies } from './other-policies';
import { denialOf } from './policy-denial';
import { relatedMember, relatedName, type Report } from './report';
import { unappliedTo } from './unapplied';
import { list } from './words';

export const deniedCall: Rule = {
  codes: ['call-denied-by-policy'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const group = controlPlane.podGroup(object.key);
    if (!group || group.object !== object || group.spec.hostNetwork === true) return;
    const names = namesIn(object);
    if (names.length === 0) return;
    report.dependsOn('kind networking.k8s.io/NetworkPolicy');
    const [policy] = controlPlane.objectsOfKind('networking.k8s.io', 'NetworkPolicy');
    if (!policy) return;
    const told = new Set<string>();
    for (const name of names) {
      const service = calledService(name, object, controlPlane, report);
      if (!service || told.has(namespacedName(service))) continue;
      told.add(namespacedName(service));
      check({ object, name, group, service }, context, report);
    }
  },
};

interface Call {
  readonly object: KubernetesObject;
  readonly name: NameInText;
  readonly group: PodGroup;
  readonly service: Service;
}

function check(call: Call, context: AnalysisContext, report: Report): void {
  const { object, name, group, service } = call;
  const { controlPlane } = context.simulation;
  const { namespace } = service.metadata;
  const namespaces = [...new Set([object.namespace, namespace])];
  const policies = namespaces.flatMap((each) => controlPlane.networkPolicies(each));
  if (policies.length === 0) return;
  report.dependsOn('pods', 'namespaces', 'kind /Namespace');
  const targets = controlPlane.targets(namespacedName(service)).filter(({ key }) => key !== group.key);
  const denials = targets.map((target) => denialOf({ from: group, service, target }, context));
  const [denial] = denials;
  if (!denial || denials.includes(undefined)) return;
  const place = placeOfName(object, name, 'host', context) ?? report.place(name.path);
  const isOpen =
    context.scope.incomplete.length > 0 ||
    unappliedTo(object, [name.path.map(String)], context.scope).length > 0 ||
    policies.some(({ metadata }) => unappliedTo({ kind: 'NetworkPolicy', name: metadata.name }, [['spec']], context.scope).length > 0); // prettier-ignore
  if (isOpen) return report.leaveOpen(place);
  // Policies of other kinds may come.
  report.searchedElsewhere();
  if (hasOtherPolicies(context)) return;
  const [first] = denial.policies;
  const policy = first && controlPlane.object(objectKey('networking.k8s.io', 'NetworkPolicy', first.metadata.namespace, first.metadata.name)); // prettier-ignore
  const names = list(denial.policies.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  const many = denial.policies.length > 1;
  const isOut = denial.direction === 'egress';
  report.add({
    code: 'call-denied-by-policy',
    severity: 'warning',
    message: `${printReference(object)} calls ${name.host}, and no policy lets it`,
    place,
    details: [
      { label: 'cause', text: isOut ? `NetworkPolicy ${names} ${many ? 'isolate' : 'isolates'} its pods, and no egress rule of ${many ? 'theirs' : 'it'} means the pods of Service ${namespacedName(service)}` : `NetworkPolicy ${names} ${many ? 'isolate' : 'isolates'} the pods of Service ${namespacedName(service)}, and no ingress rule of ${many ? 'theirs' : 'it'} means these` }, // prettier-ignore
      { label: 'effect', text: 'its packets are dropped: the client waits until it times out' },
    ],
    related: [policy && relatedMember(policy, ['spec', 'podSelector'], 'The pods that it isolates', context), ...targets.slice(0, 1).map((target) => relatedName(target.object, `${printReference(target.object)} is called`, context))], // prettier-ignore
    fixes: [
      {
        title: isOut
          ? `Allow egress to the pods of Service ${namespacedName(service)}`
          : `Allow ingress from the pods of ${printReference(object)}`,
        edits: [],
        preferred: false,
      },
    ],
  });
}
