/** What is shown of a file: all that is said about it without what its authors ignore, and with the ignores that are idle. */

import { assertNever } from '#base/assert';
import type { Range } from '#base/text';
import type { RuleSeverities } from '#manifest/settings';
import type { ManifestFile, ManifestProblem, Scope } from '#manifest/types';
import type { ManifestOrigin } from '#model/object';
import type { ObjectFindings } from '../context';
import { isAlike, isApplied, mergeAcrossScopes, type SaidInScope } from '../merge-findings';
import { list } from '../rules/words';
import type { Finding, Place, Unknown } from '../types';
import { cannotKnow, ignoreCodes, isKnownCode, nearestCode, observedCodes, problemCodes } from './codes';
import { ignoresOf, type Coverage, type Ignore } from './ignores';
import { gradeProblems } from './severities';

/** Something that an ignore hides. */
export interface Ignored {
  readonly code: string;
  readonly what: Finding | Unknown | ManifestProblem;
  /** '' where none is given. */
  readonly reason: string;
  /** Where the ignore stands. */
  readonly by: Place;
}

export interface FileControl {
  readonly findings: readonly Finding[];
  readonly unknowns: readonly Unknown[];
  readonly problems: readonly ManifestProblem[];
  readonly ignored: readonly Ignored[];
}

/** Findings in another cluster than that of the file: what is ignored of an object is ignored there, too. */
export function withoutIgnored(findings: readonly Finding[], ignored: readonly Ignored[]): readonly Finding[] {
  const keyOf = ({ code, object }: Finding) => `${code} ${object.kind}/${object.namespace}/${object.name}`;
  const hidden = new Set(ignored.flatMap(({ what }) => ('object' in what && 'code' in what ? keyOf(what) : [])));
  return findings.filter((finding) => !hidden.has(keyOf(finding)));
}

/** What is said about an object of the file, in one scope. */
export interface AboutObject {
  /** Where the object stands in the file; of a rendered one where what is said about it stands. */
  readonly origin: Pick<ManifestOrigin, 'document' | 'path'>;
  readonly about: ObjectFindings;
}

/** What one scope says about the file. */
export interface AboutFile {
  readonly scope: Pick<Scope, 'name' | 'rendered' | 'isAsWritten'>;
  readonly objects: readonly AboutObject[];
}

/**
 * `scopes` holds what each scope of the file says; a finding is shown where all of them have it. An ignore is idle where
 * it matches in none of them.
 */
export function controlFile(
  path: string,
  file: ManifestFile | undefined,
  scopes: readonly AboutFile[],
  problems: readonly ManifestProblem[],
  rules: RuleSeverities,
): FileControl {
  const ignores = file ? ignoresOf(file) : [];
  if (ignores.length === 0) return uncontrolled(scopes, gradeProblems(problems, rules));
  const sieve = new Sieve(path, ignores);
  const sifted = scopes.map((scope) => sieve.scope(scope));
  const shownProblems = problems.filter((problem) =>
    sieve.passes(problem, problem.code, placeOf(problem, path), problem),
  );
  const own =
    scopes.length === 0 ? [] : sieve.complaints((ignore) => rules[ignore.code] === 'off' || isSilent(ignore, file));
  return {
    ...merged(sifted),
    problems: gradeProblems([...shownProblems, ...own], rules),
    ignored: sieve.ignored(),
  };
}

function uncontrolled(scopes: readonly AboutFile[], problems: readonly ManifestProblem[]): FileControl {
  return { ...merged(scopes), problems, ignored: [] };
}

function merged(scopes: readonly AboutFile[]): Pick<FileControl, 'findings' | 'unknowns'> {
  const findings = mergeAcrossScopes(scopes.map((scope) => said(scope, ({ about }) => about.findings)));
  return {
    findings: findings.map((finding) => withScopes(finding, scopes)),
    unknowns: mergeAcrossScopes(scopes.map((scope) => said(scope, ({ about }) => about.unknowns))),
  };
}

function said<T>({ scope, objects }: AboutFile, itemsOf: (each: AboutObject) => readonly T[]): SaidInScope<T> {
  return {
    isApplied: isApplied(scope),
    objects: objects.map((each) => ({
      object: `${each.origin.document} ${each.origin.path.join('/')}`,
      items: itemsOf(each),
      open: each.about.open ?? [],
    })),
  };
}

/** Of a file that several scopes share whose objects are what is applied: in which of them it is so, where that is not in all. */
function withScopes(finding: Finding, scopes: readonly AboutFile[]): Finding {
  const applied = scopes.filter(({ scope }) => isApplied(scope));
  if (applied.length < 2) return finding;
  const has = ({ objects }: AboutFile) => objects.some(({ about }) => about.findings.some((each) => isAlike(each, finding) || isOfSame(each, finding))); // prettier-ignore
  const names = applied.filter(has).map(({ scope }) => scope.name);
  const others = applied.filter((each) => !has(each)).map(({ scope }) => scope.name);
  if (names.length === 0 || others.length === 0) return finding;
  const text = `this is so in ${list(names)}, and not in ${list(others)}`;
  return { ...finding, details: [...finding.details, { label: 'note', text }] };
}

