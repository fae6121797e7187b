/** What there is to say about one object: runs the rules for its kind. */

import type { DeriveFindings } from './context';
import { existenceRules, rulesByKind, writtenRulesByKind } from './rules/index';
import { Report } from './rules/report';

/**
 * Derives findings and unknowns about one object from its scope's control plane. For a healthy object this costs a few
 * look-ups. An object that the cluster does not hold (refused, or replaced by a later document) gets no other finding.
 */
export const deriveFindings: DeriveFindings = (object, context) => {
  const report = new Report(object, context);
  const kind = `${object.group}/${object.kind}`;
  for (const rule of writtenRulesByKind.get(kind) ?? []) rule.check(object, context, report);
  for (const rule of existenceRules) {
    const before = report.count;
    rule.check(object, context, report);
    if (report.count > before) return report.result();
  }
  const rules = rulesByKind.get(kind);
  if (rules) for (const rule of rules) rule.check(object, context, report);
  return report.result();
};
