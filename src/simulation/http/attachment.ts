/** Whether a route is attached to a listener, and for which hosts. Models parentRefs, allowedRoutes and hostnames of gateway.networking.k8s.io/v1. */

import type { JsonPath } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane } from '../types';
import { gatewayGroup, isNamespaceAllowed, type Listener } from './listeners';
import { commonHost } from './matching';
import { compareAges, itemsOf, nameOf, numberOf, objectOf, specOf, textOf, textsOf } from './read';

export interface AttachedRoute {
  readonly route: KubernetesObject;
  /** The hosts that route and listener have in common; undefined: every host. */
  readonly hosts: readonly string[] | undefined;
}

/** A route that names the listener's Gateway, and is not attached to the listener. */
export interface DetachedRoute {
  readonly route: KubernetesObject;
  readonly path: JsonPath;
  readonly reason: string;
}

export interface Attachments {
  /** The oldest first. */
  readonly attached: readonly AttachedRoute[];
  readonly detached: readonly DetachedRoute[];
}

/** Every HTTPRoute and GRPCRoute that names the listener's owner. */
export function routesOf(listener: Listener, controlPlane: ControlPlane): Attachments {
  const attached: AttachedRoute[] = [];
  const detached: DetachedRoute[] = [];
  const routes = (['HTTPRoute', 'GRPCRoute'] as const).flatMap((kind) => [...controlPlane.objectsOfKind(gatewayGroup, kind)]); // prettier-ignore
  for (const route of routes.sort(compareAges)) {
    const found = attach(route, listener, controlPlane);
    if (!found) continue;
    if ('reason' in found) {
      detached.push(found);
      continue;
    }
    const rival = attached.find((other) => other.route.kind !== route.kind && haveCommonHost(other.hosts, found.hosts));
    if (!rival) attached.push(found);
    else {
      const reason = `${nameOf(rival.route)} is older or comes first by name: of an HTTPRoute and a GRPCRoute for the same host one is accepted`; // prettier-ignore
      detached.push({ route, path: ['spec', 'hostnames'], reason });
    }
  }
  return { attached, detached };
}

/** Undefined for a route that does not name the listener's owner. */
export function attach(
  route: KubernetesObject,
  listener: Listener,
  controlPlane: ControlPlane,
): AttachedRoute | DetachedRoute | undefined {
  let detached: DetachedRoute | undefined;
  for (const { index, value } of itemsOf(specOf(route).parentRefs)) {
    const path: JsonPath = ['spec', 'parentRefs', index];
    const { owner } = listener;
    const kind = textOf(value.kind) ?? 'Gateway';
    const isOwner = (value.group ?? gatewayGroup) === gatewayGroup && kind === owner.kind && value.name === owner.name;
    if (!isOwner || (textOf(value.namespace) ?? route.namespace) !== owner.namespace) continue;
    const section = textOf(value.sectionName);
    const port = numberOf(value.port);
    if (section !== undefined && section !== listener.name)
      detached ??= { route, path: [...path, 'sectionName'], reason: `it is attached to listener ${section}, not to ${listener.name}` }; // prettier-ignore
    else if (port !== undefined && port !== listener.port)
      detached ??= {
        route,
        path: [...path, 'port'],
        reason: `it is attached to port ${port}, not to ${listener.port}`,
      };
    else return accept(route, listener, path, controlPlane);
  }
  return detached;
}

function accept(
  route: KubernetesObject,
  listener: Listener,
  path: JsonPath,
  controlPlane: ControlPlane,
): AttachedRoute | DetachedRoute {
  const { allowedRoutes, owner, hostname } = listener;
  const kinds = itemsOf(allowedRoutes.kinds);
  const isKind = kinds.some(({ value }) => (value.group ?? gatewayGroup) === gatewayGroup && value.kind === route.kind);
  if (kinds.length > 0 && !isKind)
    return { route, path, reason: `listener ${listener.name} does not allow a ${route.kind} (NotAllowedByListeners)` };
  const namespaces = objectOf(allowedRoutes.namespaces);
  if (!isNamespaceAllowed(namespaces, route, owner.namespace, 'Same', controlPlane))
    return { route, path, reason: `listener ${listener.name} takes no routes of namespace ${route.namespace}: allowedRoutes.namespaces.from is ${textOf(namespaces.from) ?? 'Same'} (NotAllowedByListeners)` }; // prettier-ignore
  const own = textsOf(specOf(route).hostnames);
  if (own.length === 0) return { route, hosts: hostname === undefined ? undefined : [hostname] };
  const hosts = hostname === undefined ? own : own.flatMap((host) => commonHost(host, hostname) ?? []);
  if (hosts.length > 0) return { route, hosts };
  return { route, path: ['spec', 'hostnames'], reason: `none of its hosts is one of listener ${listener.name}, ${hostname ?? ''} (NoMatchingListenerHostname)` }; // prettier-ignore
}

function haveCommonHost(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (!a || !b) return true;
  return a.some((host) => b.some((other) => commonHost(host, other) !== undefined));
}
