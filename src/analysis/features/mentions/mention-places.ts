/** Where a mention stands in its file, and which mentions stand at a position. */

import { valueAt, type JsonPath } from '#base/json';
import { contains, type Position, type Range, type Span } from '#base/text';
import { lineIndexOf, locate } from '#manifest/index';
import type { KubernetesObject } from '#model/object';
import { nameField, writtenField, type Files, type WrittenField } from '../../places';
import type { Place } from '../../types';
import type { Workspace } from '../../workspace';
import type { ObjectAt } from '../object-at';
import { mentionIndex } from './mention-index';
import { holds } from './readings';
import type { Mention, MentionIn } from './types';

/** The text that means it, without quotes; undefined where it is not written (a kustomization gives it, an alias repeats it). */
export function placeOfMention({ object, mention }: MentionIn, files: Files): Place | undefined {
  return placeIn(object, mention, files);
}

/** A part of a value; undefined where an escape is in it. */
export function placeOfText(
  object: KubernetesObject,
  path: JsonPath,
  span: Span,
  workspace: Workspace,
): Place | undefined {
  // prettier-ignore
  return placeIn(object, { path, part: 'value', span }, workspace);
}

type Part = Pick<Mention, 'path' | 'part' | 'span'>;

function placeIn(object: KubernetesObject, { path, part, span }: Part, files: Files): Place | undefined {
  const field = part === 'value' && !span ? nameFieldOf(object, path, files) : fieldOf(object, path, files);
  const found = field && locate(field.file, field.document, field.path);
  const range = part === 'key' ? found?.key : found?.value;
  if (!field || !range) return undefined;
  const { file } = field;
  const lines = lineIndexOf(file);
  const [start, end] = [lines.offset(range.start), lines.offset(range.end)];
  const written = file.text.slice(start, end);
  const text = part === 'key' ? String(path.at(-1)) : String(valueAt(object.body, path));
  const at = offsetIn(written, text, span);
  if (!at || (part === 'value' && !text.includes(written.slice(at.start, at.end)) && isPartly(object, path, files))) return undefined; // prettier-ignore
  return { file: file.path, range: lines.range({ start: start + at.start, end: start + at.end }) };
}

function nameFieldOf(object: KubernetesObject, path: JsonPath, files: Files): WrittenField | undefined {
  return object.origin.kind === 'manifest' ? nameField(object, path, files) : fieldOf(object, path, files);
}

/** Whether something was put around what is written. */
function isPartly(object: KubernetesObject, path: JsonPath, files: Files): boolean {
  return fieldOf(object, path, files) === undefined;
}

/** A cluster's own object has its text as well: nobody changes it, but it is read. */
function fieldOf(object: KubernetesObject, path: JsonPath, files: Files): WrittenField | undefined {
  const { origin } = object;
  if (origin.kind === 'manifest') return writtenField(object, path, files);
  const file = files.file(origin.file);
  return file && { file, document: origin.document, path: [...origin.path, ...path] };
}

/** Where the text (or the span of it) stands in what is written for it: plain, quoted, or a block. */
function offsetIn(written: string, text: string, span: Span | undefined): Span | undefined {
  const inner = /^(["'])([^]*)\1$/.exec(written)?.[2];
  const quote = inner === undefined ? 0 : 1;
  const whole = { start: quote, end: written.length - quote };
  if (!span) return whole;
  return (inner ?? written) === text ? { start: quote + span.start, end: quote + span.end } : byCount(written, text, span); // prettier-ignore
}

/**
 * In a block, or between quotes with escapes and folded lines: names have neither blanks nor escapes, so each stands in
 * what is written where it stands in the text, and the third one there is the third one here.
 */
function byCount(written: string, text: string, span: Span): Span | undefined {
  const name = text.slice(span.start, span.end);
  const header = /^[|>]/.test(written) ? written.indexOf('\n') + 1 : 0;
  const places = placesIn(written.slice(header), name);
  const inText = placesIn(text, name);
  const start = places[inText.indexOf(span.start)];
  if (start === undefined || places.length !== inText.length) return undefined;
  return { start: header + start, end: header + start + name.length };
}

function placesIn(text: string, name: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) places.push(at);
  return places;
}

/** The mention at the position of an object's field; undefined where nothing is meant. */
export function mentionAt(
  at: ObjectAt,
  position: Position,
  workspace: Workspace,
): (MentionIn & { readonly range: Range }) | undefined {
  // prettier-ignore
  const { object, state } = at;
  const path = JSON.stringify(at.path);
  for (const mention of mentionIndex(workspace, state).mentions(object)) {
    if (JSON.stringify(mention.path) !== path || !holds({ object, mention }, state.simulation.controlPlane)) continue;
    const place = placeOfMention({ object, mention }, workspace);
    const range = at.isNamed
      ? at.range
      : place
        ? place.range
        : state.scope.rendered === undefined || mention.span
          ? undefined
          : at.range;
    if (range && contains(range, position)) return { object, mention, range };
  }
  return undefined;
}
