/** The report of `check` for people: a block a file, the finding's place first, its cause and fix below. */

import type { Finding, Severity, Unknown } from '#analysis/types';
import type { Range } from '#base/text';
import type { ManifestProblem } from '#manifest/types';
import { sortedFiles, type Loaded } from './load';
import type { Style } from './output';

type Colour = (text: string) => string;

export function checkText(loaded: Loaded, verdictOnly: boolean, style: Style): string {
  const blocks = verdictOnly ? [] : sortedFiles(loaded.workspace).map(({ path }) => fileBlock(loaded, path, style));
  return [...blocks.filter((block) => block !== ''), summary(loaded, style)].join('\n\n');
}

function fileBlock(loaded: Loaded, path: string, style: Style): string {
  const { workspace } = loaded;
  const lines = [
    ...workspace.problems(path).flatMap((problem) => problemLines(problem, style)),
    ...workspace.findings(path).flatMap((finding) => findingLines(finding, loaded, style)),
    ...workspace.unknowns(path).flatMap((unknown) => unknownLines(unknown, style)),
  ];
  return lines.length === 0 ? '' : [style.bold(loaded.displayPath(path)), ...lines].join('\n');
}

function findingLines(finding: Finding, loaded: Loaded, style: Style): string[] {
  const indent = ' '.repeat(9);
  const wrapped = (text: string) => wrap(text, indent, style.width).map(style.dim);
  const details = finding.details.flatMap(({ label, text }) =>
    wrapped(label === 'cause' || label === 'note' ? text : `${label}: ${text}`),
  );
  const related = finding.related.map((place) =>
    style.dim(`${indent}see: ${loaded.displayPath(place.file)}:${at(place.range)}  ${place.message}`),
  );
  const fixes = finding.fixes.flatMap((fix) => wrap(`fix: ${lowerFirst(fix.title)}`, indent, style.width));
  return [
    head(finding.place.range, finding.severity, finding.message, finding.code, style),
    ...details,
    ...related,
    ...fixes,
  ];
}

function problemLines(problem: ManifestProblem, style: Style): string[] {
  return [head(problem.range, problem.severity, problem.message, problem.code, style)];
}

function unknownLines(unknown: Unknown, style: Style): string[] {
  return wrap(
    `${at(unknown.place.range).padStart(7)}  ${style.dim('unknown')}  ${unknown.message}`,
    ' '.repeat(18),
    style.width,
  );
}

function head(range: Range, severity: Severity, message: string, code: string, style: Style): string {
  const [first = '', ...rest] = message.split('\n');
  const line = `${at(range).padStart(7)}  ${colourOf(severity, style)(severity.padEnd(7))}  ${first}  ${style.dim(code)}`;
  return [line, ...rest.map((text) => ' '.repeat(9) + text)].join('\n');
}

/** One-based, as editors and compilers print places. */
function at(range: Range): string {
  return `${range.start.line + 1}:${range.start.character + 1}`;
}

function colourOf(severity: Severity, style: Style): Colour {
  const colours: Record<Severity, Colour> = {
    error: style.red,
    warning: style.yellow,
    info: style.blue,
    hint: style.dim,
  };
  return colours[severity];
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}

/** Breaks a text at spaces; lines after the first are indented as well. */
export function wrap(text: string, indent: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(indent + line);
  if (lines[0]!.trimStart() === '' && lines.length > 1) lines.shift();
  return lines;
}

function summary(loaded: Loaded, style: Style): string {
  const { workspace } = loaded;
  const counts = new Map<Severity, number>();
  let unknowns = 0;
  let objects = 0;
  let templates = 0;
  let files = 0;
  for (const file of workspace.files()) {
    files++;
    for (const { severity } of [...workspace.findings(file.path), ...workspace.problems(file.path)])
      counts.set(severity, (counts.get(severity) ?? 0) + 1);
    unknowns += workspace.unknowns(file.path).length;
    for (const { content } of file.documents) {
      if (content.kind === 'objects') objects += content.objects.length;
      if (content.kind === 'template') templates++;
    }
  }
  const order: readonly Severity[] = ['error', 'warning', 'info', 'hint'];
  const found = order
    .filter((severity) => counts.has(severity))
    .map((severity) => plural(counts.get(severity)!, severity));
  if (unknowns > 0) found.push(`${unknowns} unknown`);
  const worst = counts.has('error') ? style.red : counts.has('warning') ? style.yellow : style.green;
  if (objects === 0 && templates === 0 && found.length === 0)
    return `No Kubernetes objects in ${plural(files, 'file')}.`;
  const verdict = worst(found.length === 0 ? 'Nothing found' : found.join(', '));
  const where = `${plural(objects, 'object')} of ${plural(workspace.scopes.length, 'scope')} (${plural(files, 'file')}, ${loaded.milliseconds} ms)`;
  const rest = templates > 0 ? ` Not rendered: ${plural(templates, 'Helm template')}.` : '';
  return `${verdict} in ${where}.${rest}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
