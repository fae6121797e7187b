/** The normal form of an Endpoints' subsets: each address once per set of ports. */

import { compareStrings } from '#base/compare';
import type { EndpointAddress, EndpointPort, EndpointSubset } from '#model/kubernetes';
import { subsetPortsInOrder } from './port-order';

interface AddressState {
  readonly address: EndpointAddress;
  ready: boolean;
}

/** What tells apart targets that share an address: their uid, or their name where the simulation made them. */
export type TargetIdentity = (target: NonNullable<EndpointAddress['targetRef']>) => string;

export const targetUid: TargetIdentity = ({ uid }) => uid ?? '';
export const targetName: TargetIdentity = ({ namespace, name, uid }) => uid ?? `${namespace}/${name}`;

/**
 * Ports with the same addresses share a subset; an address that is both ready and not ready on a port is not ready.
 * Models pkg/api/v1/endpoints RepackSubsets (v1.37), except that subsets come in the order of their first port's text
 * rather than in that of a hash, in which the drawn identifiers of the pods are.
 */
export function repackSubsets(
  subsets: readonly EndpointSubset[],
  identityOf: TargetIdentity,
): readonly EndpointSubset[] {
  // What the first mention of an address says of it holds for all its ports.
  const known = new Map<string, EndpointAddress>();
  const byPort = new Map<string, { port: EndpointPort | undefined; addresses: Map<string, AddressState> }>();
  for (const subset of subsets) {
    const ports: readonly (EndpointPort | undefined)[] = subset.ports?.length ? subset.ports : [undefined];
    for (const port of ports) {
      const key = JSON.stringify(port ?? null);
      const entry = byPort.get(key) ?? byPort.set(key, { port, addresses: new Map() }).get(key)!;
      const note = (address: EndpointAddress, ready: boolean) => {
        const identity = `${address.ip} ${address.targetRef ? identityOf(address.targetRef) : ''}`;
        if (!known.has(identity)) known.set(identity, address);
        const state = entry.addresses.get(identity);
        if (!state) entry.addresses.set(identity, { address: known.get(identity)!, ready });
        else if (!ready) state.ready = false;
      };
      for (const address of subset.addresses ?? []) note(address, true);
      for (const address of subset.notReadyAddresses ?? []) note(address, false);
    }
  }
  const byAddresses = new Map<string, { ports: EndpointPort[]; addresses: readonly AddressState[] }>();
  for (const [, { port, addresses }] of [...byPort].sort(([a], [b]) => compareStrings(a, b))) {
    const states = [...addresses].sort(([a], [b]) => compareStrings(a, b)).map(([, state]) => state);
    if (states.length === 0) continue;
    const key = JSON.stringify(states);
    const entry = byAddresses.get(key) ?? byAddresses.set(key, { ports: [], addresses: states }).get(key)!;
    if (port) entry.ports.push(port);
  }
  return [...byAddresses.values()].map(({ ports, addresses }) => {
    const ready = addresses.filter((state) => state.ready).map((state) => state.address);
    const notReady = addresses.filter((state) => !state.ready).map((state) => state.address);
    return {
      ...(ready.length > 0 && { addresses: ready }),
      ...(notReady.length > 0 && { notReadyAddresses: notReady }),
      ...(ports.length > 0 && { ports: subsetPortsInOrder(ports) }),
    };
  });
}
