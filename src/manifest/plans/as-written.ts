/** Kustomizations that only list manifests: what comes of them is what these say. */

import { isJsonObject, valueAt } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { reach } from '../kustomization-graph';
import type { ManifestFile } from '../types';
import type { PlanContext } from './context';

/** Kustomize leaves such objects out. */
const localAnnotation = 'config.kubernetes.io/local-config';

/**
 * Whether a kustomization and all that it includes change nothing of the files that they list, and kustomize takes these:
 * each a file of objects alone, none of them there twice.
 */
export function isAsWritten(folder: string, { kustomizations, files }: PlanContext): boolean {
  const folders = new Set<string>();
  reach(folder, kustomizations, folders);
  const taken = new Set<string>();
  let includes = 0;
  for (const each of folders) {
    const kustomization = kustomizations.get(each);
    if (!kustomization?.isList || kustomization.isComponent) return false;
    includes += kustomization.includes.length;
    for (const path of kustomization.files) {
      const file = files.get(path);
      const identities = file ? identitiesOf(file) : [];
      if (identities.length === 0 || identities.some((identity) => taken.has(identity))) return false;
      for (const identity of identities) taken.add(identity);
    }
  }
  // Kustomize refuses what is included twice.
  return taken.size > 0 && includes === folders.size - 1;
}

/** What the file's objects are called; nothing where kustomize would not take them as they stand. */
export function identitiesOf({ documents, problems }: ManifestFile): readonly string[] {
  if (problems.length > 0) return [];
  const identities: string[] = [];
  for (const { content } of documents) {
    if (content.kind !== 'objects' || content.objects.some(isLocal)) return [];
    for (const { group, kind, namespace, name } of content.objects)
      identities.push(`${group}/${kind}/${namespace}/${name}`);
  }
  return new Set(identities).size === identities.length ? identities : [];
}

function isLocal({ body }: KubernetesObject): boolean {
  const annotations = valueAt(body, ['metadata', 'annotations']);
  return isJsonObject(annotations) && annotations[localAnnotation] !== undefined;
}
