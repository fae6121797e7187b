/** Patches that stand in a kustomization as texts: YAML inside of YAML, whose parts have places like any other. */

import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import { defaultLimits } from './limits';
import { entryOf, type PlacedNode, type PlacedScalar } from './places';
import { splitDocuments } from './split';
import { readYaml } from './yaml-reader';

const opened = new WeakMap<JsonObject, JsonObject>();

/** A kustomization with what its inline patches say in the place of their texts; those that cannot be read stay texts. */
export function withOpenedPatches(kustomization: JsonObject): JsonObject {
  const known = opened.get(kustomization);
  if (known) return known;
  const value: Record<string, JsonValue | undefined> = { ...kustomization };
  for (const field of ['patches', 'patchesJson6902', 'patchesStrategicMerge']) {
    const list = value[field];
    if (Array.isArray(list)) value[field] = (list as readonly JsonValue[]).map(openedEntry);
  }
  opened.set(kustomization, value as JsonObject);
  return value as JsonObject;
}

function openedEntry(entry: JsonValue): JsonValue {
  if (isJsonObject(entry)) return typeof entry['patch'] === 'string' ? { ...entry, patch: openedText(entry['patch']) } : entry; // prettier-ignore
  return typeof entry === 'string' ? openedText(entry) : entry;
}

/** The name of a file stays one. */
function openedText(text: string): JsonValue {
  const span = /[\n{[]/.test(text) && text.length <= defaultLimits.maxIntricateLength ? splitDocuments(text)[0] : undefined; // prettier-ignore
  const value = span && readYaml(text, span.start, span.end, defaultLimits).value;
  return typeof value === 'object' && value !== null ? value : text;
}

/** A kustomization's tree in which the text of an inline patch holds the tree of what it says. */
export function withInlinePatches(kustomization: PlacedNode, text: string): PlacedNode {
  const withInner = (node: PlacedNode): PlacedNode => {
    if (node.kind !== 'scalar') return node;
    const inner = innerOf(node, text);
    return inner ? { ...node, inner } : node;
  };
  const ofEntry = (entry: PlacedNode) => withMember(entry, 'patch', withInner);
  const patched = withMember(kustomization, 'patches', (list) => withItems(list, ofEntry));
  const json = withMember(patched, 'patchesJson6902', (list) => withItems(list, ofEntry));
  return withMember(json, 'patchesStrategicMerge', (list) => withItems(list, withInner));
}

function withMember(node: PlacedNode, key: string, change: (value: PlacedNode) => PlacedNode): PlacedNode {
  const entry = node.kind === 'mapping' ? entryOf(node, key) : undefined;
  if (node.kind !== 'mapping' || !entry) return node;
  const value = change(entry.value);
  return { ...node, entries: node.entries.map((each) => (each === entry ? { ...each, value } : each)) };
}

function withItems(list: PlacedNode, change: (item: PlacedNode) => PlacedNode): PlacedNode {
  return list.kind === 'sequence' ? { ...list, items: list.items.map(change) } : list;
}

/** The first document of the text, where it stands in the file as it is: in a literal block, or between single quotes. */
function innerOf({ start, end }: PlacedScalar, text: string): PlacedNode | undefined {
  if (end - start > defaultLimits.maxIntricateLength) return undefined;
  const written = text.slice(start, end);
  const header = /^\|[-+\d]*[ \t]*(?:#.*)?\r?\n/.exec(written)?.[0].length;
  const quoted = /^'[^'\r\n]*'$/.test(written);
  if (header === undefined && !quoted) return undefined;
  const [from, to] = header === undefined ? [start + 1, end - 1] : [start + header, end];
  const marker = header === undefined ? null : /^[ \t]+---[ \t]*$/m.exec(text.slice(from, to).replaceAll('\r', ' '));
  const place = readYaml(text, from, marker ? from + marker.index : to, defaultLimits).place;
  return place && place.kind !== 'scalar' ? place : undefined;
}
