/** Scopes whose objects are what an engine rendered, in the place of those that the files alone give. */

import { compareStrings } from '#base/compare';
import { renderedFile, renderedPath } from '#manifest/index';
import type { WorkspacePlan } from '#manifest/plans/index';
import type { Rendered, RenderPlan, RenderResult } from '#manifest/render-types';
import type { ManifestFile, Scope } from '#manifest/types';
import { folderOf } from '#manifest/paths';
import { objectsOf } from './scope-engine';

/** What an engine gave for a plan, read. */
export interface Render {
  readonly result: RenderResult;
  /** Of a result that was rendered. */
  readonly file: ManifestFile | undefined;
  /** Names of Namespaces in the files that were read, which nothing that was rendered has. */
  readonly renamedNamespaces: readonly string[];
}

/** `wanted` is called when somebody needs origins that the result does not have yet. */
export function readRender(
  plan: RenderPlan,
  result: RenderResult,
  files: ReadonlyMap<string, ManifestFile>,
  wanted: () => void,
): Render {
  const file = result.kind === 'rendered' ? renderedFile(plan.id, result, entryOf(plan, files), wanted) : undefined;
  if (result.kind !== 'rendered' || !file) return { result, file, renamedNamespaces: [] };
  const rendered = new Set(namespacesIn(file));
  const read = result.read.flatMap((path) => files.get(path) ?? []);
  const renamed = plan.request.kind === 'kustomize' ? read.flatMap(namespacesIn).filter((name) => !rendered.has(name)) : []; // prettier-ignore
  return { result, file, renamedNamespaces: [...new Set(renamed)].sort(compareStrings) };
}

function namespacesIn({ documents }: ManifestFile): readonly string[] {
  return documents.flatMap(({ content }) =>
    content.kind === 'objects' ? content.objects.flatMap(({ kind, name }) => (kind === 'Namespace' ? name : [])) : [],
  );
}

/**
 * The assignment's scopes, with a scope of its own for each plan: of what was rendered, and as the files alone have it
 * where there is no render (yet).
 */
export function withRenders(
  scopes: readonly Scope[],
  plans: readonly WorkspacePlan[],
  renders: ReadonlyMap<string, Render>,
  files: ReadonlyMap<string, ManifestFile>,
): readonly Scope[] {
  if (plans.length === 0) return scopes;
  const byId = new Map(scopes.map((scope) => [scope.id, scope]));
  const planned = new Set(plans.flatMap((plan) => [plan.id, folderScope(plan)]));
  const kept = scopes.filter(({ id }) => !planned.has(id));
  const own = plans.flatMap((plan) => {
    const unrendered = byId.get(plan.id) ?? byId.get(folderScope(plan));
    const render = renders.get(plan.id);
    if (render?.file && render.result.kind === 'rendered') {
      const { renamedNamespaces } = render;
      const scope = renderedScope(plan, render.result, unrendered, files);
      return renamedNamespaces.length === 0 ? scope : { ...scope, renamedNamespaces };
    }
    return unrenderedScope(plan, unrendered);
  });
  const all = [...kept, ...own];
  return uniquelyNamed(joined(all, leftOver(scopes, all, files))).sort((a, b) => compareStrings(a.name, b.name));
}

/** The id of the scope that the files alone give for what the plan renders. */
function folderScope({ request: { kind, folder } }: RenderPlan): string {
  return `${kind === 'helm' ? 'chart' : 'kustomization'}:${folder === '' ? '.' : folder}`;
}

function renderedScope(
  plan: WorkspacePlan,
  { read, unavailable }: Rendered,
  unrendered: Scope | undefined,
  files: ReadonlyMap<string, ManifestFile>,
): Scope {
  // Helm is given all of a chart's folder, and reads of the value files only those that are chosen.
  const offered = new Set(plan.offered);
  // Places that nobody knows better are in the entry.
  const sources = new Set([...read, entryOf(plan, files), ...(plan.askedBy ? [plan.askedBy.file] : [])]);
  return {
    id: plan.id,
    kind: plan.request.kind === 'helm' ? 'chart' : 'kustomization',
    name: plan.id === unrendered?.id ? unrendered.name : plan.name,
    files: [...sources].filter((path) => files.has(path) && !offered.has(path)).sort(compareStrings),
    namespace: undefined,
    labels: new Map(),
    unapplied: [],
    incomplete: [...new Set([...plan.unavailable, ...unavailable.map(({ what }) => `${what} is not available here`)])],
    rendered: renderedPath(plan.id),
    ...(plan.namespace === undefined ? {} : { defaultNamespace: plan.namespace }),
  };
}

/** A plan of a path that holds nothing makes no scope. */
function unrenderedScope(plan: WorkspacePlan, unrendered: Scope | undefined): readonly Scope[] {
  if (!unrendered) return [];
  if (plan.isAsWritten) return [{ ...unrendered, isAsWritten: true }];
  if (unrendered.id === plan.id) return [unrendered];
  const incomplete = [...new Set([...unrendered.incomplete, ...plan.unavailable])];
  return [{ ...unrendered, id: plan.id, name: plan.name, incomplete }];
}

/** Objects beside what a chart renders, its examples and the like, belong to their folders. */
function leftOver(
  before: readonly Scope[],
  after: readonly Scope[],
  files: ReadonlyMap<string, ManifestFile>,
): readonly Scope[] {
  const held = new Set(after.flatMap((scope) => scope.files));
  const folders = new Map<string, string[]>();
  for (const path of new Set(before.flatMap((scope) => scope.files))) {
    const file = held.has(path) ? undefined : files.get(path);
    if (!file || objectsOf(file).length === 0) continue;
    const folder = folderOf(path);
    const others = folders.get(folder);
    if (others) others.push(path);
    else folders.set(folder, [path]);
  }
  return [...folders].map(([folder, paths]) => {
    const name = folder === '' ? '.' : folder;
    return { id: `folder:${name}`, kind: 'folder', name, files: paths.sort(compareStrings), ...plain };
  });
}

const plain = { namespace: undefined, labels: new Map(), unapplied: [], incomplete: [] } as const;

/** A folder may have a scope already, of its other files. */
function joined(scopes: readonly Scope[], others: readonly Scope[]): readonly Scope[] {
  const byId = new Map(scopes.map((scope) => [scope.id, scope]));
  for (const scope of others) {
    const known = byId.get(scope.id);
    const files = known ? [...known.files, ...scope.files].sort(compareStrings) : scope.files;
    byId.set(scope.id, { ...(known ?? scope), files });
  }
  return [...byId.values()];
}

function uniquelyNamed(scopes: readonly Scope[]): Scope[] {
  const counts = new Map<string, number>();
  for (const { name } of scopes) counts.set(name, (counts.get(name) ?? 0) + 1);
  return scopes.map((scope) =>
    counts.get(scope.name) === 1 ? scope : { ...scope, name: `${scope.name} (${scope.kind})` },
  );
}

/** The file by which the engine begins. */
export function entryOf({ request: { kind, folder } }: RenderPlan, files: ReadonlyMap<string, ManifestFile>): string {
  const prefix = folder === '' ? '' : `${folder}/`;
  const names = kind === 'helm' ? ['Chart.yaml'] : ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
  const paths = names.map((name) => prefix + name);
  return paths.find((path) => files.has(path)) ?? paths[0]!;
}
