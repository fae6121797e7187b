/** The Services behind a rule: whether a reference leads to one, and with which share of the requests. */

import type { JsonObject, JsonPath } from '#base/json';
import type { NamespacedName, Service } from '#model/kubernetes';
import { objectKey, type KubernetesObject } from '#model/object';
import type { ControlPlane } from '../types';
import { itemsOf, numberOf, objectOf, specOf, textOf, type Item } from './read';
import type { HttpBackend, HttpBackendProblem } from './types';

/** A backend before its share is known. */
type Target = Omit<HttpBackend, 'weight' | 'probability' | 'filters'>;

// ---------------------------------------------------------------- Ingress

/** Models IngressBackend of networking.k8s.io/v1: a port of a Service, by number or name, in the Ingress' namespace. */
export function ingressBackend(
  ingress: KubernetesObject,
  backend: JsonObject,
  path: JsonPath,
  controlPlane: ControlPlane,
): HttpBackend {
  return { ...ingressTarget(ingress, backend, path, controlPlane), weight: 1, probability: 1, filters: [] };
}

function ingressTarget(
  ingress: KubernetesObject,
  backend: JsonObject,
  path: JsonPath,
  controlPlane: ControlPlane,
): Target {
  const resource = objectOf(backend.resource);
  const kind = textOf(resource.kind);
  if (kind !== undefined) {
    const text = `${kind} ${ingress.namespace}/${textOf(resource.name) ?? ''}`;
    const message = `what a controller does with a resource backend of kind ${kind} is its own`;
    const problem: HttpBackendProblem = { reason: 'NotKnown', message, status: undefined };
    return { service: undefined, port: undefined, path: [...path, 'resource'], text, problem };
  }
  const { name, port } = objectOf(backend.service);
  const { number, name: portName } = objectOf(port);
  const service = `${ingress.namespace}/${textOf(name) ?? ''}`;
  const wanted = numberOf(number) ?? textOf(portName);
  return serviceTarget(service, wanted, [...path, 'service'], 503, controlPlane);
}

/** `unresolved` is what entries answer where the Service or its port is not there. */
function serviceTarget(
  name: NamespacedName,
  wanted: number | string | undefined,
  path: JsonPath,
  unresolved: number,
  controlPlane: ControlPlane,
): Target {
  const text = `Service ${name}, port ${wanted ?? '(none)'}`;
  const service = controlPlane.service(name);
  const failed = (reason: HttpBackendProblem['reason'], message: string, status: number | undefined): Target => ({
    service: name,
    port: typeof wanted === 'number' ? wanted : undefined,
    path,
    text,
    problem: { reason, message, status },
  });
  if (!service) return failed('BackendNotFound', `there is no Service ${name}`, unresolved);
  const ports = service.spec.ports ?? [];
  const port = ports.find((known) => (typeof wanted === 'number' ? known.port === wanted : known.name === wanted));
  if (service.spec.type === 'ExternalName') {
    const message = `Service ${name} is of type ExternalName: whether a controller follows the name is its own`;
    return failed('NotKnown', message, undefined);
  }
  if (!port) {
    const there = ports.map((known) => `${known.port}${known.name === undefined ? '' : ` (${known.name})`}`);
    return failed('PortNotFound', `Service ${name} has no port ${wanted ?? '(none)'}; it has ${there.join(', ') || 'none'}`, unresolved); // prettier-ignore
  }
  if (!hasReadyEndpoint(service, port.name, controlPlane))
    return { ...failed('NoReadyEndpoints', `port ${port.port} of Service ${name} has no ready endpoint`, 503), port: port.port }; // prettier-ignore
  return { service: name, port: port.port, path, text, problem: undefined };
}

