/** The report of `check` for people: a block a file, the finding's place first, its cause and fix below. */

import { failureOf } from '#analysis/render-failure';
import { list } from '#analysis/rules/words';
import { objectsOf } from '#analysis/scope-engine';
import type { Severity, Unknown } from '#analysis/types';
import type { Workspace } from '#analysis/workspace';
import type { Range } from '#base/text';
import { wrap } from '#base/wrap';
import { isTemplateOfNamesPath } from '#manifest/index';
import type { Checked } from './check';
import type { Style } from './output';
import { at, type FileReport, type Told, type ToldIgnored } from './report';

type Colour = (text: string) => string;
type DisplayPath = (path: string) => string;

export function checkText(checked: Checked, style: Style): string {
  const { files, flags, loaded } = checked;
  const blocks = flags.quiet ? [] : files.map((file) => fileBlock(file, checked, style));
  const gone = flags.quiet ? '' : goneLines(checked, style);
  return [...blocks, gone, summary(checked, style, loaded.milliseconds)].filter((block) => block !== '').join('\n\n');
}

function fileBlock(file: FileReport, { loaded, flags }: Checked, style: Style): string {
  const lines = [
    ...file.told.flatMap((told) => toldLines(told, loaded.displayPath, style)),
    ...(flags.showIgnored ? file.ignored.flatMap((ignored) => ignoredLines(ignored, style)) : []),
    ...file.unknowns.flatMap((unknown) => unknownLines(unknown, style)),
  ];
  return lines.length === 0 ? '' : [style.bold(loaded.displayPath(file.path)), ...lines].join('\n');
}

const indent = ' '.repeat(9);
/** Characters of a reason: the whole of it stands at its place above. */
const longestReason = 100;

function toldLines(told: Told, displayPath: DisplayPath, style: Style): string[] {
  const wrapped = (text: string) => wrap(text, indent, style.width).map(style.dim);
  const details = told.details.flatMap(({ label, text }) =>
    wrapped(label === 'cause' || label === 'note' ? text : `${label}: ${text}`),
  );
  const related = told.related.map((place) =>
    style.dim(`${indent}see: ${displayPath(place.file)}:${at(place.range)}  ${place.message}`),
  );
  const fixes = told.fixes.flatMap((fix) => wrap(`fix: ${lowerFirst(fix.title)}`, indent, style.width));
  return [head(told.range, told.severity, told.message, told.code, style), ...details, ...related, ...fixes];
}

function ignoredLines({ told, reason, by }: ToldIgnored, style: Style): string[] {
  const why = reason === '' ? 'no reason is given' : reason;
  const line = `${at(told.range).padStart(7)}  ${style.dim('ignored')}  ${told.message}  ${style.dim(told.code)}`;
  return [line, ...wrap(`ignored at ${at(by)}: ${why}`, indent, style.width).map(style.dim)];
}

function unknownLines(unknown: Unknown, style: Style): string[] {
  return wrap(
    `${at(unknown.place.range).padStart(7)}  ${style.dim('unknown')}  ${unknown.message}`,
    ' '.repeat(18),
    style.width,
  );
}

/** Entries of the baseline that can be taken out of it. */
function goneLines({ gone, flags }: Checked, style: Style): string {
  if (gone.length === 0) return '';
  const lines = gone.map(
    ({ code, message, count }) => `${indent}${message}${count > 1 ? ` (${count} times)` : ''}  ${style.dim(code)}`,
  );
  const head = `No longer found, though ${flags.baseline ?? 'the baseline'} has it (--write-baseline takes it out):`;
  return [style.bold(head), ...lines].join('\n');
}

