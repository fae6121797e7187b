/**
 * The messages between the extension and its panels. A panel names things by their id only: which file that is,
 * and whether it may be opened, the extension decides.
 */

import * as v from 'valibot';
import { comparison, topology, trace, traceRequest, world } from './values';

const choice = v.object({ value: v.string(), label: v.string() });

/** What the extension tells a topology panel. */
export const toTopologyPanel = v.variant('kind', [
  v.object({ kind: v.literal('topology'), version: v.number(), topology, scopes: v.array(choice) }),
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
]);
export type ToTopologyPanel = v.InferOutput<typeof toTopologyPanel>;

export const fromTopologyPanel = v.variant('kind', [
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('scope'), scope: v.string() }),
  /** Open the YAML of a node. */
  v.object({ kind: v.literal('reveal'), id: v.string() }),
  /** Trace a request to the Service with this node id (or from the pod or workload). */
  v.object({ kind: v.literal('trace'), id: v.string() }),
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
