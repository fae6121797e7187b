/** A workspace of manifests, kept up to date file by file: its scopes, their simulations and findings. */

import { compareStrings } from '#base/compare';
import { addAll } from '#base/sets';
import {
  isReachabilityPath,
  isWhatIfPath,
  observedFile,
  problemsOfFile,
  readManifest,
  scopeAssignment,
  singleScope,
  type ScopeAssignment,
} from '#manifest/index';
import type { PlanSettings, WorkspacePlan } from '#manifest/plans/index';
import type { RuleSeverities } from '#manifest/settings';
import type { RenderResult } from '#manifest/render-types';
import type { ManifestFile, ManifestProblem, Scope } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import type { ObjectChange } from '#simulation/types';
import type { AnalysisContext, DeriveFindings, ScopeState } from './context';
import { controlFile, type AboutFile, type FileControl, type Ignored, withoutIgnored } from './control/control';
import { withSeverities } from './control/severities';
import { Standing } from './control/standing';
import { addMovedPlaces } from './differing-place';
import { deriveWith } from './findings';
import { keepUnchanged } from './keep-unchanged';
import { readReachability } from './reachability/read';
import { needsPlaces, Renders } from './renders';
import { saidAt } from './said-at';
import { knowledgeOf, structureOf } from './structure';
import { whatIfProblems } from './what-if/file';
import { placesAlike, ScopeEngine, watchedBy } from './scope-engine';
import type { Finding, Unknown } from './types';

export interface WorkspaceOptions {
  readonly settings: ClusterSettings;
  /** Folders that are one cluster with all that is below them. */
  readonly roots: readonly string[];
  /** Take all files as one cluster of this name. */
  readonly single?: string;
  /** What is wrong with the settings files, by path: told with the files' own problems. */
  readonly problems?: ReadonlyMap<string, readonly ManifestProblem[]>;
  /** The severities that are given to rules, by code. */
  readonly rules?: RuleSeverities;
  /** Of a live cluster: milliseconds (see `setTime`) that what controllers may be about to mend waits before it is told. */
  readonly patience?: number;
  /** What decides about renders, beside the files. */
  readonly plans?: PlanSettings;
}

/** What is known about a cluster as a whole, beside its objects. */
export interface ClusterKnowledge {
  /** Why it may hold more pods than there are to see. */
  readonly incomplete: readonly string[];
  /** What else is not known of it. */
  readonly notes: readonly string[];
}

export interface WorkspaceChange {
  /** Files whose findings, unknowns or problems may be other than before. */
  readonly files: ReadonlySet<string>;
  /** Ids of scopes whose simulation changed, came or went. */
  readonly scopes: ReadonlySet<string>;
}

/**
 * Mutable, and meant for one thread: between `update` and the next `setFile` all answers belong together. The values
 * that it hands out never change.
 */
