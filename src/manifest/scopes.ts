/**
 * How a workspace falls into clusters. Two thirds of the Services of real repositories share their name with another
 * one of the same repository: overlays, releases and examples stand beside each other and never meet in a cluster.
 */

import { compareStrings } from '#base/compare';
import type { JsonPath } from '#base/json';
import { emptyRange } from '#base/text';
import { contentsOf, kustomizationsOf, rootsOf } from './kustomization-graph';
import type { Kustomization } from './kustomizations';
import { nearestPlace } from './locate';
import { folderOf, isChartPath, isKustomizationPath, isTemplateOfNamesPath, normalizeFolder } from './paths';
import { defaultPlanSettings, plansOf, type PlanReading, type PlanSettings } from './plans/index';
import { transformationsOf, type Transformations } from './transformations';
import type { ManifestFile, ManifestProblem, Scope, ScopeKind } from './types';

export interface ScopeSettings {
  /** Folders that are one cluster each, with all that is below them. */
  readonly roots: readonly string[];
  /** What decides about renders. */
  readonly plans?: PlanSettings;
}

export interface ScopeAssignment {
  /** Sorted by name. */
  readonly scopes: readonly Scope[];
  /** The scopes of each file that is in one. */
  readonly scopesOfFile: ReadonlyMap<string, readonly Scope[]>;
  /** Files that a kustomization takes for a patch or the like: their objects are in no scope. */
  readonly setAside: ReadonlySet<string>;
  /** What engines are to render. */
  readonly plans: PlanReading;
  /** What is wrong with kustomizations and with what asks for renders, by file: they name what is not there. */
  readonly problems: ReadonlyMap<string, readonly ManifestProblem[]>;
}

/** The scopes of a workspace: `assignment` without what else is known. */
export function assignScopes(files: readonly ManifestFile[], settings: ScopeSettings): Scope[] {
  return [...scopeAssignment(files, settings).scopes];
}

/**
 * Who shares a cluster with whom: a file belongs to the kustomizations that list it, else to its chart, else to the
 * deepest root above it, else to its folder. Takes time linear in the number of files. Plans that are as they were `before`
 * are the same values.
 */
export function scopeAssignment(
  files: readonly ManifestFile[],
  settings: ScopeSettings,
  before?: ScopeAssignment,
): ScopeAssignment {
  const contents = contentsOf(files);
  const kustomizations = kustomizationsOf(files, contents);
  const setAside = new Set<string>();
  for (const kustomization of kustomizations.values()) for (const path of kustomization.setAside) setAside.add(path);
  const drafts = new Map<string, Draft>();
  const taken = addKustomizations(drafts, kustomizations);
  addOthers(drafts, files, { settings, taken, setAside });
  const scopes = finish(drafts);
  const plans = plansOf(files, settings.plans ?? defaultPlanSettings, before?.plans);
  const problems = new Map(problemsOf(kustomizations.values()));
  for (const [path, named] of plans.problems) problems.set(path, [...(problems.get(path) ?? []), ...named]);
  return { scopes, scopesOfFile: byFile(scopes), setAside, plans, problems };
}

/** Everything as one cluster, whatever the files say about each other. */
export function singleScope(files: readonly ManifestFile[], name: string): Scope {
  const templates = files.reduce((count, file) => count + (isTemplate(file) ? 1 : 0), 0);
  return {
    id: `file:${name}`,
    kind: 'file',
    name,
    files: files.map(({ path }) => path).sort(compareStrings),
    namespace: undefined,
    ...untransformed,
    incomplete: templatesNotRendered(templates, 'file'),
  };
}

/**
 * All that is wrong with a file's text and with what it lists. Files that are set aside are no objects of their own,
 * so that they need not be complete ones.
 */
export function problemsOfFile(file: ManifestFile, assignment: ScopeAssignment): readonly ManifestProblem[] {
  const own = assignment.setAside.has(file.path)
    ? file.problems.filter(({ code }) => !code.startsWith('object-'))
    : file.problems;
  return [...own, ...(assignment.problems.get(file.path) ?? [])];
}

const untransformed: Transformations = { labels: new Map(), unapplied: [] };

/** A scope that is being put together. */
interface Draft {
  readonly kind: ScopeKind;
  readonly folder: string;
  readonly files: Set<string>;
  readonly incomplete: Set<string>;
  namespace: string | undefined;
  transformations: Transformations;
  templates: number;
  /** Whether a file of it may hold objects: a scope of nothing is none. */
  holdsObjects: boolean;
}

function draftOf(drafts: Map<string, Draft>, kind: ScopeKind, folder: string): Draft {
  const id = `${kind}:${folder === '' ? '.' : folder}`;
  let draft = drafts.get(id);
  if (!draft) {
    draft = {
      kind,
      folder,
      files: new Set(),
      incomplete: new Set(),
      namespace: undefined,
      transformations: untransformed,
      templates: 0,
      holdsObjects: false,
    };
    drafts.set(id, draft);
  }
  return draft;
}

/** Adds a scope for each kustomization that no other one includes; gives the files that kustomizations list. */
function addKustomizations(
  drafts: Map<string, Draft>,
  kustomizations: ReadonlyMap<string, Kustomization>,
): ReadonlySet<string> {
  const taken = new Set<string>();
  for (const kustomization of kustomizations.values()) for (const path of kustomization.files) taken.add(path);
  for (const root of rootsOf(kustomizations)) {
    const draft = draftOf(drafts, 'kustomization', root.folder);
    include(root, draft, kustomizations, new Set());
    draft.transformations = transformationsOf(root, kustomizations);
  }
  return taken;
}

