/** Which objects of a scope mention what: followed file by file, so that a question costs what has changed since the last. */

import type { ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { ScopeState } from '../../context';
import { objectFilesOf } from '../../scope-engine';
import type { Workspace } from '../../workspace';
import { objectOfScope } from '../object-of-scope';
import { isIndexed, keyOf } from './keys';
import { mentionsOf } from './mentions';
import type { Mention } from './types';

/** Labels that pods of a namespace carry: key → value → how many templates (and bare pods) have it. */
export type LabelCatalog = ReadonlyMap<string, ReadonlyMap<string, number>>;

interface IndexedFile {
  readonly file: ManifestFile;
  readonly objects: ReadonlySet<KubernetesObject>;
}

const indexes = new WeakMap<ScopeState, MentionIndex>();
const noLabels: LabelCatalog = new Map();
const nobody: ReadonlySet<KubernetesObject> = new Set();

/** The scope's index, brought up to date. */
export function mentionIndex(workspace: Workspace, state: ScopeState): MentionIndex {
  const index = indexOf(state);
  index.follow(workspace);
  return index;
}

/** Brings the scope's index up to date bit by bit, ahead of the first question. */
export function prepareMentions(workspace: Workspace, state: ScopeState): Generator<void> {
  return indexOf(state).followSlowly(workspace);
}

function indexOf(state: ScopeState): MentionIndex {
  const index = indexes.get(state) ?? new MentionIndex(state);
  indexes.set(state, index);
  return index;
}

export class MentionIndex {
  readonly #state: ScopeState;
  readonly #files = new Map<string, IndexedFile>();
  /** Most things are mentioned by one object alone, which needs no set. */
  readonly #objects = new Map<string, KubernetesObject | Set<KubernetesObject>>();
  readonly #labels = new Map<string, Map<string, Map<string, number>>>();
  /** Namespace → names of Services, with how many documents have them. */
  readonly #services = new Map<string, Map<string, number>>();
  #clusterDomain: string;

  constructor(state: ScopeState) {
    this.#state = state;
    this.#clusterDomain = state.simulation.controlPlane.settings.clusterDomain;
  }

  follow(workspace: Workspace): void {
    this.#followSettings();
    const paths = objectFilesOf(this.#state.scope);
    if (this.#files.size > paths.length) this.#dropFiles(new Set(paths));
    for (const path of paths) this.#followFile(path, workspace);
    if (this.#files.size > paths.length) this.#dropFiles(new Set(paths));
  }

  /** The same, file by file: whoever does it ahead of a question can stop after each of them. */
  *followSlowly(workspace: Workspace): Generator<void> {
    for (const path of objectFilesOf(this.#state.scope)) if (this.#followFile(path, workspace)) yield;
  }

  /** Whether there was something to do. */
  #followFile(path: string, workspace: Workspace): boolean {
    const file = workspace.file(path);
    if (this.#files.get(path)?.file === file) return false;
    this.#take(path, file);
    return true;
  }

  /** Objects that mention what the key stands for. */
  objects(key: string): Iterable<KubernetesObject> {
    const found = this.#objects.get(key);
    if (!found) return nobody;
    return found instanceof Set ? found : [found];
  }

  labels(namespace: string): LabelCatalog {
    return this.#labels.get(namespace) ?? noLabels;
  }

  /** Names of the Services that the manifests have in a namespace, in no order. */
  serviceNames(namespace: string): Iterable<string> {
    return this.#services.get(namespace)?.keys() ?? [];
  }

  mentions(object: KubernetesObject): readonly Mention[] {
    return mentionsOf(object, this.#clusterDomain);
  }

  /** With another domain other names are the cluster's. */
  #followSettings(): void {
    const { clusterDomain } = this.#state.simulation.controlPlane.settings;
    if (clusterDomain === this.#clusterDomain) return;
    this.#dropFiles(new Set());
    this.#clusterDomain = clusterDomain;
  }

  #dropFiles(kept: ReadonlySet<string>): void {
    for (const path of [...this.#files.keys()]) if (!kept.has(path)) this.#take(path, undefined);
  }

  #take(path: string, file: ManifestFile | undefined): void {
    const before = this.#files.get(path)?.objects ?? nobody;
    const after = new Set(file ? objectsOf(file).map((object) => objectOfScope(object, this.#state)) : []);
    for (const object of before) if (!after.has(object)) this.#forget(object);
    for (const object of after) if (!before.has(object)) this.#remember(object);
    if (file) this.#files.set(path, { file, objects: after });
    else this.#files.delete(path);
  }

  #remember(object: KubernetesObject): void {
    for (const mention of this.mentions(object)) {
      if (!isIndexed(mention, object.kind)) continue;
      this.#put(keyOf(mention.meaning), object);
      this.#count(mention, 1);
    }
    this.#countService(object, 1);
  }

  #forget(object: KubernetesObject): void {
    for (const mention of this.mentions(object)) {
      if (!isIndexed(mention, object.kind)) continue;
      this.#drop(keyOf(mention.meaning), object);
      this.#count(mention, -1);
    }
    this.#countService(object, -1);
  }

  #put(key: string, object: KubernetesObject): void {
    const known = this.#objects.get(key);
    if (known === undefined) this.#objects.set(key, object);
    else if (known instanceof Set) known.add(object);
    else if (known !== object) this.#objects.set(key, new Set([known, object]));
  }

  #drop(key: string, object: KubernetesObject): void {
    const known = this.#objects.get(key);
    if (known === object) this.#objects.delete(key);
    if (!(known instanceof Set)) return;
    known.delete(object);
    if (known.size === 0) this.#objects.delete(key);
  }

  #countService(object: KubernetesObject, by: 1 | -1): void {
    if (object.group !== '' || object.kind !== 'Service') return;
    const names = this.#services.get(object.namespace) ?? new Map<string, number>();
    const count = (names.get(object.name) ?? 0) + by;
    if (count > 0) names.set(object.name, count);
    else names.delete(object.name);
    this.#services.set(object.namespace, names);
  }

  /** Keeps the labels of pods. */
  #count({ meaning, role }: Mention, by: 1 | -1): void {
    if (meaning.kind !== 'label' || role !== 'definition') return;
    const keys = this.#labels.get(meaning.namespace) ?? new Map<string, Map<string, number>>();
    const values = keys.get(meaning.key) ?? new Map<string, number>();
    const count = (values.get(meaning.value) ?? 0) + by;
    if (count > 0) values.set(meaning.value, count);
    else values.delete(meaning.value);
    if (values.size > 0) keys.set(meaning.key, values);
    else keys.delete(meaning.key);
    this.#labels.set(meaning.namespace, keys);
  }
}

function objectsOf(file: ManifestFile): readonly KubernetesObject[] {
  return file.documents.flatMap(({ content }) => (content.kind === 'objects' ? content.objects : []));
}
