/** Gateway API routes and the Services that they send to, drawn as something from outside. */

import { compareStrings } from '#base/compare';
import type { NamespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { routeTarget } from '#simulation/http/backends';
import { itemsOf, objectOf, specOf, textOf, textsOf } from '#simulation/http/read';
import type { HttpBackendProblem } from '#simulation/http/types';
import type { TopologyEdge } from '../types';
import { node, problemsOf, type Drawing, type Part } from './drawing';
import { ids } from './ids';

const routeKinds = ['GRPCRoute', 'HTTPRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'] as const;

export function routesPart(drawing: Drawing): Part {
  const routes = routeKinds.flatMap((kind) => [
    ...drawing.controlPlane.objectsOfKind('gateway.networking.k8s.io', kind),
  ]);
  const parts = routes.map((route) => routePart(route, drawing));
  parts.sort((a, b) => compareStrings(a.nodes[0]?.id ?? '', b.nodes[0]?.id ?? ''));
  return { nodes: parts.flatMap((part) => part.nodes), edges: parts.flatMap((part) => part.edges) };
}

/** What leads from a route to one Service. */
interface Way {
  readonly labels: Set<string>;
  problem: HttpBackendProblem | undefined;
}

function routePart(route: KubernetesObject, drawing: Drawing): Part {
  const id = ids.route(route.kind, route.namespace, route.name);
  const base = node(id, 'outside', route.name, detailOf(route), ids.namespace(route.namespace), drawing.place(route));
  const edges = [...waysOf(route, drawing)].map(([service, way]) => edgeOf(id, service, way, drawing));
  return { nodes: [{ ...base, problems: problemsOf(drawing.findings(route)) }], edges };
}

/** `HTTPRoute of Gateway infra/public`. */
function detailOf(route: KubernetesObject): string {
  const parents = itemsOf(specOf(route).parentRefs).map(({ value }) => {
    const name = `${textOf(value.namespace) ?? route.namespace}/${textOf(value.name) ?? ''}`;
    return `${textOf(value.kind) ?? 'Gateway'} ${name}`;
  });
  return parents.length === 0 ? route.kind : `${route.kind} of ${[...new Set(parents)].join(', ')}`;
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
