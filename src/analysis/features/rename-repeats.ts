/** Whether a rename would change more than it means to: an alias repeats what stands at its anchor. */

import { isJsonObject, type JsonPath, type JsonValue } from '#base/json';
import { readManifest } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import { printReference, type KubernetesObject } from '#model/object';
import type { TextEdit } from '../types';
import type { Workspace } from '../workspace';
import type { MentionIn } from './mentions/types';
import { withEdits } from './together';

/** A sentence where the edited files, read anew, differ in other fields than those that are renamed. */
export function whyRepeated(
  edits: readonly TextEdit[],
  renamed: readonly MentionIn[],
  name: string,
  workspace: Workspace,
): string | undefined {
  for (const path of new Set(edits.map(({ file }) => file))) {
    const file = workspace.file(path);
    // Without an anchor nothing is repeated.
    if (!file || !/&[\w-]/.test(file.text)) continue;
    const text = withEdits(file.text, edits.filter((edit) => edit.file === path)); // prettier-ignore
    const meant = new Set(renamed.flatMap((found) => (found.object.origin.file === path ? fieldsOf(found, name) : [])));
    const why = whyDifferent(objectsOf(file), objectsOf(readManifest(path, text)), meant);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** The fields that may be others after it: of a key, the member that goes and the one that comes. */
function fieldsOf({ object: { origin }, mention: { path, part } }: MentionIn, name: string): string[] {
  const paths = part === 'key' ? [path, [...path.slice(0, -1), name]] : [path];
  return paths.map((each) => fieldName(origin, each));
}

function fieldName({ document, path }: KubernetesObject['origin'], field: JsonPath): string {
  return JSON.stringify([document, ...path, ...field]);
}

function whyDifferent(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  meant: ReadonlySet<string>,
): string | undefined {
  for (const [i, object] of before.entries())
    for (const path of differences(object.body, after[i]?.body ?? null, []))
      if (!meant.has(fieldName(object.origin, path)))
        return `${path.join('.')} of ${printReference(object)} would change as well: it repeats the name by an alias. Write it out there first.`;
  return undefined;
}

function* differences(a: JsonValue | undefined, b: JsonValue | undefined, path: JsonPath): Generator<JsonPath> {
  if (a === b) return;
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    for (const [i, item] of a.entries()) yield* differences(item as JsonValue, b[i] as JsonValue, [...path, i]);
  } else if (isJsonObject(a) && isJsonObject(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (a[key] === undefined || b[key] === undefined) yield [...path, key];
      else yield* differences(a[key], b[key], [...path, key]);
    }
  } else yield path;
}

function objectsOf(file: ManifestFile): readonly KubernetesObject[] {
  return file.documents.flatMap(({ content }) => (content.kind === 'objects' ? content.objects : []));
}
