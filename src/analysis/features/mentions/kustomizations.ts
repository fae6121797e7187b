/**
 * What kustomizations mention: the namespace and the labels that they give to all objects below them. They are read as
 * objects, so that their fields are places like any other. Where an engine rendered a scope it says itself who gave what.
 */

import { isJsonObject } from '#base/json';
import { contains, type Position, type Range } from '#base/text';
import { isKustomizationPath } from '#manifest/index';
import type { KubernetesObject } from '#model/object';
import type { ScopeState } from '../../context';
import type { Workspace } from '../../workspace';
import { kustomizationsBelow } from '../kustomization-objects';
import { keyOf } from './keys';
import { mentionIndex } from './mention-index';
import { placeOfMention } from './mention-places';
import type { Meaning, Mention, MentionIn } from './types';
import { MentionWriter } from './writer';

interface Known {
  readonly updates: number;
  readonly objects: readonly KubernetesObject[];
}

const known = new WeakMap<ScopeState, Known>();

/** The kustomizations that make a scope of what the files say; none of other scopes. */
function kustomizationsIn(state: ScopeState, workspace: Workspace): readonly KubernetesObject[] {
  const { id, kind, rendered } = state.scope;
  if (kind !== 'kustomization' || rendered !== undefined) return [];
  const before = known.get(state);
  if (before?.updates === workspace.updates) return before.objects;
  const objects = kustomizationsBelow(id.slice(`${kind}:`.length), workspace);
  known.set(state, { updates: workspace.updates, objects });
  return objects;
}

/** What is given in the namespace. An inner namespace that an outer one replaces gives nothing. */
function mentionsOfKustomization(
  object: KubernetesObject,
  namespace: string,
  { scope }: ScopeState,
): readonly Mention[] {
  const writer = new MentionWriter(object);
  const name = writer.text(['namespace']);
  if (name !== undefined && name === scope.namespace) writer.add({ kind: 'namespace', name }, ['namespace'], 'definition'); // prettier-ignore
  for (const { path, value } of writer.items(['labels'])) {
    const reachesPods = isJsonObject(value) && (value.includeSelectors === true || value.includeTemplates === true);
    if (reachesPods) writer.labels([...path, 'pairs'], 'definition', { namespace });
  }
  writer.labels(['commonLabels'], 'definition', { namespace });
  return writer.mentions;
}

/** The places where kustomizations of the scope give what is meant. */
export function givenBy(meaning: Meaning, state: ScopeState, workspace: Workspace): MentionIn[] {
  if (meaning.kind !== 'namespace' && meaning.kind !== 'label' && meaning.kind !== 'label-key') return [];
  const namespace = meaning.kind === 'namespace' ? meaning.name : meaning.namespace;
  const key = keyOf(meaning);
  return kustomizationsIn(state, workspace).flatMap((object) =>
    mentionsOfKustomization(object, namespace, state).flatMap((mention) =>
      keyOf(mention.meaning) === key ? { object, mention } : [],
    ),
  );
}

export interface GivenAt {
  readonly state: ScopeState;
  readonly found: MentionIn;
  readonly range: Range;
}

/** What stands at a position of a kustomization, in each scope and namespace that it is given to. */
export function givenAt(workspace: Workspace, path: string, position: Position): GivenAt[] {
  if (!isKustomizationPath(path)) return [];
  return scopesWith(path, workspace).flatMap(({ state, object }) =>
    namespacesOf(state, workspace).flatMap((namespace) =>
      mentionsOfKustomization(object, namespace, state).flatMap((mention): GivenAt[] => {
        const found = { object, mention };
        const range = placeOfMention(found, workspace)?.range;
        return range && contains(range, position) ? [{ state, found, range }] : [];
      }),
    ),
  );
}

function namespacesOf(state: ScopeState, workspace: Workspace): readonly string[] {
  if (state.scope.namespace !== undefined) return [state.scope.namespace];
  const index = mentionIndex(workspace, state);
  const all = [...state.simulation.controlPlane.namespaces().keys()];
  const used = all.filter((namespace) => index.labels(namespace).size > 0);
  return used.length > 0 ? used : ['default'];
}

function scopesWith(path: string, workspace: Workspace): { state: ScopeState; object: KubernetesObject }[] {
  return workspace.scopes.flatMap((state) => {
    const object = kustomizationsIn(state, workspace).find(({ origin }) => origin.file === path);
    return object ? [{ state, object }] : [];
  });
}

/** The same as the scopes have it that take in the same kustomization. */
export function givenElsewhere(
  { object, mention }: MentionIn,
  workspace: Workspace,
): readonly Omit<GivenAt, 'range'>[] {
  return scopesWith(object.origin.file, workspace).map(({ state, object: own }) => ({
    state,
    found: { object: own, mention },
  }));
}
