/** Writes new objects as documents of their own. */

import type { JsonObject } from '#base/json';
import { LineIndex } from '#base/text';
import { lineIndexOf, printDocument } from '#manifest/index';
import type { KubernetesObject } from '#model/object';
import type { TextEdit } from '../../types';
import type { Workspace } from '../../workspace';

/** Behind all documents of the file; undefined in a file of JSON. */
export function appendDocument(path: string, body: JsonObject, workspace: Workspace): TextEdit | undefined {
  const file = workspace.file(path);
  if (!file || file.rendered || isJson(file.text)) return undefined;
  const end = new LineIndex(file.text).position(file.text.length);
  const separator = file.text.endsWith('\n') ? '---\n' : '\n---\n';
  return {
    file: path,
    range: { start: end, end },
    newText: inLineBreaksOf(file.text, separator + printDocument(body)),
  };
}

/** In place of the object's document; undefined in a List, and in a file of JSON. */
export function replaceDocument(
  { origin }: KubernetesObject,
  bodies: readonly JsonObject[],
  workspace: Workspace,
): TextEdit | undefined {
  if (origin.kind !== 'manifest' || origin.path.length > 0) return undefined;
  const file = workspace.file(origin.file);
  const span = file?.documents[origin.document]?.span;
  if (!file || file.rendered || !span) return undefined;
  const text = file.text.slice(span.start, span.end);
  if (isJson(text)) return undefined;
  // What stands before the first key (comments, blank lines, a separator) stays.
  const start = span.start + (/^[A-Za-z"']/m.exec(text)?.index ?? 0);
  const end = span.start + text.trimEnd().length;
  const newText = inLineBreaksOf(file.text, bodies.map(printDocument).join('---\n').trimEnd());
  return { file: origin.file, range: lineIndexOf(file).range({ start, end }), newText };
}

function inLineBreaksOf(text: string, written: string): string {
  return text.includes('\r\n') ? written.replaceAll('\n', '\r\n') : written;
}

function isJson(text: string): boolean {
  return text.trimStart().startsWith('{');
}
