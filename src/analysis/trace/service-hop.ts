/** The second stage: whose address it is that the packet goes to, and which endpoints stand behind it. */

import { isHeadless, namespacedName, type Service } from '#model/kubernetes';
import type { PacketHeader } from '#simulation/types';
import { countEndpoints, endpointsOfPort, readiness, type EndpointFact } from '../topology/endpoints';
import type { Hop } from '../types';
import { topicsOfService } from './hop-topics';
import { describePort, fieldCause, labelCauses, serviceCause, type Tracing } from './causes';
import { nodeByAddress, printPod, serviceByNodePort } from './lookup';
import { printServicePort } from './port';

type Target = Pick<PacketHeader, 'destination' | 'destinationPort' | 'protocol'>;

/** An address with the Service, pod or node that has it. */
export function serviceHop(target: Target, named: Service | undefined, tracing: Tracing): Hop {
  const { controlPlane } = tracing.context.simulation;
  const service = controlPlane.servicesByAddress(target.destination)[0];
  if (service)
    return serviceAddressHop(target, service, `is the ${addressKind(service, target.destination)} of`, tracing);
  const node = nodeByAddress(target.destination, controlPlane);
  const byPort = node && serviceByNodePort(target.destinationPort, target.protocol, controlPlane);
  if (node && byPort)
    return serviceAddressHop(target, byPort, `is ${node.metadata.name}, with a node port of`, tracing);
  if (node) return plainHop(`${target.destination} is ${node.metadata.name}`, 'no Service has this node port');
  const pod = controlPlane.podByAddress(target.destination);
  if (!pod) return plainHop(`${target.destination} belongs to nobody in this cluster`, 'no Service has this address');
  const title = `${target.destination} is ${printPod(pod)}`;
  if (!named) return { ...plainHop(title, 'no Service in between'), causes: labelCauses(pod, undefined, tracing) };
  const name = namespacedName(named);
  return {
    ...plainHop(title, `an endpoint of Service ${name}, called directly`),
    lines: headlessRemarks(named, target),
    causes: serviceCause(name, 'has it as an endpoint', tracing),
    topics: isHeadless(named) ? ['headless', 'endpoint-slice'] : ['endpoint-slice'],
  };
}

function plainHop(title: string, result: string): Hop {
  return {
    kind: 'service',
    title,
    result,
    lines: [],
    before: undefined,
    after: undefined,
    causes: [],
    state: 'passed',
  };
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
    return { ...plainHop(title, result), causes, topics: topicsOfService(service, target.destination) };
  }
  const endpoints = endpointsOfPort(service, port, tracing.context.simulation.controlPlane);
  const words = `Service ${name} has the port ${describePort(port)}`;
  const isServed = endpoints.some((endpoint) => endpoint.ready);
  return {
    ...plainHop(`${title}, port ${port.name ?? port.port}`, countEndpoints(endpoints)),
    lines: shortened(endpoints.map(endpointLine)),
    // Where nothing is served the rule that refuses it gives the reason, at its hop.
    causes: isServed ? fieldCause(name, ['spec', 'ports', index], words, tracing) : [],
    topics: topicsOfService(service, target.destination),
  };
}

/** More endpoints than this are only counted. */
const mostLines = 10;

function shortened(lines: readonly string[]): string[] {
  if (lines.length <= mostLines) return [...lines];
  return [...lines.slice(0, mostLines), `and ${lines.length - mostLines} more`];
}

function endpointLine(fact: EndpointFact): string {
  const pod = fact.pod === undefined ? '' : ` ${fact.pod}`;
  const node = fact.node === undefined ? '' : ` on ${fact.node}`;
  const host = fact.address.includes(':') ? `[${fact.address}]` : fact.address;
  return `${host}:${fact.port ?? '?'}${pod}${node}, ${readiness(fact)}`;
}
