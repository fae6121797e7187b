/** The severities that a team gives to the rules: applied where findings are derived, so that all shells agree. */

import type { RuleSeverities } from '#manifest/settings';
import type { ManifestProblem } from '#manifest/types';
import type { DeriveFindings } from '../context';
import type { Finding } from '../types';
import { cannotKnow } from './codes';

/** Derives with the severities that the rules are given; what is `off` is not told. */
export function withSeverities(derive: DeriveFindings, rules: RuleSeverities): DeriveFindings {
  if (Object.keys(rules).length === 0) return derive;
  return (object, context) => {
    const about = derive(object, context);
    if (about.findings.length === 0 && about.unknowns.length === 0) return about;
    return {
      ...about,
      findings: about.findings.flatMap((finding) => graded(finding, rules)),
      unknowns: rules[cannotKnow] === 'off' ? [] : about.unknowns,
    };
  };
}

/** The same for findings that come from elsewhere. */
export function gradeFindings(findings: readonly Finding[], rules: RuleSeverities): readonly Finding[] {
  return findings.length === 0 ? findings : findings.flatMap((finding) => graded(finding, rules));
}

/** The same for what is wrong with a file. */
export function gradeProblems(problems: readonly ManifestProblem[], rules: RuleSeverities): readonly ManifestProblem[] {
  if (problems.length === 0 || Object.keys(rules).length === 0) return problems;
  return problems.flatMap((problem) => graded(problem, rules));
}

/** An empty list for what is off. */
function graded<T extends { readonly code: string; readonly severity: string }>(
  item: T,
  rules: RuleSeverities,
): readonly T[] {
  const severity = Object.hasOwn(rules, item.code) ? rules[item.code] : undefined;
  if (severity === 'off') return [];
  return severity === undefined || severity === item.severity ? [item] : [{ ...item, severity }];
}
