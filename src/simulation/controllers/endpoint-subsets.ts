/** The normal form of an Endpoints' subsets: each address once per set of ports. */

import { compareStrings } from '#base/compare';
import type { EndpointAddress, EndpointPort, EndpointSubset } from '#model/kubernetes';

interface AddressState {
  readonly address: EndpointAddress;
  ready: boolean;
}

/**
 * Ports with the same addresses share a subset; an address that is both ready and not ready on a port is not ready.
 * Models pkg/api/v1/endpoints RepackSubsets (v1.37), except that ports and subsets come in the order of their text
 * rather than in that of a hash.
 */
export function repackSubsets(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const byPort = new Map<string, { port: EndpointPort | undefined; addresses: Map<string, AddressState> }>();
  for (const subset of subsets) {
    const ports: readonly (EndpointPort | undefined)[] = subset.ports?.length ? subset.ports : [undefined];
    for (const port of ports) {
      const key = JSON.stringify(port ?? null);
      const entry = byPort.get(key) ?? byPort.set(key, { port, addresses: new Map() }).get(key)!;
      for (const address of subset.addresses ?? []) note(entry.addresses, address, true);
      for (const address of subset.notReadyAddresses ?? []) note(entry.addresses, address, false);
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
      ...(ports.length > 0 && { ports }),
    };
  });
}

function note(addresses: Map<string, AddressState>, address: EndpointAddress, ready: boolean): void {
  // The target tells apart what shares an address, as pods on the host's network do.
  const key = `${address.ip} ${address.targetRef ? `${address.targetRef.namespace}/${address.targetRef.name}` : ''}`;
  const state = addresses.get(key);
  if (!state) addresses.set(key, { address, ready });
  else if (!ready) state.ready = false;
}
