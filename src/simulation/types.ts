/**
 * What the stages of the simulation hand to each other and to those who ask it.
 * Values are immutable and shared: the same inputs give the same object (`===`), so whoever caches by identity
 * knows what an edit has touched.
 */

import type { IpFamily } from '#base/ip';
import type { JsonPath } from '#base/json';
import type {
  Endpoints, EndpointSlice, Labels, NamespacedName, NetworkPolicy, Node, Pod, PodSpec, Protocol, Service,
} from '#model/kubernetes'; // prettier-ignore
import type { KubernetesObject, ObjectKey } from '#model/object';
import type { ClusterSettings, ProxyMode } from '#model/settings';
import type { NearestRule, PolicyMiss, PolicyRuleReference, PolicyTier, PolicyVerdict } from './network/policy/types';
import type { AskedSet, HookTrail, RuleEvent, TrailChain } from './network/trail';
import type { Environment } from './environment/types';
import type { IpvsRuleset, RealServer, VirtualServer } from './proxy/ipvs/types';
import type { NftablesRuleset, NftElement, NftRule } from './proxy/nftables/types';
import type { Holds } from './releases';

// ---------------------------------------------------------------- control plane

/** One cause of a refusal, as `Status.details.causes` of the API server has it, with the way to the field. */
export interface RefusalCause {
  /** The server's field path: `spec.ports[0].name`. */
  readonly field: string;
  /** `FieldValueInvalid`, `FieldValueRequired`, `FieldValueDuplicate`, `FieldValueForbidden`, `FieldValueNotSupported`. */
  readonly reason: string;
  readonly message: string;
  /** The deepest part of `field` that the written body has. */
  readonly path: JsonPath;
  /** The releases that say so, where others do not. */
  readonly holds?: Holds;
}

/** The API server would not take the object. */
export interface Refusal {
  readonly object: KubernetesObject;
  /** HTTP status: 400 (decoding), 409, 422 (invalid), 500. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly RefusalCause[];
  /** What the decoder stumbled over, for a refusal without causes. */
  readonly place?: JsonPath;
  /** What the server would say next, once what the decoder stumbled over is mended. */
  readonly next?: readonly RefusalCause[];
  /** The document that this one would have updated: it is not wrong by itself. */
  readonly updates?: KubernetesObject;
}

/** The pods that come from one template (or one bare Pod): they share labels and containers. */
export interface PodGroup {
  /** Key of the workload's or Pod's object. */
  readonly key: ObjectKey;
  readonly object: KubernetesObject;
  readonly namespace: string;
  /** Labels that each of the pods carries, the controllers' own included. */
  readonly labels: Labels;
  /** Label keys that each pod carries with a value of its own, or one that cannot be known before it is made. */
  readonly variableLabels: readonly string[];
  /** Way to the pod (template) in the object's body: `[]`, `['spec', 'template']`, `['spec', 'jobTemplate', 'spec', 'template']`. */
  readonly templatePath: JsonPath;
  /** Defaulted. */
  readonly spec: PodSpec;
  readonly replicas: number;
}

/** What became of the objects; derived per Service, kept while its inputs stay. */
export interface ControlPlane {
  readonly settings: ClusterSettings;
  /**
   * All objects, effective ones only (of two documents with one identity the later one, unless the server refuses it as
   * an update of the first), in the order of their origins.
   */
  objects(): Iterable<KubernetesObject>;
  object(key: ObjectKey): KubernetesObject | undefined;
  objectsOfKind(group: string, kind: string): Iterable<KubernetesObject>;
  /** Documents that were in effect until a later one with the same identity updated the object. */
  replaced(): Iterable<{ readonly object: KubernetesObject; readonly by: KubernetesObject }>;
  refusals(): Iterable<Refusal>;
  /** Why nothing of the key is in effect: the refusal of its last document. */
  refusal(key: ObjectKey): Refusal | undefined;
  /** Why this very document was not taken, be it new or an update of an earlier one, which then stays in effect. */
  refusalOf(object: KubernetesObject): Refusal | undefined;
  /** Namespaces that an object names or a Namespace declares, with their labels (`kubernetes.io/metadata.name` included). */
  namespaces(): ReadonlyMap<string, Labels>;

