/** A request at the door of the cluster: which Ingress rule or Gateway API route gets it, and where it sends it. */

import type { KubernetesObject } from '#model/object';
import type { ControlPlane } from '../types';
import { gatewayAnswers } from './gateway';
import { ingressAnswers } from './ingress';
import { gatewayGroup } from './listeners';
import { itemsOf, nameOf, specOf } from './read';
import type { EntryAnswer, HttpAnswer, HttpEntry, HttpPassedOver, HttpRequest } from './types';

/**
 * Answers by the specifications alone; where they leave a choice to the controllers, `notes` say so. With several
 * entries that would take the request (Gateways, classes of Ingresses) the answer is that of the one whose rules fit
 * best: one that has a rule for it, and names its host.
 */
export function routeHttp(controlPlane: ControlPlane, request: HttpRequest): HttpAnswer {
  const gateways = gatewayAnswers(request, controlPlane);
  const answers = [...gateways.answers, ...ingressAnswers(request, controlPlane)];
  // The sort is stable: Gateways come before Ingresses.
  const ranked = answers.map((answer) => ({ answer, rank: rankOf(answer) })).sort((a, b) => b.rank - a.rank);
  const best = ranked[0]?.answer;
  const others = [...gateways.passedOver, ...meshRoutes(controlPlane)];
  if (!best) return nobody(request, gateways.namesHost, others);
  const rivals = ranked.slice(1).filter(({ rank }) => rank >= Math.min(2, rankOf(best)));
  return {
    ...best,
    request,
    passedOver: [...best.passedOver, ...others],
    others: rivals.map(({ answer }) => answer.entry),
  };
}

/** Nobody takes the request in. */
function nobody(request: HttpRequest, namesHost: boolean, passedOver: readonly HttpPassedOver[]): HttpAnswer {
  return {
    request,
    entry: undefined,
    namesHost,
    winner: undefined,
    passedOver,
    backends: [],
    filters: [],
    status: undefined,
    notes: [],
    others: [],
  };
}

/** 4 a rule fits and the host is named, 3 the host is named, 2 a rule fits any host, 1 a default backend, 0 nothing. */
function rankOf({ winner, namesHost }: EntryAnswer): number {
  const hasRule = winner?.rule !== undefined;
  if (namesHost) return hasRule ? 4 : 3;
  return hasRule ? 2 : Number(winner !== undefined);
}

/** Routes whose parent is a Service are for the clients inside of a mesh. */
function meshRoutes(controlPlane: ControlPlane): readonly HttpPassedOver[] {
  const found: HttpPassedOver[] = [];
  for (const kind of ['HTTPRoute', 'GRPCRoute'])
    for (const route of controlPlane.objectsOfKind(gatewayGroup, kind)) {
      const parents = itemsOf(specOf(route).parentRefs);
      if (parents.length === 0 || !parents.every(({ value }) => value.kind === 'Service')) continue;
      const reason = 'its parent is a Service: it is for the clients inside of a service mesh';
      found.push({ object: route, path: ['spec', 'parentRefs'], text: '', fits: false, reason });
    }
  return found;
}

/** `Gateway shop/public, listener http`, `Ingress class nginx`. */
export function printEntry(entry: HttpEntry): string {
  if (entry.kind === 'ingress')
    return entry.className === undefined ? 'Ingresses without a class' : `Ingress class ${entry.className}`;
  const owner: KubernetesObject = entry.owner;
  const set = owner === entry.gateway ? '' : ` of ${nameOf(owner)}`;
  return `${nameOf(entry.gateway)}, listener ${entry.listener}${set}`;
}
