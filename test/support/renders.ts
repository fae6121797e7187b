/** Results of engines, written down: what is rendered from which lines. */

import type { JsonPath } from '#base/json';
import type { FieldSource, Rendered, RenderedObject, SourceRole } from '#manifest/render-types';

/** One document of a rendered text with the sources of its fields. */
export interface WrittenRender {
  readonly text: string;
  readonly source?: RenderedObject['source'];
  readonly fields?: readonly (readonly [path: JsonPath, ...sources: readonly FieldSource[]])[];
}

export function rendered(documents: readonly WrittenRender[], read: readonly string[]): Rendered {
  const objects: RenderedObject[] = [];
  let text = '';
  for (const document of documents) {
    if (text !== '') text += '---\n';
    const start = text.length;
    text += document.text;
    const fields = (document.fields ?? []).map(([path, ...sources]) => ({ path, sources }));
    objects.push({ start, end: text.length, source: document.source, fields });
  }
  return { kind: 'rendered', text, objects, read, unavailable: [] };
}

/** A field of a YAML file. */
export function from(role: SourceRole, file: string, path: JsonPath, document = 0): FieldSource {
  return { role, file, at: { kind: 'path', document, path }, verbatim: true };
}

/** The same where what stands there is not, as it is, what was rendered. */
export function by(role: SourceRole, file: string, path: JsonPath, document = 0): FieldSource {
  return { ...from(role, file, path, document), verbatim: false };
}

/** A line of a template, zero-based. */
export function line(file: string, number: number, length: number, verbatim = true): FieldSource {
  const range = { start: { line: number, character: 0 }, end: { line: number, character: length } };
  return { role: 'template', file, at: { kind: 'range', range }, verbatim };
}
