/** The order in which the controllers write ports down: by a hash of how Go prints them. */

import type { EndpointPort } from '#model/kubernetes';

/** Models k8s.io/endpointslice/util portsInOrder (since 1.33; older releases have another hash). */
export function slicePortsInOrder(ports: readonly EndpointPort[]): readonly EndpointPort[] {
  return inOrder(ports, ({ name, protocol, port, appProtocol }) =>
    printed([
      ['Name', '*string', name],
      ['Protocol', '*v1.Protocol', protocol],
      ['Port', '*int32', port],
      ['AppProtocol', '*string', appProtocol],
    ]),
  );
}

/** Models pkg/api/v1/endpoints portsByHash (since 1.33). */
export function subsetPortsInOrder(ports: readonly EndpointPort[]): readonly EndpointPort[] {
  return inOrder(ports, ({ name = '', protocol, port, appProtocol }) =>
    printed([
      ['Name', 'string', name],
      ['Port', 'int32', port],
      ['Protocol', 'v1.Protocol', protocol],
      ['AppProtocol', '*string', appProtocol],
    ]),
  );
}

function inOrder(ports: readonly EndpointPort[], print: (port: EndpointPort) => string): readonly EndpointPort[] {
  if (ports.length < 2) return ports;
  const hashed = ports.map((port) => ({ port, hash: fnv128a(print(port)) }));
  return hashed.sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0)).map(({ port }) => port);
}

/** Models k8s.io/utils/dump ForHash: pointers are followed. */
function printed(
  fields: readonly (readonly [name: string, type: string, value: string | number | undefined])[],
): string {
  return `(v1.EndpointPort){${fields.map(([name, type, value]) => `${name}:(${type})${value ?? '<nil>'}`).join(' ')}}`;
}

const offsetBasis = 0x6c62272e07bb014262b821756295c58dn;
const prime = (1n << 88n) + 0x13bn;

/** FNV-1a of 128 bits; the text is ASCII, as the names of ports are. */
function fnv128a(text: string): bigint {
  let hash = offsetBasis;
  for (let i = 0; i < text.length; i++) hash = BigInt.asUintN(128, (hash ^ BigInt(text.charCodeAt(i))) * prime);
  return hash;
}
