/** Puts faults into a workspace, one after the other, and judges what the analysis then says. */

import type { Finding, Place, Severity, TextEdit } from '#analysis/types';
import type { Workspace } from '#analysis/workspace';
import { hash32 } from '#base/hash';
import { LineIndex } from '#base/text';
import { Application } from './application';
import { Random } from './random';
import type { Candidate, FaultKind, KindScore, Verdict } from './types';

/** A workspace with its name, as for example a repository. */
export interface NamedWorkspace {
  readonly name: string;
  readonly workspace: Workspace;
}

interface Offer {
  readonly home: NamedWorkspace;
  readonly scope: string;
  readonly candidate: Candidate;
}

/** Puts up to `limit` faults of the kind into the workspaces, spread over their applications. */
export function runKind(
  kind: FaultKind,
  workspaces: readonly NamedWorkspace[],
  limit: number,
  seed: string,
): KindScore {
  const verdicts: Verdict[] = [];
  let dropped = 0;
  for (const offer of spread(offersOf(kind, workspaces), `${seed} ${kind.name}`)) {
    if (verdicts.length >= limit || dropped >= limit * 10) break;
    const verdict = inject(kind, offer, seed);
    if (verdict === 'no fault') dropped++;
    else if (verdict) verdicts.push(verdict);
  }
  return { kind: kind.name, verdicts, dropped };
}

function offersOf(kind: FaultKind, workspaces: readonly NamedWorkspace[]): Offer[] {
  return workspaces.flatMap((home) =>
    home.workspace.scopes
      // What is not rendered may mend anything, so nothing is claimed there.
      .filter(({ scope }) => scope.incomplete.length === 0)
      .flatMap(
        ({ scope }) =>
        [...kind.candidates(new Application(home.workspace, scope.id))].map((candidate) => ({ home, scope: scope.id, candidate })), // prettier-ignore
      ),
  );
}

/** One of each application in turn, applications of the repositories in turn, in an order drawn from the seed. */
function spread(offers: readonly Offer[], seed: string): readonly Offer[] {
  const weight = ({ home, scope, candidate }: Offer) => hash32(`${seed} ${home.name} ${scope} ${candidate.id}`);
  const drawn = [...offers].sort((a, b) => weight(a) - weight(b));
  const inScope = new Map<string, number>();
  const ranked = drawn.map((offer) => ({ offer, rank: next(inScope, `${offer.home.name} ${offer.scope}`) }));
  ranked.sort((a, b) => a.rank - b.rank);
  const inHome = new Map<string, number>();
  const placed = ranked.map(({ offer }) => ({ offer, rank: next(inHome, offer.home.name) }));
  return placed.sort((a, b) => a.rank - b.rank).map(({ offer }) => offer);
}

