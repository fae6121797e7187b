/** All fixes of a file, or of several, at once: of each finding the one that a user most probably wants, as far as they do not touch. */

import type { Finding, TextEdit } from '../types';
import type { Workspace } from '../workspace';
import { FixesTogether } from './together';

export interface FixAll {
  readonly edits: readonly TextEdit[];
  /** How many findings they mend. */
  readonly findings: number;
}

/**
 * Of findings of one code, or of every code; only fixes that their finding calls the preferred one. What nobody has
 * looked at one by one is changed only where it is wrong for sure: not for a hint.
 */
export function fixAll(workspace: Workspace, file: string, code?: string): FixAll {
  return fixAllIn(workspace, [file], code);
}

export function fixAllIn(workspace: Workspace, files: readonly string[], code?: string): FixAll {
  const together = new FixesTogether();
  const wanted = files
    .flatMap((file) => workspace.findings(file))
    .filter((finding) => (code === undefined ? isGrave(finding) : finding.code === code));
  const findings = wanted.filter(({ fixes }) => together.offer(fixes)).length;
  return { edits: together.edits, findings };
}

/** Grave enough to change a file of its own accord. */
export function isGrave({ severity }: Pick<Finding, 'severity'>): boolean {
  return severity === 'error' || severity === 'warning';
}
