/** The objects that stand in a file, as a scope has them. */

import { originsNow } from '#manifest/index';
import { compareOrigins, objectKey, type KubernetesObject } from '#model/object';
import type { ScopeState } from '../context';
import type { Workspace } from '../workspace';

/** A written object in the namespace and with the labels that the scope gives it. */
export function objectOfScope(written: KubernetesObject, { scope, simulation }: ScopeState): KubernetesObject {
  const given = scope.namespace ?? (written.namespaceGiven ? undefined : scope.defaultNamespace);
  const namespace = written.namespace === '' ? '' : (given ?? written.namespace);
  const key = objectKey(written.group, written.kind, namespace, written.name);
  const known = simulation.controlPlane.object(key);
  // A document that a later one replaces is not the object that the cluster holds.
  if (known && compareOrigins(known.origin, written.origin) === 0) return known;
  return namespace === written.namespace ? written : { ...written, key, namespace };
}

/** An object with its place in a file of the workspace, or in what was rendered. */
export interface ObjectInFile {
  readonly object: KubernetesObject;
  readonly document: number;
  /** Index among the document's objects. */
  readonly item: number;
}

/** Of a rendered scope those that were rendered from the file: what stands in it may be a part of an object only. */
export function objectsInFile(workspace: Workspace, state: ScopeState, path: string): readonly ObjectInFile[] {
  const { rendered } = state.scope;
  const file = workspace.file(rendered ?? path);
  if (!file) return [];
  const origins = originsNow(file);
  return file.documents.flatMap(({ content, index }) => {
    if (content.kind !== 'objects' || (origins && origins.objects.get(index)?.source?.file !== path)) return [];
    return content.objects.map((written, item) => ({ object: objectOfScope(written, state), document: index, item }));
  });
}
