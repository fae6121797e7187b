/** Findings and problems of files as LSP diagnostics. */

import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver';
import type { Finding, Severity, Unknown } from '#analysis/types';
import type { Workspace } from '#analysis/workspace';
import type { ManifestProblem } from '#manifest/types';
import type { Paths } from './paths';

export const diagnosticSource = 'service-topology';
const documentation = 'https://github.com/service-topology/service-topology/blob/main/docs/rules';

const severities: Record<Severity, DiagnosticSeverity> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** `tests` is what reachability tests found in the file. */
export function diagnosticsOf(
  workspace: Workspace,
  path: string,
  paths: Paths,
  tests: readonly Finding[] = [],
): Diagnostic[] {
  return [
    ...workspace.problems(path).map(ofProblem),
    ...[...workspace.findings(path), ...tests].map((finding) => ofFinding(finding, paths)),
    ...workspace.unknowns(path).map(ofUnknown),
  ];
}

function ofFinding(finding: Finding, paths: Paths): Diagnostic {
  return {
    range: finding.place.range,
    severity: severities[finding.severity],
    source: diagnosticSource,
    code: finding.code,
    codeDescription: { href: documentationOf(finding.code) },
    message: messageOf(finding),
    relatedInformation: finding.related.map((related) => ({
      location: { uri: paths.uri(related.file), range: related.range },
      message: related.message,
    })),
  };
}

/** Whether every reader of YAML tells the same: that the text is none. */
export function isOfYaml({ code }: { readonly code?: string | number }): boolean {
  return code === 'yaml-syntax' || code === 'yaml-duplicate-key';
}

/** The page that explains a code. */
export function documentationOf(code: string): string {
  return `${documentation}/${code}.md`;
}

/** The first line and all that follows it, a line each. */
export function messageOf(finding: Pick<Finding, 'message' | 'details'>): string {
  const labels: Record<string, string> = { nearest: 'nearest: ', effect: 'effect: ', cause: '', note: '' };
  return [finding.message, ...finding.details.map((detail) => labels[detail.label] + detail.text)].join('\n');
}

function ofProblem(problem: ManifestProblem): Diagnostic {
  return {
    range: problem.range,
    severity: severities[problem.severity],
    source: diagnosticSource,
    code: problem.code,
    codeDescription: { href: documentationOf(problem.code) },
    message: problem.message,
  };
}

function ofUnknown(unknown: Unknown): Diagnostic {
  return {
    range: unknown.place.range,
    severity: DiagnosticSeverity.Hint,
    source: diagnosticSource,
    code: 'cannot-know',
    codeDescription: { href: documentationOf('cannot-know') },
    message: unknown.message,
  };
}