export interface Workspace {
  /** Sets a file's text; paths are relative to the workspace with `/`. Nothing is derived before `update`. */
  setFile(path: string, text: string): void;
  /** A file that could not be read: only its problem is known. */
  setProblem(path: string, problem: ManifestProblem): void;
  removeFile(path: string): void;
  /**
   * Takes what came and went in a cluster: each object is a file of its own, at the path of its origin. Meant for a
   * workspace that is one cluster (`single`).
   */
  setObserved(change: ObjectChange, knowledge: ClusterKnowledge): void;
  /**
   * What time it is, in milliseconds of any clock that nobody sets; undefined while the cluster's picture may be an old
   * one. Findings that wait are told with the next `update`.
   */
  setTime(now: number | undefined): void;
  /** When findings that wait will have stood long enough, as `setTime` counts; undefined where none waits. */
  nextTelling(): number | undefined;
  /**
   * What engines are to render, with all that happened so far. Until there is a result, a scope is what its files say
   * without an engine.
   */
  plans(): readonly WorkspacePlan[];
  /** What an engine gave for a plan; undefined: nothing is known any more. Counts from the next `update` on. */
  setRendered(plan: string, result: RenderResult | undefined): void;
  /** The last result for a plan, or for the scope of the same id. */
  rendered(plan: string): RenderResult | undefined;
  /** Plans of whose rendered objects somebody asked where they come from, and whose result does not tell yet. */
  wantedOrigins(): readonly string[];
  /** Whether there is something to say about the objects of the scope of this id. */
  saysSomething(scope: string): boolean;
  /** Derives what the changes since the last call touch, and tells what that is. */
  update(): WorkspaceChange;
  /** Counts the updates that touched something. */
  readonly updates: number;
  /** The update that last touched the file or what is said about it, by its number; 0 for a file that is not known. */
  lastUpdateOf(path: string): number;
  readonly scopes: readonly ScopeState[];
  /** By `Scope.name` or id. */
  scope(name: string): ScopeState | undefined;
  scopesOfFile(path: string): readonly ScopeState[];
  /** Another number after each change of the scope's cluster. */
  revision(scope: ScopeState): number;
  context(scope: ScopeState): AnalysisContext;
  file(path: string): ManifestFile | undefined;
  files(): Iterable<ManifestFile>;
  readonly fileCount: number;
  /** What there may be something to say about: the files, and the settings files that are wrong; sorted. */
  paths(): readonly string[];
  /** Without what the file's authors ignore, and with the severities that the settings give; so are the next two. */
  findings(path: string): readonly Finding[];
  unknowns(path: string): readonly Unknown[];
  problems(path: string): readonly ManifestProblem[];
  /** What comments and annotations of the file hide. */
  ignored(path: string): readonly Ignored[];
  /** What would be told of an object if its scope's cluster were that of the context. */
  findingsIn(context: AnalysisContext, object: KubernetesObject): readonly Finding[];
}

export function createWorkspace(options: WorkspaceOptions): Workspace {
  return new IncrementalWorkspace(options);
}

class IncrementalWorkspace implements Workspace {
  readonly #options: WorkspaceOptions;
  readonly #files = new Map<string, ManifestFile>();
  readonly #dirty = new Set<string>();
  /** Whether the assignment of files to scopes may be another one. */
  #restructured = true;
  #engines = new Map<string, ScopeEngine>();
  #scopesOfFile = new Map<string, ScopeEngine[]>();
  /** Where the files belong; undefined while all are one cluster. */
  #assignment: ScopeAssignment | undefined;
  readonly #renders = new Renders(this.#files);
  /** Where the files belong as they are now; undefined until somebody asks. */
  #current: ScopeAssignment | undefined;
  #knowledge: ClusterKnowledge | undefined;
  #updated = false;
  #updates = 0;
  readonly #lastUpdates = new Map<string, number>();
  #asked: { readonly path: string; readonly control: FileControl } | undefined;
  readonly #standing: Standing | undefined;
  /** Files of which more is told now, although nothing of them changed. */
  readonly #ripe = new Set<string>();

  readonly #rules: RuleSeverities;
  readonly #derive: DeriveFindings;

  constructor(options: WorkspaceOptions) {
    this.#options = options;
    this.#rules = options.rules ?? {};
    this.#standing = options.patience === undefined ? undefined : new Standing(options.patience);
    this.#derive = withSeverities(deriveWith(this.#rules), this.#rules);
  }

  setFile(path: string, text: string): void {
    const before = this.#files.get(path);
    if (before?.text === text && before.documents.length > 0) return;
    this.#put(path, keepUnchanged(before, readManifest(path, text)));
  }

  setProblem(path: string, problem: ManifestProblem): void {
    this.#put(path, { path, text: '', documents: [], problems: [problem] });
  }

