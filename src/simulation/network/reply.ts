/**
 * The way back. A node that translated a request undoes it in the answer only if the answer passes through it; an
 * answer that goes another way carries an address that the client never asked, and the connection times out.
 */

import type { PacketHeader, WalkStep } from '../types';
import type { Fabric } from './fabric';

/** What one node did to the request. */
export interface Translation {
  readonly node: string;
  readonly before: PacketHeader;
  readonly after: PacketHeader;
}

export type Reply =
  | { readonly arrives: true; readonly steps: readonly WalkStep[] }
  | { readonly arrives: false; readonly reason: string; readonly steps: readonly WalkStep[] };

/** Follows the answer from the node where the request ended back to where it began. */
export function follow(
  translations: readonly Translation[],
  endNode: string,
  delivered: PacketHeader,
  fabric: Fabric,
): Reply {
  const pending = [...translations];
  let header = turned(delivered);
  let position: string | undefined = endNode;
  while (position !== undefined && pending.length > 0) {
    const last: Translation = pending.at(-1)!;
    if (last.node === position) {
      pending.pop();
      header = turned(last.before);
      continue;
    }
    const owner = fabric.owner(header.destination);
    const next: string | undefined = owner.kind === 'node' || owner.kind === 'pod' ? owner.node : undefined;
    position = next === position ? undefined : next;
  }
  const missed = pending.at(-1);
  if (!missed) {
    const message =
      translations.length === 0
        ? 'the answer goes straight back'
        : `the answer passes ${nodesOf(translations)}, which undoes the translation`;
    return { arrives: true, steps: [{ kind: 'reply', message, header }] };
  }
  const reason = `the answer goes straight back to ${header.destination} and does not pass ${missed.node}, which translated the request: the client sees an answer from ${header.source}:${header.sourcePort}, which it never asked`;
  return { arrives: false, reason, steps: [{ kind: 'reply', message: reason, header }] };
}

function turned(header: PacketHeader): PacketHeader {
  return {
    protocol: header.protocol,
    source: header.destination,
    sourcePort: header.destinationPort,
    destination: header.source,
    destinationPort: header.sourcePort,
  };
}

function nodesOf(translations: readonly Translation[]): string {
  return [...new Set(translations.map(({ node }) => node))].reverse().join(' and ');
}

/** The translations, with what one more hook did to the packet. */
export function withTranslation(
  known: readonly Translation[],
  node: string,
  before: PacketHeader,
  after: PacketHeader,
): readonly Translation[] {
  if (
    before === after ||
    (before.source === after.source &&
      before.destination === after.destination &&
      before.destinationPort === after.destinationPort)
  )
    return known;
  const last = known.at(-1);
  // One node's connection entry holds both translations.
  if (last?.node === node) return [...known.slice(0, -1), { ...last, after }];
  return [...known, { node, before, after }];
}
