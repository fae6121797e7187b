/**
 * The messages between the extension and its panels. A panel names things by their id only: which file that is,
 * and whether it may be opened, the extension decides.
 */

import * as v from 'valibot';
import { comparison, topology, topologyChange, trace, traceRequest, world } from './values';

const choice = v.object({ value: v.string(), label: v.string() });

/** What the extension tells a topology panel. */
export const toTopologyPanel = v.variant('kind', [
  v.object({ kind: v.literal('topology'), version: v.number(), topology, scopes: v.array(choice) }),
  /** What has changed since the snapshot or change of version `base`; a page that has another one says `ready` again. */
  v.object({
    kind: v.literal('change'),
    version: v.number(),
    base: v.number(),
    change: topologyChange,
    scopes: v.array(choice),
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
  /** Draw the map as a picture, and send it as `exported`. */
  v.object({ kind: v.literal('export'), format: v.picklist(['svg', 'png']) }),
]);
export type ToTopologyPanel = v.InferOutput<typeof toTopologyPanel>;

export const fromTopologyPanel = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('scope'), scope: v.string() }),
  /** Open the YAML of a node. */
  v.object({ kind: v.literal('reveal'), id: v.string() }),
  /** Trace a request between nodes of the map; what is not said, the user is asked for. */
  v.object({ kind: v.literal('trace'), from: v.optional(v.string()), to: v.optional(v.string()) }),
  /** Save the map in a format that the user is asked for. */
  v.object({ kind: v.literal('export') }),
  /** The picture that was asked for: the text of an SVG, or a PNG in Base64. */
  v.object({ kind: v.literal('exported'), format: v.picklist(['svg', 'png']), data: v.string() }),
  /** The picture could not be drawn. */
  v.object({ kind: v.literal('notExported'), reason: v.string() }),
]);
export type FromTopologyPanel = v.InferOutput<typeof fromTopologyPanel>;

/** What the extension tells a trace panel. */
export const toTracePanel = v.variant('kind', [
  v.object({
    kind: v.literal('trace'),
    version: v.number(),
    trace,
    comparison: v.optional(comparison),
    /** Why there is none although it was asked for. */
    comparisonProblem: v.optional(v.string()),
    worlds: v.optional(v.array(world)),
  }),
  v.object({
    kind: v.literal('message'),
    version: v.number(),
    request: v.optional(traceRequest),
    title: v.string(),
    text: v.string(),
    worlds: v.optional(v.array(world)),
  }),
]);
export type ToTracePanel = v.InferOutput<typeof toTracePanel>;

/** A link of a trace: the cause of a hop of a path, or a fix. */
export const traceLink = v.variant('of', [
  v.object({ of: v.literal('cause'), path: v.number(), hop: v.number(), cause: v.number() }),
  v.object({ of: v.literal('fix'), fix: v.number() }),
]);

export const fromTracePanel = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('trace'), request: traceRequest }),
  /** Whether the same request in other modes and from other nodes is to be shown, too. */
  v.object({ kind: v.literal('compare'), open: v.boolean() }),
  v.object({ kind: v.literal('reveal'), link: traceLink }),
  /** The same request in another state of the cluster. */
  v.object({ kind: v.literal('world'), scope: v.string() }),
]);
export type FromTracePanel = v.InferOutput<typeof fromTracePanel>;