  /** Accepted Services, defaulted and with addresses. */
  services(): Iterable<Service>;
  service(name: NamespacedName): Service | undefined;
  serviceObject(name: NamespacedName): KubernetesObject | undefined;
  /** Services that have this cluster, external or load balancer address. */
  servicesByAddress(ip: string): readonly Service[];
  /** Whether the simulation chose this address, rather than the manifest. */
  isAssigned(service: Service, address: string): boolean;

  podGroups(namespace: string): Iterable<PodGroup>;
  podGroup(key: ObjectKey): PodGroup | undefined;
  /** Who adopts a Pod or ReplicaSet of the files, and whether it stays as it is; undefined where nobody does. */
  adoptionOf(key: ObjectKey): { readonly by: KubernetesObject; readonly kept: boolean } | undefined;
  /** The Pods, or the ReplicaSet, that a workload has adopted and keeps. */
  adoptedBy(workload: ObjectKey): readonly ObjectKey[];
  /** The Pod whose name a StatefulSet needs for its next one: it makes no further. */
  obstacleOf(statefulSet: ObjectKey): KubernetesObject | undefined;
  /** Groups (of any namespace) whose labels contain all pairs of the selector; variable labels match what they can. */
  groupsMatching(selector: Labels, namespace?: string): readonly PodGroup[];
  /** The groups that the Service targets; empty for one without a selector. */
  targets(service: NamespacedName): readonly PodGroup[];
  /** Services (of the group's namespace) that target the group. */
  servicesTargeting(group: ObjectKey): readonly Service[];

  /** Places the pods of some groups ahead of the first question, which would place all; whether any are left. */
  placePods(groups: number): boolean;
  podsOf(group: ObjectKey): readonly Pod[];
  pods(): Iterable<Pod>;
  pod(name: NamespacedName): Pod | undefined;
  podByAddress(ip: string): Pod | undefined;
  groupOfPod(name: NamespacedName): PodGroup | undefined;
  nodes(): readonly Node[];
  node(name: string): Node | undefined;

  /** All slices with the Service's label: computed, observed and hand-written ones. */
  endpointSlices(service: NamespacedName): readonly EndpointSlice[];
  /**
   * What the endpoint slice controller would make for a Service whose slices were observed, and are taken as they are;
   * undefined for any other Service.
   */
  expectedEndpointSlices(service: NamespacedName): readonly EndpointSlice[] | undefined;
  allEndpointSlices(): Iterable<EndpointSlice>;
  endpoints(service: NamespacedName): Endpoints | undefined;
  allEndpoints(): Iterable<Endpoints>;
  networkPolicies(namespace: string): readonly NetworkPolicy[];
}

export interface ObjectChange {
  readonly removed: readonly KubernetesObject[];
  readonly added: readonly KubernetesObject[];
}

/** What a change may have touched: whoever derives more from the simulation derives just these anew. */
export interface Impact {
  /** Services (accepted, refused or gone) whose spec, targets, target ports or addresses may be other than before. */
  readonly services: ReadonlySet<NamespacedName>;
  /** Objects that came, went, changed, or whose refusal may be another. */
  readonly objects: ReadonlySet<ObjectKey>;
  /** Namespaces in which pod groups came, went or changed their labels or ports. */
  readonly podNamespaces: ReadonlySet<string>;
}

// ---------------------------------------------------------------- DNS

export type RecordType =
  'A' | 'AAAA' | 'SRV' | 'CNAME' | 'PTR' | 'TXT' | 'NS' | 'SOA' | 'MX' | 'CAA' | 'HTTPS' | 'SVCB' | 'HINFO' | 'ANY';

export interface DnsRecord {
  /** Absolute, lower case, with the dot at the end. */
  readonly name: string;
  readonly type: RecordType;
  /** As `dig` prints the data: `10.96.0.1`, `0 100 80 web.shop.svc.cluster.local.` */
  readonly value: string;
  /** Seconds. */
  readonly ttl?: number;
}

export interface DnsAnswer {
  /** `UNKNOWN`: another server answers, or a plugin that is not modelled; the cause names it, and nothing is guessed. */
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'UNKNOWN';
  readonly answers: readonly DnsRecord[];
  /** Of a negative answer: the zone's SOA record, which says how long the client may remember it. */
  readonly authority?: readonly DnsRecord[];
  /** The addresses of the hosts that the answers name. */
  readonly additional?: readonly DnsRecord[];
  /** How many seconds the client may keep the answer (the least of its records); undefined where it may not. */
  readonly ttl?: number;
  /** Why it is this answer, in words: `no Service db in namespace shop`. */
  readonly cause: string;
  /** The Service that the name belongs to, where there is one. */
  readonly service: NamespacedName | undefined;
}

