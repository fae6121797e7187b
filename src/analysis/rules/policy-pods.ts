/** policy-selects-nothing: a NetworkPolicy for pods that differ from those of its namespace by a slip of the pen. */

import type { Rule } from './index';
import { printReference } from '#model/object';
import { fixBy } from './edits';
import { labelEdits, nearestLabels, printFound } from './near-labels';
import { dependOnPods, groupsIn, isEmpty, policyOf } from './policy-rules';
import { relatedMember } from './report';
import { unseenMaker } from './unseen-pods';
import { printLabels } from './words';

export const policyPods: Rule = {
  codes: ['policy-selects-nothing'],
  check(object, context, report) {
    const policy = policyOf(object, context, report);
    if (!policy) return;
    dependOnPods(policy, report);
    const { podSelector } = policy.spec;
    if (!podSelector || isEmpty(podSelector) || (podSelector.matchExpressions ?? []).length > 0) return;
    const { controlPlane } = context.simulation;
    if (groupsIn(object.namespace, podSelector, controlPlane).length > 0) return;
    report.searchedElsewhere();
    if (context.scope.incomplete.length > 0 || unseenMaker(object, context) !== undefined)
      return report.leaveOpen(report.place(['spec', 'podSelector']));
    const there = groupsIn(object.namespace, {}, controlPlane);
    const labels = podSelector.matchLabels ?? {};
    const near = nearestLabels(labels, there.map((group) => ({ name: printReference(group.object), labels: group.labels }))); // prettier-ignore
    const group = there.find((other) => printReference(other.object) === near?.name);
    if (!near || !group) return report.leaveOpen(report.place(['spec', 'podSelector']));
    const matchLabels = ['spec', 'podSelector', 'matchLabels'];
    report.add({
      code: 'policy-selects-nothing',
      severity: 'hint',
      message: `${printReference(object)} selects no pod`,
      place: report.member(near.differences.length === 1 ? [...matchLabels, near.differences[0]!.key] : matchLabels),
      details: [
        { label: 'cause', text: `no pod of namespace ${object.namespace} has ${printLabels(labels)}` },
        { label: 'nearest', text: `${near.name} has ${printFound(near.differences)}` },
        { label: 'effect', text: 'the policy isolates nobody and allows nothing' },
      ],
      related: [relatedMember(group.object, [...group.templatePath, 'metadata', 'labels'], `Labels of ${near.name}`, context)], // prettier-ignore
      fixes: [fixBy(`Change the selector to ${printFound(near.differences)}`, true, labelEdits(object, matchLabels, near.differences, context))], // prettier-ignore
    });
  },
};
