/** Workspace symbols: Services and workloads by name, and what leads to them. */

import type { KubernetesObject } from '#model/object';
import { namePlaceOf } from '../places';
import type { Place } from '../types';
import type { Workspace } from '../workspace';
import { templatePathOf } from './mentions/workloads';

export interface WorkspaceSymbol {
  readonly name: string;
  readonly kind: string;
  /** `Deployment in shop`. */
  readonly container: string;
  readonly place: Place;
}

/** More are not looked through by anybody: a longer query finds them. */
const mostSymbols = 200;

/** Those whose name has the letters of the query in their order; each place once, whatever scopes it is in. */
export function workspaceSymbols(workspace: Workspace, query: string): WorkspaceSymbol[] {
  const letters = query.toLowerCase();
  const found = new Map<string, WorkspaceSymbol>();
  for (const { scope, simulation } of workspace.scopes) {
    for (const object of simulation.controlPlane.objects()) {
      if (found.size >= mostSymbols) break;
      if (!isSymbol(object) || !hasLetters(object.name.toLowerCase(), letters)) continue;
      const { name, kind, namespace } = object;
      const place = namePlaceOf(object, workspace);
      // What is rendered has one place with many names.
      const id = place && `${place.file} ${place.range.start.line}:${place.range.start.character} ${scope.rendered === undefined ? '' : name}`; // prettier-ignore
      if (place && id !== undefined && !found.has(id)) found.set(id, { name, kind, container: `${kind} in ${namespace}`, place }); // prettier-ignore
    }
  }
  return [...found.values()];
}

function isSymbol({ group, kind }: KubernetesObject): boolean {
  if (group === '' && kind === 'Service') return true;
  const leadsThere = kind === 'Ingress' || kind === 'Gateway' || kind === 'NetworkPolicy' || kind.endsWith('Route');
  return leadsThere || templatePathOf(group, kind) !== undefined;
}

function hasLetters(name: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
