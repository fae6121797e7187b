/** Edits of a manifest's text that keep its style: what quick fixes are made of. */

import { isJsonObject, type JsonPath, type JsonValue } from '#base/json';
import type { Range } from '#base/text';
import { lineIndexOf, placedDocument } from './locate';
import { entryOf, openedNode, stepInto, type PlacedEntry, type PlacedMapping, type PlacedNode } from './places';
import { printScalar, type ScalarStyle } from './scalar';
import type { ManifestFile } from './types';

/** Replaces what stands in the range. */
export interface ManifestEdit {
  readonly range: Range;
  readonly newText: string;
}

type Scalar = string | number | boolean;

/** A mapping or value in its surroundings. */
interface Found {
  readonly node: PlacedNode;
  /** The entry that holds it, where that is a mapping's. */
  readonly entry: PlacedEntry | undefined;
  /** Column of the key or dash that holds it; -1 for the document itself. */
  readonly column: number;
  readonly flow: 'block' | 'flow';
  /** Whether strings need JSON's quotes. */
  readonly json: boolean;
}

function find(file: ManifestFile, document: number, path: JsonPath): Found | undefined {
  const root = placedDocument(file, document);
  if (!root) return undefined;
  const isJson = root.style === 'flow';
  let found: Found = { node: root, entry: undefined, column: -1, flow: isJson ? 'flow' : 'block', json: isJson };
  for (const step of path) {
    const node = openedNode(found.node);
    const next = stepInto(node, step);
    if (!next) return undefined;
    const entry = node.kind === 'mapping' ? entryOf(node, String(step)) : undefined;
    const column = columnOf(file, entry ? entry.keyStart : node.start);
    // A patch in one line is read as JSON.
    const json = found.json || (node !== found.node && node.style === 'flow');
    found = { node: next, entry, column, flow: node.style === 'flow' ? 'flow' : found.flow, json };
  }
  return found;
}

/** The edit that gives the scalar at `path` a new value, in its style; undefined where no scalar is written there. */
export function replaceScalar(
  file: ManifestFile,
  document: number,
  path: JsonPath,
  newValue: Scalar,
): ManifestEdit | undefined {
  const found = find(file, document, path);
  if (found?.node.kind !== 'scalar') return undefined;
  const { node, flow, json } = found;
  const style: ScalarStyle = json
    ? 'double'
    : node.style === 'single' || node.style === 'double'
      ? node.style
      : 'plain';
  const blank = node.start === node.end && !/\s/.test(file.text.charAt(node.start - 1)) ? ' ' : '';
  return edit(file, node.start, node.end, blank + printScalar(newValue, style, flow));
}

/**
 * The edit that sets a member of the mapping at `path`, replacing the member or inserting it behind the others.
 * A mapping that is not written yet is written. Undefined where something else than a mapping is in the way.
 */
export function setMember(
  file: ManifestFile,
  document: number,
  path: JsonPath,
  key: string,
  value: JsonValue,
): ManifestEdit | undefined {
  const found = find(file, document, path);
  if (!found) {
    // The mapping is missing: set it, with this member, in the one above.
    if (typeof path.at(-1) !== 'string') return undefined;
    return setMember(file, document, path.slice(0, -1), path.at(-1) as string, { [key]: value });
  }
  const node = openedNode(found.node);
  if (node.style === 'alias') return undefined;
  if (node.kind === 'scalar') return fillEmpty(file, found, key, value);
  if (node.kind !== 'mapping') return undefined;
  const entry = node.entries.findLast((candidate) => candidate.key === key && !candidate.merged);
  if (entry) return replaceMember(file, document, [...path, key], entry, value);
  return node.style === 'flow' ? insertInFlow(file, found, node, key, value) : insertInBlock(file, node, key, value);
}

/** The edit that takes a member out of the mapping at `path`; undefined where there is none. */
export function removeMember(
  file: ManifestFile,
  document: number,
  path: JsonPath,
  key: string,
): ManifestEdit | undefined {
  const found = find(file, document, path)?.node;
  const node = found && openedNode(found);
  if (node?.kind !== 'mapping' || node.style === 'alias') return undefined;
  const own = node.entries.filter(({ merged }) => !merged);
  const index = own.findLastIndex((entry) => entry.key === key);
  const entry = own[index];
  if (!entry) return undefined;
  const next = own[index + 1];
  const previous = own[index - 1];
  if (own.length < node.entries.length || (!next && !previous)) return removeOnly(file, node, own, entry);
  if (node.style === 'flow') {
    if (next) return edit(file, entry.keyStart, next.keyStart, '');
    return edit(file, previous!.value.end, entry.value.end, '');
  }
  // The first member may stand behind a dash, so it goes up to the next one; others go with their lines.
  if (!previous) return edit(file, entry.keyStart, next!.keyStart, '');
  return edit(file, lineEndOf(file.text, previous.value.end), lineEndOf(file.text, entry.value.end), '');
}

function removeOnly(file: ManifestFile, node: PlacedMapping, own: readonly PlacedEntry[], entry: PlacedEntry) {
  // Beside a merge key there is no telling what stands between.
  if (own.length !== node.entries.length) {
    const start = lineStartOf(file.text, entry.keyStart);
    const alone = node.style === 'block' && /^[ ]*$/.test(file.text.slice(start, entry.keyStart));
    return alone ? edit(file, start, nextLineOf(file.text, entry.value.end), '') : undefined;
  }
  return edit(file, node.start, node.end, '{}');
}

