/** The Markdown of a policy's peer: which pods of which namespaces it is, and what its selectors nearly match. */

import { valueAt, type JsonValue } from '#base/json';
import type { LabelSelector } from '#model/kubernetes';
import { printReference } from '#model/object';
import { readSelector } from '#simulation/network/policy/selector';
import type { ControlPlane } from '#simulation/types';
import { code, escape } from '../markdown';
import { few } from './few';
import { lackingOne, matchesText, nearText, printSelector } from './hover-selector';
import { namespacesOf, podsOfPeer } from './mentions/policy-pods';
import type { ObjectAt } from './object-at';

/** Of a NetworkPolicy, at one of its peers that selects namespaces; undefined elsewhere. */
export function hoverOfPeer(at: ObjectAt): string | undefined {
  const { object, path, state } = at;
  const [, direction, , list, , selector] = path;
  const isPeer = (direction === 'ingress' && list === 'from') || (direction === 'egress' && list === 'to');
  if (object.kind !== 'NetworkPolicy' || !isPeer || selector === undefined) return undefined;
  const peer = valueAt(object.body, path.slice(0, 5));
  const namespaceSelector = valueAt(peer, ['namespaceSelector']);
  if (peer === undefined || namespaceSelector === undefined) return undefined;
  const { controlPlane } = state.simulation;
  const names = namespacesOf(namespaceSelector, controlPlane);
  const pods = readSelector(valueAt(peer, ['podSelector']));
  const matched = podsOfPeer(peer, object.namespace, controlPlane);
  const head = `**Peer** of ${escape(printReference(object))}, ${list === 'from' ? 'let in' : 'let out to'}`;
  const near = names.flatMap((namespace) => lackingOne(pods.matchLabels ?? {}, matched, namespace, controlPlane));
  const parts = [
    head,
    namespacesText(namespaceSelector, names, controlPlane),
    names.length === 0 ? '' : matchesText(printSelector(pods), matched),
    nearText(near),
  ];
  return parts.filter(Boolean).join('\n\n');
}

/** `team: edge` selects the namespaces front, web; where it selects none, what there is instead. */
function namespacesText(written: JsonValue, names: readonly string[], controlPlane: ControlPlane): string {
  const selector = readSelector(written);
  const text = code(printSelector(selector));
  if (names.length > 0) {
    const shown = names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
    return `${text} selects ${names.length === 1 ? 'namespace' : 'the namespaces'} ${escape(shown)}`;
  }
  return [`${text} selects no namespace`, ...few(insteadOf(selector, controlPlane))].join('\n');
}

/** Of each key that is looked for, the values that namespaces have. */
function insteadOf({ matchLabels = {} }: LabelSelector, controlPlane: ControlPlane): string[] {
  const all = [...controlPlane.namespaces().values()];
  return Object.entries(matchLabels).flatMap(([key, value]) => {
    const values = [...new Set(all.flatMap((labels) => labels[key] ?? []))].sort();
    if (values.includes(value)) return [];
    const text = values.length === 0 ? 'no namespace has it' : `namespaces have ${values.slice(0, 4).join(', ')}`;
    return [`- ${escape(key)}: ${escape(text)}${values.length > 4 ? ' and more' : ''}`];
  });
}