function next(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

function inject(kind: FaultKind, { home, scope, candidate }: Offer, seed: string): Verdict | 'no fault' | undefined {
  const { workspace } = home;
  const application = new Application(workspace, scope);
  const random = new Random(`${seed} ${kind.name} ${home.name} ${scope} ${candidate.id}`);
  const original = new Map<string, string>();
  const apply = (edits: readonly TextEdit[]) => {
    for (const [path, text] of edited(workspace, edits)) {
      if (!original.has(path)) original.set(path, workspace.file(path)!.text);
      workspace.setFile(path, text);
    }
    workspace.update();
  };
  try {
    const asItWas = allFindings(workspace);
    const preparation = candidate.prepare?.(application, random);
    if (candidate.prepare && !preparation) return undefined;
    if (preparation) apply(preparation);
    const before = preparation ? allFindings(workspace) : asItWas;
    const unknownBefore = allUnknowns(workspace);
    const answer = candidate.answer(application);
    const edits = candidate.spoil(application, random);
    if (!edits) return undefined;
    const change = printChange(workspace, edits);
    const changed = placesAfter(workspace, edits);
    const others = othersOf(application, edits).map((other) => ({ other, answer: candidate.answer(other) }));
    apply(edits);
    if ([{ other: application, answer }, ...others].some((asked) => candidate.answer(asked.other) === asked.answer))
      return 'no fault';
    const sides = [...changed, ...(candidate.otherSides?.(application) ?? []).filter((place) => place !== undefined)];
    const came = cameSince(before, allFindings(workspace));
    const falseAlarms = cameSince(asItWas, before).filter(isAlarm).map(print);
    const unknown = [...allUnknowns(workspace)].filter((text) => !unknownBefore.has(text));
    return { kind: kind.name, application: `${home.name} ${workspace.scope(scope)?.scope.name ?? scope}`, id: candidate.id, change, ...judge(kind, came, unknown, sides, changed), falseAlarms }; // prettier-ignore
  } finally {
    for (const [path, text] of original) workspace.setFile(path, text);
    workspace.update();
  }
}

/**
 * The other scopes of the files: what is said of a base holds in all of its overlays, so a fault in
 * it has to break them all.
 */
function othersOf(application: Application, edits: readonly TextEdit[]) {
  const { workspace, scope } = application;
  const scopes = new Set(edits.flatMap(({ file }) => workspace.scopesOfFile(file).map((state) => state.scope.id)));
  return (
    [...scopes]
      .filter((id) => id !== scope)
      .map((id) => new Application(workspace, id))
      // In another namespace the names are others, and nothing can be asked.
      .filter((other) => other.state.scope.namespace === application.state.scope.namespace)
  );
}

function judge(
  kind: FaultKind,
  came: readonly Finding[],
  unknown: readonly string[],
  sides: readonly Place[],
  changed: readonly Place[],
) {
  // A slip may make a value that the API server takes nowhere, `http--web`: then the refusal of this very value names it.
  const isRefusal = ({ code, place }: Finding) => code === 'refused-by-api-server' && changed.some((side) => touch(place, side)); // prettier-ignore
  const naming = came.filter((finding) => kind.codes.includes(finding.code) || isRefusal(finding));
  const placed = naming.filter((finding) => [finding.place, ...finding.related].some((place) => sides.some((side) => touch(place, side)))); // prettier-ignore
  const explained = new Set([...kind.codes, ...(kind.follows ?? [])]);
  const noise = came.filter(({ code }) => !explained.has(code));
  const [gravest] = [...placed].sort((a, b) => rank(a.severity) - rank(b.severity));
  if (gravest) return { result: 'found' as const, severity: gravest.severity, told: [print(gravest)], noise: noise.map(print) }; // prettier-ignore
  const result = came.length > 0 ? ('other cause' as const) : unknown.length > 0 ? ('unknown' as const) : ('missed' as const); // prettier-ignore
  return { result, severity: undefined, told: came.length > 0 ? came.map(print) : unknown, noise: [] };
}

const order: readonly Severity[] = ['error', 'warning', 'info', 'hint'];
const rank = (severity: Severity) => order.indexOf(severity);

export function isAlarm({ severity }: Pick<Finding, 'severity'>): boolean {
  return severity === 'error' || severity === 'warning';
}

function print({ severity, code, message, place }: Finding): string {
  return `${severity} ${code} ${place.file}:${place.range.start.line + 1} ${message}`;
}

function touch(a: Place, b: Place): boolean {
  return a.file === b.file && a.range.start.line <= b.range.end.line && b.range.start.line <= a.range.end.line;
}

// ---------------------------------------------------------------- findings

/** All that is said about the workspace's files, what is wrong with their text included. */
export function allFindings(workspace: Workspace): readonly Finding[] {
  return workspace.paths().flatMap((path) => [
    ...workspace.findings(path),
    ...workspace.problems(path).map((problem): Finding => ({
      code: problem.code,
      severity: problem.severity,
      message: problem.message,
      details: [],
      place: { file: path, range: problem.range },
      object: { kind: 'File', namespace: '', name: path },
      related: [],
      fixes: [],
    })),
  ]);
}

function allUnknowns(workspace: Workspace): ReadonlySet<string> {
  return new Set(workspace.paths().flatMap((path) => workspace.unknowns(path).map(({ message }) => message)));
}

/** Findings that were not there: their lines may have moved, so lines tell nothing. */
function cameSince(before: readonly Finding[], after: readonly Finding[]): readonly Finding[] {
  const name = ({ code, message, place, object }: Finding) => [code, message, place.file, object.kind, object.namespace, object.name].join('|'); // prettier-ignore
  const counts = new Map<string, number>();
  for (const finding of before) next(counts, name(finding));
  return after.filter((finding) => {
    const key = name(finding);
    const left = counts.get(key) ?? 0;
    counts.set(key, left - 1);
    return left <= 0;
  });
}

// ---------------------------------------------------------------- edits

function edited(workspace: Workspace, edits: readonly TextEdit[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const path of new Set(edits.map(({ file }) => file))) {
    let text = workspace.file(path)!.text;
    for (const { start, end, newText } of spansOf(workspace, path, edits).toReversed())
      text = text.slice(0, start) + newText + text.slice(end);
    texts.set(path, text);
  }
  return texts;
}

function spansOf(workspace: Workspace, path: string, edits: readonly TextEdit[]) {
  const lines = new LineIndex(workspace.file(path)!.text);
  return edits
    .filter(({ file }) => file === path)
    .map(({ range, newText }) => ({ start: lines.offset(range.start), end: lines.offset(range.end), newText }))
    .sort((a, b) => a.start - b.start);
}

/** Where the edits' texts stand once they are made. */
function placesAfter(workspace: Workspace, edits: readonly TextEdit[]): readonly Place[] {
  const texts = edited(workspace, edits);
  return [...texts].flatMap(([file, text]) => {
    const lines = new LineIndex(text);
    let moved = 0;
    return spansOf(workspace, file, edits).map(({ start, end, newText }) => {
      const from = start + moved;
      moved += newText.length - (end - start);
      return { file, range: lines.range({ start: from, end: from + newText.length }) };
    });
  });
}

function printChange(workspace: Workspace, edits: readonly TextEdit[]): string {
  return edits
    .map(({ file, range, newText }) => {
      const lines = workspace.file(file)!.text.split('\n');
      const line = lines[range.start.line] ?? '';
      const isInLine = range.start.line === range.end.line;
      const after = isInLine ? line.slice(0, range.start.character) + newText + line.slice(range.end.character) : newText; // prettier-ignore
      return `${file}:${range.start.line + 1} ${shortened(line)} → ${shortened(after)}`;
    })
    .join(', ');
}

function shortened(text: string): string {
  const flat = text.trim().replace(/\s+/g, ' ');
  return flat.length > 70 ? `${flat.slice(0, 69)}…` : flat;
}
