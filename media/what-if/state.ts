/** What the what-if panel keeps over reloads. */

import * as v from 'valibot';

export const savedState = v.object({
  /** The steps that the rest belongs to. */
  steps: v.array(v.string()),
  moment: v.number(),
  scroll: v.number(),
});
export type SavedState = v.InferOutput<typeof savedState>;

export const freshState: SavedState = { steps: [], moment: 0, scroll: 0 };