/** Takes a kustomization's files and those of what it includes into the scope. */
function include(
  root: Kustomization,
  draft: Draft,
  kustomizations: ReadonlyMap<string, Kustomization>,
  seen: Set<string>,
): void {
  const open = [root];
  for (let current = open.pop(); current; current = open.pop()) {
    if (seen.has(current.folder)) continue;
    seen.add(current.folder);
    for (const path of current.files) draft.files.add(path);
    for (const reason of current.incomplete) draft.incomplete.add(reason);
    // The outermost namespace wins, since kustomize applies it last.
    draft.namespace ??= current.namespace;
    for (const folder of [...current.includes].reverse()) {
      const included = kustomizations.get(folder);
      if (included) open.push(included);
      else draft.incomplete.add(`${folder} holds no kustomization that can be read`);
    }
  }
  // A kustomization is shown even where nothing of it can be read.
  draft.holdsObjects = draft.files.size > 0 || draft.incomplete.size > 0;
}

interface Assignment {
  readonly settings: ScopeSettings;
  /** Files that a kustomization lists. */
  readonly taken: ReadonlySet<string>;
  readonly setAside: ReadonlySet<string>;
}

/** Adds the scopes of the files that no kustomization lists. */
function addOthers(
  drafts: Map<string, Draft>,
  files: readonly ManifestFile[],
  { settings, taken, setAside }: Assignment,
): void {
  const charts = new Set(files.flatMap(({ path }) => (isChartPath(path) ? [folderOf(path)] : [])));
  const roots = new Set(settings.roots.flatMap((root) => normalizeFolder(root) ?? []));
  const home = homes(charts, roots);
  for (const file of files) {
    const { path } = file;
    if (isKustomizationPath(path) || isChartPath(path) || taken.has(path) || setAside.has(path)) continue;
    const template = isTemplate(file);
    if (!template && !holdsObjects(file)) continue;
    const folder = folderOf(path);
    const { kind, folder: at } = home(folder);
    const draft = draftOf(drafts, kind, at);
    if (template) draft.templates++;
    if (holdsObjects(file)) {
      draft.holdsObjects = true;
      draft.files.add(path);
    }
  }
}

/** From a folder to the chart, root or folder whose scope its files belong to; remembers what it has found. */
function homes(charts: ReadonlySet<string>, roots: ReadonlySet<string>) {
  const known = new Map<string, { readonly kind: ScopeKind; readonly folder: string } | undefined>();
  const above = (folder: string): { readonly kind: ScopeKind; readonly folder: string } | undefined => {
    if (known.has(folder)) return known.get(folder);
    const parent = folder === '' ? undefined : above(folderOf(folder));
    const own = charts.has(folder)
      ? ({ kind: 'chart', folder } as const)
      : roots.has(folder)
        ? ({ kind: 'root', folder } as const)
        : undefined;
    // A chart is released as a whole with the charts inside of it; and it stays one below a root.
    const found = parent?.kind === 'chart' ? parent : (own ?? parent);
    known.set(folder, found);
    return found;
  };
  return (folder: string) => above(folder) ?? ({ kind: 'folder', folder } as const);
}

function isTemplate(file: ManifestFile): boolean {
  if (isTemplateOfNamesPath(file.path)) return false;
  return file.documents.some(({ content }) => content.kind === 'template');
}

function holdsObjects(file: ManifestFile): boolean {
  return file.documents.some(({ content }) => content.kind === 'objects');
}

/** Outside of charts, other programs than Helm may have templates with the same braces. */
function templatesNotRendered(count: number, kind: ScopeKind): string[] {
  if (count === 0) return [];
  const noun = kind === 'chart' ? 'Helm template' : 'template';
  return [count === 1 ? `1 ${noun} is not rendered` : `${count} ${noun}s are not rendered`];
}

/** Draft scopes become scopes with unique names. */
function finish(drafts: ReadonlyMap<string, Draft>): Scope[] {
  const counts = new Map<string, number>();
  const kept = [...drafts].filter(([, draft]) => draft.holdsObjects || (draft.kind === 'chart' && draft.templates > 0));
  for (const [, { folder }] of kept) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  const scopes = kept.map(([id, draft]): Scope => {
    const folder = draft.folder === '' ? '.' : draft.folder;
    return {
      id,
      kind: draft.kind,
      name: counts.get(draft.folder) === 1 ? folder : `${folder} (${draft.kind})`,
      files: [...draft.files].sort(compareStrings),
      namespace: draft.namespace,
      ...draft.transformations,
      incomplete: [...templatesNotRendered(draft.templates, draft.kind), ...draft.incomplete],
    };
  });
  return scopes.sort((a, b) => compareStrings(a.name, b.name));
}

function byFile(scopes: readonly Scope[]): ReadonlyMap<string, readonly Scope[]> {
  const found = new Map<string, Scope[]>();
  for (const scope of scopes) {
    for (const path of scope.files) {
      const known = found.get(path);
      if (known) known.push(scope);
      else found.set(path, [scope]);
    }
  }
  return found;
}

function problemsOf(kustomizations: Iterable<Kustomization>): ReadonlyMap<string, readonly ManifestProblem[]> {
  const problems = new Map<string, ManifestProblem[]>();
  for (const { file, document, missing } of kustomizations) {
    if (missing.length === 0) continue;
    problems.set(
      file.path,
      missing.map(({ reference, path }) => missingProblem(file, document, reference, path)),
    );
  }
  return problems;
}

function missingProblem(file: ManifestFile, document: number, reference: string, path: JsonPath): ManifestProblem {
  return {
    code: 'kustomization-missing-file',
    // It may be there and left out of the workspace, so this is no error.
    severity: 'warning',
    message: `${reference} is not there, or is left out here; without it kustomize refuses to build this`,
    range: nearestPlace(file, document, path)?.value ?? emptyRange,
    document,
  };
}
