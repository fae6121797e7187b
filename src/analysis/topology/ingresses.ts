/** Ingresses: what calls them from outside, and the Services that they send to. */

import { isJsonObject, valueAt, type JsonPath, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { edge, node, problemsOf, type Drawing, type Part } from './drawing';
import { ids } from './ids';

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

/** The Services that an Ingress names; whoever keeps the part asks for these again. */
export function ingressServices(object: KubernetesObject): readonly string[] {
  return [...new Set(ingressBackends(object).map(({ name }) => `${object.namespace}/${name}`))];
}

/** An Ingress stands in its namespace. */
export function ingressPart(object: KubernetesObject, drawing: Drawing): Part {
  const id = ids.object(object);
  const base = node(id, 'ingress', object.name, detailOf(object), ids.namespace(object.namespace), object);
  const byService = new Map<string, string[]>();
  for (const { name, label } of ingressBackends(object)) byService.set(name, [...(byService.get(name) ?? []), label]);
  const edges = [...byService].map(([name, labels]) => {
    const service = `${object.namespace}/${name}`;
    const isThere = drawing.controlPlane.service(service) !== undefined;
    const label = labels.filter((text) => text !== '').join(', ');
    return {
      ...edge(id, ids.service(service), 'routes', label),
      to: isThere ? ids.service(service) : '',
      problem: isThere ? undefined : { severity: 'error' as const, message: `no Service ${service}` },
    };
  });
  return {
    nodes: [{ ...base, problems: problemsOf(drawing.findings(object)) }],
    edges: [edge(ids.outside, id, 'routes', hostsOf(object)), ...edges],
  };
}

/** `Ingress of class nginx`. */
function detailOf(object: KubernetesObject): string {
  const name = valueAt(object.body, ['spec', 'ingressClassName']);
  return typeof name === 'string' ? `Ingress of class ${name}` : 'Ingress';
}

function hostsOf(object: KubernetesObject): string {
  const hosts = list(valueAt(object.body, ['spec', 'rules'])).map((rule) => text(rule, 'host'));
  return [...new Set(hosts.filter((host) => host !== ''))].join(', ');
}
