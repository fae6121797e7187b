/** Objects as a live cluster gives them, and a workspace of them. */

import { createWorkspace, type ClusterKnowledge, type Workspace } from '#analysis/workspace';
import type { JsonObject } from '#base/json';
import { watchedKinds } from '#live/kinds';
import { observedObject } from '#live/observed-object';
import type { KubernetesObject } from '#model/object';
import { defaultSettings } from '#model/settings';

export const nothing: ClusterKnowledge = { incomplete: [], notes: [] };
let version = 1;

export function seen(body: object): KubernetesObject {
  const { kind, apiVersion, metadata } = body as { kind: string; apiVersion: string; metadata: JsonObject };
  const watched = watchedKinds.find((candidate) => candidate.kind === kind)!;
  const value = { ...body, metadata: { ...metadata, resourceVersion: String(version++) } } as JsonObject;
  return observedObject(watched, apiVersion.split('/').at(-1)!, 'prod', value)!;
}

export function workspaceOf(objects: readonly KubernetesObject[]): Workspace {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'prod' });
  workspace.setObserved({ removed: [], added: objects }, nothing);
  workspace.update();
  return workspace;
}
