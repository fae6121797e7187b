/** `check`: findings of all scopes, in the format that somebody or something wants to read. */

import { readFile, writeFile } from 'node:fs/promises';
import { readBaseline, splitByBaseline, writeBaseline, type BaselineEntry } from '#analysis/control/baseline';
import type { Severity } from '#analysis/types';
import { assertNever } from '#base/assert';
import type { Range } from '#base/text';
import type { ObjectReference } from '#model/object';
import { messageOf } from '#server/diagnostics';
import { reasonOf } from '#server/disk';
import { changedFiles } from './changed';
import { checkText } from './check-text';
import { Failure } from './failure';
import { fixFound, fixDiff, fixText, writeFixed } from './fix';
import { githubAnnotations } from './github';
import { junit, suiteOf } from './junit';
import type { Loaded } from './load';
import { print, printValue, styleOf } from './output';
import { referenceOf, reportsOf, type FileReport, type Told, type ToldIgnored } from './report';
import { sarif } from './sarif';

export const checkFormats = ['text', 'json', 'sarif', 'junit', 'github'] as const;

export interface CheckFlags {
  readonly format: (typeof checkFormats)[number];
  readonly quiet?: boolean;
  readonly showIgnored?: boolean;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly changedSince?: string;
  readonly fix?: boolean;
  readonly fixDryRun?: boolean;
  readonly live?: boolean;
}

/** A finding as it leaves the program; positions are zero-based. */
export interface ReportedFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly range: Range;
  readonly object: ObjectReference | undefined;
  readonly related: readonly { readonly file: string; readonly range: Range; readonly message: string }[];
  readonly fixes: readonly { readonly title: string }[];
}

/** What a report is made of, whatever its format. */
export interface Checked {
  readonly loaded: Loaded;
  readonly files: readonly FileReport[];
  /** Entries of the baseline that match nothing any more. */
  readonly gone: readonly BaselineEntry[];
  readonly flags: CheckFlags;
}

/** Prints the report; the exit status is 1 where something was found at error level. */
export async function check(loaded: Loaded, flags: CheckFlags): Promise<0 | 1> {
  const wanted = await selection(loaded, flags);
  if (flags.fixDryRun) return showFixes(loaded, wanted);
  if (flags.fix) await applyFixes(loaded, wanted, flags);
  const files = wanted(reportsOf(loaded.workspace));
  if (flags.writeBaseline !== undefined) return saveBaseline(flags.writeBaseline, files);
  const { shown, gone } = await withoutKnown(files, flags);
  printReport({ loaded, files: shown, gone, flags });
  return shown.some(({ told }) => told.some(({ severity }) => severity === 'error')) ? 1 : 0;
}

type Wanted = (files: readonly FileReport[]) => readonly FileReport[];

/** What to look at: all, or what stands in changed files or points into them. */
async function selection(loaded: Loaded, flags: CheckFlags): Promise<Wanted> {
  if (flags.changedSince === undefined) return (files) => files;
  if (flags.live) throw new Failure('--changed-since is about files: it does not go with --live');
  const changed = await changedFiles(flags.changedSince, loaded.displayPath);
  const isNew = ({ file, related }: Told) => changed.has(file) || related.some((place) => changed.has(place.file));
  return (files) =>
    files.map((file) => ({
      ...file,
      told: file.told.filter(isNew),
      unknowns: changed.has(file.path) ? file.unknowns : [],
      ignored: file.ignored.filter(({ told }) => isNew(told)),
    }));
}

async function applyFixes(loaded: Loaded, wanted: Wanted, flags: CheckFlags): Promise<void> {
  if (flags.live) throw new Failure('--fix changes files: it does not go with --live');
  const fixed = await fixFound(loaded, wanted);
  await writeFixed(fixed, loaded.displayPath);
  const text = fixText(fixed, loaded.displayPath);
  // Formats for programs keep standard output for themselves.
  if (flags.format === 'text') print(`${text}\n\n`);
  else process.stderr.write(`${text}\n`);
}

async function showFixes(loaded: Loaded, wanted: Wanted): Promise<0 | 1> {
  const fixed = await fixFound(loaded, wanted);
  if (fixed.length === 0) process.stderr.write('service-topology: there is nothing that could be fixed\n');
  else print(fixDiff(fixed, loaded.displayPath));
  return fixed.length === 0 ? 0 : 1;
}

async function saveBaseline(path: string, files: readonly FileReport[]): Promise<0> {
  const told = files.flatMap((file) => file.told);
  try {
    await writeFile(path, writeBaseline(told));
  } catch (error) {
    throw new Failure(`cannot write ${path}: ${reasonOf(error)}`);
  }
  print(`Wrote ${told.length} finding${told.length === 1 ? '' : 's'} to ${path}; check with --baseline ${path}.`);
  return 0;
}

async function withoutKnown(files: readonly FileReport[], flags: CheckFlags) {
  if (flags.baseline === undefined) return { shown: files, gone: [] };
  const path = flags.baseline;
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Failure(`cannot read the baseline ${path}: ${reasonOf(error)}`);
  });
  const baseline = readBaseline(text);
  if ('error' in baseline) throw new Failure(`cannot read the baseline ${path}: ${baseline.error}`);
  const all = files.flatMap(({ told }) => told);
  const { known, gone } = splitByBaseline(all, baseline);
  const shown = files.map((file) => ({
    ...file,
    told: file.told.filter((told) => !known.has(told)),
    known: file.told.filter((told) => known.has(told)),
  }));
  // Of a part of the files nobody can say what is gone from the others.
  return { shown, gone: flags.changedSince === undefined ? gone : [] };
}

function printReport(checked: Checked): void {
  const { loaded, files, flags } = checked;
  switch (flags.format) {
    case 'text':
      return print(checkText(checked, styleOf(process.stdout)));
    case 'json':
      return printValue(jsonReport(checked), 'json');
    case 'sarif':
      return printValue(sarif(files, loaded.displayPath), 'json');
    case 'junit':
      return print(
        junit(
          'service-topology check',
          files.map((file) => suiteOf(file, loaded.displayPath)),
        ),
      );
    case 'github':
      return print(githubAnnotations(files, loaded.displayPath));
    default:
      return assertNever(flags.format);
  }
}

function jsonReport({ loaded, files, gone, flags }: Checked) {
  const report = (told: Told) => reported(told, loaded.displayPath);
  return {
    findings: files.flatMap(({ told }) => told.map(report)),
    unknown: files.flatMap(({ unknowns }) =>
      unknowns.map(({ message, place, object }) => ({
        message,
        file: loaded.displayPath(place.file),
        object: referenceOf(object),
      })),
    ),
    ...(flags.showIgnored ? { ignored: files.flatMap(({ ignored }) => ignored.map((item) => ofIgnored(item, report))) } : {}),
    ...(flags.baseline === undefined ? {} : { known: files.flatMap(({ known }) => known.map(report)), gone }),
  };
} // prettier-ignore

function ofIgnored({ told, reason, by }: ToldIgnored, report: (told: Told) => ReportedFinding) {
  return { ...report(told), ignore: { reason, range: by } };
}

function reported(told: Told, displayPath: (path: string) => string): ReportedFinding {
  const { code, severity, range, object, related, fixes } = told;
  return {
    code,
    severity,
    message: messageOf(told),
    file: displayPath(told.file),
    range,
    object: referenceOf(object),
    related: related.map((place) => ({
      file: displayPath(place.file),
      range: place.range,
      message: place.message,
    })),
    fixes: fixes.map(({ title }) => ({ title })),
  };
}
