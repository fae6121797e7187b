/** What the trace panel keeps over reloads. */

import type { WireTraceRequest } from '#protocol/values';
import * as v from 'valibot';

export const savedState = v.object({
  /** The request that the rest belongs to, as `requestKey` writes it. */
  request: v.string(),
  path: v.number(),
  assumptions: v.boolean(),
  /** Whether the comparison with other modes and nodes is shown. */
  compares: v.optional(v.boolean(), false),
  scroll: v.number(),
});
export type SavedState = v.InferOutput<typeof savedState>;

export const freshState: SavedState = { request: '', path: 0, assumptions: false, compares: false, scroll: 0 };

export function requestKey(request: WireTraceRequest): string {
  const { from, to, port, protocol, mode } = request;
  return JSON.stringify([from, to, port ?? 0, protocol ?? '', mode ?? '']);
}
