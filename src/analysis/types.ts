/** What the analysis gives to the shells. */

import type { IpFamily } from '#base/ip';
import type { Range } from '#base/text';
import type { ObjectKey, ObjectReference } from '#model/object';
import type { Protocol } from '#model/kubernetes';
import type { ProxyMode } from '#model/settings';
import type { DnsTry, Outcome, PassedRule, WalkPath } from '#simulation/types';
import type { TopicId } from './learn/topics';

export type Severity = 'error' | 'warning' | 'info' | 'hint';

export interface Place {
  readonly file: string;
  readonly range: Range;
}

export interface TextEdit {
  readonly file: string;
  readonly range: Range;
  readonly newText: string;
  /** Where the file is a source of what was rendered: what the edit comes to there, for whoever tries it. */
  readonly rendered?: TextEdit;
}

export interface Fix {
  /** An order: `Change the selector to app: wbe`. */
  readonly title: string;
  /** Empty: the fix cannot be made by an edit and is told in words only. */
  readonly edits: readonly TextEdit[];
  /** The one that a user most probably wants. */
  readonly preferred: boolean;
}

export interface RelatedPlace extends Place {
  readonly message: string;
}

export interface Finding {
  /** Stable, kebab-case: `selector-matches-nothing`. */
  readonly code: string;
  readonly severity: Severity;
  /** First line, at most some 90 characters, starting with the object or field that is wrong. */
  readonly message: string;
  /** More lines: the cause, the nearest candidate, what the cluster then does. */
  readonly details: readonly { readonly label: 'cause' | 'nearest' | 'effect' | 'note'; readonly text: string }[];
  readonly place: Place;
  readonly object: ObjectReference;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
  /** What it is about, thing by thing, where each of them may pass without the others. */
  readonly differences?: readonly string[];
}

/** Something that cannot be decided from what there is, and why. */
export interface Unknown {
  readonly message: string;
  readonly place: Place;
  readonly object: ObjectReference;
}

// ---------------------------------------------------------------- trace

export interface TraceRequest {
  /** `pod NS/NAME`, `node NAME`, `outside via NODE`, an address, `deployment NS/NAME`, `pod/NS/NAME` … */
  readonly from: string;
  /** The same, or a name, `name:port`, or URL. */
  readonly to: string;
  /** Where `to` does not say it. */
  readonly port?: number;
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  readonly mode?: ProxyMode;
  /** Whether the hops tell why each rule before the deciding one did not match. */
  readonly explain?: boolean;
  /** Only addresses of this family are called. Default: IPv4 where both ends have it. */
  readonly family?: IpFamily;
}

/** Something that a hop names, with its YAML where it has any. */
export interface HopCause {
  readonly text: string;
  readonly place: Place | undefined;
}

/** A rule that matched, and those of its chain that the packet went past before. */
export interface HopRule {
  /** As the rule's tool prints it. */
  readonly text: string;
  readonly chain: string;
  /** Where it stands among its node's rules; `index` counts those of its chain from zero. */
  readonly at: { readonly node: string; readonly family: IpFamily; readonly table: string; readonly index: number };
  /** The chance of this branch, 1 where it is certain. */
  readonly probability: number;
  readonly passedOver: number;
  /** The last ones that were passed over, with the reason; empty unless the request asks to explain. */
  readonly passed: readonly Pick<PassedRule, 'text' | 'reason'>[];
}

export interface Hop {
  /** `http`, `name`, `service`, `rules`, `route`, `policy`, `pod`, `reply`. */
  readonly kind: 'http' | 'name' | 'service' | 'rules' | 'route' | 'policy' | 'pod' | 'reply';
  /** `node-b iptables (nat PREROUTING)`. */
  readonly title: string;
  /** What it came to: `10.96.114.7`, `no translation`, `REJECT icmp-port-unreachable`. */
  readonly result: string;
  /** More lines: tries of names, rules that matched, in order. */
  readonly lines: readonly string[];
  /** Of a `rules` hop: the rules that matched, in their order. */
  readonly rules?: readonly HopRule[];
  /** The packet's addresses before and after, where they change: `10.244.2.7:41312 → 10.96.114.7:80`. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly causes: readonly HopCause[];
  readonly state: 'passed' | 'changed' | 'ended' | 'failed';
  /** The node on which it happens, where it happens on one. */
  readonly node?: string;
  /** What a newcomer meets here, for explanations. */
  readonly topics?: readonly TopicId[];
  /** Of a packet's hop, where the trace records: the walk that it is a part of, with what each rule did. */
  readonly way?: WalkPath;
}

