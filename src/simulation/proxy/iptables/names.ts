/** kube-proxy's chain names: a prefix and a hash. */

import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Hashes are a large part of the work for many Services; they depend on nothing but their text. */
const known = new Map<string, string>();
const mostKnown = 500_000;

/** The first 16 characters of RFC 4648 base32 of SHA-256: portProtoHash and servicePortEndpointChainName in pkg/proxy/iptables/proxier.go. */
export function chainHash(text: string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  const bytes = sha256(utf8ToBytes(text));
  let hash = '';
  for (let bit = 0; bit < 80; bit += 5) {
    const at = bit >> 3;
    const pair = (bytes[at]! << 8) | bytes[at + 1]!;
    hash += alphabet[(pair >> (11 - (bit & 7))) & 31]!;
  }
  if (known.size >= mostKnown) known.clear();
  known.set(text, hash);
  return hash;
}
