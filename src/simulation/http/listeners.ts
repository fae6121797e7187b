/** The listeners of Gateways: which of them takes a connection to a port and a host. */

import { isJsonObject, type JsonObject, type JsonPath } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane } from '../types';
import { labelsOfNamespace } from '../network/policy/connection';
import { readSelector, selects } from '../network/policy/selector';
import { isGatewayHost } from './matching';
import { compareAges, itemsOf, nameOf, numberOf, objectOf, specOf, textOf } from './read';
import { isEncrypted } from './request';
import type { HttpPassedOver, HttpRequest } from './types';

export const gatewayGroup = 'gateway.networking.k8s.io';

export interface Listener {
  readonly gateway: KubernetesObject;
  /** The Gateway, or the ListenerSet that adds it. */
  readonly owner: KubernetesObject;
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  /** Undefined: every host. */
  readonly hostname: string | undefined;
  readonly allowedRoutes: JsonObject;
  readonly path: JsonPath;
}

/** A Gateway's own listeners, then those of the ListenerSets that it lets in, the oldest set first. */
export function listenersOf(gateway: KubernetesObject, controlPlane: ControlPlane): readonly Listener[] {
  const sets = [...controlPlane.objectsOfKind(gatewayGroup, 'ListenerSet')].filter(
    (set) => isParent(set, gateway) && mayAdd(set, gateway, controlPlane),
  );
  return [gateway, ...sets.sort(compareAges)].flatMap((owner) =>
    itemsOf(specOf(owner).listeners).map(({ index, value }) => ({
      gateway,
      owner,
      name: textOf(value.name) ?? '',
      port: numberOf(value.port) ?? 0,
      protocol: textOf(value.protocol) ?? '',
      hostname: textOf(value.hostname),
      allowedRoutes: objectOf(value.allowedRoutes),
      path: ['spec', 'listeners', index],
    })),
  );
}

function isParent(set: KubernetesObject, gateway: KubernetesObject): boolean {
  const parent = objectOf(specOf(set).parentRef);
  const kind = textOf(parent.kind) ?? 'Gateway';
  return kind === 'Gateway' && parent.name === gateway.name && (textOf(parent.namespace) ?? set.namespace) === gateway.namespace; // prettier-ignore
}

function mayAdd(set: KubernetesObject, gateway: KubernetesObject, controlPlane: ControlPlane): boolean {
  const allowed = objectOf(specOf(gateway).allowedListeners);
  return isNamespaceAllowed(objectOf(allowed.namespaces), set, gateway.namespace, 'None', controlPlane);
}

/** Models RouteNamespaces and ListenerNamespaces: All, Same, Selector, None. */
export function isNamespaceAllowed(
  namespaces: JsonObject,
  object: KubernetesObject,
  own: string,
  usual: 'Same' | 'None',
  controlPlane: ControlPlane,
): boolean {
  switch (textOf(namespaces.from) ?? usual) {
    case 'All':
      return true;
    case 'Same':
      return object.namespace === own;
    case 'Selector':
      return (
        isJsonObject(namespaces.selector) &&
        selects(readSelector(namespaces.selector), labelsOfNamespace(object.namespace, controlPlane))
      );
    default:
      return false;
  }
}

export interface ListenerChoice {
  readonly listener: Listener | undefined;
  readonly passedOver: readonly HttpPassedOver[];
}

/**
 * The one listener of a Gateway that takes the request: of those on the port, the one with the most exact host.
 * Models "Distinct Listeners" and "Listeners that are distinct only by Hostname" of GatewaySpec.
 */
export function chooseListener(listeners: readonly Listener[], request: HttpRequest): ListenerChoice {
  const passedOver: HttpPassedOver[] = [];
  const pass = (listener: Listener, fits: boolean, reason: string) => {
    passedOver.push({ object: listener.owner, path: listener.path, text: `listener ${listener.name}`, fits, reason });
  };
  let chosen: Listener | undefined;
  for (const listener of listeners) {
    const reason = whyNot(listener, listeners, request);
    if (reason !== undefined) pass(listener, false, reason);
    else if (chosen && exactness(chosen) >= exactness(listener)) pass(listener, true, lessExact(chosen));
    else {
      if (chosen) pass(chosen, true, lessExact(listener));
      chosen = listener;
    }
  }
  return { listener: chosen, passedOver };
}

function lessExact(chosen: Listener): string {
  return `listener ${chosen.name} has the more exact host ${chosen.hostname ?? ''}`;
}

function whyNot(listener: Listener, all: readonly Listener[], request: HttpRequest): string | undefined {
  const { port, protocol, hostname } = listener;
  const wanted = isEncrypted(request) ? 'HTTPS' : 'HTTP';
  if (port !== request.port) return `it listens on port ${port}, not ${request.port}`;
  if (protocol !== wanted) return `its protocol is ${protocol}, and the request is ${wanted}`;
  if (hostname !== undefined && !isGatewayHost(hostname, request.host))
    return `host ${request.host} is not ${hostname}`;
  const rival = all.find((other) => other !== listener && conflicts(listener, other));
  return rival && `it conflicts with listener ${rival.name} of ${nameOf(rival.owner)}: neither is served`;
}

/** Two listeners between which a connection cannot be decided: none of them is accepted. */
function conflicts(a: Listener, b: Listener): boolean {
  if (a.port !== b.port || a.protocol === 'UDP' || b.protocol === 'UDP') return false;
  if (a.protocol === 'TCP' || b.protocol === 'TCP') return true;
  // Only the Host header tells hosts apart in plain HTTP; that and encrypted protocols cannot share a port.
  if ((a.protocol === 'HTTP') !== (b.protocol === 'HTTP')) return true;
  return a.hostname?.toLowerCase() === b.hostname?.toLowerCase();
}

/** Exact hosts first, then wildcards with many labels, then every host. */
function exactness({ hostname }: Listener): number {
  if (hostname === undefined) return 0;
  return hostname.startsWith('*.') ? hostname.split('.').length : 1000;
}
