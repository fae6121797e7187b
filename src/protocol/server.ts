/** The requests and notifications between the extension and the language server, beside those of LSP. */

import * as v from 'valibot';
import { request } from './request';
import {
  topic,
  comparison,
  place,
  position,
  proxyMode,
  scopeSummary,
  topology,
  topologyChange,
  trace,
  traceRequest,
  treeItem,
} from './values';

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

/** The scheme of documents that show what is rendered: `service-topology-rendered:/SCOPE.yaml`. */
export const renderedScheme = 'service-topology-rendered';
/** What follows the scope in the path of such a document: its tab shows no more than the last folder. */
export const renderedEnding = ' (rendered).yaml';

/** What kustomize or Helm made of a scope, without the data of Secrets. */
export const renderedRequest = request(
  'rendered',
  v.object({ scope: v.string() }),
  v.union([v.object({ text: v.string() }), failure]),
);

/** The scopes that an engine renders; `current`: the first one of the document `uri`. */
export const renderableRequest = request(
  'renderable',
  v.object({ uri: v.optional(v.string()) }),
  v.object({ scopes: v.array(scopeSummary), current: v.optional(v.string()) }),
);

/** The Helm charts of the workspace with the value files that they are rendered with, and those beside them. */
export const valueFilesRequest = request(
  'valueFiles',
  v.object({ uri: v.optional(v.string()), scope: v.optional(v.string()) }),
  v.object({
    charts: v.array(
      v.object({
        scope: v.string(),
        /** In the order in which they are merged, relative to the chart where they lie in it. */
        chosen: v.array(v.string()),
        offered: v.array(v.string()),
        /** What chooses them, where that is a document of a deployment tool: its place. */
        askedBy: v.optional(place),
      }),
    ),
    /** The one that the document or the scope is about. */
    current: v.optional(v.string()),
  }),
);

/** The settings file with other value files for a chart: to be written by the client. */
export const chooseValueFilesRequest = request(
  'chooseValueFiles',
  v.object({ scope: v.string(), valueFiles: v.array(v.string()) }),
  v.union([v.object({ uri: v.string(), text: v.string() }), failure]),
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
    /** A workload or pod, as the steps of a what-if name it: the Service that selects it is meant. */
    subject: v.optional(v.string()),
  }),
  v.object({
    sources: v.array(traceChoice),
    destinations: v.array(
      v.object({ ...traceChoice.entries, ports: v.array(v.object({ port: v.number(), label: v.string() })) }),
    ),
    from: v.optional(v.string()),
    to: v.optional(v.string()),
    port: v.optional(v.number()),
    /** The first workload that the Service `to` selects. */
    behind: v.optional(v.string()),
  }),
);

/** Why a request cannot be traced, which part of it that is about, and what could stand there. */
const traceFailure = v.object({
  error: v.string(),
  at: v.optional(v.picklist(['from', 'to', 'port'])),
  suggestions: v.optional(v.array(v.string())),
});

export const traceRequestMessage = request(
  'trace',
  v.object({ scope: v.string(), request: traceRequest }),
  v.union([v.object({ trace }), traceFailure]),
);

/** The same request in all modes and from the like place on each node. */
export const compareRequestMessage = request(
  'compare',
  v.object({ scope: v.string(), request: traceRequest }),
  v.union([v.object({ comparison }), failure]),
);

/**
 * The graph of a scope; with `since`, the version of an earlier answer, only what has changed, as far as that is known.
 * With `sketch`, a large graph that was never asked for before may come without pods and without what depends on them:
 * it is a sketch then, and what it lacks is the change since its version.
 */
export const topologyRequest = request(
  'topology',
  v.object({ scope: v.string(), since: v.optional(v.string()), sketch: v.optional(v.boolean()) }),
  v.union([
    v.object({ version: v.string(), topology, isSketch: v.optional(v.boolean()) }),
    v.object({ version: v.string(), change: topologyChange }),
    failure,
  ]),
);

