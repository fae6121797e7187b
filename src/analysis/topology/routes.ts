/** Gateways with their listeners, the routes that are attached to them, and the Services that those send to. */

import type { NamespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { attach } from '#simulation/http/attachment';
import { routeTarget } from '#simulation/http/backends';
import { gatewayGroup, listenersOf, type Listener } from '#simulation/http/listeners';
import { itemsOf, objectOf, specOf, textOf, textsOf } from '#simulation/http/read';
import type { HttpBackendProblem } from '#simulation/http/types';
import type { ControlPlane } from '#simulation/types';
import type { TopologyEdge } from '../types';
import { edge, node, problemsOf, type Drawing, type Part } from './drawing';
import { ids } from './ids';

const routeKinds = ['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'] as const;

export function gatewayObjects(controlPlane: ControlPlane): readonly KubernetesObject[] {
  return [...controlPlane.objectsOfKind(gatewayGroup, 'Gateway')];
}

export function routeObjects(controlPlane: ControlPlane): readonly KubernetesObject[] {
  return routeKinds.flatMap((kind) => [...controlPlane.objectsOfKind(gatewayGroup, kind)]);
}

/** A Gateway with a row for each listener, those of its ListenerSets included. */
export function gatewayPart(gateway: KubernetesObject, drawing: Drawing): Part {
  const id = ids.object(gateway);
  const listeners = listenersOf(gateway, drawing.controlPlane);
  const hosts = new Set(listeners.flatMap(({ hostname }) => hostname ?? []));
  const base = node(id, 'gateway', gateway.name, gatewayDetail(gateway), ids.namespace(gateway.namespace), gateway);
  const ports = listeners.map((listener) => ({ id: listenerId(listener), label: listenerText(listener) }));
  return {
    nodes: [{ ...base, ports, problems: problemsOf(drawing.findings(gateway)) }],
    edges: [edge(ids.outside, id, 'routes', [...hosts].join(', '))],
  };
}

/** `Gateway of class example, 192.0.2.10`. */
function gatewayDetail(gateway: KubernetesObject): string {
  const name = textOf(specOf(gateway).gatewayClassName);
  const given = [...itemsOf(objectOf(gateway.body.status).addresses), ...itemsOf(specOf(gateway).addresses)];
  const addresses = [...new Set(given.flatMap(({ value }) => textOf(value.value) ?? []))];
  return [name === undefined ? 'Gateway' : `Gateway of class ${name}`, ...addresses].join(', ');
}

function listenerId({ owner, name }: Listener): string {
  return owner.kind === 'Gateway' ? name : `${owner.namespace}/${owner.name}/${name}`;
}

/** `https 443 HTTPS *.shop.example`. */
function listenerText({ name, port, protocol, hostname }: Listener): string {
  return [name, port, protocol, hostname ?? ''].join(' ').trim();
}

/** What leads from a route to one Service. */
interface Way {
  readonly labels: Set<string>;
  problem: HttpBackendProblem | undefined;
}

export function routePart(route: KubernetesObject, drawing: Drawing): Part {
  const id = ids.object(route);
  const base = node(id, 'route', route.name, detailOf(route), ids.namespace(route.namespace), route);
  const edges = [...waysOf(route, drawing)].map(([service, way]) => edgeOf(id, service, way, drawing));
  const problems = problemsOf(drawing.findings(route));
  return { nodes: [{ ...base, problems }], edges: [...parentEdges(route, drawing), ...edges] };
}

/** `HTTPRoute, shop.example`; of one that hangs at nothing, what it names as its parent. */
function detailOf(route: KubernetesObject): string {
  return [route.kind, ...textsOf(specOf(route).hostnames)].join(', ');
}

/**
 * From each Gateway that the route names: from the listeners that take it, or broken from the Gateway that does not.
 * What takes TCP, TLS and UDP routes is told by their parents alone.
 */
function parentEdges(route: KubernetesObject, { controlPlane }: Drawing): TopologyEdge[] {
  const to = ids.object(route);
  return gatewayObjects(controlPlane).flatMap((gateway): TopologyEdge[] => {
    const from = ids.object(gateway);
    const found = listenersOf(gateway, controlPlane).flatMap((listener) => {
      const attached = attach(route, listener, controlPlane);
      return attached ? [{ listener, attached }] : [];
    });
    const taken = found.filter(({ attached }) => !('reason' in attached));
    if (taken.length > 0)
      return taken.map(({ listener, attached }) => {
        const port = listenerId(listener);
        const hosts = 'hosts' in attached ? (attached.hosts ?? []).join(', ') : '';
        return { ...edge(from, to, 'routes', hosts), id: `${from} ${port} → ${to}`, fromPort: port };
      });
    const reason = found.flatMap(({ attached }) => ('reason' in attached ? attached.reason : []))[0];
    if (reason === undefined) return [];
    return [{ ...edge(from, to, 'routes'), problem: { severity: 'error' as const, message: reason } }];
  });
}

function waysOf(route: KubernetesObject, { controlPlane }: Drawing): ReadonlyMap<NamespacedName, Way> {
  const hosts = textsOf(specOf(route).hostnames).join(', ');
  const ways = new Map<NamespacedName, Way>();
  for (const rule of itemsOf(specOf(route).rules)) {
    const paths = itemsOf(rule.value.matches).map(({ value }) => matchText(value));
    for (const ref of itemsOf(rule.value.backendRefs)) {
      const target = routeTarget(
        route,
        ref.value,
        ['spec', 'rules', rule.index, 'backendRefs', ref.index],
        controlPlane,
      );
      if (target.service === undefined) continue;
      const way: Way = ways.get(target.service) ?? { labels: new Set(), problem: undefined };
      for (const path of paths.length > 0 ? paths : ['']) way.labels.add(`${hosts}${path}`);
      // That nobody answers is told where the Service is drawn.
      if (target.problem?.reason !== 'NoReadyEndpoints') way.problem ??= target.problem;
      ways.set(target.service, way);
    }
  }
  return ways;
}

/** `/cart` of an HTTPRoute, `/shop.Cart/Add` of a GRPCRoute. */
function matchText(match: Parameters<typeof objectOf>[0]): string {
  const { path, method } = objectOf(match);
  const { service, method: called } = objectOf(method);
  const grpc = [textOf(service), textOf(called)].filter((part) => part !== undefined);
  return textOf(objectOf(path).value) ?? (grpc.length > 0 ? `/${grpc.join('/')}` : '');
}

function edgeOf(
  id: string,
  service: NamespacedName,
  { labels, problem }: Way,
  { controlPlane }: Drawing,
): TopologyEdge {
  const isThere = controlPlane.service(service) !== undefined;
  const severity = problem?.reason === 'NotKnown' ? ('info' as const) : ('error' as const);
  return {
    id: `${id} → ${ids.service(service)}`,
    from: id,
    fromPort: undefined,
    to: isThere ? ids.service(service) : '',
    kind: 'routes',
    label: [...labels].filter((label) => label !== '').join(', '),
    problem: problem && { severity, message: problem.message },
  };
}