/** The packet at one point of its way. */
export interface PacketRow {
  /** `as sent`, `node-b nat PREROUTING`. */
  readonly where: string;
  /** What was done to it: `DNAT`; of the first row the protocol. */
  readonly what: string;
  /** `10.244.2.7:41312`. */
  readonly source: string;
  readonly destination: string;
  /** `0x4000`; undefined where there is none. */
  readonly mark: string | undefined;
}

/**
 * How a request ends: a packet's outcome, no packet at all because the name has no address, or an answer of the Ingress
 * controller or Gateway itself, which sends nothing on.
 */
export type TraceOutcome =
  | Outcome
  | {
      readonly kind: 'unresolved';
      /** One sentence. */
      readonly reason: string;
      /** A server of which nothing is known here may have the name: then nothing is claimed about the request. */
      readonly mayResolve?: boolean;
    }
  /** It does not arrive; how the client learns that is up to a program whose rules are not known. */
  | { readonly kind: 'undelivered'; /** One sentence. */ readonly reason: string }
  | {
      readonly kind: 'answered';
      /** Undefined where it cannot be told. */
      readonly status: number | undefined;
      /** One sentence. */
      readonly reason: string;
    };

export interface TracePath {
  readonly probability: number;
  readonly outcome: TraceOutcome;
  readonly hops: readonly Hop[];
  /** The packet as it is sent, after each change, and as it arrives; empty where no packet is sent, or nobody knows how it changes. */
  readonly packets: readonly PacketRow[];
}

/** What would mend a request: a change of the manifests, another request, or words alone. */
export interface TraceFix extends Fix {
  /** What to ask in place of the request. */
  readonly request?: TraceRequest;
}

export interface Trace {
  readonly request: TraceRequest;
  /** Resolved: `pod shop/front-1 on node-b`. */
  readonly from: string;
  /** `http://web/ (10.96.114.7:80/TCP)`. */
  readonly to: string;
  /** `DELIVERED`, `REFUSED, always`, `DELIVERED 2/3, REFUSED 1/3`. */
  readonly verdict: string;
  /** Whether somebody has a say in it whose rules are not known, as a network plugin or a service mesh. */
  readonly hedged: boolean;
  /** Who that is, and what is not known for it; they are among the assumptions as well. */
  readonly doubts?: readonly string[];
  readonly outcomes: readonly (TraceOutcome & { readonly probability: number })[];
  /** Paths that differ in their outcome only in the endpoint are kept apart; most probable first. */
  readonly paths: readonly TracePath[];
  readonly tries: readonly DnsTry[];
  /** What the client calls once it knows the address; of several addresses it takes one. Undefined without an address. */
  readonly called:
    { readonly addresses: readonly string[]; readonly port: number; readonly protocol: Protocol } | undefined;
  /** The Services that the request goes by, `NAMESPACE/NAME`. */
  readonly services: readonly string[];
  /** How many rules look at the packet on its way, on the average of the paths. */
  readonly rulesLookedAt: number;
  /** What the client sees: `connection refused, at once`. */
  readonly symptom: string;
  /** A port at which requests arrive although no container declares it. */
  readonly undeclared?: number | undefined;
  /** What may mend a failure: fixes of findings that explain it, policies' rules, other requests. None of it was tried. */
  readonly fixes: readonly TraceFix[];
  /** What was assumed: addresses by the simulation, pods taken as ready. */
  readonly assumptions: readonly string[];
}

