/** An object as its file has it, before a kustomization gives it a namespace, a prefix or labels. */

import type { KubernetesObject } from '#model/object';
import type { Files } from '../places';

/**
 * What a patch of the kustomization meets: it is applied before the namespace and the names are given. Of what has no
 * file of its own, or comes of a template, the object as the cluster has it.
 */
export function writtenObject(object: KubernetesObject, files: Files): KubernetesObject {
  const { origin, kind } = object;
  const file = origin.kind === 'manifest' ? files.file(origin.file) : undefined;
  if (!file?.rendered) return objectsOf(file, origin.document).find((each) => each.origin.path.join() === origin.path.join()) ?? object; // prettier-ignore
  file.rendered.wanted?.();
  const source = file.rendered.objects.get(origin.document)?.source;
  const base = source && files.file(source.file);
  return objectsOf(base, source?.document).find((each) => each.kind === kind) ?? object;
}

function objectsOf(file: ReturnType<Files['file']>, document: number | undefined): readonly KubernetesObject[] {
  const content = document === undefined ? undefined : file?.documents[document]?.content;
  return content?.kind === 'objects' ? content.objects : [];
}
