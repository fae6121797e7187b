/** All that is found in a scope's files, file by file, for a list that leads to the lines. */

import type { ScopeState } from '#analysis/context';
import type { Workspace } from '#analysis/workspace';
import { compareStrings } from '#base/compare';
import type { Range } from '#base/text';
import type { WirePlace, WireSeverity } from '#protocol/values';
import type { Paths } from '#server/paths';

export interface Reported {
  readonly severity: WireSeverity | 'unknown';
  /** Empty for what is not known. */
  readonly code: string;
  readonly message: string;
  readonly details: readonly { readonly label: string; readonly text: string }[];
  readonly place: WirePlace;
  readonly related: readonly { readonly message: string; readonly place: WirePlace }[];
  readonly fixes: readonly string[];
}

export interface ReportedFile {
  readonly path: string;
  readonly reported: readonly Reported[];
}

const noMore = { details: [], related: [], fixes: [] };

/** Files about which there is nothing to say are left out. */
export function findingsOf(workspace: Workspace, state: ScopeState, paths: Paths): readonly ReportedFile[] {
  return pathsOf(workspace, state)
    .map((path) => ({ path, reported: reportedIn(path, workspace, paths) }))
    .filter(({ reported }) => reported.length > 0);
}

/** The scope's own, and those of no scope: a kustomization, say, that lists what is not there. */
function pathsOf(workspace: Workspace, { scope }: ScopeState): readonly string[] {
  const told = new Set(scope.files);
  for (const path of workspace.paths()) if (workspace.scopesOfFile(path).length === 0) told.add(path);
  return [...told].sort(compareStrings);
}

function reportedIn(path: string, workspace: Workspace, paths: Paths): readonly Reported[] {
  const at = (range: Range): WirePlace => ({ uri: paths.uri(path), range });
  const problems = workspace.problems(path).map(({ code, severity, message, range }) => ({ severity, code, message, place: at(range), ...noMore })); // prettier-ignore
  const findings = workspace.findings(path).map(({ severity, code, message, details, place, related, fixes }) => ({
    severity,
    code,
    message,
    details,
    place: paths.place(place),
    related: related.map((one) => ({ message: one.message, place: paths.place(one) })),
    fixes: fixes.map(({ title }) => title),
  }));
  const unknowns = workspace.unknowns(path).map(({ message, place }) => ({ severity: 'unknown' as const, code: '', message, place: paths.place(place), ...noMore })); // prettier-ignore
  return [...problems, ...findings, ...unknowns];
}