function head(range: Range, severity: Severity, message: string, code: string, style: Style): string {
  const [first = '', ...rest] = message.split('\n');
  const line = `${at(range).padStart(7)}  ${colourOf(severity, style)(severity.padEnd(7))}  ${first}  ${style.dim(code)}`;
  return [line, ...rest.map((text) => indent + text)].join('\n');
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

function summary({ loaded, files, flags }: Checked, style: Style, milliseconds: number): string {
  const { workspace } = loaded;
  const counts = new Map<Severity, number>();
  for (const { severity } of files.flatMap(({ told }) => told)) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  const unknowns = sum(files, ({ unknowns }) => unknowns.length);
  const { objects, templates, count } = sizes(workspace);
  const order: readonly Severity[] = ['error', 'warning', 'info', 'hint'];
  const found = order
    .filter((severity) => counts.has(severity))
    .map((severity) => plural(counts.get(severity)!, severity));
  if (unknowns > 0) found.push(`${unknowns} unknown`);
  const worst = counts.has('error') ? style.red : counts.has('warning') ? style.yellow : style.green;
  const hidden = hiddenWords(files, flags.baseline);
  if (objects === 0 && templates === 0 && found.length === 0)
    return `No Kubernetes objects in ${plural(count, 'file')}.`;
  const verdict = worst(found.length === 0 ? 'Nothing found' : found.join(', '));
  const where = `${plural(objects, 'object')} of ${plural(workspace.scopes.length, 'scope')} (${plural(count, 'file')}, ${milliseconds} ms)`;
  const rest = templates > 0 ? ` Not rendered: ${plural(templates, 'Helm template')}${reasonsOf(workspace)}.` : '';
  return `${verdict} in ${where}.${hidden}${rest}`;
}

function hiddenWords(files: readonly FileReport[], baseline: string | undefined): string {
  const ignored = sum(files, (file) => file.ignored.length);
  const known = sum(files, (file) => file.known.length);
  const parts = [
    ...(ignored > 0 ? [`${ignored} ignored (--show-ignored)`] : []),
    ...(known > 0 ? [`${known} known to ${baseline ?? 'the baseline'}`] : []),
  ];
  return parts.length === 0 ? '' : ` Not shown: ${parts.join(', ')}.`;
}

function sizes(workspace: Workspace) {
  let [objects, templates, count] = [0, 0, 0];
  for (const file of workspace.files()) {
    count++;
    const scopes = workspace.scopesOfFile(file.path);
    const isRendered = scopes.some(({ scope }) => scope.rendered !== undefined);
    if (!isRendered || scopes.some(({ scope }) => scope.rendered === undefined)) objects += objectsOf(file).length;
    const isTemplate = file.documents.some(({ content }) => content.kind === 'template');
    if (isTemplate && !isRendered && !isTemplateOfNamesPath(file.path)) templates++;
  }
  for (const { scope } of workspace.scopes) {
    const rendered = scope.rendered === undefined ? undefined : workspace.file(scope.rendered);
    if (rendered) objects += objectsOf(rendered).length;
  }
  return { objects, templates, count };
}

/** The charts that were to be rendered and were not, with the reason, as far as one line goes. */
function reasonsOf(workspace: Workspace): string {
  const files = new Map([...workspace.files()].map((file) => [file.path, file]));
  const reasons = workspace.plans().flatMap((plan) => {
    const result = workspace.rendered(plan.id);
    if (plan.request.kind !== 'helm' || !result || result.kind === 'rendered') return [];
    const cause = result.kind === 'failed' ? failureOf(result, plan, files).cause : result.message;
    return `${plan.name}: ${shortened(cause)}`;
  });
  return reasons.length === 0 ? '' : ` (${list(reasons, 2)})`;
}

function shortened(text: string): string {
  const first = text.split('\n')[0]!.replace(/\.$/, '');
  const words = first.length > longestReason ? first.split(': ')[0]! : first;
  return words.length > longestReason ? `${words.slice(0, longestReason - 1)}…` : words;
}

function sum(files: readonly FileReport[], count: (file: FileReport) => number): number {
  return files.reduce((total, file) => total + count(file), 0);
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
