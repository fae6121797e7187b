/** The endpoints of a Service, flat: one entry for each address of its slices, with the number of the port. */

import { isHeadless, namespacedName, type EndpointPort, type NamespacedName, type Service, type ServicePort } from '#model/kubernetes'; // prettier-ignore
import type { ControlPlane } from '#simulation/types';

export interface EndpointFact {
  readonly address: string;
  /** Undefined for a hand-written endpoint that names none. */
  readonly pod: NamespacedName | undefined;
  readonly node: string | undefined;
  readonly ready: boolean;
  readonly terminating: boolean;
  /** Undefined where the slice has no port of this name: the address is known to DNS only. */
  readonly port: number | undefined;
  /** Whether a request to the Service can come to it: a virtual address sends nothing where there is no port. */
  readonly isServed: boolean;
}

/** What the slices list for one port; an endpoint whose slice lacks the port is left out. */
export function endpointsOfPort(service: Service, port: ServicePort, controlPlane: ControlPlane): EndpointFact[] {
  return factsOf(service, controlPlane, (known) => samePort(known, port)).filter((fact) => fact.port !== undefined);
}

/** Each address once, whatever its ports. */
export function endpointsOf(service: Service, controlPlane: ControlPlane): EndpointFact[] {
  const facts = new Map<string, EndpointFact>();
  for (const fact of factsOf(service, controlPlane, () => true)) {
    const known = facts.get(fact.address);
    if (!known || (!known.ready && fact.ready)) facts.set(fact.address, fact);
  }
  return [...facts.values()];
}

function factsOf(
  service: Service,
  controlPlane: ControlPlane,
  isWanted: (port: EndpointPort) => boolean,
): EndpointFact[] {
  const facts: EndpointFact[] = [];
  for (const slice of controlPlane.endpointSlices(namespacedName(service))) {
    const port = slice.ports?.find(isWanted)?.port;
    for (const { addresses, conditions, targetRef, nodeName } of slice.endpoints ?? []) {
      const [address] = addresses;
      if (address === undefined) continue;
      const pod = targetRef?.kind === 'Pod' ? `${slice.metadata.namespace}/${targetRef.name}` : undefined;
      const [ready, terminating] = [conditions.ready !== false, conditions.terminating === true];
      const isServed = port !== undefined || isHeadless(service);
      facts.push({ address, pod, node: nodeName, ready, terminating, port, isServed });
    }
  }
  return facts;
}

function samePort(known: EndpointPort, port: ServicePort): boolean {
  return (known.name ?? '') === (port.name ?? '') && (known.protocol ?? 'TCP') === port.protocol;
}

/** `2 endpoints`, `no endpoints`, `1 endpoint, 1 not ready`; those that no port leads to do not count. */
export function countEndpoints(all: readonly Pick<EndpointFact, 'ready' | 'isServed'>[]): string {
  const facts = all.filter((fact) => fact.isServed);
  const ready = facts.filter((fact) => fact.ready).length;
  if (facts.length === 0) return 'no endpoints';
  const ends = ready === 0 ? 'no ready endpoint' : `${ready} ${ready === 1 ? 'endpoint' : 'endpoints'}`;
  return ready === facts.length ? ends : `${ends}, ${facts.length - ready} not ready`;
}

/** `ready`, `not ready`, `terminating`, `no port leads here`. */
export function readiness(fact: Pick<EndpointFact, 'ready' | 'terminating' | 'isServed'>): string {
  if (!fact.isServed) return 'no port leads here';
  if (fact.ready) return 'ready';
  return fact.terminating ? 'terminating' : 'not ready';
}
