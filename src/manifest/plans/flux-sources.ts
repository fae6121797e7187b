/** Flux' sources, and the ConfigMaps that its objects take values from. */

import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import { listOf, objectsIn } from '../json-parts';
import { folderOf, resolvePath } from '../paths';
import { objectAt, textAt, type Asking } from './asking';
import type { PlanContext } from './context';

/** Where the files of a Flux object come from. */
export type FluxSource =
  /** A Git repository; without a URL where its object is not in the workspace. */
  | { readonly kind: 'repository'; readonly url: string | undefined }
  /** A registry or a bucket, in words. */
  | { readonly kind: 'other'; readonly what: string };

export interface FluxContext {
  /** What a `sourceRef` of the object names. */
  source(asking: Asking, reference: JsonObject | undefined): FluxSource;
  /** The HelmChart object of that name. */
  chart(asking: Asking, reference: JsonObject): Asking | undefined;
}

/** Sources are found by kind, namespace and name; where namespaces are given by kustomizations, by kind and name. */
export function fluxContextOf(askings: readonly Asking[]): FluxContext {
  const byName = new Map<string, Asking[]>();
  for (const asking of askings) {
    const { group, kind, name } = asking.object;
    if (group !== 'source.toolkit.fluxcd.io') continue;
    byName.set(`${kind}/${name}`, [...(byName.get(`${kind}/${name}`) ?? []), asking]);
  }
  const find = (asking: Asking, kind: string, name: string, namespace: string | undefined): Asking | undefined => {
    const found = byName.get(`${kind}/${name}`) ?? [];
    const wanted = namespace ?? asking.object.namespace;
    return found.find(({ object }) => object.namespace === wanted) ?? found.find(({ object }) => !object.namespaceGiven) ?? found[0]; // prettier-ignore
  };
  return {
    source(asking, reference) {
      const kind = textAt(reference, ['kind']) ?? 'GitRepository';
      const name = textAt(reference, ['name']) ?? '';
      if (kind !== 'GitRepository') return { kind: 'other', what: `the ${kind} ${name}` };
      const source = find(asking, kind, name, textAt(reference, ['namespace']));
      return { kind: 'repository', url: textAt(source?.object.body, ['spec', 'url']) };
    },
    chart: (asking, reference) =>
      find(asking, 'HelmChart', textAt(reference, ['name']) ?? '', textAt(reference, ['namespace'])),
  };
}

/** What a ConfigMap holds, and where it is from. */
export interface FoundConfigMap {
  readonly data: JsonObject;
  readonly file: string;
}

/**
 * The ConfigMap of an object's namespace: one that is written, else one that a kustomization beside the object makes. A
 * namespace that is not said is none that differs.
 */
export function configMapOf(asking: Asking, name: string, context: PlanContext): FoundConfigMap | undefined {
  const candidates = context.configMaps().get(name) ?? [];
  const { namespace } = asking.object;
  const best =
    candidates.find((object) => object.namespaceGiven && object.namespace === namespace) ??
    candidates.find((object) => !object.namespaceGiven || !asking.object.namespaceGiven);
  if (best) {
    context.looked.add(best.origin.file);
    return { data: objectAt(best.body, ['data']) ?? {}, file: best.origin.file };
  }
  return generatedConfigMap(asking, name, context);
}

/** Models kustomize's configMapGenerator, for the kustomizations that take the object's file in. */
function generatedConfigMap(asking: Asking, name: string, context: PlanContext): FoundConfigMap | undefined {
  for (const { file, files, document, folder } of context.kustomizations.values()) {
    if (!files.includes(asking.file) && folder !== folderOf(asking.file)) continue;
    const content = file.documents[document]?.content;
    const value = content?.kind === 'kustomization' && isJsonObject(content.value) ? content.value : {};
    const generator = objectsIn(value['configMapGenerator']).find((each) => each['name'] === name);
    if (generator) return { data: dataOf(generator, folder, context), file: file.path };
  }
  return undefined;
}

function dataOf(generator: JsonObject, folder: string, context: PlanContext): JsonObject {
  const data: Record<string, JsonValue> = {};
  for (const literal of listOf(generator['literals'])) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(typeof literal === 'string' ? literal : '') ?? [];
    if (key !== undefined && value !== undefined) data[key] = value.replace(/^(['"])(.*)\1$/s, '$2');
  }
  for (const source of listOf(generator['files'])) {
    if (typeof source !== 'string') continue;
    const equals = source.indexOf('=');
    const written = source.slice(equals + 1);
    const path = resolvePath(folder, written);
    const file = path === undefined ? undefined : context.files.get(path);
    if (file) context.looked.add(file.path);
    if (file) data[equals < 0 ? written.slice(written.lastIndexOf('/') + 1) : source.slice(0, equals)] = file.text;
  }
  return data;
}
