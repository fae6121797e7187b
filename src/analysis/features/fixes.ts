/** Quick fixes: what the findings at a range offer. */

import { comparePositions, type Range } from '#base/text';
import type { Finding, Fix } from '../types';
import type { Workspace } from '../workspace';

export interface OfferedFix {
  readonly finding: Finding;
  readonly fix: Fix;
}

/** Fixes of findings that touch the range; those told in words only as well. */
export function fixesAt(workspace: Workspace, file: string, range: Range): OfferedFix[] {
  return workspace
    .findings(file)
    .filter(({ place }) => place.file === file && touches(place.range, range))
    .flatMap((finding) => finding.fixes.map((fix) => ({ finding, fix })));
}

function touches(a: Range, b: Range): boolean {
  return comparePositions(a.start, b.end) <= 0 && comparePositions(b.start, a.end) <= 0;
}
