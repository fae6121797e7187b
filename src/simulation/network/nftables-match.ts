/** Whether a packet, the first one of its connection, meets an expression of an nftables rule, and why not. */

import { assertNever } from '#base/assert';
import { printRanges } from '../proxy/nftables/ranges';
import type { NftElement, NftIndex, NftKeyPart, NftSet, NftStatement } from '../proxy/nftables/types';
import { canonical } from '../proxy/service-port';
import { isInPrefix, type LocalAddresses, type Packet } from './packet';

/** What rules ask of, beside the packet. */
export interface NftContext {
  readonly addresses: LocalAddresses;
  readonly sets: NftIndex<NftSet>;
}

/** A statement that only lets the packet pass, or not. */
export type NftMatch = Extract<
  NftStatement,
  {
    readonly kind:
      | 'address'
      | 'in-set'
      | 'interface-in'
      | 'protocol'
      | 'destination-port'
      | 'connection-state'
      | 'connection-status'
      | 'address-type'
      | 'mark';
  }
>;

const matchKinds: ReadonlySet<NftStatement['kind']> = new Set<NftMatch['kind']>([
  'address',
  'in-set',
  'interface-in',
  'protocol',
  'destination-port',
  'connection-state',
  'connection-status',
  'address-type',
  'mark',
]);

export function isMatch(statement: NftStatement): statement is NftMatch {
  return matchKinds.has(statement.kind);
}

export function meetsNft(packet: Packet, match: NftMatch, context: NftContext): boolean {
  const { header } = packet;
  switch (match.kind) {
    case 'address':
      return match.prefixes.some((prefix) => isIn(header[match.side], prefix)) !== match.negated;
    case 'in-set':
      return (elementOf(packet, match.key, match.set, context) !== undefined) !== match.negated;
    case 'interface-in':
      return (packet.from === 'pod') !== match.negated;
    case 'protocol':
      return header.protocol.toLowerCase() === match.protocol;
    case 'destination-port':
      return header.protocol.toLowerCase() === match.protocol && header.destinationPort === match.port;
    case 'connection-state':
      return match.states.includes('new');
    case 'connection-status':
      return packet.translated;
    case 'address-type':
      return context.addresses.isLocal(header[match.side]);
    case 'mark':
      return ((packet.mark & match.mask) >>> 0 === match.value) !== match.negated;
    default:
      return assertNever(match);
  }
}

/** The element of a set or map that has the packet's parts as its key. What rules add to a set, nobody has added yet. */
export function elementOf(
  packet: Packet,
  key: readonly NftKeyPart[],
  set: string,
  context: NftContext,
): NftElement | undefined {
  return context.sets.get(set)?.elements.get(keyOf(packet, key));
}

/** `10.96.0.1 . tcp . 443`. */
export function keyOf(packet: Packet, key: readonly NftKeyPart[]): string {
  return key.map((part) => partOf(packet, part)).join(' . ');
}

function partOf({ header }: Packet, part: NftKeyPart): string {
  switch (part) {
    case 'source':
    case 'destination':
      return canonical(header[part]);
    case 'protocol':
      return header.protocol.toLowerCase();
    case 'destination-port':
      return `${header.destinationPort}`;
    default:
      return assertNever(part);
  }
}

function isIn(address: string, prefix: string): boolean {
  return prefix.includes('/') ? isInPrefix(address, prefix) : canonical(address) === canonical(prefix);
}

/** Why a packet does not meet an expression: `source 10.244.1.7 is in 10.244.0.0/16`. */
export function whyNot(match: NftMatch, packet: Packet): string {
  const { header, mark, from } = packet;
  const is = 'negated' in match && match.negated ? 'is' : 'is not';
  switch (match.kind) {
    case 'address':
      return `${match.side} ${header[match.side]} ${is} in ${printRanges(match.prefixes)}`;
    case 'in-set':
      if (match.set.startsWith('affinity-')) return `client ${header.source} has not been sent to this endpoint before`;
      return `${keyOf(packet, match.key)} ${is} in @${match.set}`;
    case 'interface-in':
      return `it came in from ${from === 'pod' ? "one of the node's pods" : 'elsewhere'}`;
    case 'protocol':
      return `protocol ${header.protocol.toLowerCase()} is not ${match.protocol}`;
    case 'destination-port':
      return `destination port ${header.destinationPort}/${header.protocol.toLowerCase()} is not ${match.port}/${match.protocol}`;
    case 'connection-state':
      return `a new connection is not ${match.states.join(', ')}`;
    case 'connection-status':
      return 'this node did not translate its destination';
    case 'address-type':
      return `${match.side} ${header[match.side]} is not an address of the node`;
    case 'mark':
      return `mark 0x${mark.toString(16)} ${match.negated ? 'has not' : 'has'} 0x${match.mask.toString(16)}`;
    default:
      return assertNever(match);
  }
}
