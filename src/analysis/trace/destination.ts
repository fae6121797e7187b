/** What a request calls: a name to resolve or addresses, and what is said about port and protocol. */

import { parseIp, type IpFamily } from '#base/ip';
import { isHeadless, namespacedName, type Node, type Pod, type Protocol, type Service } from '#model/kubernetes';
import { podAddresses } from '#simulation/index';
import type { Simulation } from '#simulation/types';
import type { TraceError, TraceRequest } from '../types';
import { findNode, findPod, findService, findWorkloadPod, isError } from './lookup';
import { parseDestination, schemePort, withPort, type DestinationText, type ObjectEnd } from './request';
import type { Source } from './source';

export interface Destination {
  /** As the user names it: `http://web/`. */
  readonly label: string;
  /** Asked of the client's resolver; undefined where the addresses are given. */
  readonly name: string | undefined;
  readonly addresses: readonly string[];
  /** A number, or the name of a Service's port; undefined where nothing says it. */
  readonly port: number | string | undefined;
  /** Undefined where nothing says it. */
  readonly protocol: Protocol | undefined;
  /** The object that is called, where the request names one. */
  readonly object: { readonly kind: 'service'; readonly service: Service } | { readonly kind: 'pod'; readonly pod: Pod } | { readonly kind: 'node'; readonly node: Node } | undefined; // prettier-ignore
  /** What was taken for granted in finding it. */
  readonly notes: readonly string[];
}

/** Resolves `TraceRequest.to`, up to the point where the client's resolver is asked. */
export function resolveDestination(
  request: TraceRequest,
  source: Source,
  simulation: Simulation,
): Destination | TraceError {
  const parsed = parseDestination(request.to);
  if ('error' in parsed) return parsed;
  if (
    parsed.port === undefined &&
    request.port !== undefined &&
    !(Number.isInteger(request.port) && request.port > 0 && request.port < 65536)
  )
    return { error: `${request.port} is no port: ports go from 1 to 65535`, at: 'port' };
  const said = whatIsSaid(parsed, request);
  switch (parsed.kind) {
    case 'address':
      return { ...said, name: undefined, addresses: [parsed.address], object: undefined, notes: [] };
    case 'name':
      return { ...said, name: parsed.name, addresses: [], object: undefined, notes: [] };
    case 'object':
      return withPortKept(objectDestination(parsed, said, source, simulation), parsed);
  }
}

/** Another object in place of one that there is not is called at the same port. */
function withPortKept(found: Destination | TraceError, { port }: DestinationText): Destination | TraceError {
  if (!isError(found) || !found.suggestions || found.at === 'port' || port === undefined) return found;
  return { ...found, suggestions: found.suggestions.map((name) => withPort(name, port)) };
}

type Said = Pick<Destination, 'label' | 'port' | 'protocol'>;

function whatIsSaid(parsed: DestinationText, request: TraceRequest): Said {
  const port = parsed.port ?? request.port ?? (parsed.scheme === undefined ? undefined : schemePort(parsed.scheme));
  const protocol = parsed.protocol ?? request.protocol ?? (parsed.scheme === undefined ? undefined : 'TCP');
  return { label: request.to.trim(), port, protocol };
}

function objectDestination(
  end: ObjectEnd,
  said: Said,
  source: Source,
  simulation: Simulation,
): Destination | TraceError {
  const { controlPlane } = simulation;
  switch (end.objectKind) {
    case 'service': {
      const service = findService(end.name, end.namespace, controlPlane);
      return isError(service) ? service : serviceDestination(service, said, source, simulation);
    }
    case 'pod': {
      const pod = findPod(end.name, end.namespace, controlPlane);
      return isError(pod) ? pod : podDestination(pod, said, source, []);
    }
    case 'node': {
      const node = findNode(end.name, controlPlane);
      return isError(node) ? node : nodeDestination(node, said, source);
    }
    case '':
      return destinationByName(end, said, source, simulation);
    default: {
      const found = findWorkloadPod(end.objectKind, end.name, end.namespace, controlPlane);
      if (isError(found)) return found;
      const stands = `${namespacedName(found.pod)} stands for ${found.group.object.kind} ${found.group.namespace}/${found.group.object.name}`;
      return podDestination(found.pod, said, source, [stands]);
    }
  }
}

/** `NS/NAME` without a kind: a Service, else a pod, else a workload. */
function destinationByName(
  end: ObjectEnd,
  said: Said,
  source: Source,
  simulation: Simulation,
): Destination | TraceError {
  const { controlPlane } = simulation;
  const service = findService(end.name, end.namespace, controlPlane);
  if (!isError(service)) return serviceDestination(service, said, source, simulation);
  const pod = findPod(end.name, end.namespace, controlPlane);
  if (!isError(pod)) return podDestination(pod, said, source, []);
  const workload = findWorkloadPod('', end.name, end.namespace, controlPlane);
  return isError(workload) ? service : podDestination(workload.pod, said, source, []);
}

