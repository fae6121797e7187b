/** Which cluster an assistant means: the one it names, or the only one that the question can be about. */

import { compareStrings } from '#base/compare';
import { namespacedName, type NamespacedName } from '#model/kubernetes';
import type { ScopeState } from '../context';
import { nearestName } from '../rules/near-names';
import { listed } from '../trace/lookup';
import type { Workspace } from '../workspace';

export interface Failed {
  readonly error: string;
}

export function scopeOf(name: string | undefined, workspace: Workspace): ScopeState | Failed {
  const scopes = workspace.scopes.filter(({ scope }) => scope.files.length > 0);
  if (name !== undefined) {
    const named = workspace.scope(name);
    return named ?? { error: `There is no scope "${name}". ${scopeList(scopes)}` };
  }
  const [only, ...more] = scopes;
  if (!only) return { error: 'There are no Kubernetes manifests.' };
  if (more.length === 0) return only;
  return {
    error: `There are ${scopes.length} scopes, each a cluster of its own: say which one is meant. ${scopeList(scopes)}`,
  };
}

export interface ServiceInScope {
  readonly state: ScopeState;
  readonly name: NamespacedName;
}

/**
 * `web`, `shop/web`, also as kubectl and DNS have it (`svc/web`, `web.shop.svc`): in the scope that is named, else in the
 * only one that has such a Service.
 */
export function serviceOf(given: string, scope: string | undefined, workspace: Workspace): ServiceInScope | Failed {
  const service = given.trim().replace(/^(?:services?|svc)\//i, '');
  const searched = scope === undefined ? workspace.scopes : [scopeOf(scope, workspace)];
  const found: ServiceInScope[] = [];
  for (const state of searched) {
    if ('error' in state) return state;
    const names = namesIn(state, service);
    const named = names.length > 0 ? names : namesIn(state, nameOfHost(service));
    for (const name of named) found.push({ state, name });
  }
  const [only, ...more] = found;
  if (!only) return { error: `${service === '' ? 'It is not said which Service is meant' : `There is no Service ${service}`}${whatThereIs(service, searched)}.` }; // prettier-ignore
  if (more.length === 0) return only;
  const all = found.map(({ state, name }) => `${name} in scope ${state.scope.name}`);
  return {
    error: `Several Services are called ${service}: ${all.slice(0, 20).join(', ')}. Give its namespace and scope.`,
  };
}

/** `web.shop` → `shop/web`; anything else stays. */
function nameOfHost(service: string): string {
  const [name, namespace, ...more] = service.split('.');
  return namespace !== undefined && (more.length === 0 || more[0] === 'svc') ? `${namespace}/${name}` : service;
}

/** The accepted and the refused ones. */
function namesIn({ simulation: { controlPlane } }: ScopeState, service: string): readonly NamespacedName[] {
  if (service.includes('/')) {
    const name = service as NamespacedName;
    return controlPlane.service(name) || controlPlane.serviceObject(name) ? [name] : [];
  }
  const names = new Set<NamespacedName>();
  for (const each of controlPlane.services()) if (each.metadata.name === service) names.add(namespacedName(each));
  for (const { object } of controlPlane.refusals())
    if (object.kind === 'Service' && object.group === '' && object.name === service)
      names.add(`${object.namespace}/${object.name}`);
  return [...names];
}

/** What may have been meant, else what could be. */
function whatThereIs(service: string, searched: readonly (ScopeState | Failed)[]): string {
  const all = new Set<NamespacedName>();
  for (const state of searched)
    if (!('error' in state)) for (const each of state.simulation.controlPlane.services()) all.add(namespacedName(each));
  const names = [...all].sort(compareStrings);
  if (names.length === 0) return ', and no other one';
  const own = (name: string) => name.slice(name.indexOf('/') + 1);
  const near = nearestName(own(service), [...new Set(names.map(own))]);
  const meant = names.filter((name) => own(name) === near);
  const told = meant.length > 0 ? meant : names;
  return `; there ${told.length === 1 ? 'is' : 'are'} ${listed(told, mostNames)}`;
}

const mostNames = 20;

function scopeList(scopes: readonly ScopeState[]): string {
  return `Scopes: ${listed(scopes.map(({ scope }) => `"${scope.name}"`), mostNames)}.`; // prettier-ignore
}
