/** The requests and notifications between the extension and the language server, beside those of LSP. */

import * as v from 'valibot';
import { comparison, position, proxyMode, scopeSummary, topology, trace, traceRequest, treeItem } from './values';

/** A request: its method, and the schemas of what is asked and answered. */
export interface RequestSchema<P extends v.GenericSchema, R extends v.GenericSchema> {
  readonly method: string;
  readonly params: P;
  readonly result: R;
}

function request<P extends v.GenericSchema, R extends v.GenericSchema>(
  method: string,
  params: P,
  result: R,
): RequestSchema<P, R> {
  return { method: `serviceTopology/${method}`, params, result };
}

const failure = v.object({ error: v.string() });

/** Children of a row of the Services view; without `parent` the first level. */
export const treeRequest = request(
  'tree',
  v.object({ parent: v.optional(v.string()) }),
  v.object({ items: v.array(treeItem) }),
);

/** The row of the Service at a position of a document, with the rows above it, outermost first; empty where there is none. */
export const revealRequest = request(
  'reveal',
  v.object({ uri: v.string(), position }),
  v.object({ path: v.array(treeItem) }),
);

export const scopesRequest = request(
  'scopes',
  v.object({ uri: v.optional(v.string()) }),
  /** `current`: the scope of the document `uri`. */
  v.object({ scopes: v.array(scopeSummary), current: v.optional(v.string()) }),
);

export const traceChoice = v.object({ value: v.string(), label: v.string(), description: v.string() });
export type TraceChoice = v.InferOutput<typeof traceChoice>;

/** What can be asked in a scope, and what the position of the cursor or a Service already answers. */
export const traceChoicesRequest = request(
  'traceChoices',
  v.object({
    scope: v.string(),
    uri: v.optional(v.string()),
    position: v.optional(position),
    service: v.optional(v.string()),
  }),
  v.object({
    sources: v.array(traceChoice),
    destinations: v.array(
      v.object({ ...traceChoice.entries, ports: v.array(v.object({ port: v.number(), label: v.string() })) }),
    ),
    from: v.optional(v.string()),
    to: v.optional(v.string()),
    port: v.optional(v.number()),
  }),
);

export const traceRequestMessage = request(
  'trace',
  v.object({ scope: v.string(), request: traceRequest }),
  v.union([v.object({ trace }), failure]),
);

/** The same request in all modes and from the like place on each node. */
export const compareRequestMessage = request(
  'compare',
  v.object({ scope: v.string(), request: traceRequest }),
  v.union([v.object({ comparison }), failure]),
);

export const topologyRequest = request(
  'topology',
  v.object({ scope: v.string() }),
  v.union([v.object({ topology }), failure]),
);

/** The nodes of a scope, and the mode that their kube-proxy works in. */
export const nodesRequest = request(
  'nodes',
  v.object({ scope: v.string() }),
  v.object({ nodes: v.array(v.string()), mode: proxyMode }),
);

export const rulesRequest = request(
  'rules',
  v.object({ scope: v.string(), node: v.string(), mode: proxyMode, family: v.picklist(['IPv4', 'IPv6']) }),
  v.union([v.object({ text: v.string() }), failure]),
);

/** Sent by the server whenever what it would answer may have changed. */
export const changedNotification = {
  method: 'serviceTopology/changed',
  params: v.object({ version: v.number() }),
};

export const statusNotification = {
  method: 'serviceTopology/status',
  params: v.object({
    state: v.picklist(['reading', 'ready']),
    filesRead: v.number(),
    files: v.number(),
    scopes: v.number(),
    errors: v.number(),
    warnings: v.number(),
  }),
};
export type Status = v.InferOutput<typeof statusNotification.params>;