/** One query of the resolver on its way through the search list. */
export interface DnsTry {
  readonly name: string;
  readonly type: RecordType;
  readonly answer: DnsAnswer;
}

export interface Resolution {
  readonly tries: readonly DnsTry[];
  /** Empty: the name does not resolve. */
  readonly addresses: readonly string[];
  /** The name that was answered, absolute. */
  readonly answered: string | undefined;
  readonly service: NamespacedName | undefined;
  /** Why no DNS server is asked: a line of /etc/hosts has the name. */
  readonly hosts?: string;
  /** Where the addresses depend on a server that is not known here: what has to be said about it. */
  readonly unknown?: string;
  /** Where musl's resolver, unlike glibc's, would not find the name: why. */
  readonly musl?: string;
}

/** A pod's /etc/resolv.conf or /etc/hosts, as its kubelet writes it. */
export interface ResolverFile {
  readonly text: string;
  /** What was left out, or is not known, in sentences. */
  readonly notes: readonly string[];
}

export interface ResolvConf extends ResolverFile {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  /** `ndots:5`. */
  readonly options: readonly string[];
}

// ---------------------------------------------------------------- data plane

/** Who made a rule. */
export interface RuleCause {
  readonly service: NamespacedName;
  /** '' for the unnamed port. */
  readonly portName: string;
  readonly protocol: Protocol;
  /** `IP:port` of the endpoint, for a rule that is about one. */
  readonly endpoint?: string;
  /** Why a rule that rejects or drops is there. */
  readonly refusal?: 'no endpoints' | 'no local endpoints' | 'source ranges';
}

export type RuleMatch =
  | { readonly kind: 'source' | 'destination'; readonly negated: boolean; readonly prefix: string }
  | { readonly kind: 'protocol'; readonly negated: boolean; readonly protocol: string }
  | { readonly kind: 'destination-port'; readonly port: number }
  | { readonly kind: 'source-type' | 'destination-type'; readonly negated: boolean; readonly type: 'LOCAL' }
  | { readonly kind: 'connection-state'; readonly negated: boolean; readonly states: readonly string[] }
  | { readonly kind: 'mark'; readonly negated: boolean; readonly value: number; readonly mask: number }
  | { readonly kind: 'random'; readonly probability: number }
  | {
      readonly kind: 'recent';
      readonly list: string;
      readonly action: 'rcheck' | 'set';
      readonly seconds?: number;
      /** All bits of an address: the list is kept by single source. */
      readonly addressMask: string;
    }
  /** Names the protocol's module without asking it anything. */
  | { readonly kind: 'protocol-module' }
  | { readonly kind: 'accounting'; readonly name: string }
  /** `--match-set SET dst,dst`: the packet's address and port (with its protocol) are looked up in an ipset. */
  | {
      readonly kind: 'set';
      readonly negated: boolean;
      readonly set: string;
      readonly parts: readonly ('src' | 'dst')[];
    }
  /** `-m physdev --physdev-is-in`: it came in by a port of a bridge. */
  | { readonly kind: 'bridge-port-in'; readonly negated: boolean }
  /** `-m ipvs`: IPVS has sent it on for this virtual server. */
  | { readonly kind: 'virtual-server'; readonly protocol: Protocol; readonly address: string; readonly port: number }
  /** The interfaces of the node's pods, as kube-proxy is told to know them. */
  | { readonly kind: 'interface-in'; readonly negated: boolean; readonly name: string }
  | { readonly kind: 'comment'; readonly text: string };

export type RuleTarget =
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'accept' | 'drop' | 'return' }
  | { readonly kind: 'reject'; readonly with: 'icmp-port-unreachable' | 'icmp6-port-unreachable' }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number }
  | {
      readonly kind: 'masquerade';
      /** Without `--random-fully`: the source port stays where it can. */ readonly ports?: 'kept';
    }
  | { readonly kind: 'dnat'; readonly address: string; readonly port: number }
  /** Only counts. */
  | { readonly kind: 'none' };

export interface Rule {
  readonly matches: readonly RuleMatch[];
  readonly target: RuleTarget;
  readonly cause: RuleCause | undefined;
}

