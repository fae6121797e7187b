/** An edit of an object's field where people write it: in its own file, or in the source that a render took it from. */

import type { JsonPath } from '#base/json';
import { fieldOrigin, lineIndexOf } from '#manifest/index';
import type { FieldSource } from '#manifest/render-types';
import type { ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import { writtenField, type WrittenField } from '../places';
import type { TextEdit } from '../types';

type Made = Pick<TextEdit, 'range' | 'newText'> | undefined;
type Edit = (file: ManifestFile, document: number, path: JsonPath) => Made;

/**
 * What an edit needs of a source: that it decides the field's value; that nothing else has a part in the field, so that
 * it can also be taken away there; or that the field's text comes from there letter by letter.
 */
export type Reach = 'value' | 'alone' | 'text';

/** The edit at the field's own place. Undefined where what stands there is not, as it is, what the object has. */
export function editField(
  { origin }: KubernetesObject,
  path: JsonPath,
  reach: Reach,
  context: AnalysisContext,
  edit: Edit,
): TextEdit | undefined {
  const file = origin.kind === 'manifest' ? context.file(origin.file) : undefined;
  if (!file) return undefined;
  const full = [...origin.path, ...path];
  const made = edit(file, origin.document, full);
  const own = made && { file: file.path, range: made.range, newText: made.newText };
  if (!own || !file.rendered) return own;
  const found = fieldOrigin(file.rendered, origin.document, full);
  const source = found.sources.at(-1);
  if (!source?.verbatim || (reach === 'alone' && found.sources.length > 1)) return undefined;
  if (reach === 'text' && source.role === 'value') return undefined;
  const inSource = editOfSource(source, found.rest, own, file, context, edit);
  return inSource && { file: source.file, ...inSource, rendered: own };
}

function editOfSource(
  { file, at }: FieldSource,
  rest: JsonPath,
  own: TextEdit,
  renderedFile: ManifestFile,
  context: AnalysisContext,
  edit: Edit,
): Made {
  const sourceFile = context.file(file);
  if (!sourceFile) return undefined;
  if (at.kind === 'path') return edit(sourceFile, at.document, [...at.path, ...rest]);
  if (rest.length > 0) return undefined;
  // A template is no YAML: what was rendered from its text as it is stands there once, or is not touched.
  const rendered = lineIndexOf(renderedFile);
  const old = renderedFile.text.slice(rendered.offset(own.range.start), rendered.offset(own.range.end));
  const lines = lineIndexOf(sourceFile);
  const start = lines.offset(at.range.start);
  const text = sourceFile.text.slice(start, lines.offset(at.range.end));
  const found = old === '' || old.includes('\n') ? [] : wordsIn(text, old);
  const [only] = found;
  if (only === undefined || found.length > 1) return undefined;
  return { range: lines.range({ start: start + only, end: start + only + old.length }), newText: own.newText };
}

/** Where the word stands by itself, not as a part of a longer one or of an action. */
function wordsIn(text: string, word: string): readonly number[] {
  const found: number[] = [];
  const isLetter = (at: number) => /[\w.-]/.test(text.charAt(at));
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const isInAction = text.lastIndexOf('{{', at) > text.lastIndexOf('}}', at);
    if (!isLetter(at - 1) && !isLetter(at + word.length) && !isInAction) found.push(at);
  }
  return found;
}

/** The edit of fields where they are written, and the same in what was rendered from there. */
export function editWritten(
  object: KubernetesObject,
  paths: readonly JsonPath[],
  context: AnalysisContext,
  edit: (fields: readonly WrittenField[]) => TextEdit | undefined,
): TextEdit | undefined {
  const { origin } = object;
  const file = context.file(origin.file);
  if (!file || origin.kind !== 'manifest') return undefined;
  const written = paths.flatMap((path) => writtenField(object, path, context) ?? []);
  if (written.length < paths.length || new Set(written.map((field) => field.file)).size > 1) return undefined;
  const made = edit(written);
  if (!made || !file.rendered) return made;
  const own = edit(paths.map((path) => ({ file, document: origin.document, path: [...origin.path, ...path] })));
  return own && { ...made, rendered: own };
}
