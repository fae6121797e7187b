/** Who reaches whom, as an editor shows calls: Gateways their routes, routes and pods Services, Services their workloads. */

import { compareStrings } from '#base/compare';
import type { Position, Range } from '#base/text';
import { namespacedName, type NamespacedName } from '#model/kubernetes';
import { objectKey, type KubernetesObject, type ObjectKey } from '#model/object';
import type { ScopeState } from '../context';
import { configMapUsers } from '../names/config-map-users';
import { namePlaceOf, placeOf } from '../places';
import type { Place } from '../types';
import type { Workspace } from '../workspace';
import { keyOf } from './mentions/keys';
import { mentionIndex } from './mentions/mention-index';
import { mentionAt, placeOfMention } from './mentions/mention-places';
import { occurrences } from './mentions/occurrences';
import { holds } from './mentions/readings';
import type { Mention } from './mentions/types';
import { objectAt } from './object-at';

/** Something that calls or is called. */
export interface CallItem {
  /** The scope's name. */
  readonly scope: string;
  readonly key: ObjectKey;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly place: Place;
}

export interface Call {
  readonly item: CallItem;
  /** Where the one who calls says so, in its own file. */
  readonly ranges: readonly Range[];
}

/** The Service that is meant at the position, else the object there, where it calls or is called. */
export function callItemAt(workspace: Workspace, file: string, position: Position): CallItem | undefined {
  const at = objectAt(workspace, file, position);
  if (!at) return undefined;
  const { controlPlane } = at.state.simulation;
  const meaning = mentionAt(at, position, workspace)?.mention.meaning;
  const service = meaning?.kind === 'service' ? controlPlane.serviceObject(meaning.service) : undefined;
  const object = service ?? at.object;
  return isPart(object, at.state) ? itemOf(object, at.state, workspace) : undefined;
}

function isPart(object: KubernetesObject, { simulation }: ScopeState): boolean {
  return (
    isService(object) ||
    isRoute(object) ||
    isGateway(object) ||
    isOfApiServer(object) ||
    simulation.controlPlane.podGroup(object.key) !== undefined
  );
}

function isGateway({ group, kind }: KubernetesObject): boolean {
  return group === 'gateway.networking.k8s.io' && kind === 'Gateway';
}

/** By which the API server itself calls a Service. */
function isOfApiServer({ kind }: KubernetesObject): boolean {
  return kind === 'APIService' || kind === 'ValidatingWebhookConfiguration' || kind === 'MutatingWebhookConfiguration';
}

function isService({ group, kind }: KubernetesObject): boolean {
  return group === '' && kind === 'Service';
}

function isRoute({ kind }: KubernetesObject): boolean {
  return kind === 'Ingress' || kind.endsWith('Route');
}

function itemOf(object: KubernetesObject, { scope }: ScopeState, workspace: Workspace): CallItem | undefined {
  const place = namePlaceOf(object, workspace);
  const { key, kind, name, namespace } = object;
  return place && { scope: scope.name, key, kind, name, namespace, place };
}

/** Who sends requests to it. */
export function callersOf(workspace: Workspace, item: Pick<CallItem, 'scope' | 'key'>): Call[] {
  const state = workspace.scope(item.scope);
  const object = state?.simulation.controlPlane.object(item.key);
  if (!state || !object) return [];
  const calls = new Calls(state, workspace);
  if (isService(object)) {
    const mention: Mention = { meaning: { kind: 'service', service: nameOf(object) }, path: [], part: 'value', role: 'reference' }; // prettier-ignore
    for (const found of occurrences({ object, mention }, state, workspace)) {
      if (found.mention.role === 'definition') continue;
      for (const caller of callersIn(found.object, found.mention, state))
        // The text of a ConfigMap stands elsewhere: then the caller's own name has to do.
        calls.add(caller, caller === found.object ? placeOfMention(found, workspace) : namePlaceOf(caller, workspace));
    }
  }
  for (const { meaning } of isRoute(object) ? mentionIndex(workspace, state).mentions(object) : []) {
    const gateway = meaning.kind === 'gateway' ? gatewayOf(meaning.gateway, state) : undefined;
    // The route says by whom it is called.
    if (gateway) calls.add(gateway, namePlaceOf(gateway, workspace));
  }
  for (const service of state.simulation.controlPlane.servicesTargeting(object.key)) {
    const own = state.simulation.controlPlane.serviceObject(namespacedName(service));
    if (own) calls.add(own, placeOf(own, ['spec', 'selector'], workspace));
  }
  return calls.inOrder();
}

/** An object that names a Service calls it, or those do who read it; slices and the owner of a name do not. */
function callersIn(object: KubernetesObject, { path }: Mention, state: ScopeState): readonly KubernetesObject[] {
  const { controlPlane } = state.simulation;
  if (object.kind === 'ConfigMap') return configMapUsers(object, controlPlane).map((group) => group.object);
  const isOwnName = path.at(-1) === 'serviceName' || path.at(-1) === 'subdomain';
  return isPart(object, state) && !isOwnName ? [object] : [];
}

/** To whom it sends requests. */
export function calleesOf(workspace: Workspace, item: Pick<CallItem, 'scope' | 'key'>): Call[] {
  const state = workspace.scope(item.scope);
  const object = state?.simulation.controlPlane.object(item.key);
  if (!state || !object) return [];
  const { controlPlane } = state.simulation;
  const calls = new Calls(state, workspace);
  if (isService(object))
    for (const group of controlPlane.targets(nameOf(object)))
      calls.add(group.object, placeOf(object, ['spec', 'selector'], workspace));
  if (isGateway(object))
    for (const route of mentionIndex(workspace, state).objects(keyOf({ kind: 'gateway', gateway: nameOf(object) })))
      if (isRoute(route)) calls.add(route, namePlaceOf(object, workspace));
  for (const mention of mentionIndex(workspace, state).mentions(object)) {
    const { meaning, role } = mention;
    if (meaning.kind !== 'service' || role === 'definition' || !holds({ object, mention }, controlPlane)) continue;
    const service = controlPlane.serviceObject(meaning.service);
    if (service && callersIn(object, mention, state).length > 0)
      calls.add(service, placeOfMention({ object, mention }, workspace));
  }
  return calls.inOrder();
}

function gatewayOf(gateway: NamespacedName, { simulation }: ScopeState): KubernetesObject | undefined {
  const [namespace = '', name = ''] = gateway.split('/');
  return simulation.controlPlane.object(objectKey('gateway.networking.k8s.io', 'Gateway', namespace, name));
}

function nameOf({ namespace, name }: KubernetesObject): NamespacedName {
  return `${namespace}/${name}`;
}

/** Calls by the object at their other end. */
class Calls {
  readonly #state: ScopeState;
  readonly #workspace: Workspace;
  readonly #calls = new Map<ObjectKey, { item: CallItem; ranges: Range[] }>();

  constructor(state: ScopeState, workspace: Workspace) {
    this.#state = state;
    this.#workspace = workspace;
  }

  add(object: KubernetesObject, place: Place | undefined): void {
    const item = this.#calls.get(object.key)?.item ?? itemOf(object, this.#state, this.#workspace);
    if (!item) return;
    const call = this.#calls.get(object.key) ?? { item, ranges: [] };
    this.#calls.set(object.key, call);
    if (place) call.ranges.push(place.range);
  }

  inOrder(): Call[] {
    return [...this.#calls.values()].sort((a, b) => compareStrings(a.item.key, b.item.key));
  }
}
