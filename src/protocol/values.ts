/** Values that several messages carry, as schemas: what crosses a process is checked on arrival. */

import * as v from 'valibot';

export const position = v.object({ line: v.number(), character: v.number() });
export const range = v.object({ start: position, end: position });

/** A place in a document, by its URI. */
export const place = v.object({ uri: v.string(), range });
export type WirePlace = v.InferOutput<typeof place>;

export const severity = v.picklist(['error', 'warning', 'info', 'hint']);
export type WireSeverity = v.InferOutput<typeof severity>;

export const problem = v.object({ severity, message: v.string() });

export const protocolName = v.picklist(['TCP', 'UDP', 'SCTP']);
export const proxyMode = v.picklist(['iptables', 'ipvs', 'nftables']);

export const traceRequest = v.object({
  from: v.string(),
  to: v.string(),
  port: v.optional(v.number()),
  protocol: v.optional(protocolName),
  mode: v.optional(proxyMode),
});
export type WireTraceRequest = v.InferOutput<typeof traceRequest>;

export const cause = v.object({ text: v.string(), place: v.optional(place) });

/** A rule that matched; `passed` are the last of those of its chain that did not, with the reason. */
export const hopRule = v.object({
  text: v.string(),
  chain: v.string(),
  /** Where it stands among its node's rules; `index` counts those of its chain from zero. */
  at: v.object({ node: v.string(), family: v.picklist(['IPv4', 'IPv6']), table: v.string(), index: v.number() }),
  probability: v.number(),
  passedOver: v.number(),
  passed: v.array(v.object({ text: v.string(), reason: v.string() })),
});
export type WireHopRule = v.InferOutput<typeof hopRule>;

/** What a part of Kubernetes is, in two sentences. */
export const topic = v.object({ title: v.string(), text: v.string() });
export type WireTopic = v.InferOutput<typeof topic>;

export const hop = v.object({
  kind: v.picklist(['http', 'name', 'service', 'rules', 'route', 'policy', 'pod', 'reply']),
  title: v.string(),
  result: v.string(),
  lines: v.array(v.string()),
  rules: v.optional(v.array(hopRule)),
  before: v.optional(v.string()),
  after: v.optional(v.string()),
  causes: v.array(cause),
  state: v.picklist(['passed', 'changed', 'ended', 'failed']),
  /** What is met here, by the keys of `explanations`. */
  topics: v.optional(v.array(v.string())),
});
export type WireHop = v.InferOutput<typeof hop>;

export const outcome = v.object({
  kind: v.picklist(['delivered', 'refused', 'timeout', 'not permitted', 'network unreachable', 'host unreachable', 'undelivered', 'unresolved', 'answered', 'unknown']), // prettier-ignore
  /** `shop/web-1:8080` where it was delivered, else why not. */
  text: v.string(),
  probability: v.number(),
});
export type WireOutcome = v.InferOutput<typeof outcome>;

/** The packet at one point of its way. */
export const packetRow = v.object({
  where: v.string(),
  what: v.string(),
  source: v.string(),
  destination: v.string(),
  mark: v.optional(v.string()),
});
export type WirePacketRow = v.InferOutput<typeof packetRow>;

export const fix = v.object({ title: v.string(), place: v.optional(place) });

export const trace = v.object({
  request: traceRequest,
  scope: v.string(),
  from: v.string(),
  to: v.string(),
  verdict: v.string(),
  /** Whether somebody has a say in it whose rules are not known. */
  hedged: v.optional(v.boolean()),
  /** Why the verdict is only as far as is known. */
  doubts: v.optional(v.array(v.string())),
  symptom: v.string(),
  outcomes: v.array(outcome),
  paths: v.array(v.object({ probability: v.number(), outcome, hops: v.array(hop), packets: v.array(packetRow) })),
  /** What the topics of the hops are. */
  explanations: v.record(v.string(), topic),
  /** The mode of kube-proxy in which it was traced. */
  mode: proxyMode,
  fixes: v.array(fix),
  assumptions: v.array(v.string()),
});
export type WireTrace = v.InferOutput<typeof trace>;

