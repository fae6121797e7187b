/** kube-proxy's names for nftables chains and sets: a prefix, a hash, and the text that was hashed. */

import { chainHash } from '../iptables/names';
import type { EndpointInfo } from '../endpoints';
import type { ServicePortInfo } from '../service-port';

/** knftables.NameLengthMax less what the longest prefix needs. */
const longestBase = 256 - 16;

/** `NAMESPACE/NAME/PROTOCOL/PORT`: what the names of a port's chains are made of. */
export function portText(port: ServicePortInfo): string {
  return `${port.service}/${port.protocol.toLowerCase()}/${port.portName}`;
}

/** Models servicePortChainNameBase in pkg/proxy/nftables/proxier.go (v1.37); `text` is a portText. */
export function portChainBase(text: string): string {
  return hashed(text);
}

/** Models servicePortEndpointChainNameBase; `text` is the portText of the endpoint's port. */
export function endpointChainBase(text: string, endpoint: EndpointInfo): string {
  return hashed(`${text}__${endpoint.ip.replaceAll(':', '.')}/${endpoint.port}`);
}

/** Models hashAndTruncate: of the same SHA-256 that names iptables chains, the first eight characters. */
function hashed(text: string): string {
  const base = `${chainHash(text).slice(0, 8)}-${text}`;
  return base.length > longestBase ? `${base.slice(0, longestBase - 3)}...` : base;
}

/** The portText in the name of a chain or set that belongs to a port or its endpoint; undefined for a fixed one. */
export function portTextIn(name: string): string | undefined {
  return /^[a-z]+-[A-Z2-7]{8}-([^/]+\/[^/]+\/[^/]+\/[^/_]*)(?:__.*)?$/.exec(name)?.[1];
}
