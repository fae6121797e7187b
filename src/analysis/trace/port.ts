/** The port and protocol of a request, where the request leaves them to the Service or pod that it calls. */

import { namespacedName, type ContainerPort, type Pod, type Protocol, type Service, type ServicePort } from '#model/kubernetes'; // prettier-ignore
import { portContainers } from '#simulation/index';
import type { ControlPlane } from '#simulation/types';
import type { TraceError, TraceRequest } from '../types';
import type { Destination } from './destination';
import { parseDestination, withPort } from './request';

export interface ChosenPort {
  readonly port: number;
  readonly protocol: Protocol;
  readonly notes: readonly string[];
}

/**
 * A number is taken as it is. Without one, the only port of the Service, the only declared port of the pod
 * or the only node port there is.
 */
export function choosePort(
  destination: Destination,
  service: Service | undefined,
  pod: Pod | undefined,
  controlPlane: ControlPlane,
): ChosenPort | TraceError {
  if (typeof destination.port === 'number') return withProtocol(destination.port, destination, service);
  if (service && destination.object?.kind !== 'pod') return servicePort(destination, service);
  if (destination.object?.kind === 'node') return nodePort(destination, controlPlane);
  if (pod) return podPort(destination, pod);
  if (destination.port !== undefined)
    return {
      error: `${destination.port} is no number, and no Service belongs to ${destination.label} that could name it`,
    };
  return { error: `say the port: nothing tells it for ${destination.label}` };
}

/** At the field that says the port: where that is the destination, whole destinations are what could stand there. */
export function portError(error: TraceError, { to }: TraceRequest): TraceError {
  const parsed = parseDestination(to);
  if ('error' in parsed || parsed.port === undefined) return { at: 'port', ...error };
  return { at: 'to', ...error, ...(error.suggestions && { suggestions: error.suggestions.map((port) => withPort(to, port)) }) }; // prettier-ignore
}

function withProtocol(port: number, destination: Destination, service: Service | undefined): ChosenPort {
  if (destination.protocol !== undefined) return { port, protocol: destination.protocol, notes: [] };
  const protocols = (service?.spec.ports ?? []).filter((known) => known.port === port).map((known) => known.protocol);
  const only = protocols.length === 1 ? protocols[0]! : 'TCP';
  return {
    port,
    protocol: only,
    notes: only === 'TCP' ? [] : [`${only}, because port ${port} of the Service is ${only}`],
  };
}

function servicePort(destination: Destination, service: Service): ChosenPort | TraceError {
  const name = `Service ${namespacedName(service)}`;
  const ports = (service.spec.ports ?? []).filter(
    (port) => destination.protocol === undefined || port.protocol === destination.protocol,
  );
  const wanted = destination.port;
  const fitting = wanted === undefined ? ports : ports.filter((port) => port.name === wanted);
  const found = fitting.length === 1 ? fitting[0] : undefined;
  if (found) return { port: found.port, protocol: found.protocol, notes: [] };
  if (ports.length === 0) return { error: `say the port: ${name} has none` };
  const list = ports.map(printServicePort).join(', ');
  const error = wanted === undefined ? `say the port: ${name} has ${list}` : `${name} has no port ${wanted}; it has ${list}`; // prettier-ignore
  return { error, suggestions: ports.map(({ port }) => String(port)) };
}

export function printServicePort(port: ServicePort): string {
  return `${port.port}/${port.protocol}${port.name === undefined ? '' : ` (${port.name})`}`;
}

function podPort(destination: Destination, pod: Pod): ChosenPort | TraceError {
  const ports = containerPorts(pod);
  const wanted = destination.port;
  const fitting = wanted === undefined ? ports : ports.filter((port) => port.name === wanted);
  const name = `pod ${namespacedName(pod)}`;
  if (fitting.length === 1) {
    const { containerPort, protocol } = fitting[0]!;
    return { port: containerPort, protocol: destination.protocol ?? protocol, notes: [] };
  }
  if (ports.length === 0) return { error: `say the port: ${name} declares none` };
  const list = ports.map((port) => `${port.containerPort}/${port.protocol}${port.name === undefined ? '' : ` (${port.name})`}`).join(', '); // prettier-ignore
  const error = wanted === undefined ? `say the port: ${name} declares ${list}` : `${name} declares no port ${wanted}; it declares ${list}`; // prettier-ignore
  return { error, suggestions: ports.map(({ containerPort }) => String(containerPort)) };
}

/** What the containers of a pod declare, sidecars included. */
export function containerPorts(pod: Pod): readonly ContainerPort[] {
  return portContainers(pod.spec).flatMap((container) => container.ports ?? []);
}

function nodePort(destination: Destination, controlPlane: ControlPlane): ChosenPort | TraceError {
  const found: { readonly service: string; readonly port: ServicePort }[] = [];
  for (const service of controlPlane.services())
    for (const port of service.spec.ports ?? [])
      if (port.nodePort !== undefined) found.push({ service: namespacedName(service), port });
  if (found.length === 0) return { error: `say the port: no Service has a node port at ${destination.label}` };
  const only = found.length === 1 ? found[0] : undefined;
  if (only) return { port: only.port.nodePort!, protocol: destination.protocol ?? only.port.protocol, notes: [] };
  const list = found.slice(0, 8).map(({ service, port }) => `${port.nodePort} (${service}:${port.name ?? port.port})`);
  return {
    error: `say the port of ${destination.label}: ${list.join(', ')}`,
    suggestions: found.slice(0, 8).map(({ port }) => String(port.nodePort)),
  };
}
