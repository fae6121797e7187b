/** A scope as it would be with another release, or with files as they are saved: kept, and brought up to date by need. */

import type { AnalysisContext, ScopeState } from '#analysis/context';
import { placesAlike, ScopeEngine } from '#analysis/scope-engine';
import type { Workspace } from '#analysis/workspace';
import { readManifest } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';

/** How a scope is to differ from what the workspace holds. */
export interface VariantWish {
  readonly version: string | undefined;
  /** Path → text on disk, undefined where there is no such file. */
  readonly saved: ReadonlyMap<string, string | undefined>;
}

interface Variant {
  readonly engine: ScopeEngine;
  /** The settings that it was made with, as text. */
  readonly settings: string;
  files: ReadonlyMap<string, ManifestFile>;
}

/** A comparison looks at two; a few more so that going back and forth costs nothing. */
const mostVariants = 4;

export class RulesVariants {
  readonly #variants = new Map<string, Variant>();
  /** Path → the file as it was read last, so that the same text gives the same objects. */
  readonly #saved = new Map<string, ManifestFile>();

  /** The scope's own state where nothing is to differ. */
  context(workspace: Workspace, state: ScopeState, wish: VariantWish): AnalysisContext {
    const own = workspace.context(state);
    if (wish.version === undefined && wish.saved.size === 0) return own;
    const files = this.#filesOf(workspace, state, wish);
    const engine = this.#engine(state, wish, files);
    return { ...own, simulation: engine.simulation, file: (path) => files.get(path) ?? own.file(path) };
  }

  #filesOf(workspace: Workspace, { scope }: ScopeState, { saved }: VariantWish): ReadonlyMap<string, ManifestFile> {
    const files = new Map<string, ManifestFile>();
    for (const path of scope.files) {
      const file = saved.has(path) ? this.#savedFile(path, saved.get(path)) : workspace.file(path);
      if (file) files.set(path, file);
    }
    return files;
  }

  #savedFile(path: string, text: string | undefined): ManifestFile | undefined {
    if (text === undefined) return undefined;
    const before = this.#saved.get(path);
    if (before?.text === text) return before;
    const file = readManifest(path, text);
    this.#saved.set(path, file);
    return file;
  }

  #engine({ scope, simulation }: ScopeState, wish: VariantWish, files: Variant['files']): ScopeEngine {
    const own = simulation.controlPlane.settings;
    const settings = { ...own, kubernetesVersion: wish.version ?? own.kubernetesVersion };
    const text = JSON.stringify(settings, (_, value: unknown) => (value instanceof Set ? [...value] : value));
    const key = JSON.stringify([scope.id, wish.version, wish.saved.size > 0]);
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
