/** Where a name that was found in a text stands in its file. */

import { valueAt } from '#base/json';
import { LineIndex, type Span } from '#base/text';
import { locate } from '#manifest/index';
import type { KubernetesObject } from '#model/object';
import { writtenField, type Files } from '../places';
import type { Place } from '../types';
import type { NameInText } from './names-in';

/** The place of the host or the port; undefined where the text is written with escapes, or by an alias. */
export function placeOfName(
  object: KubernetesObject,
  name: NameInText,
  part: 'host' | 'port',
  files: Files,
): Place | undefined {
  const range = part === 'host' ? name.range : name.portRange;
  const text = valueAt(object.body, name.path);
  const field = writtenField(object, name.path, files);
  if (!field || !range || typeof text !== 'string') return undefined;
  const { file } = field;
  const place = locate(file, field.document, field.path);
  if (!place) return undefined;
  const lines = new LineIndex(file.text);
  const start = lines.offset(place.value.start);
  const found = sameOccurrence(text, range, file.text.slice(start, lines.offset(place.value.end)));
  return found && { file: file.path, range: lines.range({ start: start + found.start, end: start + found.end }) };
}

/** The part of the written text that is the same occurrence of the same characters; folds and quotes move it. */
function sameOccurrence(text: string, range: Span, written: string): Span | undefined {
  const part = text.slice(range.start, range.end);
  const all = occurrences(text, part);
  const there = occurrences(written, part);
  const start = all.length === there.length ? there[all.indexOf(range.start)] : undefined;
  return start === undefined ? undefined : { start, end: start + part.length };
}

function occurrences(text: string, part: string): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) found.push(at);
  return found;
}
