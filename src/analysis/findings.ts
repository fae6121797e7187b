/** What there is to say about one object: runs the rules for its kind. */

import type { RuleSeverities } from '#manifest/settings';
import type { KubernetesObject } from '#model/object';
import type { AnalysisContext, DeriveFindings } from './context';
import { existenceRules, offByDefault, rulesByKind, writtenRulesByKind, type Rule } from './rules/index';
import { Report } from './rules/report';

/**
 * Derives findings and unknowns about one object from its scope's control plane. For a healthy object this costs a few
 * look-ups. An object that the cluster does not hold (refused, or replaced by a later document) gets no other finding.
 * A rule all of whose codes are off does not run.
 */
export function deriveWith(rules: RuleSeverities): DeriveFindings {
  const isOn = (rule: Rule) => rule.codes.some((code) => severityOf(code, rules) !== 'off');
  const written = filtered(writtenRulesByKind, isOn);
  const accepted = filtered(rulesByKind, isOn);
  return (object, context) => {
    const report = new Report(object, context);
    const kind = `${object.group}/${object.kind}`;
    for (const rule of written.get(kind) ?? []) run(rule, object, context, report);
    // These run even where they are off: what they find does not exist, and nothing else is to be said of it.
    for (const rule of existenceRules) {
      const before = report.count;
      run(rule, object, context, report);
      if (report.count > before) return report.result();
    }
    for (const rule of accepted.get(kind) ?? []) run(rule, object, context, report);
    return report.result();
  };
}

/** With the severities that the rules have by themselves. */
export const deriveFindings: DeriveFindings = deriveWith({});

function run(rule: Rule, object: KubernetesObject, context: AnalysisContext, report: Report): void {
  report.begin(rule.codes);
  rule.check(object, context, report);
}

function severityOf(code: string, rules: RuleSeverities): RuleSeverities[string] | undefined {
  return Object.hasOwn(rules, code) ? rules[code] : offByDefault.has(code) ? 'off' : undefined;
}

function filtered(
  rules: ReadonlyMap<string, readonly Rule[]>,
  isOn: (rule: Rule) => boolean,
): ReadonlyMap<string, readonly Rule[]> {
  return new Map([...rules].map(([kind, ofKind]) => [kind, ofKind.filter(isOn)]));
}