/** How a request ends in one state of a cluster; `current` is the one that is shown. */
export const world = v.object({ scope: v.string(), label: v.string(), verdict: v.string(), current: v.boolean() });
export type WireWorld = v.InferOutput<typeof world>;

/** The request in other modes and from other places. */
export const comparison = v.object({
  sources: v.array(v.string()),
  modes: v.array(proxyMode),
  cells: v.array(
    v.object({
      source: v.string(),
      mode: proxyMode,
      /** What leads to this cell's trace. */
      request: v.optional(traceRequest),
      verdict: v.string(),
      ends: v.array(v.string()),
      failed: v.boolean(),
    }),
  ),
  differences: v.array(v.string()),
  costs: v.array(v.object({ mode: proxyMode, services: v.number(), alone: v.number(), together: v.number() })),
});
export type WireComparison = v.InferOutput<typeof comparison>;

export const topologyPod = v.object({
  name: v.string(),
  ready: v.boolean(),
  node: v.optional(v.string()),
  address: v.optional(v.string()),
});
export type WireTopologyPod = v.InferOutput<typeof topologyPod>;

export const topologyNode = v.object({
  id: v.string(),
  kind: v.picklist(['namespace', 'service', 'workload', 'node', 'outside', 'ingress', 'gateway', 'route', 'external', 'policy']), // prettier-ignore
  label: v.string(),
  detail: v.string(),
  parent: v.string(),
  ports: v.array(v.object({ id: v.string(), label: v.string() })),
  /** The key of the object whose YAML is behind it. */
  object: v.optional(v.string()),
  /** Of a workload. */
  pods: v.array(topologyPod),
  /** Of a workload whose pods are still to come: how many there will be. */
  expected: v.optional(v.number()),
  /** Of a node. */
  zone: v.optional(v.string()),
  problems: v.array(v.object({ ...problem.entries, details: v.array(v.string()) })),
});
export type WireTopologyNode = v.InferOutput<typeof topologyNode>;

export const topologyEdge = v.object({
  id: v.string(),
  from: v.string(),
  fromPort: v.optional(v.string()),
  to: v.string(),
  kind: v.picklist(['targets', 'routes', 'calls', 'selects']),
  label: v.string(),
  problem: v.optional(problem),
});
export type WireTopologyEdge = v.InferOutput<typeof topologyEdge>;

export const topology = v.object({ scope: v.string(), nodes: v.array(topologyNode), edges: v.array(topologyEdge) });
export type WireTopology = v.InferOutput<typeof topology>;

/** What came or changed, and the ids of nodes and edges that went. */
export const topologyChange = v.object({
  nodes: v.array(topologyNode),
  edges: v.array(topologyEdge),
  removed: v.array(v.string()),
});
export type WireTopologyChange = v.InferOutput<typeof topologyChange>;

export const treeItem = v.object({
  id: v.string(),
  kind: v.picklist(['scope', 'cluster', 'namespace', 'service', 'port', 'endpoint', 'problem', 'unknown']),
  label: v.string(),
  description: v.string(),
  accessibleLabel: v.string(),
  tooltip: v.string(),
  severity: v.optional(severity),
  place: v.optional(place),
  service: v.optional(v.string()),
  port: v.optional(v.number()),
  subject: v.optional(v.string()),
  renderable: v.optional(v.picklist(['kustomization', 'chart'])),
  scope: v.string(),
  hasChildren: v.boolean(),
});
export type WireTreeItem = v.InferOutput<typeof treeItem>;

export const scopeSummary = v.object({
  name: v.string(),
  kind: v.picklist(['kustomization', 'chart', 'root', 'folder', 'file', 'cluster']),
  services: v.number(),
  problems: v.number(),
});
export type WireScope = v.InferOutput<typeof scopeSummary>;
