/** A packet on its way through one node, and how it meets the matches of a rule. */

import { assertNever } from '#base/assert';
import { parseIp, parsePrefix, prefixContains, type IpPrefix } from '#base/ip';
import { virtualServerKey } from '../proxy/ipvs/types';
import type { PacketHeader, PacketState, RuleMatch } from '../types';

export interface Packet extends PacketState {
  readonly header: PacketHeader;
}

/** What a node can tell about addresses. */
export interface LocalAddresses {
  isLocal(address: string): boolean;
}

const prefixes = new Map<string, IpPrefix | undefined>();

/** Whether an address lies in a prefix; both as text. Whole addresses, which most rules have, are compared as text. */
export function isInPrefix(address: string, prefix: string): boolean {
  const slash = prefix.length - 3;
  if (prefix.endsWith('/32') && !prefix.includes(':')) return slash === address.length && prefix.startsWith(address);
  if (prefix.endsWith('/128')) return prefix.length - 4 === address.length && prefix.startsWith(address);
  if (!prefixes.has(prefix)) prefixes.set(prefix, parsePrefix(prefix));
  const parsed = prefixes.get(prefix);
  const ip = parseIp(address);
  return parsed !== undefined && ip !== undefined && prefixContains(parsed, ip);
}

/** What a rule's matches ask of, beside the packet. */
export interface MatchContext {
  readonly addresses: LocalAddresses;
  /** Whether an ipset has the entry that the packet makes. */
  isInSet?(packet: Packet, set: string, parts: readonly ('src' | 'dst')[]): boolean;
}

/** Whether the packet, the first one of its connection, meets a match; a random one is decided elsewhere. */
export function meets(packet: Packet, match: Exclude<RuleMatch, { kind: 'random' }>, context: MatchContext): boolean {
  const { addresses: node } = context;
  const { header } = packet;
  switch (match.kind) {
    case 'destination':
      return isInPrefix(header.destination, match.prefix) !== match.negated;
    case 'source':
      return isInPrefix(header.source, match.prefix) !== match.negated;
    case 'protocol':
      return (header.protocol.toLowerCase() === match.protocol) !== match.negated;
    case 'destination-port':
      return header.destinationPort === match.port;
    case 'source-type':
      return node.isLocal(header.source) !== match.negated;
    case 'destination-type':
      return node.isLocal(header.destination) !== match.negated;
    case 'connection-state':
      return (match.states.includes('NEW') || (packet.translated && match.states.includes('DNAT'))) !== match.negated;
    case 'mark':
      // The highest of the 32 bits would else make a negative number.
      return (packet.mark & match.mask) >>> 0 === match.value >>> 0 ? !match.negated : match.negated;
    case 'recent':
      // Nobody has connected before: the list is empty.
      return match.action === 'set';
    case 'interface-in':
      return (packet.from === 'pod') !== match.negated;
    case 'set':
      return (context.isInSet?.(packet, match.set, match.parts) ?? false) !== match.negated;
    case 'bridge-port-in':
      // Every pod has a wire of its own to its node; there is no bridge.
      return match.negated;
    case 'virtual-server':
      return packet.virtualServer === virtualServerKey(match.protocol, match.address, match.port);
    case 'accounting':
    case 'protocol-module':
    case 'comment':
      return true;
    default:
      return assertNever(match);
  }
}
