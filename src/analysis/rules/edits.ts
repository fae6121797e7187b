/** Edits of an object's own text, for fixes. Each gives undefined where the field is not written as an edit would need it. */

import { valueAt, type JsonPath, type JsonValue } from '#base/json';
import type { Range } from '#base/text';
import { locate, removeMember, replaceScalar, setMember } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import type { Fix, TextEdit } from '../types';
import { editField } from './written-edits';

/** Writes another value where a scalar stands. */
export function changeValue(
  object: KubernetesObject,
  path: JsonPath,
  value: string | number,
  context: AnalysisContext,
): TextEdit | undefined {
  return isGiven(object, path, context) ? undefined : changeWritten(object, path, value, context);
}

/** The same, also where a kustomization gives another value over it. */
export function changeWritten(
  object: KubernetesObject,
  path: JsonPath,
  value: string | number,
  context: AnalysisContext,
): TextEdit | undefined {
  return editField(object, path, 'value', context, (file, document, full) =>
    replaceScalar(file, document, full, value),
  );
}

/** Adds a member to a mapping, or changes it where it is there. */
export function putMember(
  object: KubernetesObject,
  mapping: JsonPath,
  key: string,
  value: JsonValue,
  context: AnalysisContext,
): TextEdit | undefined {
  const member = [...mapping, key];
  if (isGiven(object, member, context)) return undefined;
  if (valueAt(object.body, member) === undefined)
    return editField(object, mapping, 'value', context, (file, document, full) => setMember(file, document, full, key, value)); // prettier-ignore
  return editField(object, member, 'value', context, (file, document, full) => {
    if (full.at(-1) === key) return setMember(file, document, full.slice(0, -1), key, value);
    // A value of a chart has a name of its own.
    return typeof value === 'object' ? undefined : replaceScalar(file, document, full, value);
  });
}

export function dropMember(
  object: KubernetesObject,
  mapping: JsonPath,
  key: string,
  context: AnalysisContext,
): TextEdit | undefined {
  const member = [...mapping, key];
  if (isGiven(object, member, context)) return undefined;
  return editField(object, member, 'alone', context, (file, document, full) =>
    full.at(-1) === key ? removeMember(file, document, full.slice(0, -1), key) : undefined,
  );
}

/** Gives a member of a mapping another key; label keys need no quotes unless YAML would take them for something else. */
export function renameKey(
  object: KubernetesObject,
  path: JsonPath,
  key: string,
  context: AnalysisContext,
): TextEdit | undefined {
  return isGiven(object, path, context) ? undefined : renameWrittenKey(object, path, key, context);
}

/** The same, also where a kustomization gives a value over it. */
export function renameWrittenKey(
  object: KubernetesObject,
  path: JsonPath,
  key: string,
  context: AnalysisContext,
): TextEdit | undefined {
  return editField(object, path, 'alone', context, (file, document, full) => {
    const place = full.at(-1) === path.at(-1) ? locate(file, document, full) : undefined;
    return place?.key && { range: place.key, newText: isPlainKey(key) ? key : JSON.stringify(key) };
  });
}

/** Puts the scalar's own text between quotes: `1.0` → `"1.0"`. */
export function quoteValue(object: KubernetesObject, path: JsonPath, context: AnalysisContext): TextEdit | undefined {
  return editField(object, path, 'text', context, (file, document, full) => {
    const place = locate(file, document, full);
    const text = place && textOfLine(file, place.value);
    if (!place || text === undefined || !/^[\w.+-]+$/.test(text)) return undefined;
    return { range: place.value, newText: `"${text}"` };
  });
}

/** A fix of all the edits, or none where one of them cannot be made. */
export function fixBy(title: string, preferred: boolean, edits: readonly (TextEdit | undefined)[]): Fix | undefined {
  const made = edits.filter((edit) => edit !== undefined);
  return made.length === edits.length ? { title, edits: made, preferred } : undefined;
}

/** A fix that a user has to make by hand. */
export function fixInWords(title: string): Fix {
  return { title, edits: [], preferred: false };
}

/** Whether a kustomization gives this label its value, whatever the object's own text says. */
export function isGiven({ origin }: KubernetesObject, path: JsonPath, { scope }: AnalysisContext): boolean {
  const labels = origin.kind === 'manifest' ? scope.labels.get(origin.file) : undefined;
  if (!labels) return false;
  const [owner, key] = path.slice(-2);
  if (typeof key !== 'string') return false;
  if (owner !== 'labels')
    return (owner === 'selector' || owner === 'matchLabels') && Object.hasOwn(labels.selectors, key);
  return Object.hasOwn(path.length > 3 ? labels.templates : labels.metadata, key);
}

/** The text of a range within one line. */
function textOfLine(file: ManifestFile, range: Range): string | undefined {
  if (range.start.line !== range.end.line) return undefined;
  const line = file.text.split(/\r\n|\r|\n/)[range.start.line];
  return line?.slice(range.start.character, range.end.character);
}

function isPlainKey(key: string): boolean {
  return /^[A-Za-z][\w./-]*$/.test(key) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(key);
}
