/** Reads a file of manifests: its documents, the objects in them, and what is wrong with its text. */

import type { JsonValue } from '#base/json';
import { emptyRange, type Range, type Span } from '#base/text';
import { readFast } from './fast-reader';
import { readJson } from './json-reader';
import { defaultLimits, type ReadLimits } from './limits';
import { lineIndexOf, nearestPlace } from './locate';
import { readDocument } from './objects';
import { isBelowTemplates, isTemplateOfNamesPath } from './paths';
import { splitDocuments } from './split';
import type { DocumentContent, ManifestDocument, ManifestFile, ManifestProblem } from './types';
import { readYaml, type ReadProblem } from './yaml-reader';

/**
 * The documents of a file, in their order, each read by itself: a broken one costs only itself.
 * `path` is relative to the workspace with `/`. Never throws; the work is bounded by the limits.
 */
export function readManifest(
  path: string,
  text: string,
  options: { readonly limits?: Partial<ReadLimits> } = {},
): ManifestFile {
  const limits = { ...defaultLimits, ...options.limits };
  if (text.length > limits.maxFileLength) return unread(path, text, tooLarge(text.length, limits));
  if (text.includes('\0')) return unread(path, text, binary);
  if (path.endsWith('.json') && !/"apiVersion"\s*:/.test(text)) {
    const span = { start: 0, end: text.length };
    return { path, text, documents: [{ index: 0, span, content: { kind: 'other' } }], problems: [] };
  }
  const templates = (text.includes('{{') && isBelowTemplates(path)) || isTemplateOfNamesPath(path);
  const documents: ManifestDocument[] = [];
  const problems: FoundProblem[] = [];
  const budget: Budget = { limits, intricate: 0 };
  const spans = splitDocuments(text);
  if (spans.length > limits.maxDocuments) problems.push(tooMany(spans.splice(limits.maxDocuments), limits));
  for (const [index, span] of spans.entries()) {
    const found = templates ? template : read(path, text, span, index, budget);
    documents.push({ index, span, content: found.content });
    for (const problem of found.problems) problems.push({ ...problem, document: index });
  }
  const file: ManifestFile = { path, text, documents, problems: [] };
  return problems.length === 0 ? file : { ...file, problems: problems.map((problem) => placed(problem, file)) };
}

/** A problem before its place is looked up: an offset of the text, or a path of the document. */
type FoundProblem = UnplacedProblem & { readonly document: number };
type UnplacedProblem = Omit<ManifestProblem, 'range' | 'document'> & {
  readonly span?: Span;
  readonly path?: readonly (string | number)[];
};

/** What the documents of a file share. */
interface Budget {
  readonly limits: ReadLimits;
  /** How much text the full reader was given so far. */
  intricate: number;
}

interface Reading {
  readonly content: DocumentContent;
  readonly problems: readonly UnplacedProblem[];
}

const template: Reading = { content: { kind: 'template' }, problems: [] };
const binary: Omit<ManifestProblem, 'range' | 'document'> = {
  code: 'file-binary',
  severity: 'warning',
  message: 'This file is not read: it holds binary data, or text in an encoding other than UTF-8.',
};

function tooLarge(length: number, limits: ReadLimits): Omit<ManifestProblem, 'range' | 'document'> {
  const size = (count: number) => `${(count / 1024 / 1024).toFixed(1)} MiB`;
  const message = `This file is not read: ${size(length)} are more than ${size(limits.maxFileLength)}.`;
  return { code: 'file-too-large', severity: 'warning', message };
}

function tooMany(spans: readonly Span[], limits: ReadLimits): FoundProblem {
  const message = `This file holds more than ${limits.maxDocuments} documents; those from here on are not read.`;
  const at = spans[0]!.start;
  return { code: 'file-too-large', severity: 'warning', message, span: { start: at, end: at }, document: -1 };
}

function unread(path: string, text: string, problem: Omit<ManifestProblem, 'range' | 'document'>): ManifestFile {
  return { path, text, documents: [], problems: [{ ...problem, range: emptyRange, document: -1 }] };
}

function read(path: string, text: string, span: Span, index: number, budget: Budget): Reading {
  const { value, problems, content } = readValue(text, span, budget);
  if (content) return { content, problems };
  if (value === undefined) return { content: { kind: 'broken' }, problems };
  const document = readDocument(value, path, index);
  if (problems.length === 0) return document;
  return { content: document.content, problems: [...problems, ...document.problems] };
}

interface ValueReading {
  readonly value?: JsonValue;
  readonly problems: readonly ReadProblem[];
  /** Where it is known without a value. */
  readonly content?: DocumentContent;
}

const noProblems: readonly ReadProblem[] = [];

function readValue(text: string, span: Span, budget: Budget): ValueReading {
  const { limits } = budget;
  const fast = readFast(text, span.start, span.end, 'values');
  if (fast) return { value: fast.value, problems: noProblems };
  const first = firstCharacter(text, span);
  const json = first === '{' || first === '[' ? readJson(text, span.start, span.end, limits) : undefined;
  if (json) return json;
  const open = text.indexOf('{{', span.start);
  const actions = open >= 0 && open < span.end;
  const length = span.end - span.start;
  if (length > limits.maxIntricateLength || budget.intricate + length > limits.maxIntricateTotal) {
    return actions ? { problems: noProblems, content: template.content } : tooIntricate(span, limits);
  }
  budget.intricate += Math.max(length, leastIntricate);
  const yaml = readYaml(text, span.start, span.end, limits);
  if (actions && (yaml.value === undefined || yaml.mappingAsKey)) {
    return { problems: noProblems, content: template.content };
  }
  return { value: yaml.value, problems: yaml.problems };
}

/** The full reader costs as much for an empty document as for this many characters. */
const leastIntricate = 300;

function tooIntricate(span: Span, limits: ReadLimits): ValueReading {
  const size = `${(limits.maxIntricateLength / 1024 / 1024).toFixed(0)} MiB`;
  const message = `this document is not read: it needs the slow reader, which takes ${size} of a document at most`;
  return {
    problems: [
      { code: 'document-too-large', severity: 'warning', message, span: { start: span.start, end: span.start } },
    ],
  };
}

function firstCharacter(text: string, span: Span): string {
  let at = span.start;
  while (at < span.end && /\s/.test(text.charAt(at))) at++;
  return at < span.end ? text.charAt(at) : '';
}

function placed(problem: FoundProblem, file: ManifestFile): ManifestProblem {
  const { code, severity, message, document } = problem;
  return { code, severity, message, range: rangeOf(problem, file), document };
}

/** A problem is shown on one line: that of its beginning. */
function rangeOf(problem: FoundProblem, file: ManifestFile): Range {
  const lines = lineIndexOf(file);
  if (problem.path) {
    const place = nearestPlace(file, problem.document, problem.path);
    return firstLine(file, place?.key ?? place?.value ?? emptyRange);
  }
  return problem.span ? firstLine(file, lines.range(problem.span)) : emptyRange;
}

function firstLine(file: ManifestFile, range: Range): Range {
  if (range.end.line === range.start.line) return range;
  const lines = lineIndexOf(file);
  const start = lines.offset(range.start);
  let end = start;
  while (end < file.text.length && !/[\r\n]/.test(file.text.charAt(end))) end++;
  return lines.range({ start, end });
}
