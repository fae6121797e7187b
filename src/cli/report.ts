/** All that `check` has to tell, file by file: findings and problems in one shape, before any format is chosen. */

import type { Ignored } from '#analysis/control/control';
import type { Finding, Fix, RelatedPlace, Severity, Unknown } from '#analysis/types';
import type { Workspace } from '#analysis/workspace';
import type { Range } from '#base/text';
import type { ManifestProblem } from '#manifest/types';
import type { ObjectReference } from '#model/object';

/** A finding, or something that is wrong with a file; paths are those of the workspace. */
export interface Told {
  readonly code: string;
  readonly severity: Severity;
  /** The first line. */
  readonly message: string;
  readonly details: Finding['details'];
  readonly file: string;
  readonly range: Range;
  readonly object: ObjectReference | undefined;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
}

/** What an ignore hides, with the ignore's place and reason. */
export interface ToldIgnored {
  readonly told: Told;
  readonly reason: string;
  readonly by: Range;
}

export interface FileReport {
  /** In the workspace. */
  readonly path: string;
  readonly told: readonly Told[];
  readonly unknowns: readonly Unknown[];
  readonly ignored: readonly ToldIgnored[];
  /** What a baseline knows already. */
  readonly known: readonly Told[];
}

/** The files in the order of their paths, those without anything to tell too. */
export function reportsOf(workspace: Workspace): readonly FileReport[] {
  return workspace.paths().map((path) => ({
    path,
    told: [
      ...workspace.problems(path).map((problem) => ofProblem(problem, path)),
      ...workspace.findings(path).map(ofFinding),
    ],
    unknowns: workspace.unknowns(path),
    ignored: workspace.ignored(path).map((ignored) => ofIgnored(ignored, path)),
    known: [],
  }));
}

function ofFinding(finding: Finding): Told {
  const { code, severity, message, details, place, object, related, fixes } = finding;
  return { code, severity, message, details, file: place.file, range: place.range, object, related, fixes };
}

function ofProblem({ code, severity, message, range }: ManifestProblem, file: string): Told {
  return { code, severity, message, details: [], file, range, object: undefined, related: [], fixes: [] };
}

function ofIgnored({ code, what, reason, by }: Ignored, path: string): ToldIgnored {
  if ('range' in what) return { told: ofProblem(what, path), reason, by: by.range };
  if ('code' in what) return { told: ofFinding(what), reason, by: by.range };
  const { message, place, object } = what;
  const unknown = { code, severity: 'hint', message, details: [], related: [], fixes: [] } as const;
  return { told: { ...unknown, file: place.file, range: place.range, object }, reason, by: by.range };
}

/** `Service shop/web` without the rest of the object. */
export function referenceOf(object: ObjectReference | undefined): ObjectReference | undefined {
  return object && { kind: object.kind, namespace: object.namespace, name: object.name };
}

/** One-based, as editors and compilers print places. */
export function at(range: Range): string {
  return `${range.start.line + 1}:${range.start.character + 1}`;
}
