/** All places of a scope that mean the same thing as one of them. */

import type { Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { selects } from '#simulation/network/policy/selector';
import type { ControlPlane } from '#simulation/types';
import type { ScopeState } from '../../context';
import type { Workspace } from '../../workspace';
import { containerPortOccurrences } from './container-ports';
import { keyOf } from './keys';
import { givenBy } from './kustomizations';
import { patchTargets } from '../patch-targets';
import { mentionIndex, type MentionIndex } from './mention-index';
import { holds } from './readings';
import type { Meaning, Mention, MentionIn } from './types';

/** Which objects are looked at: `undefined` for all. */
export type Within = ((object: KubernetesObject) => boolean) | undefined;

/** In no order; the mention itself is one of them. What kustomizations give is among them. */
export function occurrences(
  from: MentionIn,
  state: ScopeState,
  workspace: Workspace,
  within?: Within,
): readonly MentionIn[] {
  const { meaning } = from.mention;
  const given = [...givenBy(meaning, state, workspace), ...namedByPatches(meaning, state, workspace)].filter(({ object }) => !within || within(object)); // prettier-ignore
  const written = occurrencesInObjects(from, state, workspace, within);
  return given.length === 0 ? written : [...written, ...given];
}

/** Where patches name the Service that they change. */
function namedByPatches(meaning: Meaning, state: ScopeState, workspace: Workspace): MentionIn[] {
  if (meaning.kind !== 'service' || state.scope.rendered === undefined) return [];
  return patchTargets(workspace, state).flatMap(({ target, by, path }) =>
    target.kind === 'Service' && target.group === '' && `${target.namespace}/${target.name}` === meaning.service
      ? { object: by, mention: { meaning, path, part: 'value', role: 'reference' } as const }
      : [],
  );
}

function occurrencesInObjects(
  from: MentionIn,
  state: ScopeState,
  workspace: Workspace,
  within: Within,
): readonly MentionIn[] {
  const index = mentionIndex(workspace, state);
  const { meaning } = from.mention;
  const { controlPlane } = state.simulation;
  switch (meaning.kind) {
    case 'service':
    case 'namespace':
    case 'namespace-label':
    case 'namespace-label-key':
    case 'gateway':
    case 'listener':
      return mentionsOfKey(keyOf(meaning), index, within).filter((found) => holds(found, controlPlane));
    case 'service-port': {
      const same = samePort(meaning.port, controlPlane.service(meaning.service));
      return mentionsOfKey(keyOf(meaning), index, within).filter(({ mention }) => mention.meaning.kind === 'service-port' && same(mention.meaning.port)); // prettier-ignore
    }
    case 'label':
    case 'label-key':
      return labelOccurrences(from.mention, meaning, index, { controlPlane, within });
    case 'container-port':
      return containerPortOccurrences(from, meaning.name, index, controlPlane);
  }
}

function mentionsOfKey(key: string, index: MentionIndex, within: Within): MentionIn[] {
  const objects = [...index.objects(key)];
  return (within ? objects.filter(within) : objects).flatMap((object) => mentionsIn(object, key, index));
}

function mentionsIn(object: KubernetesObject, key: string, index: MentionIndex): MentionIn[] {
  return index
    .mentions(object)
    .filter(({ meaning }) => keyOf(meaning) === key)
    .map((mention) => ({ object, mention }));
}

/** A port of a Service has a number and may have a name: both are the same port. */
function samePort(port: string | number, service: Service | undefined): (other: string | number) => boolean {
  const found = service?.spec.ports?.find((known) => known.name === port || known.port === port);
  if (!found) return (other) => other === port;
  return (other) => other === found.name || other === found.port;
}

type LabelMeaning = Extract<Meaning, { kind: 'label' | 'label-key' }>;

/** In the label's namespace, and where pods of that namespace are looked for from others. */
function labelOccurrences(
  { namespaces }: Mention,
  meaning: LabelMeaning,
  index: MentionIndex,
  { controlPlane, within }: { readonly controlPlane: ControlPlane; readonly within: Within },
): MentionIn[] {
  const known = controlPlane.namespaces();
  const meant = namespaces ? [...known].flatMap(([name, labels]) => (selects(namespaces, labels) ? name : [])) : [meaning.namespace]; // prettier-ignore
  const here = meant.flatMap((namespace) => mentionsOfKey(keyOf({ ...meaning, namespace }), index, within));
  const anywhere = mentionsOfKey(keyOf({ ...meaning, namespace: '' }), index, within).filter(
    ({ mention }) =>
    meant.some((namespace) => mention.namespaces !== undefined && selects(mention.namespaces, known.get(namespace) ?? {})), // prettier-ignore
  );
  return [...here, ...anywhere];
}