/** The YAML behind a node of the graph, by the key of its object. */
export const topologyPlaceRequest = request(
  'topologyPlace',
  v.object({ scope: v.string(), object: v.string(), problem: v.optional(v.string()) }),
  v.object({ place: v.optional(place) }),
);

/** What the kind of object behind a node is. */
export const topologyTopicsRequest = request(
  'topologyTopics',
  v.object({ scope: v.string(), object: v.string() }),
  v.object({ topics: v.array(topic) }),
);

/** The key of the object that stands at a place. */
export const objectAtRequest = request(
  'objectAt',
  v.object({ scope: v.string(), uri: v.string(), position }),
  v.object({ object: v.optional(v.string()) }),
);

/** The graph as a text for other tools. */
export const topologyTextRequest = request(
  'topologyText',
  v.object({ scope: v.string(), format: v.picklist(['mermaid', 'dot']) }),
  v.union([v.object({ text: v.string() }), failure]),
);

/** The nodes of a scope, and the mode that their kube-proxy works in. */
export const nodesRequest = request(
  'nodes',
  v.object({ scope: v.string() }),
  /** `version`: the cluster's release; `versions`: those that can be simulated, the newest first. */
  v.object({
    nodes: v.array(v.string()),
    mode: proxyMode,
    version: v.optional(v.string(), ''),
    versions: v.optional(v.array(v.string()), []),
  }),
);

/** Which rules: of a node, in a mode and family; of another release than the cluster's, or before edits were saved. */
export const rulesQuestion = v.object({
  scope: v.string(),
  node: v.string(),
  mode: proxyMode,
  family: v.picklist(['IPv4', 'IPv6']),
  /** `1.33`; without it the cluster's own. */
  version: v.optional(v.string()),
  /** Documents, by URI, of which the text on disk counts and not the editor's. */
  saved: v.optional(v.array(v.string())),
  /** At a moment of a what-if. */
  whatIf: v.optional(v.object({ steps: v.array(v.string()), moment: v.number() })),
});
export type RulesQuestion = v.InferInput<typeof rulesQuestion>;

export const rulesRequest = request('rules', rulesQuestion, v.union([v.object({ text: v.string() }), failure]));

/** A place in a document of rules; `text` is the line as the asker sees it, which may be older than the rules are. */
const rulesPosition = v.object({ rules: rulesQuestion, position, text: v.string() });

/** What a line of rules does and who made it, as Markdown; nothing where the line is another one by now. */
export const rulesHoverRequest = request(
  'rulesHover',
  rulesPosition,
  v.object({
    hover: v.optional(v.object({ from: v.number(), to: v.number(), contents: v.string() })),
  }),
);

/** Where a name in the rules leads: to lines of the same document, or to the YAML that made the rule. */
export const rulesDefinitionRequest = request(
  'rulesDefinition',
  rulesPosition,
  v.object({ lines: v.array(v.number()), places: v.array(place) }),
);

/** The lines that jump to the chain, or ask the set, whose name is at a position. */
export const rulesReferencesRequest = request(
  'rulesReferences',
  rulesPosition,
  v.object({ lines: v.array(v.number()) }),
);

const rulesBlock = v.object({
  kind: v.picklist(['table', 'chain', 'set', 'server']),
  name: v.string(),
  detail: v.string(),
  /** First and last line. */
  from: v.number(),
  to: v.number(),
});
const rulesPart = v.object({ ...rulesBlock.entries, children: v.array(rulesBlock) });

/** Tables with their chains, sets and servers (IPVS: its listings with theirs, the last one with tables). */
export const rulesSymbol = v.object({
  ...rulesBlock.entries,
  children: v.array(v.object({ ...rulesPart.entries })),
});
export type RulesSymbol = v.InferOutput<typeof rulesSymbol>;

export const rulesOutlineRequest = request(
  'rulesOutline',
  rulesQuestion,
  v.object({ symbols: v.array(rulesSymbol), folds: v.array(v.object({ from: v.number(), to: v.number() })) }),
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
