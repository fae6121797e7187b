/** A packet on a node as whoever goes through the rules sees it: its fields, its interfaces, what conntrack knows. */

import { assertNever } from '#base/assert';
import { familyOf } from '#base/ip';
import type { PacketHeader, PacketState, WalkPath } from '#simulation/types';
import { printHeader } from '../trace/packet-hops';
import type { PacketView } from './types';

export type PacketHere = PacketState & { readonly header: PacketHeader };

/** Where on its walk the packet is. */
export interface Whereabouts {
  readonly node: string;
  /** As it came to the node. */
  readonly original: PacketHeader;
  /** The hook, where it is in one. */
  readonly hook: string | undefined;
  readonly way: WalkPath;
  /** Index of the step. */
  readonly at: number;
}

export function viewOf(packet: PacketHere, here: Whereabouts): PacketView {
  const { header, mark, from, virtualServer } = packet;
  const { original, node } = here;
  const isTranslated = header.destination !== original.destination || header.destinationPort !== original.destinationPort; // prettier-ignore
  return {
    node,
    family: familyOf(header.destination) ?? 'IPv4',
    protocol: header.protocol,
    saddr: header.source,
    sport: header.sourcePort,
    daddr: header.destination,
    dport: header.destinationPort,
    iif: wayIn(from),
    oif: wayOut(here),
    mark,
    ipvs: virtualServer,
    conntrack: {
      state: 'NEW',
      status: [...(isTranslated ? ['DNAT'] : []), ...(header.source === original.source ? [] : ['SNAT'])],
      original: printHeader(original),
      reply: printHeader({
        ...header,
        source: header.destination,
        sourcePort: header.destinationPort,
        destination: header.source,
        destinationPort: header.sourcePort,
      }),
    },
  };
}

function wayIn(from: PacketState['from']): string {
  switch (from) {
    case 'pod':
      return 'the interface of a pod of the node';
    case 'network':
      return "the node's network";
    case 'node':
      return 'none: a process of the node sends it';
    default:
      return assertNever(from);
  }
}

/** Where the route leads is known behind PREROUTING, and sure behind OUTPUT, which may still translate. */
function wayOut({ hook, way, at, node }: Whereabouts): string | undefined {
  if (hook === 'PREROUTING' || hook === 'OUTPUT') return undefined;
  if (hook === 'INPUT') return 'none: it is for the node itself';
  const leaves = way.steps.slice(at).some((step) => step.kind === 'route' && step.node === node);
  if (leaves) return "the node's network";
  return way.outcome.kind === 'delivered' ? 'the interface of a pod of the node' : "the node's network";
}
