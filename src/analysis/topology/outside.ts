/** Who calls from outside: node ports, external and load balancer addresses, Ingresses and routes with their backends. */

import { compareStrings } from '#base/compare';
import { isJsonObject, valueAt, type JsonPath, type JsonValue } from '#base/json';
import { namespacedName, type Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { TopologyEdge, TopologyNode } from '../types';
import { node, problemsOf, type Drawing, type Part } from './drawing';
import { ids } from './ids';
import { routesPart } from './routes';

export function outsideOf(services: readonly Service[], drawing: Drawing): Part {
  const doors = services.flatMap((service) => doorEdges(service));
  const ingresses = [...drawing.controlPlane.objectsOfKind('networking.k8s.io', 'Ingress')];
  const parts = ingresses.map((object) => ingressPart(object, drawing));
  parts.sort((a, b) => compareStrings(a.nodes[0]?.id ?? '', b.nodes[0]?.id ?? ''));
  const all = [...parts, routesPart(drawing)];
  const nodes = all.flatMap((part) => part.nodes);
  const edges = [...doors, ...all.flatMap((part) => part.edges)];
  if (edges.length === 0 && nodes.length === 0) return { nodes: [], edges: [] };
  return { nodes: [node(ids.outside, 'outside', 'outside', 'clients outside of the cluster', '', undefined), ...nodes], edges }; // prettier-ignore
}

/** One edge a Service, with all the ways in. */
function doorEdges(service: Service): TopologyEdge[] {
  const { spec, status } = service;
  const ways = [
    ...(spec.ports ?? []).flatMap((port) => (port.nodePort === undefined ? [] : [`node port ${port.nodePort}`])),
    ...(spec.externalIPs ?? []),
    ...(status.loadBalancer.ingress ?? []).flatMap((entry) => entry.ip ?? entry.hostname ?? []),
  ];
  const balanced = spec.type === 'LoadBalancer' && (status.loadBalancer.ingress ?? []).length === 0;
  if (balanced) ways.push('a load balancer without an address yet');
  return ways.length === 0 ? [] : [routeEdge(ids.outside, ids.service(namespacedName(service)), ways.join(', '))];
}

function routeEdge(from: string, to: string, label: string): TopologyEdge {
  return { id: `${from} → ${to}`, from, fromPort: undefined, to, kind: 'routes', label, problem: undefined };
}

/** A backend of an Ingress: the Service's name with the way to the field that holds it. */
export interface IngressBackend {
  readonly name: string;
  readonly path: JsonPath;
  /** `/` and host of the rule, for people. */
  readonly label: string;
}

/** The Services that an Ingress sends to; of networking.k8s.io/v1. */
export function ingressBackends(object: KubernetesObject): readonly IngressBackend[] {
  const backends: IngressBackend[] = [];
  const add = (path: JsonPath, label: string) => {
    const name = valueAt(object.body, [...path, 'service', 'name']);
    if (typeof name === 'string') backends.push({ name, path: [...path, 'service', 'name'], label });
  };
  add(['spec', 'defaultBackend'], 'everything else');
  for (const [r, rule] of list(valueAt(object.body, ['spec', 'rules'])).entries()) {
    for (const [p, path] of list(valueAt(rule, ['http', 'paths'])).entries())
      add(['spec', 'rules', r, 'http', 'paths', p, 'backend'], `${text(rule, 'host')}${text(path, 'path')}`);
  }
  return backends;
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function text(value: JsonValue, key: string): string {
  const found = isJsonObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : '';
}

/** Drawn as something from outside; it stands in its namespace. */
function ingressPart(object: KubernetesObject, drawing: Drawing): Part {
  const id = ids.ingress(object.namespace, object.name);
  const base = node(id, 'outside', object.name, 'Ingress', ids.namespace(object.namespace), drawing.place(object));
  const own: TopologyNode = { ...base, problems: problemsOf(drawing.findings(object)) };
  const byService = new Map<string, string[]>();
  for (const { name, label } of ingressBackends(object)) byService.set(name, [...(byService.get(name) ?? []), label]);
  const edges = [...byService].map(([name, labels]) => {
    const service = `${object.namespace}/${name}`;
    const isThere = drawing.controlPlane.service(service) !== undefined;
    const problem = isThere ? undefined : { severity: 'error' as const, message: `no Service ${service}` };
    const target = isThere ? ids.service(service) : '';
    return { ...routeEdge(id, target, labels.filter((label) => label !== '').join(', ')), id: `${id} → ${ids.service(service)}`, problem }; // prettier-ignore
  });
  return { nodes: [own], edges };
}
