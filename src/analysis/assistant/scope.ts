/** Which cluster an assistant means: the one it names, or the only one that the question can be about. */

import { namespacedName, type NamespacedName } from '#model/kubernetes';
import type { ScopeState } from '../context';
import type { Workspace } from '../workspace';

export interface Failed {
  readonly error: string;
}

export function scopeOf(name: string | undefined, workspace: Workspace): ScopeState | Failed {
  const scopes = workspace.scopes.filter(({ scope }) => scope.files.length > 0);
  if (name !== undefined) {
    const named = workspace.scope(name);
    return named ?? { error: `There is no scope ${name}. ${listed(scopes)}` };
  }
  const [only, ...more] = scopes;
  if (!only) return { error: 'There are no Kubernetes manifests.' };
  if (more.length === 0) return only;
  return {
    error: `There are ${scopes.length} scopes, each a cluster of its own: say which one is meant. ${listed(scopes)}`,
  };
}

export interface ServiceInScope {
  readonly state: ScopeState;
  readonly name: NamespacedName;
}

/** `web`, `shop/web`: in the scope that is named, else in the only one that has such a Service. */
export function serviceOf(service: string, scope: string | undefined, workspace: Workspace): ServiceInScope | Failed {
  const searched = scope === undefined ? workspace.scopes : [scopeOf(scope, workspace)];
  const found: ServiceInScope[] = [];
  for (const state of searched) {
    if ('error' in state) return state;
    for (const name of namesIn(state, service)) found.push({ state, name });
  }
  const [only, ...more] = found;
  if (!only) return { error: `There is no Service ${service}.` };
  if (more.length === 0) return only;
  const all = found.map(({ state, name }) => `${name} in scope ${state.scope.name}`);
  return {
    error: `Several Services are called ${service}: ${all.slice(0, 20).join(', ')}. Give its namespace and scope.`,
  };
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

function listed(scopes: readonly ScopeState[]): string {
  const names = scopes.map(({ scope }) => scope.name);
  const shown = names.slice(0, 20).join(', ');
  return `Scopes: ${shown}${names.length > 20 ? ` and ${names.length - 20} more` : ''}.`;
}