/** Of one object, at the whole of a field in one scope and at its part that nearly fits in another. */
function isOfSame(a: Finding, b: Finding): boolean {
  return a.code === b.code && a.object.kind === b.object.kind && a.object.name === b.object.name;
}

/** Whether nothing could be said under the code: nobody looks for findings in templates and in what does not parse. */
function isSilent({ code, covers: { document } }: Ignore, file: ManifestFile | undefined): boolean {
  const content = file?.documents[document]?.content;
  if (content?.kind !== 'objects') return !problemCodes.has(code);
  return observedCodes.has(code) && content.objects.every(({ origin }) => origin.kind === 'manifest');
}

function placeOf({ range }: ManifestProblem, file: string): Place {
  return { file, range };
}

/** Lets pass what no ignore is about, and remembers which of them were of use. */
class Sieve {
  readonly #path: string;
  readonly #ignores: readonly Ignore[];
  readonly #used = new Set<Ignore>();
  readonly #ignored: Ignored[] = [];
  /** Code and place of what an earlier scope says as well. */
  #told = new Set<string>();

  constructor(path: string, ignores: readonly Ignore[]) {
    this.#path = path;
    this.#ignores = ignores;
  }

  scope({ scope, objects }: AboutFile): AboutFile {
    this.#told = new Set(this.#ignored.map(({ code, what }) => codeAt(code, rangeOf(what))));
    return { scope, objects: objects.map((each) => ({ origin: each.origin, about: this.#object(each) })) };
  }

  #object({ origin, about }: AboutObject): ObjectFindings {
    // What cannot be known now may be found when more is known.
    for (const { place } of about.unknowns)
      for (const ignore of this.#ignores) if (covers(ignore.covers, place, origin)) this.#used.add(ignore);
    return {
      ...about,
      findings: about.findings.filter((finding) => this.passes(finding, finding.code, finding.place, origin)),
      unknowns: about.unknowns.filter((unknown) => this.passes(unknown, cannotKnow, unknown.place, origin)),
    };
  }

  passes(what: Ignored['what'], code: string, place: Place, origin: Origin): boolean {
    const ignore = this.#ignores.find(
      (candidate) => candidate.code === code && place.file === this.#path && covers(candidate.covers, place, origin),
    );
    if (!ignore) return true;
    this.#used.add(ignore);
    if (!this.#told.has(codeAt(code, place.range)))
      this.#ignored.push({ code, what, reason: ignore.reason, by: { file: this.#path, range: ignore.range } });
    return false;
  }

  ignored(): readonly Ignored[] {
    return this.#ignored;
  }

  /** Ignores that are about nothing, but for rules that could not say anything, and those of codes that nobody knows. */
  complaints(isMute: (ignore: Ignore) => boolean): readonly ManifestProblem[] {
    return this.#ignores.flatMap((ignore) => {
      if (!isKnownCode(ignore.code)) return unknownCode(ignore);
      return this.#used.has(ignore) || isMute(ignore) ? [] : unused(ignore);
    });
  }
}

export function rangeOf(what: Ignored['what']): Range {
  return 'range' in what ? what.range : what.place.range;
}

function codeAt(code: string, { start, end }: Range): string {
  return `${code} ${start.line}:${start.character}-${end.line}:${end.character}`;
}

/** Where what is said about comes from: an object, or a document of the file alone. */
interface Origin {
  readonly document: number;
  readonly path?: readonly (string | number)[];
}

function covers(coverage: Coverage, place: Place, origin: Origin): boolean {
  switch (coverage.kind) {
    case 'line':
      return place.range.start.line === coverage.line;
    case 'document':
      return origin.document === coverage.document;
    case 'object':
      return origin.document === coverage.document && origin.path?.join('/') === coverage.path.join('/');
    default:
      return assertNever(coverage);
  }
}

function unused({ code, range, covers: { kind } }: Ignore): ManifestProblem {
  const where = { line: 'at this line', document: 'in this document', object: 'about this object' }[kind];
  return {
    code: ignoreCodes.unused,
    severity: 'hint',
    message: `nothing to ignore: there is no ${code} ${where}`,
    range,
    document: -1,
  };
}

function unknownCode({ code, range }: Ignore): ManifestProblem {
  const nearest = nearestCode(code);
  return {
    code: ignoreCodes.unknownCode,
    severity: 'warning',
    message: `no finding has the code ${code}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
    range,
    document: -1,
  };
}
