/** Sources of packets, as recordings name them. */

import type { PacketSource } from '#simulation/types';

/** `pod NS/NAME`, `node NAME`, `outside via NODE`. */
export function sourceOf(text: string): PacketSource {
  const [kind, ...rest] = text.split(' ');
  if (kind === 'pod') return { kind, pod: rest[0]! };
  if (kind === 'node') return { kind, node: rest[0]! };
  return { kind: 'outside', node: rest[1]! };
}
