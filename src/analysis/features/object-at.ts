/** From a position in a file to the object and field there, in the first scope that the file belongs to. */

import type { JsonPath } from '#base/json';
import { emptyRange, type Position, type Range } from '#base/text';
import { fieldAt, locate, locateNearest } from '#manifest/index';
import type { KubernetesObject } from '#model/object';
import type { PodGroup } from '#simulation/types';
import type { ScopeState } from '../context';
import type { Workspace } from '../workspace';
import { objectOfScope } from './object-of-scope';
import { renderedAt } from './rendered-at';
import { targetAt } from './patch-targets';

export interface ObjectAt {
  readonly state: ScopeState;
  /** As the scope has it: in the namespace that the scope gives it. */
  readonly object: KubernetesObject;
  /** The field's path from the object. */
  readonly path: JsonPath;
  /** Of the key or value at the position. */
  readonly range: Range;
  /** The object is named there as the target of a patch, and has nothing from there. */
  readonly isNamed?: true;
}

/** Undefined outside of objects, and in files that belong to no scope. */
export function objectAt(workspace: Workspace, path: string, position: Position): ObjectAt | undefined {
  const [state] = workspace.scopesOfFile(path);
  return state && objectInScope(workspace, state, path, position);
}

/** The same object as each scope of its file has it. */
export function objectsAt(workspace: Workspace, path: string, position: Position): readonly ObjectAt[] {
  return workspace.scopesOfFile(path).flatMap((state) => objectInScope(workspace, state, path, position) ?? []);
}

export function objectInScope(
  workspace: Workspace,
  state: ScopeState,
  path: string,
  position: Position,
): ObjectAt | undefined {
  if (state.scope.rendered !== undefined && path !== state.scope.rendered)
    return targetAt(workspace, state, path, position) ?? renderedAt(workspace, state, path, position);
  const file = workspace.file(path);
  const field = file && fieldAt(file, position);
  if (!file || !field) return undefined;
  const content = file.documents[field.document]?.content;
  const written = content?.kind === 'objects' ? content.objects.find((object) => holds(object, field.path)) : undefined;
  if (!written) return undefined;
  const inner = field.path.slice(written.origin.path.length);
  const place = locate(file, field.document, field.path) ?? locateNearest(file, field.document, field.path);
  const range = (field.part === 'key' ? place.key : place.value) ?? emptyRange;
  return { state, object: objectOfScope(written, state), path: inner, range };
}

function holds(object: KubernetesObject, path: JsonPath): boolean {
  const { origin } = object;
  return origin.path.every((step, i) => path[i] === step);
}

export function startsWith(path: JsonPath, ...start: JsonPath): boolean {
  return start.every((step, i) => path[i] === step);
}

/** The label key at a path of a pod (template): `''` for the mapping itself, undefined elsewhere. */
export function labelAt(path: JsonPath, group: PodGroup): string | undefined {
  const labels = [...group.templatePath, 'metadata', 'labels'];
  if (!startsWith(path, ...labels) || path.length < labels.length) return undefined;
  const key = path[labels.length];
  return typeof key === 'string' ? key : '';
}

/** The container port at a path of a pod (template). */
export function containerPortAt(path: JsonPath, group: PodGroup) {
  const { length } = group.templatePath;
  if (!startsWith(path, ...group.templatePath, 'spec')) return undefined;
  const [list, container, ports, port] = path.slice(length + 1);
  if ((list !== 'containers' && list !== 'initContainers') || ports !== 'ports') return undefined;
  if (typeof container !== 'number' || typeof port !== 'number') return undefined;
  return group.spec[list]?.[container]?.ports?.[port];
}

/** The index of the Service port at a path of a Service. */
export function servicePortAt(path: JsonPath): number | undefined {
  const index = path[2];
  return startsWith(path, 'spec', 'ports') && typeof index === 'number' ? index : undefined;
}