function hasReadyEndpoint(service: Service, portName: string | undefined, controlPlane: ControlPlane): boolean {
  const { namespace, name } = service.metadata;
  return controlPlane
    .endpointSlices(`${namespace}/${name}`)
    .some(
      (slice) =>
        (slice.ports ?? []).some((port) => (port.name ?? '') === (portName ?? '')) &&
        (slice.endpoints ?? []).some((endpoint) => endpoint.conditions.ready !== false),
    );
}

// ---------------------------------------------------------------- Gateway API

/**
 * The backends of a route's rule with their shares. Models HTTPBackendRef of gateway.networking.k8s.io/v1: the share of
 * an invalid reference is answered with an error; a weight of 0 gets nothing.
 */
export function routeBackends(
  route: KubernetesObject,
  refs: readonly Item[],
  path: JsonPath,
  controlPlane: ControlPlane,
): readonly Omit<HttpBackend, 'filters'>[] {
  const weights = refs.map(({ value }) => Math.max(0, numberOf(value.weight) ?? 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return refs.map(({ value, index }, i) => ({
    ...routeTarget(route, value, [...path, 'backendRefs', index], controlPlane),
    weight: weights[i]!,
    probability: total === 0 ? 0 : weights[i]! / total,
  }));
}

/** Where one reference of a route leads; mirrors have references of the same shape. */
export function routeTarget(
  route: KubernetesObject,
  ref: JsonObject,
  path: JsonPath,
  controlPlane: ControlPlane,
): Target {
  const group = textOf(ref.group) ?? '';
  const kind = textOf(ref.kind) ?? 'Service';
  const namespace = textOf(ref.namespace) ?? route.namespace;
  const name = textOf(ref.name) ?? '';
  const port = numberOf(ref.port);
  const isService = group === '' && kind === 'Service';
  const isThere = !isService && controlPlane.object(objectKey(group, kind, namespace, name)) !== undefined;
  const target = isService
    ? serviceTarget(`${namespace}/${name}`, port, path, 500, controlPlane)
    : otherKind(group, kind, `${namespace}/${name}`, path, isThere);
  if (namespace === route.namespace || isGranted(route, { namespace, group, kind, name }, controlPlane)) return target;
  const message = `no ReferenceGrant of namespace ${namespace} lets a ${route.kind} of namespace ${route.namespace} refer to ${kind} ${name}`; // prettier-ignore
  return { ...target, problem: { reason: 'RefNotPermitted', message, status: 500 } };
}

/** Only Services are known to every controller. What is not even there is an error whoever knows its kind. */
function otherKind(group: string, kind: string, name: NamespacedName, path: JsonPath, isThere: boolean): Target {
  const text = `${kind} ${name}`;
  const message = isThere
    ? `whether a controller sends requests to a ${kind} of ${group === '' ? 'the core API' : group} is its own`
    : `there is no ${kind} ${name}${group === '' ? '' : ` of ${group}`}, or the controller does not know the kind`;
  const problem: HttpBackendProblem = isThere
    ? { reason: 'NotKnown', message, status: undefined }
    : { reason: 'InvalidKind', message, status: 500 };
  return { service: undefined, port: undefined, path, text, problem };
}

interface Referent {
  readonly namespace: string;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** Models ReferenceGrantSpec: a grant stands in the namespace that is referred to; its entries are alternatives. */
function isGranted(from: KubernetesObject, to: Referent, controlPlane: ControlPlane): boolean {
  for (const grant of controlPlane.objectsOfKind('gateway.networking.k8s.io', 'ReferenceGrant')) {
    if (grant.namespace !== to.namespace) continue;
    const spec = specOf(grant);
    const trusted = itemsOf(spec.from).some(
      ({ value }) =>
        (textOf(value.group) ?? '') === from.group && value.kind === from.kind && value.namespace === from.namespace,
    );
    const meant = itemsOf(spec.to).some(
      ({ value }) =>
        (textOf(value.group) ?? '') === to.group &&
        value.kind === to.kind &&
        (textOf(value.name) === undefined || value.name === to.name),
    );
    if (trusted && meant) return true;
  }
  return false;
}
