/** Edits of an object's own text, for fixes. Each gives undefined where the field is not written as an edit would need it. */

import type { JsonPath, JsonValue } from '#base/json';
import type { Range } from '#base/text';
import { locate, removeMember, replaceScalar, setMember } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import type { Fix, TextEdit } from '../types';

/** Writes another value where a scalar stands. */
export function changeValue(
  object: KubernetesObject,
  path: JsonPath,
  value: string | number,
  context: AnalysisContext,
): TextEdit | undefined {
  if (isGiven(object, path, context)) return undefined;
  return inText(object, path, context, (file, document, full) => replaceScalar(file, document, full, value));
}

/** Adds a member to a mapping, or changes it where it is there. */
export function putMember(
  object: KubernetesObject,
  mapping: JsonPath,
  key: string,
  value: JsonValue,
  context: AnalysisContext,
): TextEdit | undefined {
  if (isGiven(object, [...mapping, key], context)) return undefined;
  return inText(object, mapping, context, (file, document, full) => setMember(file, document, full, key, value));
}

export function dropMember(
  object: KubernetesObject,
  mapping: JsonPath,
  key: string,
  context: AnalysisContext,
): TextEdit | undefined {
  if (isGiven(object, [...mapping, key], context)) return undefined;
  return inText(object, mapping, context, (file, document, full) => removeMember(file, document, full, key));
}

/** Gives a member of a mapping another key; label keys need no quotes unless YAML would take them for something else. */
export function renameKey(
  object: KubernetesObject,
  path: JsonPath,
  key: string,
  context: AnalysisContext,
): TextEdit | undefined {
  if (isGiven(object, path, context)) return undefined;
  return inText(object, path, context, (file, document, full) => {
    const place = locate(file, document, full);
    return place?.key && { range: place.key, newText: isPlainKey(key) ? key : JSON.stringify(key) };
  });
}

/** Puts the scalar's own text between quotes: `1.0` → `"1.0"`. */
export function quoteValue(object: KubernetesObject, path: JsonPath, context: AnalysisContext): TextEdit | undefined {
  return inText(object, path, context, (file, document, full) => {
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
function isGiven({ origin }: KubernetesObject, path: JsonPath, { scope }: AnalysisContext): boolean {
  const labels = origin.kind === 'manifest' ? scope.labels.get(origin.file) : undefined;
  if (!labels) return false;
  const [owner, key] = path.slice(-2);
  if (typeof key !== 'string') return false;
  if (owner !== 'labels')
    return (owner === 'selector' || owner === 'matchLabels') && Object.hasOwn(labels.selectors, key);
  return Object.hasOwn(path.length > 3 ? labels.templates : labels.metadata, key);
}

function inText(
  object: KubernetesObject,
  path: JsonPath,
  context: AnalysisContext,
  edit: (file: ManifestFile, document: number, path: JsonPath) => { range: Range; newText: string } | undefined,
): TextEdit | undefined {
  const { origin } = object;
  if (origin.kind !== 'manifest') return undefined;
  const file = context.file(origin.file);
  const made = file && edit(file, origin.document, [...origin.path, ...path]);
  return made && { file: origin.file, range: made.range, newText: made.newText };
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
