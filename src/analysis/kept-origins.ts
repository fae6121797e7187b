/** Origins of a render from the one before: a letter that is typed hardly ever changes where a field comes from. */

import { originsOf } from '#manifest/index';
import type { FieldSource, RenderedObject } from '#manifest/render-types';
import type { ManifestDocument, ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';

/**
 * The new reading with the origins of the one before, for as long as nobody has looked for its own: with them the editor
 * answers meanwhile. Of an object they are kept where each of its sources is a document which is still there; lines of templates
 * may have moved.
 */
export function withKeptOrigins(
  before: ManifestFile | undefined,
  after: ManifestFile,
  files: ReadonlyMap<string, ManifestFile>,
): ManifestFile {
  if (!after.rendered?.wanted || !before?.rendered) return after;
  const origins = before.rendered.meanwhile ?? before.rendered;
  const known = new Map(
    before.documents.map((document) => [identityOf(document), origins.objects.get(document.index)]),
  );
  const kept = after.documents.flatMap((document): RenderedObject[] => {
    const object = known.get(identityOf(document));
    if (!object || !isThere(object, document, files)) return [];
    return [{ ...object, start: document.span.start, end: document.span.end }];
  });
  return { ...after, rendered: { ...after.rendered, meanwhile: originsOf(after, kept, after.rendered.entry) } };
}

/** By what the objects are called; documents that hold none are all alike. */
function identityOf({ content }: ManifestDocument): string {
  return content.kind === 'objects' ? content.objects.map(({ key }) => key).join('\n') : '';
}

function isThere(
  { source, fields }: RenderedObject,
  rendered: ManifestDocument,
  files: ReadonlyMap<string, ManifestFile>,
): boolean {
  const objects = objectsOf(rendered);
  const isStill = (file: string, document: number, isOwn: (name: string) => boolean) => {
    const found = files.get(file)?.documents[document];
    if (!found || found.content.kind === 'broken') return false;
    const written = objectsOf(found);
    return written.length === 0 || written.some(({ kind, name }) => isOwn(name) && objects.some((each) => each.kind === kind)); // prettier-ignore
  };
  // Kustomizations put something around names.
  const isItsName = (name: string) => objects.some((each) => each.name.includes(name));
  if (source?.document !== undefined && !isStill(source.file, source.document, isItsName)) return false;
  const isKnown = ({ file, at }: FieldSource) => at.kind === 'path' && isStill(file, at.document, () => true);
  return fields.every(({ sources }) => sources.every(isKnown));
}

function objectsOf({ content }: ManifestDocument): readonly KubernetesObject[] {
  return content.kind === 'objects' ? content.objects : [];
}
