/** What the readers of plans look things up in: files, kustomizations, charts. */

import { isJsonObject, type JsonObject } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { contentsOf, kustomizationsOf, reach } from '../kustomization-graph';
import { listOf, objectsIn, stringsOf } from '../json-parts';
import type { Kustomization } from '../kustomizations';
import { folderOf, isChartPath, isManifestPath, resolvePath } from '../paths';
import type { ManifestFile } from '../types';
import type { PlanSettings } from './types';

/** A Helm chart of the workspace. */
export interface Chart {
  readonly folder: string;
  readonly name: string;
  readonly isLibrary: boolean;
  readonly value: JsonObject;
}

export interface PlanContext {
  readonly files: ReadonlyMap<string, ManifestFile>;
  readonly kustomizations: ReadonlyMap<string, Kustomization>;
  readonly charts: ReadonlyMap<string, Chart>;
  /** All folders with a file in or below them, '' among them. */
  readonly folders: ReadonlySet<string>;
  readonly settings: PlanSettings;
  /** The ConfigMaps that are written in the workspace, by name; made when first asked for. */
  readonly configMaps: () => ReadonlyMap<string, readonly KubernetesObject[]>;
  /** Files whose content was looked at, beside what `decidesPlans` gives of each file. */
  readonly looked: Set<string>;
}

export function contextOf(files: readonly ManifestFile[], settings: PlanSettings): PlanContext {
  const contents = contentsOf(files);
  return {
    files: contents.files,
    kustomizations: kustomizationsOf(files, contents),
    charts: chartsOf(files),
    folders: foldersOf(files),
    settings,
    configMaps: configMapsOf(files),
    looked: new Set(),
  };
}

function configMapsOf(files: readonly ManifestFile[]): PlanContext['configMaps'] {
  let known: Map<string, KubernetesObject[]> | undefined;
  return () => {
    if (known) return known;
    known = new Map();
    for (const { documents } of files) {
      for (const { content } of documents) {
        if (content.kind !== 'objects') continue;
        for (const object of content.objects) {
          if (object.kind !== 'ConfigMap' || object.group !== '') continue;
          known.set(object.name, [...(known.get(object.name) ?? []), object]);
        }
      }
    }
    return known;
  };
}

function foldersOf(files: readonly ManifestFile[]): Set<string> {
  const folders = new Set(['']);
  for (const { path } of files) {
    for (let folder = folderOf(path); !folders.has(folder); folder = folderOf(folder)) folders.add(folder);
  }
  return folders;
}

function chartsOf(files: readonly ManifestFile[]): Map<string, Chart> {
  const found = new Map<string, Chart>();
  for (const file of files) {
    if (!isChartPath(file.path)) continue;
    const content = file.documents.find(({ content: { kind } }) => kind === 'chart')?.content;
    const value = content?.kind === 'chart' && isJsonObject(content.value) ? content.value : {};
    const folder = folderOf(file.path);
    const [name = folder.slice(folder.lastIndexOf('/') + 1)] = stringsOf([value['name']]);
    found.set(folder, { folder, name, isLibrary: value['type'] === 'library', value });
  }
  return found;
}

/** Whether a file is there, as far as the workspace knows: of what is no manifest it holds nothing. */
export function isMissing(path: string, { files }: Pick<PlanContext, 'files'>): boolean {
  return isManifestPath(path) && !files.has(path);
}

/**
 * The files that a kustomization and those that it includes name, sorted; what the workspace does not hold as well, since
 * the engine may find it on disk. `additions` are what a deployment tool adds to it.
 */
export function readsOfKustomization(folder: string, context: PlanContext, additions?: JsonObject): readonly string[] {
  const { kustomizations } = context;
  const folders = new Set<string>();
  reach(folder, kustomizations, folders);
  const reads = new Set<string>();
  const open = [...namedIn(additions, folder)];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (kustomizations.has(path)) reach(path, kustomizations, folders);
    else reads.add(path);
  }
  for (const included of folders) {
    const kustomization = kustomizations.get(included);
    if (!kustomization) continue;
    reads.add(kustomization.file.path);
    const missing = kustomization.missing.flatMap(({ reference }) => resolvePath(included, reference) ?? []);
    for (const path of [...kustomization.files, ...kustomization.setAside, ...missing]) {
      // Generators and transformers may be kustomizations, too.
      if (kustomizations.has(path)) reach(path, kustomizations, folders);
      else reads.add(path);
    }
  }
  return [...reads].sort();
}

/** The files and folders that additions name. */
function namedIn(additions: JsonObject | undefined, folder: string): readonly string[] {
  if (!additions) return [];
  const named = ['resources', 'components'].flatMap((field) => listOf(additions[field]));
  const patches = objectsIn(additions['patches']).map(({ path }) => path);
  return stringsOf([...named, ...patches]).flatMap((text) => resolvePath(folder, text) ?? []);
}

/** The files of the workspace in a chart's folder: its templates, its own values, the charts inside of it. */
export function filesOfChart(folder: string, { files }: PlanContext): readonly string[] {
  if (folder === '') return [...files.keys()].filter((path) => isOfChart(path)).sort();
  const prefix = `${folder}/`;
  return [...files.keys()].filter((path) => path.startsWith(prefix) && isOfChart(path.slice(prefix.length))).sort();
}

/** Models helm.sh/helm/v3 pkg/chart/loader LoadFiles: what decides about the output, beside files that templates ask for. */
function isOfChart(path: string): boolean {
  return /^(?:Chart\.yaml|Chart\.lock|requirements\.yaml|values\.yaml|values\.schema\.json|(?:templates|charts|crds)\/.*)$/.test(path); // prettier-ignore
}