/** Pods call a Service by its full name; a node by its address, from outside by what leads in. */
function serviceDestination(
  service: Service,
  said: Said,
  source: Source,
  simulation: Simulation,
): Destination | TraceError {
  const { name, namespace } = service.metadata;
  const object = { kind: 'service', service } as const;
  const absolute = `${name}.${namespace}.svc.${simulation.controlPlane.settings.clusterDomain}.`;
  if (source.packet.kind === 'pod') return { ...said, name: absolute, addresses: [], object, notes: [] };
  if (source.packet.kind === 'outside') return outsideDestination(service, said, source.packet.node, simulation);
  if (service.spec.type === 'ExternalName') {
    const target = (service.spec.externalName ?? '').replace(/\.?$/, '.');
    return { ...said, name: target, addresses: [], object, notes: [] };
  }
  const note = `a process of a node does not ask the cluster's DNS: the addresses of Service ${namespace}/${name} are taken as known`;
  const addresses = isHeadless(service)
    ? (['A', 'AAAA'] as const).flatMap((type) =>
        simulation.dns.query(absolute, type).answers.filter((answer) => answer.type === type).map((answer) => answer.value),
      ) // prettier-ignore
    : clusterAddresses(service);
  if (addresses.length === 0) return { error: `Service ${namespace}/${name} has no address at all` };
  return {
    ...said,
    name: undefined,
    addresses: oneOrHeadless(service, addresses, source.families),
    object,
    notes: [note],
  };
}

function clusterAddresses(service: Service): readonly string[] {
  return service.spec.clusterIPs ?? (service.spec.clusterIP ? [service.spec.clusterIP] : []);
}

function oneOrHeadless(
  service: Service,
  addresses: readonly string[],
  families: readonly IpFamily[],
): readonly string[] {
  const usable = ofFamily(addresses, families);
  return isHeadless(service) ? usable : usable.slice(0, 1);
}

/** Addresses of the family that is tried first: IPv4 where both ends have it. */
export function ofFamily(addresses: readonly string[], families: readonly IpFamily[]): readonly string[] {
  for (const family of ['IPv4', 'IPv6'] as const) {
    if (!families.includes(family)) continue;
    const usable = addresses.filter((address) => parseIp(address)?.family === family);
    if (usable.length > 0) return usable;
  }
  return [];
}

/** From outside a Service is reached by its load balancer's address, an external address, or a node port, in this order. */
function outsideDestination(
  service: Service,
  said: Said,
  node: string,
  simulation: Simulation,
): Destination | TraceError {
  const name = namespacedName(service);
  const object = { kind: 'service', service } as const;
  const balancer = service.status.loadBalancer.ingress?.flatMap((entry) => entry.ip ?? [])[0];
  const address = balancer ?? service.spec.externalIPs?.[0];
  if (address !== undefined) {
    const what = balancer === undefined ? 'external address' : "load balancer's address";
    const note = `from outside, Service ${name} is called by its ${what} ${address}`;
    return { ...said, name: undefined, addresses: [address], object, notes: [note] };
  }
  const ports = (service.spec.ports ?? []).filter((port) => port.nodePort !== undefined);
  if (ports.length === 0)
    return {
      error: `Service ${name} cannot be reached from outside: it is of type ${service.spec.type}, without node port, external address or load balancer address`,
    };
  const port = said.port === undefined ? (ports.length === 1 ? ports[0] : undefined) : ports.find((known) => [known.port, known.name, known.nodePort].includes(said.port)); // prettier-ignore
  if (!port)
    return {
      error: `say which port of Service ${name}: ${ports.map(printNodePort).join(', ')}`,
      at: 'port',
      suggestions: ports.map((known) => String(known.port)),
    };
  const known = simulation.controlPlane.node(node);
  const nodeIp = known && ofFamily(nodeAddresses(known), service.spec.ipFamilies ?? ['IPv4'])[0];
  if (nodeIp === undefined) return { error: `node ${node} has no address of the family of Service ${name}` };
  const note = `from outside, Service ${name} is called by node port ${port.nodePort} of ${node}`;
  return { ...said, name: undefined, addresses: [nodeIp], port: port.nodePort, protocol: said.protocol ?? port.protocol, object, notes: [note] }; // prettier-ignore
}

function printNodePort(port: { readonly name?: string; readonly port: number; readonly nodePort?: number }): string {
  return `${port.port}${port.name === undefined ? '' : ` (${port.name})`}, node port ${port.nodePort}`;
}

function podDestination(pod: Pod, said: Said, source: Source, notes: readonly string[]): Destination | TraceError {
  const address = ofFamily(podAddresses(pod), source.families)[0];
  if (address === undefined)
    return { error: `pod ${namespacedName(pod)} has no address that ${source.label} could call` };
  return { ...said, name: undefined, addresses: [address], object: { kind: 'pod', pod }, notes };
}

export function nodeAddresses(node: Node): readonly string[] {
  const internal = node.status.addresses?.filter((entry) => entry.type === 'InternalIP') ?? [];
  return internal.map((entry) => entry.address);
}

function nodeDestination(node: Node, said: Said, source: Source): Destination | TraceError {
  const address = ofFamily(nodeAddresses(node), source.families)[0];
  if (address === undefined) return { error: `node ${node.metadata.name} has no address` };
  return { ...said, name: undefined, addresses: [address], object: { kind: 'node', node }, notes: [] };
}
