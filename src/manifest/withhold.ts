/**
 * A file's text as it can be handed to others: what manifests say stays, at the same lines; Secrets, and what is no
 * manifest, does not.
 */

import { LineIndex, type Range, type Span } from '#base/text';
import { readEmbedded } from './embedded';
import { isReachabilityPath } from './paths';
import { readManifest } from './read-manifest';
import { isHarmlessPatch, secretsOf } from './secrets';
import type { DocumentContent, ManifestDocument, ManifestFile, ManifestProblem } from './types';

export interface Shared {
  readonly text: string;
  /** Whether any of it is a manifest, or may become one: else nobody needs the file. */
  readonly isManifest: boolean;
  /** How many Secrets (and texts that hold or make one) were taken out. */
  readonly secrets: number;
  /** What is wrong with the parts that were taken out, without what their text says. */
  readonly problems: readonly ManifestProblem[];
}

/** What becomes of a document. */
interface Part {
  readonly text: string;
  readonly secrets: number;
  /** Whether its problems are still to be found in the text. */
  readonly isWhole: boolean;
}

/** Two readings: what was left of a document must read as it did before, else nothing of it is left. */
export function withoutSecrets(file: ManifestFile): Shared {
  const first = file.documents.map((document) => partOf(file, document));
  const again = readManifest(file.path, joined(file, first));
  const isSame = again.documents.length === file.documents.length;
  const parts = first.map((part, index) => {
    const document = file.documents[index]!;
    const kind = again.documents[index]?.content.kind;
    return part.isWhole || (isSame && kind === document.content.kind) ? part : { ...blank(file, document), secrets: part.secrets }; // prettier-ignore
  });
  return {
    text: joined(file, parts),
    isManifest: file.documents.some(({ content }, index) => content.kind === 'template' || !isBlank(parts[index]!)),
    secrets: parts.reduce((sum, { secrets }) => sum + secrets, 0),
    problems: file.problems.flatMap((problem) => {
      const part = parts[problem.document];
      // Of a file that was not read as a whole nothing is handed on.
      if (file.documents.length > 0 && (!part || part.isWhole)) return [];
      return { ...problem, ...(part && { message: hiddenMessage }) };
    }),
  };
}

const hiddenMessage = 'something is wrong in this part, which is not shown here: `service-topology check` tells what';

function joined(file: ManifestFile, parts: readonly Part[]): string {
  if (parts.every(({ isWhole }) => isWhole)) return file.documents.length === 0 ? '' : file.text;
  let at = 0;
  let text = '';
  for (const [index, { span }] of file.documents.entries()) {
    text += markersOf(file.text.slice(at, span.start)) + parts[index]!.text;
    at = span.end;
  }
  return text + markersOf(file.text.slice(at));
}

/** What stands between documents, without comments. */
function markersOf(between: string): string {
  return between.replace(/[^\r\n]+/g, (line) => (/^(?:---|\.\.\.)/.test(line) ? line.slice(0, 3) : ''));
}

function partOf(file: ManifestFile, document: ManifestDocument): Part {
  const { content, span } = document;
  const text = file.text.slice(span.start, span.end);
  const whole: Part = { text, secrets: 0, isWhole: true };
  switch (content.kind) {
    case 'objects':
    case 'kustomization':
      return mentionsSecret(text, content) ? cut(file, document, text) : whole;
    case 'chart':
      return whole;
    case 'template':
      // It counts as one that is not rendered.
      return { ...blank(file, document), text: inPlaceOf(text, '{{}}') };
    case 'broken':
      return /^apiVersion:/m.test(text) && !/secret/i.test(text) ? whole : blank(file, document);
    case 'other':
      if (isReachabilityPath(file.path) || text.trim() === '') return whole;
      return isHarmlessPatch(readEmbedded(text).value) ? whole : blank(file, document);
  }
}

function mentionsSecret(text: string, content: DocumentContent): boolean {
  if (/secret/i.test(text)) return true;
  return content.kind === 'objects' && content.objects.some(({ kind }) => /^secret/i.test(kind));
}

/** The document without its Secrets; as a whole where these cannot be found in its text. */
function cut(file: ManifestFile, document: ManifestDocument, text: string): Part {
  const { value, rangeOf } = readEmbedded(text);
  if (value === undefined) return { ...blank(file, document), secrets: 1 };
  const secrets = secretsOf(value);
  if (secrets.length === 0) return { text, secrets: 0, isWhole: true };
  const [root] = secrets;
  if (root?.path.length === 0) return { text: inPlaceOf(text, root.instead), secrets: 1, isWhole: false };
  // What an alias stands for is written elsewhere.
  if (/[:-]\s+&\S/.test(text)) return { ...blank(file, document), secrets: secrets.length };
  const lines = new LineIndex(text);
  const cuts = secrets.map(({ path, instead }) => ({ span: spanOf(rangeOf(path), lines), instead }));
  let rest = text;
  // From the end on, so that the spans before stay right.
  for (const { span, instead } of cuts.sort((a, b) => b.span.start - a.span.start))
    rest = rest.slice(0, span.start) + inPlaceOf(rest.slice(span.start, span.end), instead) + rest.slice(span.end);
  return { text: rest.replace(/^[ \t]*#.*$/gm, ''), secrets: secrets.length, isWhole: false };
}

function spanOf(range: Range, lines: LineIndex): Span {
  return { start: lines.offset(range.start), end: lines.offset(range.end) };
}

/** A document of nothing. */
function blank(file: ManifestFile, { span }: ManifestDocument): Part {
  return { text: inPlaceOf(file.text.slice(span.start, span.end), 'null'), secrets: 0, isWhole: false };
}

function isBlank(part: Part): boolean {
  return part.text.trim() === 'null';
}

/** A text of one line with the line ends of another. */
function inPlaceOf(text: string, instead: string): string {
  return instead + text.replace(/[^\r\n]+/g, '');
}
