/**
 * A line that several overlays share may be wrong in one of them alone: then it is that one's own line, a patch say, that
 * differs from the others, and that a person has to change.
 */

import { isAlike, isApplied } from './merge-findings';
import type { ScopeEngine } from './scope-engine';
import { list } from './rules/words';
import type { Finding, Fix, RelatedPlace } from './types';

/** Whoever knows which scopes read a file. */
export interface EnginesOfFiles {
  enginesOfFile(path: string): readonly ScopeEngine[];
}

/**
 * The finding where its scope differs from those in which the line is right; as it is, where it has no such place. `engine`
 * is the rendered scope that has it.
 */
export function placedWhereItDiffers(finding: Finding, engine: ScopeEngine, all: EnginesOfFiles): Finding {
  const { place, related } = finding;
  if (related.length === 0) return finding;
  const sharing = all.enginesOfFile(place.file).filter((each) => each !== engine && isApplied(each.scope));
  const right = sharing.filter((each) => !isSaidIn(each, finding));
  // What waits for its places may say the same.
  if (right.length === 0 || right.some((each) => each.isHeld && each.saysSomething())) return finding;
  const own = related.find(({ file }) => file !== place.file && isOnlyOfThose(file, finding, engine, all));
  if (!own) return finding;
  const names = list(right.map(({ scope }) => scope.name));
  const shared: RelatedPlace = { ...place, message: `This is shared with ${names}, and right there` };
  return {
    ...finding,
    place: { file: own.file, range: own.range },
    related: [shared, ...related.filter((each) => each !== own)],
    fixes: preferring(finding.fixes, own.file),
  };
}

function isSaidIn(engine: ScopeEngine, finding: Finding): boolean {
  for (const object of engine.objectsMentioning(finding.place.file))
    for (const other of engine.findingsAbout(object)?.findings ?? []) if (isAlike(other, finding)) return true;
  return false;
}

/** Whether nobody reads the file but scopes that have the finding. */
function isOnlyOfThose(file: string, finding: Finding, engine: ScopeEngine, all: EnginesOfFiles): boolean {
  const engines = all.enginesOfFile(file);
  return engines.length > 0 && engines.every((each) => each === engine || isSaidIn(each, finding));
}

/** What edits that file alone comes first: the others would have to do with a change of the shared line. */
function preferring(fixes: readonly Fix[], file: string): readonly Fix[] {
  const isOwn = ({ edits }: Fix) => edits.length > 0 && edits.every((edit) => edit.file === file);
  const own = fixes.filter(isOwn);
  const others = fixes.filter((fix) => !isOwn(fix)).map((fix) => (fix.preferred ? { ...fix, preferred: false } : fix));
  return [...own.map((fix, i) => (i === 0 ? { ...fix, preferred: true } : fix)), ...others];
}

/** Files in which a finding may be told now, or no longer, since other scopes say the same of the line, or do not. */
export function addMovedPlaces(path: string, engines: readonly ScopeEngine[], files: Set<string>): void {
  if (engines.length < 2) return;
  for (const engine of engines) {
    if (engine.scope.rendered === undefined) continue;
    for (const object of engine.objectsMentioning(path))
      for (const { place, related } of engine.findingsAbout(object)?.findings ?? [])
        if (place.file === path) for (const { file } of related) files.add(file);
  }
}