export interface Chain {
  readonly name: string;
  /** Only for the kernel's own chains. */
  readonly policy: 'ACCEPT' | 'DROP' | undefined;
  readonly rules: readonly Rule[];
}

/** The chains of a table by their names; a chain may be made when it is first asked for. */
export interface ChainIndex {
  get(name: string): Chain | undefined;
  /** In the order in which iptables-save lists them. */
  values(): Iterable<Chain>;
}

export interface Table {
  readonly name: 'mangle' | 'filter' | 'nat';
  readonly chains: ChainIndex;
}

/** kube-proxy's rules of one node and family. */
export type Ruleset = IptablesRuleset | NftablesRuleset | IpvsRuleset;

export interface IptablesRuleset {
  readonly mode: 'iptables';
  readonly node: string;
  readonly family: IpFamily;
  readonly tables: readonly Table[];
}

/** A rule that a packet met: an iptables rule, an nftables rule (with the element of the map that it found), or IPVS. */
export type MetRule =
  | { readonly tool: 'iptables'; readonly rule: Rule }
  | { readonly tool: 'nft'; readonly rule: NftRule; readonly element?: NftElement }
  | { readonly tool: 'ipvs'; readonly virtualServer: VirtualServer; readonly realServer?: RealServer };

/** What a rule that matched did with the packet. */
export type RuleAction =
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'accept' | 'drop' | 'return' | 'none' }
  | { readonly kind: 'reject'; /** `icmp-port-unreachable`. */ readonly with: string }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number }
  | { readonly kind: 'masquerade' }
  | { readonly kind: 'dnat'; readonly address: string; readonly port: number };

/** A rule that a packet went past, and the first of its conditions that the packet does not meet. */
export interface PassedRule {
  /** As the tool prints it. */
  readonly text: string;
  /** `destination 10.96.0.9 is not 10.96.0.1/32`. */
  readonly reason: string;
  readonly cause: RuleCause | undefined;
}

export interface PacketHeader {
  readonly protocol: Protocol;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

/** What goes with a packet through one node, and stays behind when it leaves. */
export interface PacketState {
  readonly mark: number;
  /** Whether this node translated its destination: conntrack's status DNAT. */
  readonly translated: boolean;
  /** What it came in by: a pod's interface, the node's network, or nothing, for one of the node's own. */
  readonly from: 'pod' | 'network' | 'node';
  /** The virtual server for which IPVS sent it on here, by its key (`virtualServerKey`). */
  readonly virtualServer?: string;
}

/** Where a request starts. */
export type PacketSource =
  | { readonly kind: 'pod'; readonly pod: NamespacedName }
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'outside'; readonly node: string };

/** One thing that happened to a packet, in the order in which it happened. */
export type WalkStep =
  /** A rule matched and did something (jumps included). `passedOver` rules of the chain before it did not match. */
  | {
      readonly kind: 'rule';
      readonly node: string;
      readonly hook: string;
      readonly table: string;
      readonly chain: string;
      /** The rules of that chain, in their order. */
      readonly rules: readonly Rule[] | readonly NftRule[];
      readonly met: MetRule;
      readonly action: RuleAction;
      readonly cause: RuleCause | undefined;
      /** Zero-based index of the rule in its chain. */
      readonly index: number;
      readonly passedOver: number;
      /** The chance of this branch, 1 where it is certain. */
      readonly probability: number;
      readonly before: PacketHeader;
      readonly after: PacketHeader;
      /** What the kernel knows of the packet before the rule, beside its header. */
      readonly state: PacketState;
      /** In IPVS and nftables mode: the rules whose sets and addresses those of the chain ask. */
      readonly ruleset?: IpvsRuleset | NftablesRuleset;
    }
  /** A hook was passed and no rule of the table decided anything. */
  | {
      readonly kind: 'no-match';
      readonly node: string;
      readonly hook: string;
      readonly table: string;
      readonly header: PacketHeader;
      /** How many rules looked at the packet. */
      readonly looked: number;
    }
  /** A rule of the network plugin, not of kube-proxy: it maps a hostPort, or masquerades for one. */
  | {
      readonly kind: 'plugin';
      readonly node: string;
      readonly hook: string;
      readonly message: string;
      readonly before: PacketHeader;
      readonly after: PacketHeader;
    }
  /** Routing: where the packet goes next, in words for people. */
  | { readonly kind: 'route'; readonly node: string; readonly message: string; readonly header: PacketHeader }
  /** A network policy decided. */
  | { readonly kind: 'policy'; readonly verdict: PolicyVerdict; readonly header: PacketHeader }
  /** The answer's way back. */
  | { readonly kind: 'reply'; readonly message: string; readonly header: PacketHeader };

