/** Flux' Kustomizations: the folders of this repository that they build, and with what. */

import { isJsonObject, valueAt, type JsonObject, type JsonValue } from '#base/json';
import { folderOf, isKustomizationPath } from '../paths';
import { listAt, objectAt, placeIn, textAt, textsOf, type Asking, type Finds } from './asking';
import { readsOfKustomization, type PlanContext } from './context';
import { configMapOf, type FluxContext } from './flux-sources';
import { whereaboutsOf, type NamedFolder } from './repository';

/** The folder that a Kustomization builds; undefined for other documents, and for sources that are no repository. */
export function folderOfKustomization(asking: Asking, flux: FluxContext): NamedFolder | undefined {
  const { object, file } = asking;
  const reference = objectAt(object.body, ['spec', 'sourceRef']);
  if (!isKustomization(asking) || !reference) return undefined;
  const source = flux.source(asking, reference);
  if (source.kind === 'other') return undefined;
  return { url: source.url, path: textAt(object.body, ['spec', 'path']) ?? '.', file };
}

function isKustomization({ object: { group, kind } }: Asking): boolean {
  return group === 'kustomize.toolkit.fluxcd.io' && kind === 'Kustomization';
}

/** Adds the plan of a Kustomization. */
export function planKustomization(
  asking: Asking,
  flux: FluxContext,
  here: ReadonlySet<string>,
  context: PlanContext,
  finds: Finds,
): void {
  const { object } = asking;
  const spec = objectAt(object.body, ['spec']) ?? {};
  if (!isKustomization(asking) || !objectAt(spec, ['sourceRef'])) return;
  const place = placeIn(asking, spec['path'] === undefined ? ['spec'] : ['spec', 'path']);
  const named = folderOfKustomization(asking, flux);
  if (!named) {
    const source = flux.source(asking, objectAt(spec, ['sourceRef']));
    finds.unavailable(`${source.kind === 'other' ? source.what : 'its source'} is not available here`, placeIn(asking, ['spec', 'sourceRef'])); // prettier-ignore
    return;
  }
  const where = whereaboutsOf(named, here, context);
  if (where.kind === 'missing') finds.missing('render-path-missing', where.message, place);
  else if (where.kind === 'elsewhere') finds.unavailable(where.what, place);
  else {
    const { folder } = where;
    const isGenerated = !context.kustomizations.has(folder);
    const generated = isGenerated ? generatedResources(folder, context) : [];
    if (isGenerated && generated.length === 0) return;
    const unavailable: string[] = [];
    const substitute = substitutesOf(asking, spec, context, unavailable);
    const additions = additionsOf(spec, generated);
    const files = generated.map((resource) => `${folder === '' ? '' : `${folder}/`}${resource}`);
    finds.drafts.push({
      id: `flux:${asking.file}#${object.namespace}/${object.name}`,
      asker: `Kustomization ${object.name}`,
      qualified: `Kustomization ${object.namespace}/${object.name}`,
      askedBy: place,
      request: {
        kind: 'kustomize',
        folder,
        ...(additions && { additions: JSON.stringify(additions, null, 2) }),
        ...(substitute && { substitute }),
      },
      namespace: undefined,
      unavailable,
      notes: [
        ...(where.note === undefined ? [] : [where.note]),
        ...(isGenerated ? ['Flux makes a kustomization of all manifests below, since the folder has none'] : []),
      ],
      ...(isGenerated && { includes: files.filter((path) => context.kustomizations.has(path)) }),
      reads: readsOfKustomization(folder, context, additions),
    });
  }
}

/**
 * Models fluxcd/pkg kustomize generateKustomization: all manifests below the folder, and of a folder that has a
 * kustomization that one alone.
 */
