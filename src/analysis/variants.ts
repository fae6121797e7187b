/** A scope as it would be with another release, or with other texts in its files: kept, and brought up to date by need. */

import { readManifest } from '#manifest/index';
import type { ManifestFile, RenderedOrigins } from '#manifest/types';
import type { AnalysisContext, ScopeState } from './context';
import { objectFilesOf, placesAlike, ScopeEngine } from './scope-engine';
import type { Workspace } from './workspace';

/** How a scope is to differ from what the workspace holds. */
export interface VariantWish {
  readonly version: string | undefined;
  /** Path → the text that counts in place of the workspace's, undefined where there is no such file. */
  readonly texts: ReadonlyMap<string, string | undefined>;
}

interface Variant {
  readonly engine: ScopeEngine;
  /** The settings that it was made with, as text. */
  readonly settings: string;
  files: ReadonlyMap<string, ManifestFile>;
}

/** A comparison looks at two; a few more so that going back and forth costs nothing. */
const mostVariants = 4;

export class ScopeVariants {
  readonly #variants = new Map<string, Variant>();
  /** Path → the file as it was read last, so that the same text gives the same objects. */
  readonly #read = new Map<string, ManifestFile>();

  /** The scope's own state where nothing is to differ. */
  context(workspace: Workspace, state: ScopeState, wish: VariantWish): AnalysisContext {
    const own = workspace.context(state);
    if (wish.version === undefined && wish.texts.size === 0) return own;
    const files = this.#filesOf(workspace, state, wish);
    const engine = this.#engine(state, wish, files);
    const sources = this.#sourcesOf(state, wish);
    return {
      ...own,
      simulation: engine.simulation,
      file: (path) => files.get(path) ?? sources.get(path) ?? own.file(path),
    };
  }

  #filesOf(workspace: Workspace, { scope }: ScopeState, { texts }: VariantWish): ReadonlyMap<string, ManifestFile> {
    const files = new Map<string, ManifestFile>();
    for (const path of objectFilesOf(scope)) {
      const own = workspace.file(path);
      const file = texts.has(path) ? this.#readFile(path, texts.get(path), own?.rendered) : own;
      if (file) files.set(path, file);
    }
    return files;
  }

  /** Of what was rendered: the files that places lead to, with the texts that count here. */
  #sourcesOf({ scope }: ScopeState, { texts }: VariantWish): ReadonlyMap<string, ManifestFile> {
    const files = new Map<string, ManifestFile>();
    if (scope.rendered === undefined) return files;
    for (const [path, text] of texts) {
      const file = path === scope.rendered ? undefined : this.#readFile(path, text);
      if (file) files.set(path, file);
    }
    return files;
  }

  #readFile(path: string, text: string | undefined, rendered?: RenderedOrigins): ManifestFile | undefined {
    if (text === undefined) return undefined;
    const before = this.#read.get(path);
    if (before?.text === text && before.rendered === rendered) return before;
    const read = readManifest(path, text);
    const file = rendered ? { ...read, rendered } : read;
    this.#read.set(path, file);
    return file;
  }

  #engine({ scope, simulation }: ScopeState, wish: VariantWish, files: Variant['files']): ScopeEngine {
    const own = simulation.controlPlane.settings;
    const settings = { ...own, kubernetesVersion: wish.version ?? own.kubernetesVersion };
    const text = JSON.stringify(settings, (_, value: unknown) => (value instanceof Set ? [...value] : value));
    const key = JSON.stringify([scope.id, wish.version, wish.texts.size > 0]);
    const before = this.#variants.get(key);
    this.#variants.delete(key);
    const isGood = before && before.settings === text && placesAlike(before.engine.scope, scope);
    const variant = isGood ? before : { engine: new ScopeEngine(scope, settings), settings: text, files: new Map() };
    variant.engine.scope = scope;
    variant.engine.replaceFiles(changesBetween(variant.files, files));
    variant.files = files;
    this.#variants.set(key, variant);
    for (const oldest of this.#variants.keys()) {
      if (this.#variants.size <= mostVariants) break;
      this.#variants.delete(oldest);
    }
    return variant.engine;
  }
}

function changesBetween(
  before: ReadonlyMap<string, ManifestFile>,
  after: ReadonlyMap<string, ManifestFile>,
): ReadonlyMap<string, ManifestFile | undefined> {
  const changes = new Map<string, ManifestFile | undefined>();
  for (const [path, file] of after) if (before.get(path) !== file) changes.set(path, file);
  for (const path of before.keys()) if (!after.has(path)) changes.set(path, undefined);
  return changes;
}
