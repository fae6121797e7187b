/** readiness-gate-unset: pods that are ready only when somebody else says so. */

import { valueAt } from '#base/json';
import { printReference } from '#model/object';
import { itemsOf, textOf } from '#simulation/http/read';
import { fixInWords } from './edits';
import type { Rule } from './index';
import { unappliedTo } from './unapplied';
import { list } from './words';

/** Conditions that well-known controllers set: those of cloud load balancers, and of kinds of workloads. */
const knownSetters =
  /(?:^|\.)(?:elbv2\.k8s\.aws|cloud\.google\.com|networking\.gke\.io|kruise\.io|pingcap\.com|alibabacloud\.com|azure\.com)\//;

export const readinessGates: Rule = {
  codes: ['readiness-gate-unset'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const group = controlPlane.podGroup(object.key);
    // In a cluster, the pods' own conditions tell.
    if (!group || object.origin.kind === 'cluster' || object.body.status !== undefined) return;
    const path = [...group.templatePath, 'spec', 'readinessGates'];
    const gates = itemsOf(valueAt(object.body, path)).flatMap(({ index, value }) => {
      const type = textOf(value.conditionType);
      return type === undefined || knownSetters.test(type) ? [] : { index, type };
    });
    if (gates.length === 0) return;
    // Whoever sets it may be among the manifests: any workload with the right to change the status of pods.
    report.dependsOn('kind rbac.authorization.k8s.io/ClusterRole', 'kind rbac.authorization.k8s.io/Role');
    if (mayBeSetHere(context.simulation.controlPlane) || unappliedTo(object, [path.map(String)], context.scope).length > 0) return; // prettier-ignore
    const services = controlPlane.servicesTargeting(group.key).map(({ metadata }) => `Service ${metadata.namespace}/${metadata.name}`); // prettier-ignore
    report.dependsOn(`kind /Service ${object.namespace}`);
    if (services.length === 0) return;
    for (const { index, type } of gates)
      report.add({
        code: 'readiness-gate-unset',
        severity: 'hint',
        message: `readiness gate ${type}: the pods are not ready until somebody sets it`,
        place: report.member([...path, index, 'conditionType']),
        details: [
          {
            label: 'cause',
            text: `the kubelet never sets the condition ${type}; a controller has to, and none here has the right to (patch of pods/status)`,
          },
          {
            label: 'effect',
            text: `unless the cluster has such a controller, the pods of ${printReference(object)} stay not ready, and ${list(services)} ${services.length === 1 ? 'has' : 'have'} no ready endpoint of them`,
          },
        ],
        fixes: [fixInWords('Leave the gate out, or run the controller that sets it')],
      });
  },
};

/** Whether a role of the scope lets its holders change the status of pods. */
function mayBeSetHere(controlPlane: Parameters<Rule['check']>[1]['simulation']['controlPlane']): boolean {
  for (const kind of ['ClusterRole', 'Role'])
    for (const role of controlPlane.objectsOfKind('rbac.authorization.k8s.io', kind))
      for (const { value } of itemsOf(role.body.rules))
        if (has(value.resources, /^(?:pods\/status|pods\/\*|\*\/status|\*)$/) && has(value.verbs, /^(?:patch|update|\*)$/))
          return true;
  return false;
} // prettier-ignore

function has(value: unknown, pattern: RegExp): boolean {
  return Array.isArray(value) && value.some((item) => typeof item === 'string' && pattern.test(item));
}
