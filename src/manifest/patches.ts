/** What patches, replacements and transformers of a kustomization would change: objects and fields, not the values. */

import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import { readFast } from './fast-reader';
import { listOf, objectsIn, stringsOf } from './json-parts';
import { defaultLimits } from './limits';
import { resolvePath } from './paths';
import { splitDocuments } from './split';
import type { ManifestFile, UnappliedChange } from './types';
import { readYaml } from './yaml-reader';

type Change = Omit<UnappliedChange, 'folder'>;
type Field = readonly string[];

/** The changes that a kustomization in `folder` makes besides labels, namespace and names. */
export function changesOf(
  value: JsonObject,
  folder: string,
  files: ReadonlyMap<string, ManifestFile>,
): UnappliedChange[] {
  const source: Source = { folder, files };
  const changes = [
    ...listOf(value['patchesStrategicMerge']).flatMap((patch) => mergePatches(patch, source)),
    ...['patches', 'patchesJson6902'].flatMap((field) => objectsIn(value[field])).flatMap((p) => patchesOf(p, source)),
    ...objectsIn(value['replacements']).flatMap((replacement) => replacementsOf(replacement, source)),
    ...stringsOf(listOf(value['transformers'])).flatMap((transformer) => transformersOf(transformer, source)),
    ...objectsIn(value['labels']).flatMap(({ fields }) => objectsIn(fields).map(labelField)),
  ];
  return changes.map((change) => ({ ...change, folder: folder === '' ? '.' : folder }));
}

interface Source {
  readonly folder: string;
  readonly files: ReadonlyMap<string, ManifestFile>;
}

const wholeObject: readonly Field[] = [[]];
const anything = { kind: undefined, name: undefined, fields: wholeObject };

/** An entry of `patchesStrategicMerge`: the name of a file, or a patch. */
function mergePatches(entry: JsonValue, source: Source): Change[] {
  if (typeof entry !== 'string') return [];
  const values = entry.includes('\n') ? readValues(entry) : readFile(entry, source);
  if (!values) return [{ what: 'patch', ...anything }];
  return values.filter(isJsonObject).map(mergePatch);
}

/** An entry of `patches`: a merge patch or a list of JSON patch operations, in place or in a file. */
function patchesOf(entry: JsonObject, source: Source): Change[] {
  const target = isJsonObject(entry['target']) ? selection(entry['target']) : undefined;
  const { patch, path } = entry;
  const values =
    typeof patch === 'string' && patch !== ''
      ? readValues(patch)
      : typeof path === 'string'
        ? readFile(path, source)
        : [];
  if (!values) return [{ what: 'patch', ...anything, ...target }];
  const operations = values.flatMap((value) => (Array.isArray(value) ? objectsIn(value) : isOperation(value)));
  const merges = values.filter((value): value is JsonObject => isJsonObject(value) && !('op' in value)).map(mergePatch);
  const fields = operations.flatMap(fieldsOfOperation);
  return [
    ...merges.map((merge) => ({ ...merge, ...target })),
    ...(fields.length > 0 ? [{ what: 'patch', ...anything, ...target, fields } as const] : []),
  ];
}

/** A single operation may stand outside of a list. */
function isOperation(value: JsonValue): JsonObject[] {
  return isJsonObject(value) && 'op' in value ? [value] : [];
}

function mergePatch(body: JsonObject): Change {
  const metadata = isJsonObject(body['metadata']) ? body['metadata'] : {};
  const fields: Field[] = [];
  for (const key of Object.keys(body)) {
    if (key === 'apiVersion' || key === 'kind') continue;
    if (key === 'metadata') collectFields(withoutIdentity(metadata), ['metadata'], fields);
    else if (key.startsWith('$')) fields.push([]);
    else collectFields(body[key], [key], fields);
  }
  const [kind] = stringsOf([body['kind']]);
  const [name] = stringsOf([metadata['name']]);
  return { what: 'patch', kind, name, fields, ...(body['$patch'] === 'delete' && { removes: true }) };
}

function withoutIdentity(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== 'name' && key !== 'namespace'));
}

/** The innermost fields of a merge patch. A directive, `$patch: delete`, is about all that it stands in. */
function collectFields(value: JsonValue | undefined, path: Field, into: Field[]): void {
  if (Array.isArray(value)) {
    if (!value.some(isJsonObject)) into.push(path);
    else for (const item of value) collectFields(item, path, into);
    return;
  }
  if (!isJsonObject(value)) {
    into.push(path);
    return;
  }
  for (const key of Object.keys(value)) {
    if (key.startsWith('$')) into.push(path);
    else collectFields(value[key], [...path, key], into);
  }
}

