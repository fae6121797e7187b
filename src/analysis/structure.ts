/** What of files and scopes, as text, decides whether others have to be put together anew. */

import { decidesPlans } from '#manifest/plans/index';
import type { ManifestFile, Scope } from '#manifest/types';

/** What findings say about a scope as a whole. */
export function knowledgeOf({ name, incomplete, unapplied, notes, isAsWritten }: Scope): string {
  return JSON.stringify([name, incomplete, unapplied, notes, isAsWritten]);
}

/** What of a file decides about scopes: a change of anything else keeps the assignment. */
export function structureOf(file: ManifestFile): string {
  const parts = new Set<string>();
  let templates = 0;
  for (const { content } of file.documents) {
    if (content.kind === 'kustomization' || content.kind === 'chart') parts.add(JSON.stringify(content.value));
    else if (content.kind === 'objects') parts.add('objects');
    else if (content.kind === 'template') templates++;
  }
  return [...parts, decidesPlans(file), templates].join('\n');
}
