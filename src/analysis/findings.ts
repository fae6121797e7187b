/** What there is to say about one object: runs the rules for its kind. */

import type { KubernetesObject } from '#model/object';
import type { AnalysisContext, DeriveFindings } from './context';
import { existenceRules, rulesByKind, writtenRulesByKind, type Rule } from './rules/index';
import { Report } from './rules/report';

/**
 * Derives findings and unknowns about one object from its scope's control plane. For a healthy object this costs a few
 * look-ups. An object that the cluster does not hold (refused, or replaced by a later document) gets no other finding.
 */
export const deriveFindings: DeriveFindings = (object, context) => {
  const report = new Report(object, context);
  const kind = `${object.group}/${object.kind}`;
  for (const rule of writtenRulesByKind.get(kind) ?? []) run(rule, object, context, report);
  for (const rule of existenceRules) {
    const before = report.count;
    run(rule, object, context, report);
    if (report.count > before) return report.result();
  }
  const rules = rulesByKind.get(kind);
  if (rules) for (const rule of rules) run(rule, object, context, report);
  return report.result();
};

function run(rule: Rule, object: KubernetesObject, context: AnalysisContext, report: Report): void {
  report.begin(rule.codes);
  rule.check(object, context, report);
}