/** Models RFC 6902: the pointer, and for a move where the value goes away. */
function fieldsOfOperation(operation: JsonObject): Field[] {
  if (operation['op'] === 'test') return [];
  const pointers = operation['op'] === 'move' ? [operation['path'], operation['from']] : [operation['path']];
  return stringsOf(pointers).map((pointer) =>
    withoutIndexes(
      pointer
        .split('/')
        .slice(1)
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
    ),
  );
}

function replacementsOf(entry: JsonObject, source: Source): Change[] {
  const path = entry['path'];
  if (typeof path !== 'string' || path === '') return objectsIn(entry['targets']).map(replacementTarget);
  const values = readFile(path, source);
  if (!values) return [{ what: 'replacement', ...anything }];
  const replacements = values.flatMap((value) => (isJsonObject(value) ? [value] : objectsIn(value)));
  return replacements.flatMap((replacement) => objectsIn(replacement['targets']).map(replacementTarget));
}

function replacementTarget(target: JsonObject): Change {
  const selected = isJsonObject(target['select']) ? selection(target['select']) : {};
  const fields = stringsOf(listOf(target['fieldPaths'])).map((text) => {
    // Steps are parted by dots; a key with dots stands in brackets, as does `[name=web]`, which picks an item.
    const steps = text.match(/\[[^\]]*\]|(?:\\.|[^.[\]])+/g) ?? [];
    const keys = steps.filter((step) => !step.includes('=') && step !== '*');
    return withoutIndexes(keys.map((step) => step.replace(/^\[(.*)\]$/, '$1').replaceAll('\\.', '.')));
  });
  return { what: 'replacement', ...anything, ...selected, fields: fields.length > 0 ? fields : [['metadata', 'name']] };
}

/** The built-in transformers that set members of mappings, or a value. */
const settingTransformers: Readonly<Record<string, 'labels' | 'annotations' | 'value'>> = {
  LabelTransformer: 'labels',
  AnnotationsTransformer: 'annotations',
  ImageTagTransformer: 'value',
  ReplicaCountTransformer: 'value',
};

/** An entry of `transformers`: the name of a file, or a configuration. */
function transformersOf(entry: string, source: Source): Change[] {
  const values = entry.includes('\n') ? readValues(entry) : readFile(entry, source);
  if (!values) return [{ what: 'transformer', ...anything }];
  return values.flatMap((value) => (isJsonObject(value) ? transformerOf(value) : []));
}

/** Models sigs.k8s.io/kustomize api/internal/builtins: what the fieldSpecs name; no field is changed without them. */
function transformerOf(value: JsonObject): Change[] {
  const sets = value['apiVersion'] === 'builtin' ? settingTransformers[String(value['kind'])] : undefined;
  if (!sets) return [{ what: 'transformer', ...anything }];
  const members = sets === 'value' ? undefined : Object.keys(isJsonObject(value[sets]) ? value[sets] : {});
  return objectsIn(value['fieldSpecs']).map((spec) => {
    const path = stringsOf([spec['path']]).join('').split('/').map((step) => step.replace(/\[\]$/, '')); // prettier-ignore
    const fields = members ? members.map((member) => [...path, member]) : [path];
    return { what: 'transformer', kind: stringsOf([spec['kind']])[0], name: undefined, fields };
  });
}

/** A field of its own that labels go to. */
function labelField(spec: JsonObject): Change {
  const path = stringsOf([spec['path']]).join('');
  const fields = [path.split('/').map((step) => step.replace(/\[\]$/, ''))];
  return { what: 'label', kind: stringsOf([spec['kind']])[0], name: undefined, fields };
}

/** What a target selects. A pattern is not matched: it may be anything. */
function selection({ kind, name }: JsonObject): Pick<Change, 'kind' | 'name'> {
  const literal = (value: JsonValue | undefined) => stringsOf([value]).find((text) => /^[\w.-]+$/.test(text));
  return { kind: literal(kind), name: literal(name) };
}

function withoutIndexes(steps: readonly string[]): Field {
  return steps.filter((step) => !/^(?:\d+|-)$/.test(step));
}

const valuesOfFiles = new WeakMap<ManifestFile, readonly JsonValue[] | undefined>();

/** The documents of a patch file; undefined where it cannot be read. */
function readFile(reference: string, { folder, files }: Source): readonly JsonValue[] | undefined {
  const path = resolvePath(folder, reference);
  const file = path === undefined ? undefined : files.get(path);
  if (!file) return undefined;
  if (!valuesOfFiles.has(file)) valuesOfFiles.set(file, readValues(file.text));
  return valuesOfFiles.get(file);
}

function readValues(text: string): readonly JsonValue[] | undefined {
  if (text.length > defaultLimits.maxIntricateLength) return undefined;
  const values: JsonValue[] = [];
  for (const { start, end } of splitDocuments(text)) {
    const fast = readFast(text, start, end, 'values');
    const value = fast ? fast.value : readYaml(text, start, end, defaultLimits).value;
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}
