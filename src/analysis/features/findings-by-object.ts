/** The findings of a workspace, by the object that they are about. */

import type { KubernetesObject, ObjectReference } from '#model/object';
import type { Finding, Unknown } from '../types';
import type { Workspace } from '../workspace';
import { groupBy } from './group-by';

export interface AboutObjects {
  findings(object: KubernetesObject): readonly Finding[];
  unknowns(object: KubernetesObject): readonly Unknown[];
}

/** Good until the workspace's next update; each file's findings are sorted out once, when first asked for. */
export function aboutObjects(workspace: Workspace): AboutObjects {
  const findings = new Map<string, ReadonlyMap<string, readonly Finding[]>>();
  const unknowns = new Map<string, ReadonlyMap<string, readonly Unknown[]>>();
  return {
    findings: (object) => lookUp(object, findings, (path) => workspace.findings(path)),
    unknowns: (object) => lookUp(object, unknowns, (path) => workspace.unknowns(path)),
  };
}

function lookUp<T extends { readonly object: ObjectReference }>(
  object: KubernetesObject,
  known: Map<string, ReadonlyMap<string, readonly T[]>>,
  read: (path: string) => readonly T[],
): readonly T[] {
  const { file } = object.origin;
  const byObject = known.get(file) ?? groupBy(read(file), (about) => identity(about.object));
  known.set(file, byObject);
  return byObject.get(identity(object)) ?? [];
}

function identity({ kind, namespace, name }: ObjectReference): string {
  return `${kind}/${namespace}/${name}`;
}
