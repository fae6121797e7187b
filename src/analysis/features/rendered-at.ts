/** From a position in a source of what was rendered to the object and field that came of it. */

import { valueAt, type JsonPath } from '#base/json';
import { contains, emptyRange, type Position, type Range } from '#base/text';
import { fieldAt, fieldOrigin, lineIndexOf, locate, locateNearest, originsNow } from '#manifest/index';
import type { FieldAtPosition, ManifestFile, RenderedOrigins, SourceUse } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { ScopeState } from '../context';
import type { Workspace } from '../workspace';
import type { ObjectAt } from './object-at';
import { objectOfScope } from './object-of-scope';

interface Match {
  readonly use: SourceUse;
  /** What of the position's path lies below the source's. */
  readonly rest: JsonPath;
  readonly range: Range;
}

/** The first object in the order of the rendered text that has a field from there: the nearest one, and the one that was decided there. */
export function renderedAt(
  workspace: Workspace,
  state: ScopeState,
  path: string,
  position: Position,
): ObjectAt | undefined {
  const rendered = state.scope.rendered === undefined ? undefined : workspace.file(state.scope.rendered);
  const origins = rendered && originsNow(rendered);
  const uses = origins?.bySource.get(path);
  if (!rendered || !origins || !uses) return undefined;
  const file = workspace.file(path);
  const field = file && fieldAt(file, position);
  let best: Match | undefined;
  for (const use of uses) {
    // A prefix is a part of many names, and none of them.
    if (use.source.role === 'transformer' && !use.source.verbatim) continue;
    const match = matchOf(use, file, field, position);
    if (match && isRenderedFrom(match, rendered, origins) && (!best || isBetter(match, best))) best = match;
  }
  if (best) return objectAtMatch(best, rendered, state);
  const patched = file && field && patchedBy(file.documents[field.document], uses, rendered);
  return (
    patched && objectAtMatch({ use: patched, rest: [], range: { start: position, end: position } }, rendered, state)
  );
}

/** Where a patch only names what it changes: the object as a whole. */
function patchedBy(
  patch: ManifestFile['documents'][number] | undefined,
  uses: readonly SourceUse[],
  rendered: ManifestFile,
): SourceUse | undefined {
  if (patch?.content.kind !== 'objects') return undefined;
  const [named] = patch.content.objects;
  const use = uses.find(({ document, source: { role, at } }) => {
    const content = rendered.documents[document]?.content;
    if (role !== 'patch' || at.kind !== 'path' || at.document !== patch.index) return false;
    return content?.kind === 'objects' && content.objects.some(({ kind }) => kind === named?.kind);
  });
  return use && { ...use, path: [] };
}

function matchOf(
  use: SourceUse,
  file: ManifestFile | undefined,
  field: FieldAtPosition | undefined,
  position: Position,
): Match | undefined {
  const { at } = use.source;
  if (at.kind === 'range') return contains(at.range, position) ? { use, rest: [], range: at.range } : undefined;
  if (!file || !field || field.document !== at.document || !at.path.every((step, i) => field.path[i] === step)) return undefined; // prettier-ignore
  const place = locate(file, field.document, field.path) ?? locateNearest(file, field.document, field.path);
  const range = (field.part === 'key' ? place.key : place.value) ?? emptyRange;
  return { use, rest: field.path.slice(at.path.length), range };
}

/** Whether the object has the field, and has it from there: a nearer entry may lead it elsewhere. */
function isRenderedFrom({ use, rest }: Match, file: ManifestFile, origins: RenderedOrigins): boolean {
  const path = [...use.path, ...rest];
  const found = fieldOrigin(origins, use.document, path);
  const content = file.documents[use.document]?.content;
  if (!found.sources.includes(use.source) || content?.kind !== 'objects') return false;
  return content.objects.some(
    ({ body, origin }) => isBelow(path, origin.path) && valueAt(body, path.slice(origin.path.length)) !== undefined,
  );
}

function isBelow(path: JsonPath, above: JsonPath): boolean {
  return above.every((step, i) => path[i] === step);
}

function isBetter(a: Match, b: Match): boolean {
  const [inA, inB] = [a.use.source.at, b.use.source.at];
  if (inA.kind === 'path' && inB.kind === 'path' && inA.path.length !== inB.path.length)
    return inA.path.length > inB.path.length;
  if (inA.kind === 'range' && inB.kind === 'range' && sizeOf(inA.range) !== sizeOf(inB.range))
    return sizeOf(inA.range) < sizeOf(inB.range);
  if (a.use.isLast !== b.use.isLast) return a.use.isLast;
  return weightOf(a.use) > weightOf(b.use);
}

/** Labels that a kustomization gives go to many places: those of pods matter most, and those of the objects themselves least. */
function weightOf({ path }: SourceUse): number {
  if (path[0] === 'metadata' && path[1] === 'labels') return 0;
  return path.includes('template') ? 2 : 1;
}

function sizeOf({ start, end }: Range): number {
  return (end.line - start.line) * 10_000 + end.character - start.character;
}

function objectAtMatch({ use, rest, range }: Match, file: ManifestFile, state: ScopeState): ObjectAt | undefined {
  const path = [...use.path, ...rest];
  const content = file.documents[use.document]?.content;
  const objects = content?.kind === 'objects' ? content.objects : [];
  const written = objects.find(({ origin }) => isBelow(path, origin.path));
  if (!written) return undefined;
  return { state, object: objectOfScope(written, state), path: path.slice(written.origin.path.length), range };
}

/** Between the marks of documents on both sides: a template is no YAML that could be read. */
function documentAround(file: ManifestFile, offset: number): Range {
  const end = file.text.indexOf('\n---', offset);
  const span = { start: file.text.lastIndexOf('\n---', offset - 1) + 1, end: end < 0 ? file.text.length : end };
  return lineIndexOf(file).range(span);
}

/** The object that a document of a source became, or that it patches: the first one of several. */
export function renderedFrom(
  workspace: Workspace,
  state: ScopeState,
  path: string,
  offset: number,
): KubernetesObject | undefined {
  const rendered = state.scope.rendered === undefined ? undefined : workspace.file(state.scope.rendered);
  const file = workspace.file(path);
  const origins = rendered && originsNow(rendered);
  if (!rendered || !origins || !file) return undefined;
  const { objects, bySource } = origins;
  const document = file.documents.find(({ span }) => span.start <= offset && offset <= span.end)?.index;
  const lines = documentAround(file, offset);
  const isFrom = ({ source: { at } }: SourceUse) => at.kind === 'path' ? at.document === document : contains(lines, at.range.start); // prettier-ignore
  const whole = [...objects].find(([, { source }]) => source?.file === path && source.document !== undefined && source.document === document)?.[0]; // prettier-ignore
  const found = whole ?? bySource.get(path)?.find(isFrom)?.document;
  const content = found === undefined ? undefined : rendered.documents[found]?.content;
  const [written] = content?.kind === 'objects' ? content.objects : [];
  return written && objectOfScope(written, state);
}
