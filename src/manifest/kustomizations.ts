/** Kustomizations of a workspace: what each one lists, and which of them include which. */

import { isJsonObject, type JsonObject, type JsonPath } from '#base/json';
import { listOf, stringsOf } from './json-parts';
import { labelsOf } from './kustomize-labels';
import { changesOf } from './patches';
import { folderOf, isKustomizationPath, resolvePath } from './paths';
import type { KustomizeLabels, ManifestFile, UnappliedChange } from './types';

/** One entry of a kustomization that names something to read. */
interface Reference {
  readonly text: string;
  readonly path: JsonPath;
}

export interface Kustomization {
  readonly file: ManifestFile;
  readonly folder: string;
  readonly document: number;
  readonly namespace: string | undefined;
  readonly isComponent: boolean;
  /** Files of manifests that it takes in. */
  readonly files: readonly string[];
  /** Folders of the kustomizations that it includes. */
  readonly includes: readonly string[];
  /** Files that change or feed others, and are no objects of their own: patches, sources of generators, values. */
  readonly setAside: readonly string[];
  /** What it adds to labels by itself. */
  readonly labels: KustomizeLabels | undefined;
  /** What else it changes by itself. */
  readonly changes: readonly UnappliedChange[];
  readonly incomplete: readonly string[];
  /** Whether it does nothing but list files and folders that are there. */
  readonly isList: boolean;
  /** Files of manifests that should be in the workspace and are not. */
  readonly missing: readonly { readonly reference: string; readonly path: JsonPath }[];
}

/** What the workspace holds. */
export interface Contents {
  readonly files: ReadonlyMap<string, ManifestFile>;
  /** Folders that hold a kustomization. */
  readonly kustomized: ReadonlySet<string>;
}

/** The kustomization that a file holds; undefined for other files. */
export function readKustomization(file: ManifestFile, contents: Contents): Kustomization | undefined {
  if (!isKustomizationPath(file.path)) return undefined;
  const document = file.documents.find(({ content }) => content.kind === 'kustomization');
  if (document?.content.kind !== 'kustomization') return undefined;
  const value = isJsonObject(document.content.value) ? document.content.value : {};
  const folder = folderOf(file.path);
  const resources = referencesOf(value, ['resources', 'bases', 'components']);
  const listed = resources.map((reference) => classify(reference, folder, contents));
  const helm = listOf(value['helmCharts']).length + listOf(value['helmChartInflationGenerator']).length;
  const generators = referencesOf(value, ['generators', 'transformers', 'validators']);
  return {
    file,
    folder,
    document: document.index,
    namespace: typeof value['namespace'] === 'string' && value['namespace'] !== '' ? value['namespace'] : undefined,
    isComponent: value['kind'] === 'Component',
    files: listed.flatMap((entry) => (entry.kind === 'file' ? [entry.path] : [])),
    includes: listed.flatMap((entry) => (entry.kind === 'folder' ? [entry.path] : [])),
    setAside: setAside(value, folder, generators),
    labels: labelsOf(value),
    changes: changesOf(value, folder, contents.files),
    incomplete: [
      ...listed.flatMap((entry) => (entry.kind === 'unread' ? [entry.reason] : [])),
      ...(helm > 0 ? [`${helm === 1 ? 'a Helm chart is' : `${helm} Helm charts are`} not rendered`] : []),
      ...(generators.some(({ path }) => path[0] === 'generators') ? ['generators are not run'] : []),
    ],
    isList: Object.keys(value).every((field) => ofLists.has(field)) && listed.every(isPresent),
    missing: listed.flatMap((entry) =>
      entry.kind === 'unread' && entry.missing ? [{ reference: entry.reference.text, path: entry.reference.path }] : [],
    ),
  };
}

/** The fields of a kustomization that changes nothing. */
const ofLists = new Set(['apiVersion', 'kind', 'metadata', 'resources', 'bases']);

function isPresent({ kind }: Listed): boolean {
  return kind === 'file' || kind === 'folder';
}

type Listed =
  | { readonly kind: 'file' | 'folder'; readonly path: string }
  | { readonly kind: 'unread'; readonly reason: string; readonly missing: boolean; readonly reference: Reference }
  | { readonly kind: 'inline' };

function classify(reference: Reference, folder: string, contents: Contents): Listed {
  const { text } = reference;
  if (text.includes('\n')) return { kind: 'inline' };
  const path = resolvePath(folder, text);
  if (path !== undefined && contents.kustomized.has(path)) return { kind: 'folder', path };
  if (path !== undefined && contents.files.has(path)) return { kind: 'file', path };
  if (isRemote(text)) {
    return { kind: 'unread', reason: `a remote resource ${text} is not read`, missing: false, reference };
  }
  if (path === undefined) {
    return { kind: 'unread', reason: `${text} lies outside of the workspace`, missing: false, reference };
  }
  return { kind: 'unread', reason: `${text} is not there`, missing: true, reference };
}

/** Models sigs.k8s.io/kustomize api/internal/git NewRepoSpecFromURL, roughly: what is taken for a place in the net. */
function isRemote(text: string): boolean {
  return /^(?:\w+:)?\/\/|^[\w.-]+@[\w.-]+:|^git::|\?(?:.*&)?(?:ref|version)=|^(?:[\w-]+\.)+[a-z]{2,}[/:]/i.test(text);
}

function setAside(value: JsonObject, folder: string, generators: readonly Reference[]): string[] {
  const texts = [
    ...referencesOf(value, ['patchesStrategicMerge', 'configurations', 'crds']).map(({ text }) => text),
    ...generators.map(({ text }) => text),
  ];
  for (const field of ['patches', 'patchesJson6902', 'replacements']) {
    for (const patch of listOf(value[field])) if (isJsonObject(patch)) texts.push(...stringsOf([patch['path']]));
  }
  for (const field of ['configMapGenerator', 'secretGenerator']) {
    for (const generator of listOf(value[field])) {
      if (!isJsonObject(generator)) continue;
      // `key=path` gives the content a name of its own.
      for (const source of stringsOf(listOf(generator['files']))) texts.push(source.slice(source.indexOf('=') + 1));
      texts.push(...stringsOf([...listOf(generator['envs']), generator['env']]));
    }
  }
  for (const chart of listOf(value['helmCharts'])) {
    if (isJsonObject(chart)) texts.push(...stringsOf([chart['valuesFile'], ...listOf(chart['additionalValuesFiles'])]));
  }
  if (isJsonObject(value['openapi'])) texts.push(...stringsOf([value['openapi']['path']]));
  return texts.flatMap((text) => (text.includes('\n') ? [] : (resolvePath(folder, text) ?? [])));
}

function referencesOf(value: JsonObject, fields: readonly string[]): Reference[] {
  const references: Reference[] = [];
  for (const field of fields) {
    for (const [index, text] of listOf(value[field]).entries()) {
      if (typeof text === 'string' && text !== '') references.push({ text, path: [field, index] });
    }
  }
  return references;
}
