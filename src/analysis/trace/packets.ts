/** The packet of a path at a glance: as it is sent, what each translation makes of it, as it arrives, and the answer. */

import type { PacketHeader, WalkPath, WalkStep } from '#simulation/types';
import type { PacketRow } from '../types';
import { hostAndPort } from './host-and-port';

/** Empty for a path without any step. */
export function packetRows({ steps, outcome }: WalkPath): PacketRow[] {
  const [first] = steps;
  if (!first) return [];
  const sent = headerBefore(first);
  const rows = [rowOf('as sent', sent.protocol, sent, 0), ...steps.flatMap(changeOf)];
  if (outcome.kind !== 'delivered') return rows;
  const arrived = headerAfter(steps.findLast(({ kind }) => kind !== 'reply') ?? first);
  // Conntrack undoes all that was translated: else the walk would not have delivered it.
  return [
    ...rows,
    rowOf('as it arrives', `at ${outcome.pod}`, arrived, 0),
    rowOf('the answer, as sent', `by ${outcome.pod}`, turned(arrived), 0),
    rowOf('the answer, as it arrives', 'translated back', turned(sent), 0),
  ];
}

function changeOf(step: WalkStep): PacketRow[] {
  if (step.kind === 'plugin') return [rowOf(`${step.node} ${step.hook}`, 'network plugin', step.after, 0)];
  if (step.kind !== 'rule') return [];
  const { node, table, hook, action, before, after, state } = step;
  const where = `${node} ${table} ${hook}`;
  switch (action.kind) {
    case 'dnat':
      return [rowOf(where, 'DNAT', after, state.mark)];
    case 'masquerade':
      // The mark that asked for it is taken off.
      return [rowOf(where, 'MASQUERADE', after, 0)];
    case 'mark': {
      const mark = (state.mark & ~action.mask) ^ action.value;
      // That a mark is taken off again, before the packet leaves the node, changes nothing any more.
      return mark === state.mark || mark === 0 ? [] : [rowOf(where, 'mark', before, mark)];
    }
    default:
      return [];
  }
}

function rowOf(where: string, what: string, header: PacketHeader, mark: number): PacketRow {
  return {
    where,
    what,
    source: hostAndPort(header.source, header.sourcePort),
    destination: hostAndPort(header.destination, header.destinationPort),
    mark: mark === 0 ? undefined : `0x${(mark >>> 0).toString(16)}`,
  };
}

function turned(header: PacketHeader): PacketHeader {
  const { source, sourcePort, destination, destinationPort } = header;
  return { ...header, source: destination, sourcePort: destinationPort, destination: source, destinationPort: sourcePort }; // prettier-ignore
}

function headerBefore(step: WalkStep): PacketHeader {
  return 'before' in step ? step.before : step.header;
}

function headerAfter(step: WalkStep): PacketHeader {
  return 'after' in step ? step.after : step.header;
}