function replaceMember(
  file: ManifestFile,
  document: number,
  path: JsonPath,
  entry: PlacedEntry,
  value: JsonValue,
): ManifestEdit | undefined {
  if (entry.value.kind === 'scalar' && entry.value.style !== 'alias' && isScalar(value)) {
    return replaceScalar(file, document, path, value);
  }
  const found = find(file, document, path)!;
  const colon = file.text.indexOf(':', entry.keyEnd);
  const text = valueText(file, value, { ...found, indent: columnOf(file, entry.keyStart) });
  return edit(file, colon + 1, Math.max(colon + 1, entry.value.end), text);
}

/** `labels:` without a value becomes a mapping. */
function fillEmpty(file: ManifestFile, found: Found, key: string, value: JsonValue): ManifestEdit | undefined {
  const { node, column } = found;
  const written = file.text.slice(node.start, node.end);
  if (written !== '' && written !== 'null' && written !== '~') return undefined;
  const object = { [key]: value };
  const start = found.entry ? file.text.indexOf(':', found.entry.keyEnd) + 1 : node.start;
  return edit(file, start, node.end, valueText(file, object, { ...found, indent: Math.max(column, 0) }));
}

function insertInBlock(
  file: ManifestFile,
  node: PlacedMapping,
  key: string,
  value: JsonValue,
): ManifestEdit | undefined {
  const own = node.entries.filter(({ merged }) => !merged);
  const [first, last] = [own[0], own.at(-1)];
  if (!first || !last) return undefined;
  const indent = columnOf(file, first.keyStart);
  const text = memberText(file, key, value, { flow: 'block', json: false, indent });
  const at = lineEndOf(file.text, Math.max(last.value.end, last.keyEnd));
  return edit(file, at, at, `${lineBreakOf(file)}${' '.repeat(indent)}${text}`);
}

function insertInFlow(
  file: ManifestFile,
  found: Found,
  node: PlacedMapping,
  key: string,
  value: JsonValue,
): ManifestEdit | undefined {
  const text = memberText(file, key, value, { flow: 'flow', json: found.json, indent: 0 });
  const last = node.entries.findLast(({ merged }) => !merged);
  if (!last) return node.entries.length > 0 ? undefined : edit(file, node.start, node.end, `{${text}}`);
  const before = file.text.slice(lineStartOf(file.text, last.keyStart), last.keyStart);
  const gap = /^\s+$/.test(before) ? `${lineBreakOf(file)}${before}` : ' ';
  return edit(file, last.value.end, last.value.end, `,${gap}${text}`);
}

interface Surroundings {
  readonly flow: 'block' | 'flow';
  readonly json: boolean;
  /** Column of the key that a block is put under. */
  readonly indent: number;
}

function memberText(file: ManifestFile, key: string, value: JsonValue, around: Surroundings): string {
  return `${keyText(key, around)}:${valueText(file, value, around)}`;
}

function keyText(key: string, { flow, json }: Surroundings): string {
  return printScalar(key, json ? 'double' : 'plain', flow);
}

/** What stands behind a colon: a blank and the value, or a block on the lines below. */
function valueText(file: ManifestFile, value: JsonValue, around: Surroundings): string {
  if (isScalar(value) || value === null) return ` ${inlineText(value, around)}`;
  const empty = Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
  if (around.flow === 'flow' || empty) return ` ${inlineText(value, around)}`;
  const indent = around.indent + 2;
  const start = `${lineBreakOf(file)}${' '.repeat(indent)}`;
  if (!isJsonObject(value)) {
    return value.map((item) => `${start}- ${inlineText(item, { ...around, flow: 'flow' })}`).join('');
  }
  return Object.entries(value)
    .map(([key, member]) => start + memberText(file, key, member ?? null, { ...around, indent }))
    .join('');
}

function inlineText(value: JsonValue, around: Surroundings): string {
  if (value === null) return 'null';
  if (isScalar(value)) return printScalar(value, around.json ? 'double' : 'plain', around.flow);
  const inner: Surroundings = { ...around, flow: 'flow' };
  if (!isJsonObject(value)) return `[${value.map((item) => inlineText(item, inner)).join(', ')}]`;
  const members = Object.entries(value).map(
    ([key, member]) => `${keyText(key, inner)}: ${inlineText(member ?? null, inner)}`,
  );
  return `{${members.join(', ')}}`;
}

function isScalar(value: JsonValue): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function edit(file: ManifestFile, start: number, end: number, newText: string): ManifestEdit {
  return { range: lineIndexOf(file).range({ start, end }), newText };
}

function lineStartOf(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Before the line break. */
function lineEndOf(text: string, offset: number): number {
  let end = offset;
  while (end < text.length && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end++;
  return end;
}

function nextLineOf(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

function columnOf(file: ManifestFile, offset: number): number {
  const start = lineStartOf(file.text, offset);
  return offset - Math.max(start, file.text.charCodeAt(0) === 0xfeff ? 1 : 0);
}

function lineBreakOf(file: ManifestFile): string {
  const end = file.text.indexOf('\n');
  return end > 0 && file.text.charCodeAt(end - 1) === 13 ? '\r\n' : '\n';
}
