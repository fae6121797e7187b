/** Findings as SARIF 2.1.0, which code hosts show beside the changed lines. */

import type { Severity } from '#analysis/types';
import type { Range } from '#base/text';
import type { ReportedFinding } from './check';
import { version } from './version';

const levels: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note', hint: 'note' };

export function sarif(findings: readonly ReportedFinding[]): unknown {
  const codes = [...new Set(findings.map((finding) => finding.code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'service-topology', version, rules: codes.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => ({
          ruleId: finding.code,
          ruleIndex: codes.indexOf(finding.code),
          level: levels[finding.severity],
          message: { text: finding.message },
          locations: [location(finding.file, finding.range)],
          relatedLocations: finding.related.map((related, id) => ({
            id,
            ...location(related.file, related.range),
            message: { text: related.message },
          })),
        })),
      },
    ],
  };
}

function location(file: string, range: Range) {
  return {
    physicalLocation: {
      artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
      region: {
        startLine: range.start.line + 1,
        startColumn: range.start.character + 1,
        endLine: range.end.line + 1,
        endColumn: range.end.character + 1,
      },
    },
  };
}
