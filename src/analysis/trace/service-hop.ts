/** The second stage: whose address it is that the packet goes to, and which endpoints stand behind it. */

import { namespacedName, type EndpointPort, type EndpointSlice, type Service, type ServicePort } from '#model/kubernetes';
import type { PacketHeader } from '#simulation/types';
import type { Hop } from '../types';
import { fieldCause, labelCauses, serviceCause, troubleCauses, type Tracing } from './causes';
import { nodeByAddress, printPod, serviceByNodePort } from './lookup';
import { printServicePort } from './port';

type Target = Pick<PacketHeader, 'destination' | 'destinationPort' | 'protocol'>;

/** An address with the Service, pod or node that has it. */
export function serviceHop(target: Target, named: Service | undefined, tracing: Tracing): Hop {
  const { controlPlane } = tracing.context.simulation;
  const service = controlPlane.servicesByAddress(target.destination)[0];
  if (service) return serviceAddressHop(target, service, `is the ${addressKind(service, target.destination)} of`, tracing);
  const node = nodeByAddress(target.destination, controlPlane);
  const byPort = node && serviceByNodePort(target.destinationPort, target.protocol, controlPlane);
  if (node && byPort) return serviceAddressHop(target, byPort, `is ${node.metadata.name}, with a node port of`, tracing);
  if (node) return plainHop(`${target.destination} is ${node.metadata.name}`, 'no Service has this node port');
  const pod = controlPlane.podByAddress(target.destination);
  if (!pod) return plainHop(`${target.destination} belongs to nobody in this cluster`, 'no Service has this address');
  const title = `${target.destination} is ${printPod(pod)}`;
  if (!named) return { ...plainHop(title, 'no Service in between'), causes: labelCauses(pod, undefined, tracing) };
  const name = namespacedName(named);
  return {
    ...plainHop(title, `an endpoint of Service ${name}, called directly`),
    lines: headlessRemarks(named, target),
    causes: serviceCause(name, tracing),
  };
}

function plainHop(title: string, result: string): Hop {
  return { kind: 'service', title, result, lines: [], before: undefined, after: undefined, causes: [], state: 'passed' };
}

/** Without a virtual address no kube-proxy translates the port: the client has to use the target port itself. */
function headlessRemarks(service: Service, target: Target): string[] {
  const port = service.spec.ports?.find(
    (known) => known.port === target.destinationPort && known.protocol === target.protocol,
  );
  if (!port || port.targetPort === port.port) return [];
  return [`targetPort ${port.targetPort} is not used: Service ${namespacedName(service)} is headless, so nothing translates port ${port.port}`]; // prettier-ignore
}

function addressKind(service: Service, address: string): string {
  if (service.spec.clusterIP === address || service.spec.clusterIPs?.includes(address)) return 'cluster IP';
  if (service.spec.externalIPs?.includes(address)) return 'external address';
  return "load balancer's address";
}

function serviceAddressHop(target: Target, service: Service, relation: string, tracing: Tracing): Hop {
  const name = namespacedName(service);
  const ports = service.spec.ports ?? [];
  const index = ports.findIndex(
    (port) =>
      port.protocol === target.protocol &&
      (port.port === target.destinationPort || port.nodePort === target.destinationPort),
  );
  const title = `${target.destination} ${relation} Service ${name}`;
  const port = ports[index];
  if (!port) {
    const list = ports.map(printServicePort).join(', ');
    const result = `it has no port ${target.destinationPort}/${target.protocol}`;
    const causes = fieldCause(name, ['spec', 'ports'], list === '' ? `Service ${name} has no ports` : `its ports: ${list}`, tracing); // prettier-ignore
    return { ...plainHop(title, result), causes, state: 'failed' };
  }
  const endpoints = endpointLines(service, port, tracing);
  const ready = endpoints.filter((endpoint) => endpoint.ready).length;
  return {
    ...plainHop(`${title}, port ${port.name ?? port.port}`, countOf(ready, endpoints.length)),
    lines: endpoints.map((endpoint) => endpoint.text),
    causes: ready > 0 ? fieldCause(name, ['spec', 'ports', index], `Service ${name}, port ${port.name ?? port.port}`, tracing) : troubleCauses(name, tracing), // prettier-ignore
    state: ready > 0 ? 'passed' : 'failed',
  };
}

function countOf(ready: number, all: number): string {
  if (all === 0) return 'no endpoints';
  const ends = `${ready} ${ready === 1 ? 'endpoint' : 'endpoints'}`;
  return ready === all ? ends : `${ready === 0 ? 'no ready endpoint' : ends}, ${all - ready} not ready`;
}

interface EndpointLine {
  readonly text: string;
  readonly ready: boolean;
}

/** All endpoints of one Service port, as the slices list them. */
export function endpointLines(service: Service, port: ServicePort, tracing: Tracing): EndpointLine[] {
  const slices = tracing.context.simulation.controlPlane.endpointSlices(namespacedName(service));
  return slices.flatMap((slice) => {
    const own = (slice.ports ?? []).filter((known) => samePort(known, port));
    return own.flatMap((known) => sliceLines(slice, known));
  });
}

function samePort(known: EndpointPort, port: ServicePort): boolean {
  return (known.name ?? '') === (port.name ?? '') && (known.protocol ?? 'TCP') === port.protocol;
}

function sliceLines(slice: EndpointSlice, port: EndpointPort): EndpointLine[] {
  return (slice.endpoints ?? []).flatMap((endpoint) => {
    const [address] = endpoint.addresses;
    if (address === undefined) return [];
    const ready = endpoint.conditions.ready !== false;
    const pod = endpoint.targetRef?.kind === 'Pod' ? ` ${slice.metadata.namespace}/${endpoint.targetRef.name}` : '';
    const node = endpoint.nodeName === undefined ? '' : ` on ${endpoint.nodeName}`;
    const host = address.includes(':') ? `[${address}]` : address;
    const state = ready ? '' : endpoint.conditions.terminating === true ? ', terminating' : ', not ready';
    return [{ text: `${host}:${port.port ?? '?'}${pod}${node}${state}`, ready }];
  });
}