/** A request that cannot be traced: nothing has this name, the port is missing. */
export interface TraceError {
  readonly error: string;
  /** Which part of the request it is about. */
  readonly at?: 'from' | 'to' | 'port';
  /** What could stand there instead. */
  readonly suggestions?: readonly string[];
}

export type { DnsTry, Outcome, WalkPath };

// ---------------------------------------------------------------- topology

export type TopologyNodeKind =
  | 'namespace'
  | 'service'
  | 'workload'
  | 'node'
  | 'outside'
  | 'ingress'
  | 'gateway'
  | 'route'
  /** A name or an address that is not the cluster's, and that something in it calls. */
  | 'external'
  | 'policy';

/** A finding as a node shows it: its first line, and below it the cause, the effect and the fixes, a line each. */
export interface TopologyProblem {
  readonly severity: Severity;
  readonly message: string;
  readonly details: readonly string[];
}

/** A pod stands in its workload's node: thousands of them would else be nodes and edges that nobody looks at. */
export interface TopologyPod {
  readonly name: string;
  readonly ready: boolean;
  /** The name of the node that it runs on. */
  readonly node: string | undefined;
  readonly address: string | undefined;
}

export interface TopologyNode {
  /** Stable under edits: kind and namespaced name. */
  readonly id: string;
  readonly kind: TopologyNodeKind;
  readonly label: string;
  /** Second line: `ClusterIP 10.96.114.7`, `Deployment, 2 replicas`. */
  readonly detail: string;
  /** Id of the namespace's node, '' for cluster-wide ones. */
  readonly parent: string;
  /** For a Service: one row a port, `http 80 → http (8080)`; for a Gateway: one a listener. */
  readonly ports: readonly { readonly id: string; readonly label: string }[];
  /** The key of the object whose YAML is behind it. */
  readonly object: ObjectKey | undefined;
  /** Of a workload; empty where there are too many in the scope to be told one by one. */
  readonly pods: readonly TopologyPod[];
  /** Of a workload in a sketch: how many pods there will be. */
  readonly expected?: number | undefined;
  /** Of a node. */
  readonly zone: string | undefined;
  readonly problems: readonly TopologyProblem[];
}

export interface TopologyEdge {
  readonly id: string;
  readonly from: string;
  /** Port row of `from`, where the edge starts at one. */
  readonly fromPort: string | undefined;
  readonly to: string;
  /**
   * `targets`: a Service its workloads; `routes`: from outside over entries to Services; `calls`: a workload what its
   * variables and texts name; `selects`: a policy the workloads that it isolates.
   */
  readonly kind: 'targets' | 'routes' | 'calls' | 'selects';
  readonly label: string;
  /** A broken edge ends nowhere or carries a problem. */
  readonly problem: { readonly severity: Severity; readonly message: string } | undefined;
}

export interface Topology {
  readonly scope: string;
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

// ---------------------------------------------------------------- tree

/** A row of the Services view. */
export interface TreeItem {
  /** Stable: keeps expansion and selection. */
  readonly id: string;
  readonly kind: 'scope' | 'namespace' | 'service' | 'port' | 'endpoint' | 'problem' | 'unknown';
  readonly label: string;
  readonly description: string;
  /** Spoken: `Service web, ClusterIP 10.96.114.7, no endpoints, 1 problem`. */
  readonly accessibleLabel: string;
  readonly tooltip: string;
  readonly severity: Severity | undefined;
  readonly place: Place | undefined;
  /** For a Service and its ports: what a trace starts from, `shop/web`, and the port. */
  readonly service?: string;
  readonly port?: number;
  /** What something can be supposed to happen to, as a step of a what-if names it: `pod shop/web-1`. */
  readonly subject?: string;
  /** What the row is an example of, for whoever meets it for the first time. */
  readonly topic?: TopicId;
  /** Of a scope that an engine renders: from what. */
  readonly renderable?: 'kustomization' | 'chart';
  readonly scope: string;
  readonly hasChildren: boolean;
}