  removeFile(path: string): void {
    this.#asked = undefined;
    if (!this.#files.delete(path)) return;
    this.#current = undefined;
    this.#dirty.add(path);
    this.#restructured = true;
  }

  setObserved({ removed, added }: ObjectChange, knowledge: ClusterKnowledge): void {
    this.#asked = undefined;
    const stays = new Set(added.map(({ origin }) => origin.file));
    const gone = removed
      .map(({ origin }) => origin.file)
      .filter((path) => !stays.has(path) && this.#files.delete(path));
    const come = [...stays].filter((path) => !this.#files.has(path));
    for (const object of added) this.#files.set(object.origin.file, observedFile(object.origin.file, object));
    for (const path of [...gone, ...stays]) this.#dirty.add(path);
    this.#learn(knowledge);
    if (gone.length + come.length > 0) this.#resize(gone, come);
  }

  /** Notes are told with traces alone: no finding is another one for them. */
  #learn(knowledge: ClusterKnowledge): void {
    const before = this.#knowledge;
    if (JSON.stringify(knowledge) === JSON.stringify(before)) return;
    this.#knowledge = knowledge;
    if (JSON.stringify(knowledge.incomplete) !== JSON.stringify(before?.incomplete)) this.#restructured = true;
    for (const engine of this.#engines.values()) engine.scope = { ...engine.scope, notes: knowledge.notes };
  }

  /** Files come to the one scope that there is, and leave it: none of the others' findings may be other ones for that. */
  #resize(gone: readonly string[], come: readonly string[]): void {
    const [engine] = this.#engines.values();
    if (!engine || this.#options.single === undefined) this.#restructured = true;
    if (!engine || this.#restructured) return;
    const left = new Set(gone);
    const files = [...engine.scope.files.filter((path) => !left.has(path)), ...come].sort(compareStrings);
    engine.scope = { ...engine.scope, files };
    for (const path of come) this.#scopesOfFile.set(path, [engine]);
  }

  setTime(now: number | undefined): void {
    for (const path of this.#standing?.setTime(now) ?? []) this.#ripe.add(path);
  }

  nextTelling(): number | undefined {
    return this.#standing?.next();
  }

  plans(): readonly WorkspacePlan[] {
    if (this.#restructured && this.#options.single === undefined)
      this.#renders.plans = this.#currentAssignment().plans.plans;
    return this.#renders.plans;
  }

  setRendered(plan: string, result: RenderResult | undefined): void {
    this.#asked = undefined;
    if (this.#renders.set(plan, result) === 'restructured') this.#restructured = true;
  }

  rendered(plan: string): RenderResult | undefined {
    return this.#renders.result(plan);
  }

  wantedOrigins(): readonly string[] {
    return this.#renders.wanted();
  }

  saysSomething(scope: string): boolean {
    return this.#engines.get(scope)?.saysSomething() ?? false;
  }

  update(): WorkspaceChange {
    this.#asked = undefined;
    this.#renders.settleAsked(true);
    const files = new Set(this.#dirty);
    const rendered = this.#renders.takeChanges();
    for (const path of rendered.files) files.add(path);
    // What is wrong with the settings is told once: other settings make another workspace.
    if (!this.#updated) for (const path of this.#options.problems?.keys() ?? []) files.add(path);
    this.#updated = true;
    const scopes = new Set<string>();
    const work = new Map<ScopeEngine, Set<KubernetesObject>>();
    const dirty = new Set([...this.#dirty, ...rendered.rendered]);
    const changes = this.#restructured ? this.#restructure(dirty, scopes, files) : this.#changesOfScopes(dirty);
    // Of the others only what their changes touch is another.
    const anew = new Set(scopes);
    // Scopes that came or went take near misses with them.
    let changed = scopes.size > 0;
    for (const [engine, changedFiles] of changes) {
      const impact = engine.replaceFiles(changedFiles);
      changed ||= impact.changed;
      scopes.add(engine.scope.id);
      addAll(work, engine, impact.objects);
      if (engine.scope.rendered !== undefined) for (const path of impact.files) files.add(path);
    }
    for (const engine of this.#engines.values()) {
      if (anew.has(engine.scope.id)) addAll(work, engine, engine.objects());
      if (changed) addAll(work, engine, engine.searched());
    }
    for (const [engine, objects] of work) {
      const context = this.context(engine);
      for (const object of [...objects]) {
        engine.derive(object, this.#derive, context, files);
        this.#renders.settleAsked(needsPlaces(engine, object, this));
      }
    }
    for (const path of [...files]) addMovedPlaces(path, this.enginesOfFile(path), files);
    for (const path of this.#dirty) if (!this.#files.has(path)) this.#scopesOfFile.delete(path);
    this.#dirty.clear();
    this.#restructured = false;
    for (const path of files) this.#standing?.take(path, this.#perScope(path).flatMap(({ objects }) => objects).flatMap(({ about }) => about.findings)); // prettier-ignore
    for (const path of this.#ripe) if (this.#files.has(path)) files.add(path);
    this.#ripe.clear();
    this.#countUpdate(files, scopes, [...work.keys()].flatMap(({ scope }) => scope.rendered ?? [])); // prettier-ignore
    return { files, scopes };
  }

  #countUpdate(files: ReadonlySet<string>, scopes: ReadonlySet<string>, rendered: readonly string[]): void {
    if (files.size + scopes.size === 0) return;
    this.#updates++;
    for (const path of rendered) this.#lastUpdates.set(path, this.#updates);
    for (const path of files)
      if (this.#files.has(path)) this.#lastUpdates.set(path, this.#updates);
      else this.#lastUpdates.delete(path);
  }

  get updates(): number {
    return this.#updates;
  }

  lastUpdateOf(path: string): number {
    return this.#lastUpdates.get(path) ?? 0;
  }

  get scopes(): readonly ScopeState[] {
    return [...this.#engines.values()];
  }

  scope(name: string): ScopeState | undefined {
    return this.#engines.get(name) ?? this.scopes.find((state) => state.scope.name === name);
  }

  scopesOfFile(path: string): readonly ScopeState[] {
    return this.enginesOfFile(path);
  }

  enginesOfFile(path: string): readonly ScopeEngine[] {
    return this.#scopesOfFile.get(path) ?? [];
  }

  revision(state: ScopeState): number {
    return this.#engines.get(state.scope.id)?.revision ?? 0;
  }

  context(state: ScopeState): AnalysisContext {
    const engines = this.#engines;
    return {
      scope: state.scope,
      simulation: state.simulation,
      file: (path) => this.file(path),
      *others() {
        for (const engine of engines.values()) if (engine.scope.id !== state.scope.id) yield engine;
      },
    };
  }

  file(path: string): ManifestFile | undefined {
    return this.#files.get(path) ?? this.#renders.file(path);
  }

  get fileCount(): number {
    return this.#files.size;
  }

  files(): Iterable<ManifestFile> {
    return this.#files.values();
  }

  paths(): readonly string[] {
    const told = [this.#options.problems, this.#assignment?.problems].flatMap((problems) => [
      ...(problems?.keys() ?? []),
    ]);
    return [...new Set([...this.#files.keys(), ...told, ...this.#renders.paths()])].sort();
  }

  findings(path: string): readonly Finding[] {
    return this.#control(path).findings;
  }

  unknowns(path: string): readonly Unknown[] {
    return this.#control(path).unknowns;
  }

  problems(path: string): readonly ManifestProblem[] {
    return this.#control(path).problems;
  }

  ignored(path: string): readonly Ignored[] {
    return this.#control(path).ignored;
  }

  findingsIn(context: AnalysisContext, object: KubernetesObject): readonly Finding[] {
    const { findings } = this.#derive(object, context);
    return findings.length === 0 ? findings : withoutIgnored(findings, this.ignored(object.origin.file));
  }

  /** Kept for the file that was asked for last: whoever shows a file asks for all of it in a row. */
  #control(path: string): FileControl {
    if (this.#asked?.path === path) return this.#asked.control;
    const file = this.#files.get(path);
    const all = controlFile(path, file, this.#perScope(path), this.#allProblems(path), this.#rules);
    const standing = this.#standing;
    const control = standing ? { ...all, findings: all.findings.filter((each) => standing.isTold(path, each)) } : all;
    this.#asked = { path, control };
    return control;
  }

  #allProblems(path: string): readonly ManifestProblem[] {
    const file = this.#files.get(path);
    const named = this.#assignment?.problems.get(path) ?? [];
    const own = file && this.#assignment ? problemsOfFile(file, this.#assignment) : (file?.problems ?? named);
    const tests =
      file && isReachabilityPath(path)
        ? readReachability(file).problems
        : file && isWhatIfPath(path)
          ? whatIfProblems(file)
          : [];
    return [...own, ...tests, ...this.#renders.problems(path, own), ...(this.#options.problems?.get(path) ?? [])];
  }

  #put(path: string, file: ManifestFile): void {
    this.#asked = undefined;
    this.#current = undefined;
    const before = this.#files.get(path);
    this.#files.set(path, file);
    this.#dirty.add(path);
    // What a patch changes is known to the scope.
    const isPatch = this.#assignment?.setAside.has(path) === true || this.#assignment?.plans.looked.has(path) === true;
    if (!before || isPatch || structureOf(before) !== structureOf(file)) this.#restructured = true;
  }

  #changesOfScopes(dirty: ReadonlySet<string>): Map<ScopeEngine, Map<string, ManifestFile | undefined>> {
    const changes = new Map<ScopeEngine, Map<string, ManifestFile | undefined>>();
    for (const path of dirty) {
      for (const engine of this.#scopesOfFile.get(path) ?? []) {
        const changed = changes.get(engine) ?? new Map<string, ManifestFile | undefined>();
        changes.set(engine, changed.set(path, this.file(path)));
      }
    }
    return changes;
  }

  /** Assigns files to scopes anew; scopes that stay keep their simulation. */
  #restructure(
    dirty: ReadonlySet<string>,
    scopes: Set<string>,
    files: Set<string>,
  ): Map<ScopeEngine, Map<string, ManifestFile | undefined>> {
    const assigned = this.#assign(files);
    const before = this.#engines;
    this.#engines = new Map();
    this.#scopesOfFile = new Map();
    const changes = new Map<ScopeEngine, Map<string, ManifestFile | undefined>>();
    for (const scope of assigned) {
      const kept = before.get(scope.id);
      const engine = kept && placesAlike(kept.scope, scope) ? kept : new ScopeEngine(scope, this.#options.settings);
      const changed = new Map<string, ManifestFile | undefined>();
      const known = new Set(engine === kept ? watchedBy(kept.scope) : []);
      let isOther = engine !== kept || knowledgeOf(engine.scope) !== knowledgeOf(scope);
      for (const path of watchedBy(scope)) {
        const hasCome = !known.delete(path);
        isOther ||= hasCome;
        if (hasCome || dirty.has(path)) changed.set(path, this.file(path));
        const engines = this.#scopesOfFile.get(path);
        if (engines) engines.push(engine);
        else this.#scopesOfFile.set(path, [engine]);
      }
      for (const path of known) changed.set(path, undefined);
      if (isOther || known.size > 0) scopes.add(scope.id);
      for (const path of changed.keys()) if (path !== scope.rendered) files.add(path);
      engine.scope = scope;
      this.#engines.set(scope.id, engine);
      if (changed.size > 0) changes.set(engine, changed);
    }
    for (const [id, engine] of before) {
      if (this.#engines.get(id) === engine) continue;
      scopes.add(id);
      for (const path of engine.scope.files) files.add(path);
    }
    return changes;
  }

  #sortedFiles(): readonly ManifestFile[] {
    return [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #currentAssignment(): ScopeAssignment {
    return (this.#current ??= scopeAssignment(this.#sortedFiles(), this.#options, this.#assignment));
  }

  #assign(files: Set<string>): readonly Scope[] {
    const { single } = this.#options;
    if (single !== undefined) return [{ ...singleScope(this.#sortedFiles(), single), ...this.#knowledge }];
    const before = this.#assignment;
    const after = this.#currentAssignment();
    for (const assignment of [before, after]) {
      for (const path of assignment?.problems.keys() ?? []) files.add(path);
      for (const path of assignment?.setAside ?? []) files.add(path);
    }
    this.#assignment = after;
    const scopes = this.#renders.scopes(after.plans.plans, after.scopes);
    for (const path of this.#renders.takeChanges().files) files.add(path);
    return scopes;
  }

  #perScope(path: string): readonly AboutFile[] {
    return this.scopesOfFile(path).flatMap((state) => {
      const engine = this.#engines.get(state.scope.id);
      return engine ? [{ scope: state.scope, objects: saidAt(engine, path, this) }] : [];
    });
  }
}
