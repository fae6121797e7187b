/** What the rules say about one object, collected; nothing is located or allocated before there is something to say. */

import type { JsonPath } from '#base/json';
import { comparePositions, emptyRange } from '#base/text';
import { scopeOfRenderedPath } from '#manifest/index';
import type { KubernetesObject } from '#model/object';
import type { AnalysisContext, Dependency, ObjectFindings, OpenQuestion } from '../context';
import { memberPlaceOf, namePlaceOf, placeOf, wayOf } from '../places';
import { unappliedTo } from './unapplied';
import { firstLine } from './words';
import type { Finding, Fix, Place, RelatedPlace, Severity, TextEdit, Unknown } from '../types';

/** A finding as a rule words it; the report adds the object and the place. */
export interface Draft {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place: Place;
  readonly details?: Finding['details'];
  readonly related?: readonly (RelatedPlace | undefined)[];
  readonly fixes?: readonly (Fix | undefined)[];
  readonly differences?: Finding['differences'];
  /** The rule itself has asked which changes that are not made here may mend it. */
  readonly unapplied?: 'considered';
}

const nothing: ObjectFindings = { findings: [], unknowns: [], searched: false };

export class Report {
  readonly #object: KubernetesObject;
  readonly #context: AnalysisContext;
  #findings: Finding[] | undefined;
  #unknowns: Unknown[] | undefined;
  #searched = false;
  #dependencies: Set<Dependency> | undefined;
  #open: OpenQuestion[] | undefined;
  #codes: readonly string[] = [];
  /** The field that a place was asked for, to tell how what was rendered came to it, and what may yet change it. */
  readonly #paths = new Map<Place, JsonPath>();

  constructor(object: KubernetesObject, context: AnalysisContext) {
    this.#object = object;
    this.#context = context;
  }

  /** Where a change that is not made here may be one of what the finding stands at, nothing is claimed. */
  add(draft: Draft): void {
    const path = draft.unapplied === 'considered' ? undefined : this.#paths.get(draft.place);
    if (path && unappliedTo(this.#object, [path.map(String)], this.#context.scope).length > 0) {
      this.leaveOpen(draft.place);
      return;
    }
    const { details = [], related = [], fixes = [], message, unapplied: _, ...rest } = draft;
    (this.#findings ??= []).push({
      ...rest,
      message: firstLine(message),
      details,
      related: [...related.filter((place) => place !== undefined), ...this.#way(draft.place)],
      fixes: fixes.filter((fix) => fix !== undefined && fix.edits.every(isOfFile)) as readonly Fix[],
      object: this.#object,
    });
  }

  cannotKnow(message: string, place: Place): void {
    (this.#unknowns ??= []).push({ message, place, object: this.#object });
    (this.#open ??= []).push({ codes: this.#codes, place, extent: 'object' });
  }

  /** Says that there may be a finding at the place, where that is not worth a word of its own. */
  leaveOpen(place: Place, extent: OpenQuestion['extent'] = 'place'): void {
    (this.#open ??= []).push({ codes: this.#codes, place, extent });
  }

  /** Says which findings the rule that works from now on can give. */
  begin(codes: readonly string[]): void {
    this.#codes = codes;
  }

  /** Says that the answer depends on pods other than the object's own. */
  searchedElsewhere(): void {
    this.#searched = true;
  }

  /** Says what else the answer depends on, whether or not there is anything to say. */
  dependsOn(...dependencies: readonly Dependency[]): void {
    this.#dependencies ??= new Set();
    for (const dependency of dependencies) this.#dependencies.add(dependency);
  }

  /** A field's value, or the deepest part of its path that is written; at worst the start of the file. */
  place(path: JsonPath): Place {
    return this.#noted(path, placeIn(this.#object, path, this.#context));
  }

  /** A member with its key, `app: web`; where it spans lines, its key alone. */
  member(path: JsonPath): Place {
    const place = memberIn(this.#object, path, this.#context);
    return place ? this.#noted(path, place) : this.place(path);
  }

  #noted(path: JsonPath, place: Place): Place {
    const { rendered, unapplied } = this.#context.scope;
    if (rendered !== undefined || unapplied.length > 0) this.#paths.set(place, path);
    return place;
  }

  #way(place: Place): readonly RelatedPlace[] {
    const path = this.#paths.get(place);
    if (!path) return [];
    return wayOf(this.#object, path, this.#context).filter((other) => !isSamePlace(other, place));
  }

  /** How many findings there are so far. */
  get count(): number {
    return this.#findings?.length ?? 0;
  }

  result(): ObjectFindings {
    if (!this.#findings && !this.#unknowns && !this.#searched && !this.#dependencies && !this.#open) return nothing;
    return {
      findings: this.#findings ?? [],
      unknowns: this.#unknowns ?? [],
      searched: this.#searched,
      ...(this.#dependencies && { dependencies: [...this.#dependencies] }),
      ...(this.#open && { open: this.#open }),
    };
  }
}

/** Nobody can edit what was rendered. */
function isOfFile({ file }: TextEdit): boolean {
  return scopeOfRenderedPath(file) === undefined;
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.file === b.file && comparePositions(a.range.start, b.range.start) === 0;
}

/** A place in any object, told beside a finding; undefined where the object has no text. */
export function relatedMember(
  object: KubernetesObject,
  path: JsonPath,
  message: string,
  context: AnalysisContext,
): RelatedPlace | undefined {
  const place = memberIn(object, path, context) ?? placeOf(object, path, context);
  return place && { ...place, message };
}

export function relatedName(
  object: KubernetesObject,
  message: string,
  context: AnalysisContext,
): RelatedPlace | undefined {
  const place = namePlaceOf(object, context);
  return place && { ...place, message };
}

function placeIn(object: KubernetesObject, path: JsonPath, context: AnalysisContext): Place {
  const place = placeOf(object, path, context);
  if (place) return place;
  return { file: object.origin.file, range: emptyRange };
}

function memberIn(object: KubernetesObject, path: JsonPath, context: AnalysisContext): Place | undefined {
  const place = memberPlaceOf(object, path, context);
  if (!place || place.range.start.line === place.range.end.line) return place;
  const key = path.at(-1);
  if (typeof key !== 'string') return place;
  const { start } = place.range;
  return { ...place, range: { start, end: { line: start.line, character: start.character + key.length } } };
}
