/** Keeps by identity what an edit has not touched. */

import type { ManifestDocument, ManifestFile } from '#manifest/types';

/** The new reading, with the objects of documents whose text stayed: who caches by identity sees that nothing changed. */
export function keepUnchanged(before: ManifestFile | undefined, after: ManifestFile): ManifestFile {
  if (!before) return after;
  const documents = after.documents.map((document, i): ManifestDocument => {
    const old = before.documents[i];
    if (document.content.kind !== 'objects' || old?.content.kind !== 'objects') return document;
    const same = textOf(before, old) === textOf(after, document);
    return same ? { ...document, content: old.content } : document;
  });
  return { ...after, documents };
}

function textOf(file: ManifestFile, document: ManifestDocument): string {
  return file.text.slice(document.span.start, document.span.end);
}
