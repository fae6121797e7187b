/** What the map keeps over reloads. */

import * as v from 'valibot';

export const view = v.object({ x: v.number(), y: v.number(), zoom: v.number() });
/** The world's point (0, 0) stands at x, y of the window; one world pixel is `zoom` pixels there. */
export type View = v.InferOutput<typeof view>;

/** What a layout leaves to the next one, so that things stay where the eye knows them. */
export const memory = v.object({
  /** All ids but those of pods in reading order, also of what is hidden for now or was deleted. */
  order: v.array(v.string()),
  /** For each of these: things of one tower, or towers, with different marks stand in different columns. */
  marks: v.array(v.number()),
  /** Of columns, by what stands in them. */
  widths: v.record(v.string(), v.number()),
  /** Where things stand that have room above them. */
  tops: v.record(v.string(), v.number()),
});
export type Memory = v.InferOutput<typeof memory>;

export const noMemory: Memory = { order: [], marks: [], widths: {}, tops: {} };

export const savedState = v.object({
  scope: v.string(),
  view: v.optional(view),
  selected: v.optional(v.string()),
  query: v.string(),
  shows: v.picklist(['map', 'list']),
  legend: v.boolean(),
  problems: v.boolean(),
  filtering: v.boolean(),
  /** Nothing said: where there is room. */
  minimap: v.optional(v.boolean()),
  grouping: v.picklist(['namespace', 'node', 'zone']),
  filter: v.object({
    namespaces: v.array(v.string()),
    hides: v.array(v.picklist(['entries', 'pods', 'nodes', 'policies', 'external', 'unused'])),
    problems: v.boolean(),
  }),
  /** The one thing that is shown with what it hangs together with. */
  focus: v.optional(v.string()),
  /** The ends of a request that were chosen so far. */
  traceFrom: v.optional(v.string()),
  traceTo: v.optional(v.string()),
  memory,
});
export type SavedState = v.InferOutput<typeof savedState>;

export const freshState: SavedState = {
  scope: '',
  query: '',
  shows: 'map',
  legend: false,
  problems: false,
  filtering: false,
  grouping: 'namespace',
  filter: { namespaces: [], hides: [], problems: false },
  memory: noMemory,
};