function generatedResources(folder: string, { files, kustomizations }: PlanContext): readonly string[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  const found = new Set<string>();
  for (const [path, file] of files) {
    if (!path.startsWith(prefix)) continue;
    const outermost = outermostKustomization(folder, folderOf(path), kustomizations);
    if (outermost !== undefined) found.add(outermost.slice(prefix.length));
    else if (/\.ya?ml$/.test(path) && !isKustomizationPath(path) && file.documents.some(({ content }) => content.kind === 'objects')) found.add(path.slice(prefix.length)); // prettier-ignore
  }
  return [...found].sort();
}

function outermostKustomization(top: string, folder: string, kustomizations: PlanContext['kustomizations']) {
  let outermost: string | undefined;
  for (let current = folder; current !== top; current = folderOf(current)) {
    if (kustomizations.has(current)) outermost = current;
    if (current === '') break;
  }
  return outermost;
}

/** Models fluxcd/pkg kustomize Generator WriteFile: what is written into the kustomization before the build. */
function additionsOf(spec: JsonObject, resources: readonly string[]): JsonObject | undefined {
  const fields: Record<string, JsonValue> = {};
  if (resources.length > 0) fields['resources'] = resources;
  const namespace = textAt(spec, ['targetNamespace']);
  if (namespace !== undefined) fields['namespace'] = namespace;
  for (const field of ['namePrefix', 'nameSuffix']) {
    const text = textAt(spec, [field]);
    if (text !== undefined) fields[field] = text;
  }
  const patches = [
    ...listAt(spec, ['patches']),
    // Two forms of the first releases.
    ...listAt(spec, ['patchesStrategicMerge']).map((patch): JsonValue => ({ patch: JSON.stringify(patch) })),
    ...listAt(spec, ['patchesJson6902']).filter(isJsonObject).map(({ patch, target }): JsonValue => ({ patch: JSON.stringify(patch), target })),
  ]; // prettier-ignore
  if (patches.length > 0) fields['patches'] = patches;
  for (const field of ['images', 'components']) {
    const list = listAt(spec, [field]);
    if (list.length > 0) fields[field] = list;
  }
  const labels = textsOf(objectAt(spec, ['commonMetadata', 'labels']));
  if (Object.keys(labels).length > 0) fields['labels'] = [{ pairs: labels }];
  const annotations = textsOf(objectAt(spec, ['commonMetadata', 'annotations']));
  if (Object.keys(annotations).length > 0) fields['transformers'] = [annotationsOfObjects(annotations)];
  return Object.keys(fields).length === 0 ? undefined : fields;
}

/** `commonAnnotations` would reach pod templates too; Flux writes to the objects alone. */
function annotationsOfObjects(annotations: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    apiVersion: 'builtin',
    kind: 'AnnotationsTransformer',
    metadata: { name: 'common-metadata' },
    annotations,
    fieldSpecs: [{ path: 'metadata/annotations', create: true }],
  });
}

/**
 * Models fluxcd/pkg kustomize SubstituteVariables: those of ConfigMaps in their order, then those in place. Undefined
 * where nothing is substituted.
 */
function substitutesOf(
  asking: Asking,
  spec: JsonObject,
  context: PlanContext,
  unavailable: string[],
): Readonly<Record<string, string>> | undefined {
  const postBuild = objectAt(spec, ['postBuild']);
  if (!postBuild) return undefined;
  const variables: Record<string, string> = {};
  for (const reference of listAt(postBuild, ['substituteFrom'])) {
    const [kind, name] = [textAt(reference, ['kind']) ?? '', textAt(reference, ['name']) ?? ''];
    const map = kind === 'ConfigMap' ? configMapOf(asking, name, context) : undefined;
    if (map) Object.assign(variables, textsOf(map.data));
    else if (valueAt(reference, ['optional']) !== true || kind === 'Secret')
      unavailable.push(`the variables of the ${kind} ${name} are not available here`);
  }
  Object.assign(variables, textsOf(objectAt(postBuild, ['substitute'])));
  const entries = Object.entries(variables).map(([key, value]): [string, string] => [key, value.replaceAll('\n', '')]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
