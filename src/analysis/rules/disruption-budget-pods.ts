/** disruption-budget-selects-nothing: a PodDisruptionBudget for pods that differ from those of a Service by a slip. */

import { isJsonObject, valueAt } from '#base/json';
import type { Labels } from '#model/kubernetes';
import { printReference } from '#model/object';
import { fixBy } from './edits';
import type { Rule } from './index';
import { labelEdits, nearestLabels, printFound } from './near-labels';
import { relatedMember } from './report';
import { unappliedTo } from './unapplied';
import { unseenMaker } from './unseen-pods';
import { printLabels } from './words';

const matchLabelsPath = ['spec', 'selector', 'matchLabels'];

export const disruptionBudgetPods: Rule = {
  codes: ['disruption-budget-selects-nothing'],
  check(object, context, report) {
    const labels = labelsOf(valueAt(object.body, matchLabelsPath));
    if (!labels || valueAt(object.body, ['spec', 'selector', 'matchExpressions']) !== undefined) return;
    const { controlPlane } = context.simulation;
    report.dependsOn(`pods ${object.namespace}`);
    if (controlPlane.groupsMatching(labels, object.namespace).length > 0) return;
    // An operator that makes the pods may come and go.
    report.searchedElsewhere();
    if (context.scope.incomplete.length > 0 || unseenMaker(object, context) !== undefined)
      return report.leaveOpen(report.place(['spec', 'selector']));
    if (unappliedTo(object, [['spec', 'selector']], context.scope).length > 0)
      return report.leaveOpen(report.place(['spec', 'selector']));
    const serving = [...controlPlane.podGroups(object.namespace)].filter(({ key }) => controlPlane.servicesTargeting(key).length > 0); // prettier-ignore
    const near = nearestLabels(labels, serving.map((group) => ({ name: printReference(group.object), labels: group.labels }))); // prettier-ignore
    const group = serving.find((other) => printReference(other.object) === near?.name);
    const [service] = group ? controlPlane.servicesTargeting(group.key) : [];
    if (!near || !group || !service) return;
    const only = near.differences.length === 1 ? [near.differences[0]!.key] : [];
    report.add({
      code: 'disruption-budget-selects-nothing',
      severity: 'hint',
      message: `${printReference(object)} selects no pod`,
      place: report.member([...matchLabelsPath, ...only]),
      details: [
        { label: 'cause', text: `no pod of namespace ${object.namespace} has ${printLabels(labels)}` },
        { label: 'nearest', text: `${near.name} has ${printFound(near.differences)}` },
        {
          label: 'effect',
          text: `it protects nobody: when nodes are drained, all endpoints of Service ${object.namespace}/${service.metadata.name} may go at once`,
        },
      ],
      related: [relatedMember(group.object, [...group.templatePath, 'metadata', 'labels'], `Labels of ${near.name}`, context)], // prettier-ignore
      fixes: [
        fixBy(`Change the selector to ${printFound(near.differences)}`, true, labelEdits(object, matchLabelsPath, near.differences, context)), // prettier-ignore
      ],
    });
  },
};

function labelsOf(value: unknown): Labels | undefined {
  if (!isJsonObject(value as never)) return undefined;
  return Object.fromEntries(Object.entries(value as Labels).filter(([, text]) => typeof text === 'string'));
}
