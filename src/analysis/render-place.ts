/** Where a render that failed has to be mended, where the engine names no more than the entry of a kustomization. */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import type { Range } from '#base/text';
import { fieldAt, locate, resolvePath } from '#manifest/index';
import type { RenderFailed } from '#manifest/render-types';
import type { ManifestFile } from '#manifest/types';
import { folderOf } from '#manifest/paths';
import type { KubernetesObject } from '#model/object';

type Files = ReadonlyMap<string, ManifestFile>;
type FailedPlace = NonNullable<RenderFailed['place']>;

/** The line of a patch that its message is about; the engine's own place where there is none such. */
export function placeOfFailure({ place, message }: RenderFailed, files: Files): RenderFailed['place'] {
  const entry = place?.range && files.get(place.file);
  const field = entry && fieldAt(entry, place.range!.end);
  if (!entry || !field) return place;
  const content = entry.documents[field.document]?.content;
  const [list, index] = field.path;
  if (content?.kind !== 'kustomization' || typeof index !== 'number') return place;
  const item = isJsonObject(content.value) ? valueAt(content.value, [String(list), index]) : undefined;
  const path = isJsonObject(item) ? item['path'] : item;
  const patch = typeof path === 'string' ? files.get(resolvePath(folderOf(entry.path), path) ?? '') : undefined;
  if (!patch && typeof path === 'string' && message.includes(`path(${path})`)) {
    const range = locate(entry, field.document, [String(list), index, 'path'])?.value;
    return range ? { file: entry.path, range } : place;
  }
  if (patch) return inPatch(patch, message, files) ?? place;
  const operation = pathOfOperation(entry, message, [field.document], [String(list), index, 'patch']);
  return operation ? { file: entry.path, range: operation } : place;
}

function inPatch(patch: ManifestFile, message: string, files: Files): FailedPlace | undefined {
  const documents = patch.documents.map(({ index }) => index);
  const range = nameOfTarget(patch, message, files) ?? pathOfOperation(patch, message, documents, []);
  return range && { file: patch.path, range };
}

/** Models sigs.k8s.io/kustomize api/resmap: `no matches for Id Deployment.v1.apps/web.shop`. */
function nameOfTarget(patch: ManifestFile, message: string, files: Files): Range | undefined {
  const pattern = /no matches for Id (\w+)\.[^/\s]*\/([^;\s]+?)\.(?:[\w-]+|\[noNs\])(?=[;\s\\"]|$)/;
  const [, kind, name] = pattern.exec(message) ?? [];
  for (const { content, index } of kind === undefined ? [] : patch.documents) {
    if (content.kind !== 'objects') continue;
    const object = content.objects.find((each) => each.kind === kind && each.name === name);
    if (!object) continue;
    const field = isNameOfOtherKind(object, patch, files) ? ['kind'] : ['metadata', 'name'];
    return locate(patch, index, [...object.origin.path, ...field])?.value;
  }
  return undefined;
}

/** Whether other files have the name, and none of them the kind with it. */
function isNameOfOtherKind({ kind, name }: KubernetesObject, patch: ManifestFile, files: Files): boolean {
  const named = [...files.values()].flatMap(
    (file) =>
    file === patch ? [] : file.documents.flatMap(({ content }) => (content.kind === 'objects' ? content.objects.filter((each) => each.name === name) : [])), // prettier-ignore
  );
  return named.length > 0 && named.every((each) => each.kind !== kind);
}

/** Models github.com/evanphx/json-patch: `… operation does not apply: doc is missing path: "/spec/ports/3": …`. */
function pathOfOperation(
  patch: ManifestFile,
  message: string,
  documents: readonly number[],
  operations: JsonPath,
): Range | undefined {
  const [, wanted] = /does not apply.*?(\/[^\s"\\:]+)[\\"]*:/.exec(message) ?? [];
  if (wanted === undefined) return undefined;
  for (const index of documents)
    for (let i = 0; ; i++) {
      const place = locate(patch, index, [...operations, i, 'path']);
      if (!place) break;
      if (textIn(patch, place.value) === wanted) return place.value;
    }
  return undefined;
}

function textIn(file: ManifestFile, { start, end }: Range): string {
  const line = file.text.split('\n')[start.line] ?? '';
  return line.slice(start.character, start.line === end.line ? end.character : undefined).replace(/^["']|["']$/g, '');
}
