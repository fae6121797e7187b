/** Findings as the commands that GitHub Actions reads from a step's output and shows beside the changed lines. */

import { relative, resolve } from 'node:path';
import type { Severity } from '#analysis/types';
import { messageOf } from '#server/diagnostics';
import { type FileReport, type Told } from './report';

const commands: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'notice',
  hint: 'notice',
};

/** A line each; '' where there is nothing to tell. */
export function githubAnnotations(files: readonly FileReport[], displayPath: (path: string) => string): string {
  return files.flatMap(({ told }) => told.map((each) => annotation(each, displayPath(each.file)))).join('\n');
}

function annotation(told: Told, file: string): string {
  const { start, end } = told.range;
  // Columns count only where the range is within one line.
  const columns = start.line === end.line ? { col: start.character + 1, endColumn: end.character + 1 } : {};
  const properties = {
    file: inRepository(file),
    line: start.line + 1,
    endLine: end.line + 1,
    ...columns,
    title: told.code,
  };
  const fixes = told.fixes.map(({ title }) => `fix: ${title}`);
  const text = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${commands[told.severity]} ${text.join(',')}::${escapeData([messageOf(told), ...fixes].join('\n'))}`;
}

/** Paths are taken from the checkout's root, wherever the step works. */
function inRepository(file: string): string {
  const root = process.env.GITHUB_WORKSPACE;
  if (root === undefined || root === '') return file;
  const path = relative(root, resolve(file)).replaceAll('\\', '/');
  return path.startsWith('../') ? file : path;
}

/** Models actions/toolkit packages/core/src/command.ts escapeData. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Models actions/toolkit packages/core/src/command.ts escapeProperty. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
