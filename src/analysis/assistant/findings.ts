/** Findings as an assistant reads them. */

import type { ManifestProblem } from '#manifest/types';
import { isKnownCode, knownCodes, nearestCode } from '../control/codes';
import { listed } from '../trace/lookup';
import type { Finding, Fix, Severity } from '../types';
import type { Workspace } from '../workspace';
import type { Files } from '../places';
import { fileNamed } from './files';
import { lineEdits, lineOf, type LineEdit, type LineOfFile } from './lines';
import { scopeOf, type Failed } from './scope';

export interface FindingAnswer extends LineOfFile {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Undefined where a file as a whole is wrong: its YAML, a render. */
  readonly object: string | undefined;
  /** `cause: …`, `nearest: …`, `effect: …`. */
  readonly details: readonly string[];
  readonly related: readonly (LineOfFile & { readonly message: string })[];
  readonly fixes: readonly FixAnswer[];
}

export interface FixAnswer {
  readonly title: string;
  readonly preferred: boolean;
  /** Empty where the fix is told in words only. */
  readonly edits: readonly LineEdit[];
}

const severities: readonly Severity[] = ['error', 'warning', 'info', 'hint'];

export interface FindingsQuestion {
  readonly scope?: string;
  readonly file?: string;
  readonly code?: string;
  /** This one and graver ones; `info` unless told. */
  readonly severity?: Severity;
  readonly limit?: number;
  readonly offset?: number;
}

export interface FindingsAnswer {
  /** How many match, of which the answer holds those from `offset` on. */
  readonly total: number;
  readonly offset: number;
  readonly findings: readonly FindingAnswer[];
  /** What cannot be decided from these files, and is no finding for that reason. */
  readonly unknown: number;
}

const defaultLimit = 50;
const mostCodes = 12;

/** The gravest first, then by file and line. */
export function listFindings(question: FindingsQuestion, workspace: Workspace): FindingsAnswer | Failed {
  const { scope, file, code, severity = 'info', limit = defaultLimit, offset = 0 } = question;
  const state = scope === undefined ? undefined : scopeOf(scope, workspace);
  if (state && 'error' in state) return state;
  if (code !== undefined && !isKnownCode(code)) return { error: unknownCode(code) };
  const wanted = severities.slice(0, severities.indexOf(severity) + 1);
  const inScope = state && new Set(state.scope.files);
  const only = file === undefined ? undefined : fileNamed(file, workspace);
  if (typeof only === 'object') return only;
  const all = only === undefined ? workspace.paths() : [only];
  const paths = all.filter((path) => inScope?.has(path) ?? true);
  if (only !== undefined && paths.length === 0) return { error: `${only} is no file of scope ${String(scope)}.` };
  const isWanted = (told: Finding | ManifestProblem) =>
    wanted.includes(told.severity) && (code === undefined || told.code === code);
  const matching = paths.flatMap((path) => [
    ...workspace.problems(path).filter(isWanted).map((problem) => ({ severity: problem.severity, answer: () => problemAnswer(problem, path) })), // prettier-ignore
    ...workspace.findings(path).filter(isWanted).map((finding) => ({ severity: finding.severity, answer: () => findingAnswer(finding, workspace) })), // prettier-ignore
  ]);
  // Stable: within a severity the order of the files and lines stays.
  const sorted = matching.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  return {
    total: sorted.length,
    offset,
    findings: sorted.slice(offset, offset + limit).map(({ answer }) => answer()),
    unknown: paths.reduce((sum, path) => sum + workspace.unknowns(path).length, 0),
  };
}

function unknownCode(code: string): string {
  const near = nearestCode(code);
  if (near !== undefined) return `There is no kind of finding ${code}; ${near} is one.`;
  const words = knownCodes.filter((each) => code !== '' && (each.includes(code) || each.split('-').some((word) => code.includes(word) && word.length > 3))); // prettier-ignore
  return `There is no kind of finding ${code}; there are ${listed(words.length > 0 ? words : knownCodes, mostCodes)}.`;
}

/** What is wrong with a file itself: its YAML, or that it cannot be rendered. */
export function problemAnswer({ code, severity, message, range }: ManifestProblem, file: string): FindingAnswer {
  return {
    code,
    severity,
    message,
    object: undefined,
    ...lineOf({ file, range }),
    details: [],
    related: [],
    fixes: [],
  };
}

export function findingAnswer(finding: Finding, files: Files): FindingAnswer {
  const { code, severity, message, details, place, object, related, fixes } = finding;
  return {
    code,
    severity,
    message,
    object: `${object.kind} ${object.namespace === '' ? '' : `${object.namespace}/`}${object.name}`,
    ...lineOf(place),
    details: details.map(({ label, text }) => `${label}: ${text}`),
    related: related.map((other) => ({ message: other.message, ...lineOf(other) })),
    fixes: fixes.map((fix) => fixAnswer(fix, files)),
  };
}

function fixAnswer({ title, preferred, edits }: Fix, files: Files): FixAnswer {
  return { title, preferred, edits: lineEdits(edits, files) };
}
