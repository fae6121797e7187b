/** `# service-topology-ignore CODE reason` and the annotation of the same meaning: what a file's authors take as it is. */

import { valueAt, type JsonPath } from '#base/json';
import type { Position, Range } from '#base/text';
import { fieldAt, lineIndexOf, locate, locateNearest } from '#manifest/index';
import type { ManifestDocument, ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import { isKnownCode } from './codes';

/** What an ignore is about: the line below or beside it, the document that it heads, the object that carries it. */
export type Coverage =
  | { readonly kind: 'line'; readonly line: number; readonly document: number }
  | { readonly kind: 'document'; readonly document: number }
  | { readonly kind: 'object'; readonly document: number; readonly path: JsonPath };

export interface Ignore {
  readonly code: string;
  /** '' where none is given. */
  readonly reason: string;
  /** Of the code, where its letters can be pointed at. */
  readonly range: Range;
  readonly covers: Coverage;
}

export const ignoreWord = 'service-topology-ignore';
/** The domain is that of the project's own pages, so nobody else's annotation can have this name. */
export const ignoreAnnotation = 'service-topology.github.io/ignore';

const known = new WeakMap<ManifestFile, readonly Ignore[]>();
const none: readonly Ignore[] = [];

/** The ignores of a file, in the order of its text; looked for once, and only where one of the words is there. */
export function ignoresOf(file: ManifestFile): readonly Ignore[] {
  let ignores = known.get(file);
  if (!ignores) known.set(file, (ignores = readIgnores(file)));
  return ignores;
}

function readIgnores(file: ManifestFile): readonly Ignore[] {
  if (file.documents.length > 0 && isPlainlyObserved(file)) return none;
  const comments = file.text.includes(ignoreWord) ? commentsOf(file) : none;
  const annotated = file.text.includes(ignoreAnnotation) ? annotationsOf(file) : none;
  return annotated.length === 0 ? comments : [...comments, ...annotated];
}

/** Whether it is a cluster's object without the annotation's name: a text is then not even made of it. */
function isPlainlyObserved(file: ManifestFile): boolean {
  return file.documents.every(({ content }) => content.kind === 'objects' && content.objects.every(isPlain));
}

function isPlain({ origin, body }: KubernetesObject): boolean {
  return origin.kind === 'cluster' && valueAt(body, ['metadata', 'annotations', ignoreAnnotation]) === undefined;
}

function commentsOf(file: ManifestFile): readonly Ignore[] {
  const lines = lineIndexOf(file);
  const found: Ignore[] = [];
  for (let at = file.text.indexOf(ignoreWord); at >= 0; at = file.text.indexOf(ignoreWord, at + ignoreWord.length)) {
    const { line, character } = lines.position(at);
    const text = textOfLine(file, line);
    const before = /^(.*?)(?:^|(?<=\s))#+\s*$/.exec(text.slice(0, character))?.[1];
    const end = character + ignoreWord.length;
    if (before === undefined || /^[\w-]/.test(text.slice(end)) || isQuoted(file, { line, character })) continue;
    const covers = before.trim() === '' ? coverageBelow(file, line) : coverageBeside(file, line, before);
    for (const { code, start, reason } of entryOf(text.slice(end))) {
      const from = end + start;
      const range = { start: { line, character: from }, end: { line, character: from + code.length } };
      if (covers) found.push({ code, reason, range, covers });
    }
  }
  return found;
}

function textOfLine(file: ManifestFile, line: number): string {
  const lines = lineIndexOf(file);
  const start = lines.offset({ line, character: 0 });
  return file.text.slice(start, lines.offset({ line: line + 1, character: 0 })).replace(/[\r\n]+$/, '');
}

/** Within quotes the number sign begins no comment; within a block of text it may be one of the embedded file. */
function isQuoted(file: ManifestFile, position: Position): boolean {
  const field = fieldAt(file, position);
  const place = field && locate(file, field.document, field.path);
  if (!place) return false;
  const first = file.text.charAt(lineIndexOf(file).offset(place.value.start));
  const { start, end } = place.value;
  const inside =
    start.line === position.line && start.character < position.character && position.character < end.character;
  return (first === '"' || first === "'") && (inside || (start.line < position.line && position.line < end.line));
}

function coverageBeside(file: ManifestFile, line: number, before: string): Coverage | undefined {
  return /^---\s*$/.test(before) ? heads(file, line + 1) : isAbout(file, line);
}

/** A comment of its own is about the next line that says something; where that is a document's first, about all of it. */
function coverageBelow(file: ManifestFile, line: number): Coverage | undefined {
  const last = lineIndexOf(file).position(file.text.length).line;
  let next = line + 1;
  while (next <= last && /^\s*(?:#.*)?$/.test(textOfLine(file, next))) next++;
  if (next > last) return undefined;
  if (/^---(?:\s|$)/.test(textOfLine(file, next))) return heads(file, next + 1);
  return isFirstOfDocument(file, line) ? heads(file, next) : isAbout(file, next);
}

function isAbout(file: ManifestFile, line: number): Coverage | undefined {
  const document = documentAt(file, line);
  return document && { kind: 'line', line, document: document.index };
}

function heads(file: ManifestFile, line: number): Coverage | undefined {
  const document = documentAt(file, line);
  return document && { kind: 'document', document: document.index };
}

/** The document that the line belongs to. */
function documentAt(file: ManifestFile, line: number): ManifestDocument | undefined {
  const offset = lineIndexOf(file).offset({ line, character: 0 });
  return file.documents.find(({ span }) => offset <= span.end);
}

/** Whether nothing but comments stands between the line and the marker, or the beginning of the file, above it. */
function isFirstOfDocument(file: ManifestFile, line: number): boolean {
  let above = line - 1;
  while (above >= 0 && /^\s*(?:#.*|%.*)?$/.test(textOfLine(file, above))) above--;
  return above < 0 || /^---\s*(?:#.*)?$/.test(textOfLine(file, above));
}

interface Entry {
  readonly code: string;
  /** Where the code begins in the text. */
  readonly start: number;
  readonly reason: string;
}

/** `CODE`, `CODE reason`, `CODE, CODE reason`, `CODE CODE: reason`: a word is a code after a comma, or when it is one. */
function entryOf(text: string): readonly Entry[] {
  const codes: { code: string; start: number }[] = [];
  const pattern = /[\s:]*([A-Za-z0-9][\w-]*)\s*(,?)/y;
  let end = 0;
  let comma = true;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const code = match[1]!;
    if (!comma && !isKnownCode(code)) break;
    codes.push({ code, start: match.index + match[0].indexOf(code) });
    end = pattern.lastIndex;
    comma = match[2] === ',';
  }
  const reason = text.slice(end).replace(/^[\s:–—-]+/, '').trim(); // prettier-ignore
  return codes.map((code) => ({ ...code, reason }));
}

function annotationsOf(file: ManifestFile): readonly Ignore[] {
  return file.documents.flatMap(({ content }) =>
    content.kind === 'objects' ? content.objects.flatMap((object) => ofAnnotation(file, object)) : [],
  );
}

/** Entries are parted by semicolons or lines: `CODE reason; CODE reason`. */
function ofAnnotation(file: ManifestFile, object: KubernetesObject): readonly Ignore[] {
  const path = ['metadata', 'annotations', ignoreAnnotation];
  const value = valueAt(object.body, path);
  if (typeof value !== 'string') return none;
  const { document, path: objectPath } = object.origin;
  const range = locateNearest(file, document, [...objectPath, ...path]).value;
  const covers: Coverage = { kind: 'object', document, path: objectPath };
  return value
    .split(/[;\n]/)
    .flatMap((text) => entryOf(text).map(({ code, reason }) => ({ code, reason, range, covers })));
}
