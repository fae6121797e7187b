/** Quick fixes: what the findings at a range offer. */

import { comparePositions, type Range } from '#base/text';
import { ignoreFix } from '../control/ignore-edit';
import type { Finding, Fix } from '../types';
import type { Workspace } from '../workspace';

export interface OfferedFix {
  readonly finding: Finding;
  readonly fix: Fix;
}

/** Fixes of findings that touch the range, those told in words only as well, and to ignore each of them. */
export function fixesAt(workspace: Workspace, file: string, range: Range): OfferedFix[] {
  return workspace
    .findings(file)
    .filter(({ place }) => place.file === file && touches(place.range, range))
    .flatMap((finding) => {
      const ignore = ignoreFix(finding, workspace.file(file));
      return [...finding.fixes, ...(ignore ? [ignore] : [])].map((fix) => ({ finding, fix }));
    });
}

function touches(a: Range, b: Range): boolean {
  return comparePositions(a.start, b.end) <= 0 && comparePositions(b.start, a.end) <= 0;
}
