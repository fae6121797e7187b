/** What engines gave for a workspace's plans: kept by plan, with what is new since somebody looked last. */

import type { WorkspacePlan } from '#manifest/plans/index';
import type { Rendered, RenderResult } from '#manifest/render-types';
import { isKustomizationPath, renderedPath, scopeOfRenderedPath } from '#manifest/index';
import type { ManifestFile, ManifestProblem, Scope } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { ScopeState } from './context';
import { idleProblems } from './idle-entries';
import { keepUnchanged } from './keep-unchanged';
import { withKeptOrigins } from './kept-origins';
import { isApplied } from './merge-findings';
import { problemsOfTroubles, troubleOf, type RenderTrouble } from './render-problems';
import { readRender, withRenders, type Render } from './rendered-scopes';
import type { ScopeEngine } from './scope-engine';

export class Renders {
  plans: readonly WorkspacePlan[] = [];
  readonly #files: ReadonlyMap<string, ManifestFile>;
  readonly #renders = new Map<string, Render>();
  readonly #troubles = new Map<string, RenderTrouble>();
  readonly #anew = new Set<string>();
  /** Files whose problems came or went. */
  readonly #touched = new Set<string>();
  /** Plans of whose objects somebody asked where they come from, before that was looked for; then those where it matters. */
  readonly #asked = new Set<string>();
  readonly #wanted = new Set<string>();

  constructor(files: ReadonlyMap<string, ManifestFile>) {
    this.#files = files;
  }

  /** Tells whether scopes may be other ones for it; a plan that is none is not listened to. */
  set(id: string, result: RenderResult | undefined): 'restructured' | 'same' {
    const plan = this.plans.find((each) => each.id === id);
    if (!plan || plan.isAsWritten) return 'same';
    const before = this.#renders.get(id);
    this.#forgetTrouble(id);
    this.#touchIdle();
    this.#wanted.delete(id);
    if (!result) this.#renders.delete(id);
    else this.#take(plan, before, result);
    this.#touchIdle();
    this.#anew.add(renderedPath(id));
    return shapeOf(before) === shapeOf(this.#renders.get(id)) ? 'same' : 'restructured';
  }

  #take(plan: WorkspacePlan, before: Render | undefined, result: RenderResult): void {
    const read = readRender(plan, result, this.#files, () => this.#asked.add(plan.id));
    const file = read.file && withKeptOrigins(before?.file, keepUnchanged(before?.file, read.file), this.#files);
    const render = file ? { ...read, file } : read;
    this.#renders.set(plan.id, render);
    const trouble = troubleOf(plan, result, this.#files);
    if (!trouble) return;
    this.#troubles.set(plan.id, trouble);
    this.#touched.add(trouble.path);
  }

  /** Says whether the origins that were asked for since the last call are needed: where nothing is told, they are not. */
  settleAsked(isNeeded: boolean): void {
    if (isNeeded) for (const id of this.#asked) this.#wanted.add(id);
    this.#asked.clear();
  }

  /** Plans whose origins are needed and are not looked for yet, those that were asked for first before others. */
  wanted(): readonly string[] {
    this.settleAsked(true);
    return [...this.#wanted].filter((id) => isUntraced(this.#renders.get(id)?.result));
  }

  result(plan: string): RenderResult | undefined {
    return this.#renders.get(plan)?.result;
  }

  /** The rendered objects that are kept under the path. */
  file(path: string): ManifestFile | undefined {
    const scope = scopeOfRenderedPath(path);
    return scope === undefined ? undefined : this.#renders.get(scope)?.file;
  }

  /** The scopes with what is rendered; what was known about other plans is forgotten. */
  scopes(plans: readonly WorkspacePlan[], unrendered: readonly Scope[]): readonly Scope[] {
    this.plans = plans;
    const ids = new Set(plans.flatMap(({ id, isAsWritten }) => (isAsWritten ? [] : id)));
    for (const id of this.#renders.keys()) {
      if (ids.has(id)) continue;
      this.#touchIdle();
      this.#renders.delete(id);
      this.#forgetTrouble(id);
    }
    return withRenders(unrendered, plans, this.#renders, this.#files);
  }

  #forgetTrouble(id: string): void {
    const before = this.#troubles.get(id);
    if (before) this.#touched.add(before.path);
    this.#troubles.delete(id);
  }

  /** What one render says of a shared file depends on the others. */
  #touchIdle(): void {
    for (const { idle = [] } of this.#rendered()) for (const { file } of idle) this.#touched.add(file);
  }

  *#rendered(): Iterable<Rendered> {
    for (const { result } of this.#renders.values()) if (result.kind === 'rendered') yield result;
  }

  /** Beside those that are told without an engine. */
  problems(path: string, told: readonly ManifestProblem[]): readonly ManifestProblem[] {
    // In the order of the plans, whichever of them was rendered first.
    const troubles = this.#troubles.size === 0 ? [] : this.plans.flatMap(({ id }) => this.#troubles.get(id) ?? []);
    const here = troubles.filter((trouble) => trouble.path === path);
    const idle = isKustomizationPath(path) ? idleProblems(path, [...this.#rendered()], this.#files) : [];
    return [...problemsOfTroubles(here, told), ...idle];
  }

  /** Paths of rendered objects that are others than at the last call, and of files whose problems are. */
  takeChanges(): { readonly rendered: ReadonlySet<string>; readonly files: ReadonlySet<string> } {
    const changes = { rendered: new Set(this.#anew), files: new Set(this.#touched) };
    this.#anew.clear();
    this.#touched.clear();
    return changes;
  }

  /** Files beside the workspace's own about which there may be something to say. */
  *paths(): Iterable<string> {
    for (const { path } of this.#troubles.values()) yield path;
    for (const { read } of this.#rendered()) yield* read;
  }
}

/** Whether what is said about the object has to be placed. */
export function needsPlaces(engine: ScopeEngine, object: KubernetesObject, workspace: ScopesOfFiles): boolean {
  const found = engine.findingsAbout(object);
  if (!found || engine.scope.rendered === undefined) return found !== undefined;
  if (found.findings.length + found.unknowns.length > 0) return true;
  // A question that is left open matters only where a scope tells whose objects may be others: see mergeAcrossScopes.
  const isShared = (path: string) => workspace.scopesOfFile(path).some(({ scope }) => !isApplied(scope));
  return engine.scope.files.some(isShared);
}

interface ScopesOfFiles {
  scopesOfFile(path: string): readonly ScopeState[];
}

function isUntraced(result: RenderResult | undefined): boolean {
  return result?.kind === 'rendered' && result.untraced === true;
}

/** What of a render decides about scopes. */
function shapeOf(render: Render | undefined): string {
  if (render?.result.kind !== 'rendered') return '';
  const { read, unavailable } = render.result;
  return JSON.stringify([read, unavailable.map(({ what }) => what), render.renamedNamespaces]);
}
