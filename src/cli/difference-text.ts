/** How differences are printed for people: a line a field, lists under their titles. */

import type { FieldChange } from '#analysis/drift';

export function fieldLine({ field, before, after }: FieldChange): string {
  return before === undefined ? `   ${field}: ${after ?? ''}` : `   ${field}: ${before} → ${after ?? 'none'}`;
}

/** Nothing where there are no items. */
export function listLines(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : ['', ` ${title}:`, ...items.map((item) => `   ${item}`)];
}
