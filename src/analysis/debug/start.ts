/** Where a recorded request starts: as its text says, on the node that is asked for. */

import { namespacedName } from '#model/kubernetes';
import type { ControlPlane } from '#simulation/types';
import { isError } from '../trace/lookup';
import { resolveSource } from '../trace/source';
import type { TraceError } from '../types';

/** The source as a trace takes it. Without one, a process of the node sends the request. */
export function startOf(
  from: string | undefined,
  node: string | undefined,
  controlPlane: ControlPlane,
): string | TraceError {
  if (node === undefined || node === '') return from ?? { error: 'Say who sends the request (from).' };
  if (!controlPlane.node(node)) {
    const known = controlPlane.nodes().map(({ metadata }) => metadata.name);
    return { error: `There is no node ${node}. There are ${known.join(', ')}.` };
  }
  if (from === undefined || from === '') return `node ${node}`;
  const source = resolveSource(from, controlPlane);
  if (isError(source)) return source;
  if (source.packet.kind === 'outside') return `outside via ${node}`;
  if (source.packet.kind === 'node')
    return source.packet.node === node ? from : { error: `${from} is not ${node}: leave one of the two out.` };
  const { pod } = source;
  if (!pod || pod.spec.nodeName === node) return from;
  const group = controlPlane.groupOfPod(namespacedName(pod));
  const isWorkload = source.notes.length > 0;
  const there = isWorkload && group ? controlPlane.podsOf(group.key).find(({ spec }) => spec.nodeName === node) : undefined; // prettier-ignore
  if (there) return `pod ${namespacedName(there)}`;
  return { error: `No pod of ${from} is on ${node}: ${source.label} is the nearest.` };
}
