/** From a field's path to its place in the file and back; places are made on demand and kept with the file. */

import type { JsonPath } from '#base/json';
import { LineIndex, type Position } from '#base/text';
import { readFast } from './fast-reader';
import { withInlinePatches } from './inline-patches';
import { defaultLimits } from './limits';
import { entryOf, openedNode, stepInto, type PlacedEntry, type PlacedNode } from './places';
import type { FieldAtPosition, FieldPlace, ManifestFile } from './types';
import { readYaml } from './yaml-reader';

const lineIndexes = new WeakMap<ManifestFile, LineIndex>();
const trees = new WeakMap<ManifestFile, Map<number, PlacedNode | undefined>>();

/** The file's lines; made once. */
export function lineIndexOf(file: ManifestFile): LineIndex {
  let index = lineIndexes.get(file);
  if (!index) lineIndexes.set(file, (index = new LineIndex(file.text)));
  return index;
}

/** The document with the places of its parts, as far as it can be read; undefined for templates and the like. */
export function placedDocument(file: ManifestFile, document: number): PlacedNode | undefined {
  let known = trees.get(file);
  if (!known) trees.set(file, (known = new Map()));
  if (!known.has(document)) known.set(document, placeDocument(file, document));
  return known.get(document);
}

function placeDocument(file: ManifestFile, document: number): PlacedNode | undefined {
  const found = file.documents[document];
  if (!found || found.content.kind === 'template') return undefined;
  const { start, end } = found.span;
  const root = placesIn(file.text, start, end);
  return root && found.content.kind === 'kustomization' ? withInlinePatches(root, file.text) : root;
}

function placesIn(text: string, start: number, end: number): PlacedNode | undefined {
  const fast = readFast(text, start, end, 'places');
  if (fast) return fast.place;
  return end - start > defaultLimits.maxIntricateLength ? undefined : readYaml(text, start, end, defaultLimits).place;
}

/** A node with the entry of the mapping or nothing of the sequence that holds it. */
interface Step {
  readonly node: PlacedNode;
  readonly entry: PlacedEntry | undefined;
}

function stepTo(node: PlacedNode, step: string | number): Step | undefined {
  const from = openedNode(node);
  if (from.kind === 'mapping' && typeof step === 'string') {
    const entry = entryOf(from, step);
    return entry && { node: entry.value, entry };
  }
  const item = stepInto(from, step);
  return item && { node: item, entry: undefined };
}

function placeOf(file: ManifestFile, { node, entry }: Step): FieldPlace {
  const lines = lineIndexOf(file);
  return {
    key: entry && lines.range({ start: entry.keyStart, end: entry.keyEnd }),
    value: lines.range(node),
  };
}

/**
 * Where the field at `path` (from the document's root) stands; undefined where it is not written.
 * A value that comes through an alias stands at the alias, its members where the anchor is.
 */
export function locate(file: ManifestFile, document: number, path: JsonPath): FieldPlace | undefined {
  const found = nearestStep(file, document, path);
  return found?.depth === path.length ? placeOf(file, found.step) : undefined;
}

/** The place of the deepest part of the path that is written, with its path; the file's start for an unread document. */
export function locateNearest(
  file: ManifestFile,
  document: number,
  path: JsonPath,
): FieldPlace & { readonly path: JsonPath } {
  const found = nearestPlace(file, document, path);
  if (found) return found;
  const start = lineIndexOf(file).position(file.documents[document]?.span.start ?? 0);
  return { key: undefined, value: { start, end: start }, path: [] };
}

/** As locateNearest, but undefined where the document has no places. */
export function nearestPlace(
  file: ManifestFile,
  document: number,
  path: JsonPath,
): (FieldPlace & { readonly path: JsonPath }) | undefined {
  const found = nearestStep(file, document, path);
  return found && { ...placeOf(file, found.step), path: path.slice(0, found.depth) };
}

function nearestStep(file: ManifestFile, document: number, path: JsonPath) {
  const root = placedDocument(file, document);
  if (!root) return undefined;
  let step: Step = { node: root, entry: undefined };
  for (const [depth, part] of path.entries()) {
    const next = stepTo(step.node, part);
    if (!next) return { step, depth };
    step = next;
  }
  return { step, depth: path.length };
}

/**
 * What stands at a position: the innermost key or value; between the members of a collection, the collection.
 * Undefined outside of every document and in documents that cannot be read.
 */
export function fieldAt(file: ManifestFile, position: Position): FieldAtPosition | undefined {
  const offset = lineIndexOf(file).offset(position);
  const document = file.documents.findLast(({ span }) => span.start <= offset && offset <= span.end);
  const root = document && placedDocument(file, document.index);
  if (!root) return undefined;
  const path: (string | number)[] = [];
  let node = root;
  for (;;) {
    const inner = innerAt(file, node, offset);
    if (!inner) return { document: document.index, path, part: 'value' };
    path.push(inner.step);
    if (inner.part === 'key') return { document: document.index, path, part: 'key' };
    node = inner.node;
  }
}

interface Inner {
  readonly step: string | number;
  readonly part: 'key' | 'value';
  readonly node: PlacedNode;
}

function innerAt(file: ManifestFile, outer: PlacedNode, offset: number): Inner | undefined {
  const node = openedNode(outer);
  if (node.style === 'alias' || (node !== outer && !covers(node, offset))) return undefined;
  if (node.kind === 'sequence') {
    const step = node.items.findIndex((item) => covers(item, offset));
    return step < 0 ? undefined : { step, part: 'value', node: node.items[step]! };
  }
  if (node.kind !== 'mapping') return undefined;
  for (const { key, keyStart, keyEnd, value, merged } of node.entries) {
    if (merged) continue;
    if (keyStart <= offset && offset <= keyEnd) return { step: key, part: 'key', node: value };
    if (covers(value, offset) || isUnwrittenAt(file, value, offset)) return { step: key, part: 'value', node: value };
  }
  return undefined;
}

function covers(node: PlacedNode, offset: number): boolean {
  return node.start <= offset && offset <= node.end;
}

/** Whether the offset stands in the blanks behind the colon of a member without a value. */
function isUnwrittenAt(file: ManifestFile, value: PlacedNode, offset: number): boolean {
  if (value.start !== value.end || offset < value.start) return false;
  return /^[ \t]*$/.test(file.text.slice(value.start, offset));
}