export type OutcomeKind =
  'delivered' | 'refused' | 'timeout' | 'not permitted' | 'network unreachable' | 'host unreachable';

export type Outcome =
  | {
      readonly kind: 'delivered';
      readonly pod: NamespacedName;
      readonly port: number;
      /** Which source the pod sees: `pod NS/NAME`, `node NAME`, `outside`. */
      readonly source: string;
    }
  | { readonly kind: Exclude<OutcomeKind, 'delivered'>; /** One sentence. */ readonly reason: string };

export interface WalkPath {
  readonly probability: number;
  readonly steps: readonly WalkStep[];
  readonly outcome: Outcome;
  /** What each rule did, hook by hook, where it was recorded. */
  readonly hooks?: readonly HookTrail[];
}

/** All ways that a packet may take; the probabilities add up to 1. */
export interface Walk {
  readonly paths: readonly WalkPath[];
}

export type { AskedSet, HookTrail, RuleEvent, TrailChain };
export type { NearestRule, PolicyMiss, PolicyRuleReference, PolicyTier, PolicyVerdict };

export interface DataPlane {
  /** `undefined` where the node is unknown. Kept until an edit touches it. */
  rules(node: string, mode: ProxyMode, family: IpFamily): Ruleset | undefined;
  /** As `iptables-save` prints it, without counters; `nft list table`; `ipvsadm-save`, `ipset save` and `iptables-save`. */
  print(ruleset: Ruleset): string;
  /** The rules of the chain that the packet went past before the one it met, at most `limit`, the last ones. */
  passedOver(step: Extract<WalkStep, { readonly kind: 'rule' }>, limit: number): readonly PassedRule[];
  walk(
    source: PacketSource,
    destination: { readonly address: string; readonly port: number; readonly protocol: Protocol },
    mode: ProxyMode,
  ): Walk;
  /** The very same walk, with what each rule did that looked at the packet. */
  record: DataPlane['walk'];
  /** Why the packet met none of the rules of such an event, one by one; '' for a rule that let it go on. */
  reasons(ruleset: Ruleset, event: Extract<RuleEvent, { readonly kind: 'passed' }>): readonly string[];
  /** The sets that a rule asks for a packet, in its order. */
  asked(ruleset: Ruleset, met: MetRule, packet: PacketState & { readonly header: PacketHeader }): readonly AskedSet[];
  /** Both directions apart; an address outside the cluster has no policy of its own. `from` and `to` are pods or addresses. */
  policy(request: {
    readonly from: { readonly pod: NamespacedName } | { readonly address: string };
    readonly to: { readonly pod: NamespacedName } | { readonly address: string };
    readonly port: number;
    readonly protocol: Protocol;
  }): { readonly egress: PolicyVerdict | undefined; readonly ingress: PolicyVerdict | undefined };
}

export interface NameService {
  /** One query to the cluster's DNS server; `name` absolute or not, always taken as absolute. */
  query(name: string, type: RecordType): DnsAnswer;
  /** What the resolver of a pod (or of a node, with `undefined`) does with a name: search list, ndots, A and AAAA. */
  resolve(pod: NamespacedName | undefined, name: string): Resolution;
  /** /etc/resolv.conf of the pod's containers (of a node, with `undefined`); undefined where there is no such pod. */
  resolvConf(pod: NamespacedName | undefined): ResolvConf | undefined;
  /** /etc/hosts of the pod's containers; undefined where there is no such pod. */
  hostsFile(pod: NamespacedName): ResolverFile | undefined;
  /** The DNS server's addresses, as kubelets are told them, and its Service where the scope holds it. */
  server(): {
    readonly addresses: readonly string[];
    readonly service: NamespacedName | undefined;
    /** What its Corefile says that is wrong, not known or not modelled, in sentences. */
    readonly notes: readonly string[];
  };
}

/** One cluster, kept up to date by `apply`. */
export interface Simulation {
  readonly controlPlane: ControlPlane;
  readonly dataPlane: DataPlane;
  readonly dns: NameService;
  readonly environment: Environment;
  apply(change: ObjectChange): Impact;
}
