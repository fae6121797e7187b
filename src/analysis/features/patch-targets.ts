/** The names by which patches and kustomizations say which object they change or read: none of them is in what is rendered. */

import { valueAt, type JsonPath } from '#base/json';
import { contains, type Position } from '#base/text';
import { locate, originsNow } from '#manifest/index';
import type { ManifestFile, RenderedOrigins } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { ScopeState } from '../context';
import type { Workspace } from '../workspace';
import { kustomizationsBelow } from './kustomization-objects';
import type { ObjectAt } from './object-at';
import { objectOfScope } from './object-of-scope';
import { writtenName } from './written-name';

export interface PatchTarget {
  /** The rendered object that is meant. */
  readonly target: KubernetesObject;
  /** The patch, or the kustomization with its `target`. */
  readonly by: KubernetesObject;
  /** Of the name, in `by`. */
  readonly path: JsonPath;
}

interface Known {
  readonly updates: number;
  readonly targets: readonly PatchTarget[];
}

const known = new WeakMap<ScopeState, Known>();

/** Each that names an object of the rendered scope. */
export function patchTargets(workspace: Workspace, state: ScopeState): readonly PatchTarget[] {
  const before = known.get(state);
  if (before?.updates === workspace.updates) return before.targets;
  const file = state.scope.rendered === undefined ? undefined : workspace.file(state.scope.rendered);
  const origins = file && originsNow(file);
  const targets = file && origins ? targetsOf(file, origins, state, workspace) : [];
  known.set(state, { updates: workspace.updates, targets });
  return targets;
}

function targetsOf(
  file: ManifestFile,
  { bySource }: RenderedOrigins,
  state: ScopeState,
  workspace: Workspace,
): PatchTarget[] {
  const rendered = file.documents.map(({ content }) =>
    content.kind === 'objects' ? content.objects.map((object) => objectOfScope(object, state)) : [],
  );
  const targets = new Map<string, PatchTarget>();
  const add = (found: PatchTarget) => {
    const { by, target } = found;
    const isNamed = by.name === target.name || by.name === writtenName(target, workspace);
    if (isNamed) targets.set(`${by.origin.file} ${by.origin.document} ${found.path.join(' ')} ${target.key}`, found);
  };
  for (const [path, uses] of bySource)
    for (const { document, source } of uses)
      if (source.role === 'patch' && source.at.kind === 'path')
        for (const target of rendered[document] ?? [])
          for (const by of objectsIn(path, source.at.document, workspace))
            if (by.kind === target.kind) add({ target, by, path: ['metadata', 'name'] });
  for (const { by, path, kind } of namedInKustomizations(state, workspace))
    for (const target of rendered.flat()) if (kind === undefined || target.kind === kind) add({ target, by, path });
  return [...targets.values()];
}

function objectsIn(path: string, document: number, workspace: Workspace): readonly KubernetesObject[] {
  const content = workspace.file(path)?.documents[document]?.content;
  return content?.kind === 'objects' ? content.objects : [];
}

interface Named {
  readonly by: KubernetesObject;
  readonly path: JsonPath;
  /** Undefined for any. */
  readonly kind: string | undefined;
}

/**
 * The names in the `target` of each patch (a pattern, which a name is as well), in the patches that stand there, and in
 * what a replacement copies and where to.
 */
function namedInKustomizations(state: ScopeState, workspace: Workspace): readonly Named[] {
  const plan = workspace.plans().find(({ id }) => id === state.scope.id);
  if (plan?.request.kind !== 'kustomize') return [];
  return kustomizationsBelow(plan.request.folder, workspace).flatMap((object) => [
    ...['patches', 'patchesJson6902'].flatMap((field) =>
      entriesOf(object, [field]).flatMap((entry) => [
        ...namedAt(object, [...entry, 'target'], ['name']),
        ...namedAt(object, [...entry, 'patch'], ['metadata', 'name']),
      ]),
    ),
    ...entriesOf(object, ['patchesStrategicMerge']).flatMap((entry) => namedAt(object, entry, ['metadata', 'name'])),
    ...entriesOf(object, ['replacements']).flatMap((entry) => [
      ...namedAt(object, [...entry, 'source'], ['name']),
      ...entriesOf(object, [...entry, 'targets']).flatMap((to) => namedAt(object, [...to, 'select'], ['name'])),
    ]),
  ]);
}

function entriesOf({ body }: KubernetesObject, path: JsonPath): readonly JsonPath[] {
  const list = valueAt(body, path);
  return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
}

function namedAt(object: KubernetesObject, from: JsonPath, field: JsonPath): readonly Named[] {
  const path = [...from, ...field];
  const [name, kind] = [valueAt(object.body, path), valueAt(object.body, [...from, 'kind'])];
  return typeof name === 'string'
    ? [{ by: { ...object, name }, path, kind: typeof kind === 'string' ? kind : undefined }]
    : [];
}

/** The object that is named at a position of a patch or a kustomization. */
export function targetAt(
  workspace: Workspace,
  state: ScopeState,
  path: string,
  position: Position,
): ObjectAt | undefined {
  for (const { target, by, path: field } of patchTargets(workspace, state)) {
    const file = by.origin.file === path ? workspace.file(path) : undefined;
    const range = file && locate(file, by.origin.document, [...by.origin.path, ...field])?.value;
    if (range && contains(range, position)) return { state, object: target, path: ['metadata', 'name'], range, isNamed: true }; // prettier-ignore
  }
  return undefined;
}
