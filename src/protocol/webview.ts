/**
 * The messages between the extension and its panels. A panel names things by their id only: which file that is,
 * and whether it may be opened, the extension decides.
 */

import * as v from 'valibot';
import { tone } from './trace';
import { supposed } from './what-if';
import { comparison, topic, topology, topologyChange, trace, traceRequest, world } from './values';

const choice = v.object({ value: v.string(), label: v.string() });

/** What the extension tells a topology panel. */
export const toTopologyPanel = v.variant('kind', [
  v.object({
    kind: v.literal('topology'),
    version: v.number(),
    topology,
    scopes: v.array(choice),
    /** Nothing said: the cluster as it is. */
    supposed: v.optional(supposed),
  }),
  /** What has changed since the snapshot or change of version `base`; a page that has another one says `ready` again. */
  v.object({
    kind: v.literal('change'),
    version: v.number(),
    base: v.number(),
    change: topologyChange,
    scopes: v.array(choice),
    supposed: v.optional(supposed),
  }),
  /** Nothing to show, and what would help. */
  v.object({
    kind: v.literal('message'),
    version: v.number(),
    title: v.string(),
    text: v.string(),
    scopes: v.array(choice),
  }),
  /** Select a node and bring it into view. */
  v.object({ kind: v.literal('focus'), id: v.string() }),
  /** What the selected node is, for whoever meets its kind for the first time. */
  v.object({ kind: v.literal('explained'), id: v.string(), topics: v.array(topic) }),
  /** Draw the map as a picture, and send it as `exported`. */
  v.object({ kind: v.literal('export'), format: v.picklist(['svg', 'png']) }),
]);
export type ToTopologyPanel = v.InferOutput<typeof toTopologyPanel>;

export const fromTopologyPanel = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('scope'), scope: v.string() }),
  /** Open the YAML of a node, or the place of one of its problems: that with this message. */
  v.object({ kind: v.literal('reveal'), id: v.string(), problem: v.optional(v.string()) }),
  /** A node was selected that may explain itself; nobody wants explanations any more. */
  v.object({ kind: v.literal('explain'), id: v.string() }),
  v.object({ kind: v.literal('stopExplaining') }),
  /** Trace a request between nodes of the map; what is not said, the user is asked for. */
  v.object({ kind: v.literal('trace'), from: v.optional(v.string()), to: v.optional(v.string()) }),
  /** Suppose that something happens to a node of the map. */
  v.object({ kind: v.literal('whatIf'), id: v.string() }),
  /** Show another moment of the what-if; none any more; open its panel. */
  v.object({ kind: v.literal('moment'), moment: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  v.object({ kind: v.literal('leaveWhatIf') }),
  v.object({ kind: v.literal('openWhatIf') }),
  /** Save the map in a format that the user is asked for. */
  v.object({ kind: v.literal('export') }),
  /** The picture that was asked for: the text of an SVG, or a PNG in Base64. */
  v.object({ kind: v.literal('exported'), format: v.picklist(['svg', 'png']), data: v.string() }),
  /** The picture could not be drawn. */
  v.object({ kind: v.literal('notExported'), reason: v.string() }),
]);
export type FromTopologyPanel = v.InferOutput<typeof fromTopologyPanel>;

const suggestion = v.object({ value: v.string(), label: v.string(), description: v.string() });
export type Suggestion = v.InferOutput<typeof suggestion>;

/** What the fields of the request may hold, for whoever types. */
const suggestions = v.object({ from: v.array(suggestion), to: v.array(suggestion) });

/** Changes that were tried and help: those with files can be looked at and made, those with a request traced. */
const remedies = v.object({
  list: v.array(
    v.object({
      steps: v.array(v.string()),
      then: v.string(),
      tone,
      /** The names of the files that it changes. */
      files: v.array(v.string()),
      /** Other scopes that read these files. */
      alsoChanges: v.array(v.string()),
      hasRequest: v.boolean(),
    }),
  ),
  /** What may help and cannot be tried. */
  hints: v.array(v.string()),
});
export type PanelRemedies = v.InferOutput<typeof remedies>;

/** What goes with a trace and with a request that cannot be traced alike. */
const aroundRequest = {
  version: v.number(),
  suggestions,
  /** Undefined while they are looked for. */
  remedies: v.optional(remedies),
  isPinned: v.boolean(),
};

/** What the extension tells a trace panel. */
export const toTracePanel = v.variant('kind', [
  v.object({
    kind: v.literal('trace'),
    ...aroundRequest,
    trace,
    comparison: v.optional(comparison),
    /** Why there is none although it was asked for. */
    comparisonProblem: v.optional(v.string()),
    worlds: v.optional(v.array(world)),
    /** Whether the hops explain what is met there. */
    explains: v.boolean(),
  }),
  v.object({
    kind: v.literal('message'),
    ...aroundRequest,
    request: v.optional(traceRequest),
    title: v.string(),
    text: v.string(),
    worlds: v.optional(v.array(world)),
    /** The field that it is about, and what could stand there. */
    at: v.optional(v.picklist(['from', 'to', 'port'])),
    instead: v.array(v.string()),
  }),
  /** Draw this SVG as a PNG, and send it as `drawn`. */
  v.object({ kind: v.literal('draw'), svg: v.string() }),
]);
export type ToTracePanel = v.InferOutput<typeof toTracePanel>;

/** A link of a trace: the cause of a hop of a path, a fix, or a rule that a hop met. */
export const traceLink = v.variant('of', [
  v.object({ of: v.literal('cause'), path: v.number(), hop: v.number(), cause: v.number() }),
  v.object({ of: v.literal('fix'), fix: v.number() }),
  v.object({ of: v.literal('rule'), path: v.number(), hop: v.number(), rule: v.number() }),
]);

export const fromTracePanel = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('trace'), request: traceRequest }),
  /** Go through the request step by step, on one of its paths. */
  v.object({ kind: v.literal('debug'), path: v.number() }),
  /** Whether the same request in other modes and from other nodes is to be shown, too. */
  v.object({ kind: v.literal('compare'), open: v.boolean() }),
  v.object({ kind: v.literal('reveal'), link: traceLink }),
  /** The same request in another state of the cluster. */
  v.object({ kind: v.literal('world'), scope: v.string() }),
  /** Look at the change of a remedy, make it, or trace the request that it means. */
  v.object({ kind: v.literal('remedy'), remedy: v.number(), act: v.picklist(['preview', 'apply', 'trace']) }),
  v.object({ kind: v.literal('pin'), pinned: v.boolean() }),
  /** Put the trace into the clipboard. */
  v.object({
    kind: v.literal('copy'),
    format: v.picklist(['text', 'markdown', 'mermaid', 'dot', 'command']),
    path: v.number(),
  }),
  /** Write the path as a picture into a file that the user chooses. */
  v.object({ kind: v.literal('savePicture'), path: v.number(), format: v.picklist(['svg', 'png']) }),
  /** The PNG that was asked for, in Base64; why there is none. */
  v.object({ kind: v.literal('drawn'), png: v.string() }),
  v.object({ kind: v.literal('notDrawn'), reason: v.string() }),
  v.object({ kind: v.literal('saveTest') }),
  v.object({ kind: v.literal('stopExplaining') }),
]);
export type FromTracePanel = v.InferOutput<typeof fromTracePanel>;
