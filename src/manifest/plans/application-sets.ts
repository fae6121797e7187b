/** Argo CD ApplicationSets, as far as the workspace decides which Applications they make. */

import { isJsonObject, valueAt, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import { baseNameOf, folderOf } from '../paths';
import { listAt, objectAt, placeIn, textAt, valuesOf, type Asking, type Finds } from './asking';
import type { PlanContext } from './context';
import { fillGo, fillPlain, isGlobMatch, type Parameters } from './templates';

/** An Application, written or made by an ApplicationSet. */
export interface Application {
  readonly asking: Asking;
  readonly name: string;
  readonly namespace: string;
  readonly spec: JsonObject;
  /** Where the spec stands in the object. */
  readonly path: JsonPath;
  /** Why it is there, where it is not simply written. */
  readonly notes: readonly string[];
  /** What of it cannot be known here. */
  readonly unavailable: readonly string[];
}

/** More Applications than any set is meant to make. */
const mostApplications = 500;

/** Whether generators can be told without a cluster: their parameters, or why not. */
type Generated = { readonly sets: readonly Parameters[] } | { readonly unknown: string };

/** The Applications of a set; what cannot be known is told. */
export function applicationsOf(asking: Asking, context: PlanContext, finds: Finds): readonly Application[] {
  const spec = objectAt(asking.object.body, ['spec']);
  const template = objectAt(spec, ['template']);
  if (!spec || !template) return [];
  const isGo = spec['goTemplate'] === true;
  const applications: Application[] = [];
  for (const [index, generator] of listAt(spec, ['generators']).entries()) {
    const place = placeIn(asking, ['spec', 'generators', index]);
    const generated = generate(generator, { asking, context, isGo });
    if ('unknown' in generated) {
      finds.unavailable(`which Applications ${asking.object.name} makes is not known here: ${generated.unknown}`, place);
      continue;
    }
    for (const parameters of generated.sets.slice(0, mostApplications)) {
      const filled = fill(template, parameters, isGo);
      if ('unknown' in filled) {
        finds.unavailable(`an Application of ${asking.object.name} is not known here: ${filled.unknown}`, place);
        break;
      }
      const application = applicationOf(filled.value, asking, spec);
      if (application) applications.push(application);
    }
  }
  return applications;
} // prettier-ignore

function applicationOf(value: JsonValue, asking: Asking, set: JsonObject): Application | undefined {
  const name = textAt(value, ['metadata', 'name']);
  const spec = objectAt(value, ['spec']);
  if (name === undefined || !spec) return undefined;
  return {
    asking,
    name,
    namespace: textAt(value, ['metadata', 'namespace']) ?? asking.object.namespace,
    spec,
    path: ['spec', 'template', 'spec'],
    notes: [`made by the ApplicationSet ${asking.object.name}`],
    unavailable: set['templatePatch'] === undefined ? [] : ['the templatePatch of the ApplicationSet is not applied here'],
  };
} // prettier-ignore

interface Surroundings {
  readonly asking: Asking;
  readonly context: PlanContext;
  readonly isGo: boolean;
}

/** Models argo-cd applicationset/generators: list, git and matrix; the others ask a cluster or a server. */
function generate(generator: JsonValue, surroundings: Surroundings): Generated {
  if (!isJsonObject(generator)) return { sets: [] };
  if (objectAt(generator, ['list'])) return listOf(generator['list']!, surroundings);
  if (objectAt(generator, ['git'])) return gitOf(objectAt(generator, ['git'])!, surroundings);
  if (objectAt(generator, ['matrix'])) {
    const parts = listAt(generator, ['matrix', 'generators']).map((part) => generate(part, surroundings));
    const unknown = parts.find((part) => 'unknown' in part);
    if (unknown) return unknown;
    const sets = parts.map((part) => ('sets' in part ? part.sets : []));
    return { sets: sets.reduce<readonly Parameters[]>((made, next) => made.flatMap((a) => next.map((b) => ({ ...a, ...b }))).slice(0, mostApplications), [{}]) }; // prettier-ignore
  }
  const [kind = 'unknown'] = Object.keys(generator).filter((key) => key !== 'selector');
  return { unknown: `its ${kind} generator asks a cluster or a server` };
}

function listOf(list: JsonValue, { isGo }: Surroundings): Generated {
  if (textAt(list, ['elementsYaml']) !== undefined) return { unknown: 'its list is made by a template' };
  return {
    sets: listAt(list, ['elements']).flatMap((element) => {
      if (!isJsonObject(element)) return [];
      return [isGo ? element : flattened(element)];
    }),
  };
}

/** The folders or files of the workspace that the patterns match; `exclude` takes some of them away. */
function gitOf(git: JsonObject, { context, isGo }: Surroundings): Generated {
  const directories = listAt(git, ['directories']).filter(isJsonObject);
  const files = listAt(git, ['files']).filter(isJsonObject);
  const values = objectAt(git, ['values']);
  const withValues = (parameters: Parameters): Parameters => {
    if (!values) return parameters;
    const filled = fill(values, parameters, isGo);
    if ('unknown' in filled || !isJsonObject(filled.value)) return parameters;
    return isGo ? { ...parameters, values: filled.value } : { ...parameters, ...flattened({ values: filled.value }) };
  };
  const folders = [...context.folders].filter((folder) => folder !== '' && !/(?:^|\/)\./.test(folder)).sort();
  const sets = [
    ...matching(folders, directories).map((folder) => pathParameters(folder, isGo)),
    ...matching([...context.files.keys()].sort(), files).flatMap((path) => fileParameters(path, context, isGo)),
  ];
  return { sets: sets.map(withValues) };
}

function matching(candidates: readonly string[], patterns: readonly JsonObject[]): readonly string[] {
  const matches = (path: string, wanted: boolean) =>
    patterns.some((pattern) => (pattern['exclude'] === true) === wanted && isGlobMatch(textAt(pattern, ['path']) ?? '', path)); // prettier-ignore
  return candidates.filter((path) => matches(path, false) && !matches(path, true));
}

function pathParameters(folder: string, isGo: boolean): Parameters {
  const basename = baseNameOf(folder);
  const basenameNormalized = basename.replace(/[^a-zA-Z0-9.-]+/g, '-').toLowerCase();
  const segments = folder.split('/');
  if (isGo) return { path: { path: folder, basename, basenameNormalized, segments } };
  const indexed = segments.map((segment, index): [string, JsonValue] => [`path[${index}]`, segment]);
  return { path: folder, 'path.basename': basename, 'path.basenameNormalized': basenameNormalized, ...Object.fromEntries(indexed) }; // prettier-ignore
}

/** A set of parameters for each mapping of the file. */
function fileParameters(path: string, { files, looked }: PlanContext, isGo: boolean): readonly Parameters[] {
  looked.add(path);
  const file = files.get(path);
  const found = file ? valuesOf(file) : [];
  const mappings = found.flatMap((value) => (Array.isArray(value) ? (value as readonly JsonValue[]) : [value ?? null])).filter(isJsonObject); // prettier-ignore
  const folder = pathParameters(folderOf(path), isGo);
  const filename = baseNameOf(path);
  return mappings.map((mapping) => {
    if (!isGo) return { ...flattened(mapping), ...folder, 'path.filename': filename };
    return { ...mapping, path: { ...objectAt(folder, ['path']), filename } };
  });
}

/** `a.b` and `a[0]` for what is nested, as templates without Go write it. */
function flattened(value: JsonObject, prefix = ''): Parameters {
  const found: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value)) {
    const name = prefix + key;
    if (isJsonObject(member)) Object.assign(found, flattened(member, `${name}.`));
    else if (Array.isArray(member))
      for (const [index, item] of member.entries()) found[`${name}[${index}]`] = item as JsonValue; // prettier-ignore
    else if (member !== undefined) found[name] = member;
  }
  return found;
}

/** A value with all its texts filled in. */
function fill(value: JsonValue, parameters: Parameters, isGo: boolean): { value: JsonValue } | { unknown: string } {
  if (typeof value === 'string') {
    const text = isGo ? fillGo(value, (path) => valueAt(parameters, path)) : fillPlain(value, parameters);
    return text === undefined ? { unknown: `${value.trim()} is more than a name` } : { value: text };
  }
  if (typeof value !== 'object' || value === null) return { value };
  if (Array.isArray(value)) {
    const items: JsonValue[] = [];
    for (const item of value as readonly JsonValue[]) {
      const filled = fill(item, parameters, isGo);
      if ('unknown' in filled) return filled;
      items.push(filled.value);
    }
    return { value: items };
  }
  const members: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value)) {
    const filled = fill(member as JsonValue, parameters, isGo);
    if ('unknown' in filled) return filled;
    members[key] = filled.value;
  }
  return { value: members };
}
