/** Kustomizations read as if they were objects, so that their fields and those of their inline patches are places like any other. */

import { isJsonObject } from '#base/json';
import { contentsOf, kustomizationsOf, reach, withOpenedPatches } from '#manifest/index';
import { objectKey, type KubernetesObject } from '#model/object';
import type { Workspace } from '../workspace';

const group = 'kustomize.config.k8s.io';

export function isKustomization(object: KubernetesObject): boolean {
  return object.group === group;
}

type Kustomizations = ReturnType<typeof kustomizationsOf>;

const known = new WeakMap<Workspace, { readonly updates: number; readonly all: Kustomizations }>();

/** Those of the workspace, read once after each update: a file that many scopes share asks for each of them. */
function kustomizationsIn(workspace: Workspace): Kustomizations {
  const before = known.get(workspace);
  if (before?.updates === workspace.updates) return before.all;
  const files = [...workspace.files()];
  const all = kustomizationsOf(files, contentsOf(files));
  known.set(workspace, { updates: workspace.updates, all });
  return all;
}

/** That of the folder (`.` for the workspace's root) and those that it takes in. */
export function kustomizationsBelow(folder: string, workspace: Workspace): readonly KubernetesObject[] {
  const all = kustomizationsIn(workspace);
  const reached = new Set<string>();
  reach(folder === '.' ? '' : folder, all, reached);
  return [...reached].flatMap((each) => {
    const found = all.get(each);
    return found ? objectOf(found.file.path, found.document, each, workspace) : [];
  });
}

function objectOf(file: string, document: number, folder: string, workspace: Workspace): KubernetesObject[] {
  const content = workspace.file(file)?.documents[document]?.content;
  if (content?.kind !== 'kustomization' || !isJsonObject(content.value)) return [];
  const name = folder === '' ? '.' : folder;
  const key = objectKey(group, 'Kustomization', '', name);
  const origin = { kind: 'manifest', file, document, path: [] } as const;
  return [{ key, group, version: 'v1beta1', kind: 'Kustomization', namespace: '', namespaceGiven: false, name, body: withOpenedPatches(content.value), origin }]; // prettier-ignore
}
