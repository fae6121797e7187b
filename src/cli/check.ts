/** `check`: findings of all scopes, for people, as JSON, or as SARIF. */

import type { Finding, Severity, Unknown } from '#analysis/types';
import type { Workspace } from '#analysis/workspace';
import type { Range } from '#base/text';
import type { ManifestProblem } from '#manifest/types';
import type { ObjectReference } from '#model/object';
import { messageOf } from '#server/diagnostics';
import { checkText } from './check-text';
import { Failure } from './failure';
import { sortedFiles, type Loaded } from './load';
import { print, printValue, styleOf } from './output';
import { sarif } from './sarif';

/** A finding as it leaves the program; positions are zero-based. */
export interface ReportedFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly range: Range;
  readonly object: ObjectReference | undefined;
  readonly related: readonly { readonly file: string; readonly range: Range; readonly message: string }[];
  readonly fixes: readonly { readonly title: string }[];
}

export interface ReportedUnknown {
  readonly message: string;
  readonly file: string;
  readonly object: ObjectReference;
}

export interface CheckReport {
  readonly findings: readonly ReportedFinding[];
  readonly unknown: readonly ReportedUnknown[];
}

/** Prints the report; the exit status is 1 where something was found at error level. */
export function check(loaded: Loaded, format: string, verdictOnly: boolean): 0 | 1 {
  const report = reportOf(loaded.workspace, loaded.displayPath);
  if (format === 'json') printValue(report, 'json');
  else if (format === 'sarif') printValue(sarif(report.findings), 'json');
  else if (format === 'text') print(checkText(loaded, verdictOnly, styleOf(process.stdout)));
  else throw new Failure(`--format must be text, json or sarif, not ${format}`);
  return report.findings.some((finding) => finding.severity === 'error') ? 1 : 0;
}

export function reportOf(workspace: Workspace, displayPath: (path: string) => string): CheckReport {
  const findings: ReportedFinding[] = [];
  const unknown: ReportedUnknown[] = [];
  for (const { path } of sortedFiles(workspace)) {
    for (const problem of workspace.problems(path)) findings.push(ofProblem(problem, displayPath(path)));
    for (const finding of workspace.findings(path)) findings.push(ofFinding(finding, displayPath));
    for (const item of workspace.unknowns(path)) unknown.push(ofUnknown(item, displayPath));
  }
  return { findings, unknown };
}

function ofFinding(finding: Finding, displayPath: (path: string) => string): ReportedFinding {
  return {
    code: finding.code,
    severity: finding.severity,
    message: messageOf(finding),
    file: displayPath(finding.place.file),
    range: finding.place.range,
    object: finding.object,
    related: finding.related.map((related) => ({
      file: displayPath(related.file),
      range: related.range,
      message: related.message,
    })),
    fixes: finding.fixes.map((fix) => ({ title: fix.title })),
  };
}

function ofProblem(problem: ManifestProblem, file: string): ReportedFinding {
  const { code, severity, message, range } = problem;
  return { code, severity, message, file, range, object: undefined, related: [], fixes: [] };
}

function ofUnknown(unknown: Unknown, displayPath: (path: string) => string): ReportedUnknown {
  return { message: unknown.message, file: displayPath(unknown.place.file), object: unknown.object };
}
