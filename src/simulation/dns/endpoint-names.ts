/** Endpoints as the DNS server sees them: the ready ones, each with a host name of its own. */

import type { EndpointSlice, EndpointPort, NamespacedName } from '#model/kubernetes';
import type { ControlPlane } from '../types';

/** An address with one of its ports. */
export interface NamedEndpoint {
  readonly address: string;
  readonly host: string;
  /** Undefined where the slice has no ports: it has an address, but no SRV record. */
  readonly port: EndpointPort | undefined;
}

const serviceNameLabel = 'kubernetes.io/service-name';

/** Models plugin/kubernetes/object EndpointSliceToEndpoints and findServices: only ready endpoints are kept. */
export function* namedEndpoints(slices: Iterable<EndpointSlice>): Iterable<NamedEndpoint> {
  for (const slice of slices) {
    if (slice.addressType === 'FQDN') continue;
    const ports: readonly (EndpointPort | undefined)[] =
      slice.ports && slice.ports.length > 0 ? slice.ports : [undefined];
    for (const { addresses, conditions, hostname } of slice.endpoints ?? []) {
      if (conditions.ready === false) continue;
      for (const address of addresses) {
        const host = hostname ? hostname : dashed(address);
        for (const port of ports) yield { address, host, port };
      }
    }
  }
}

/** The host name of an endpoint that has none: `10-0-0-1`, `fd00--1`. */
export function dashed(address: string): string {
  if (!address.includes(':')) return address.replaceAll('.', '-');
  const host = address.replaceAll(':', '-');
  return host.endsWith('-') ? `${host}0` : host;
}

/** Host names under Services by the address of the endpoint. Kept until a slice is another one. */
export class ReverseEndpoints {
  readonly #controlPlane: ControlPlane;
  #slices: readonly EndpointSlice[] = [];
  #names: ReadonlyMap<string, readonly { readonly host: string; readonly service: NamespacedName }[]> = new Map();

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
  }

  /** In the order of the slices; `address` in its canonical text. */
  at(address: string): readonly { readonly host: string; readonly service: NamespacedName }[] {
    this.#refresh();
    return this.#names.get(address) ?? [];
  }

  #refresh(): void {
    const slices = [...this.#controlPlane.allEndpointSlices()];
    const known = this.#slices;
    // Slices that say the same are the same objects.
    if (slices.length === known.length && slices.every((slice, i) => slice === known[i])) return;
    const names = new Map<string, { readonly host: string; readonly service: NamespacedName }[]>();
    for (const slice of slices) {
      const name = slice.metadata.labels?.[serviceNameLabel];
      if (name === undefined) continue;
      const service = `${slice.metadata.namespace}/${name}`;
      for (const { address, host } of namedEndpoints([{ ...slice, ports: null }])) {
        const entries = names.get(address);
        if (entries) entries.push({ host, service });
        else names.set(address, [{ host, service }]);
      }
    }
    this.#slices = slices;
    this.#names = names;
  }
}
