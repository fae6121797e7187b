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
  /** All objects, effective ones only (of two documents with one identity the later one), in the order of their origins. */
  objects(): Iterable<KubernetesObject>;
  object(key: ObjectKey): KubernetesObject | undefined;
  objectsOfKind(group: string, kind: string): Iterable<KubernetesObject>;
  /** Documents that a later one with the same identity replaces. */
  replaced(): Iterable<{ readonly object: KubernetesObject; readonly by: KubernetesObject }>;
  refusals(): Iterable<Refusal>;
  refusal(key: ObjectKey): Refusal | undefined;
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
  /** Groups (of any namespace) whose labels contain all pairs of the selector; variable labels match what they can. */
  groupsMatching(selector: Labels, namespace?: string): readonly PodGroup[];
  /** The groups that the Service targets; empty for one without a selector. */
  targets(service: NamespacedName): readonly PodGroup[];
  /** Services (of the group's namespace) that target the group. */
  servicesTargeting(group: ObjectKey): readonly Service[];

  podsOf(group: ObjectKey): readonly Pod[];
  pods(): Iterable<Pod>;
  pod(name: NamespacedName): Pod | undefined;
  podByAddress(ip: string): Pod | undefined;
  groupOfPod(name: NamespacedName): PodGroup | undefined;
  nodes(): readonly Node[];
  node(name: string): Node | undefined;

  /** All slices with the Service's label: computed, observed and hand-written ones. */
  endpointSlices(service: NamespacedName): readonly EndpointSlice[];
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

export type RecordType = 'A' | 'AAAA' | 'SRV' | 'CNAME' | 'PTR' | 'TXT' | 'NS' | 'SOA' | 'MX';

export interface DnsRecord {
  /** Absolute, lower case, with the dot at the end. */
  readonly name: string;
  readonly type: RecordType;
  /** As `dig` prints the data: `10.96.0.1`, `0 100 80 web.shop.svc.cluster.local.` */
  readonly value: string;
}

export interface DnsAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED';
  readonly answers: readonly DnsRecord[];
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
  | { readonly kind: 'interface-in'; readonly negated: boolean; readonly name: string }
  | { readonly kind: 'comment'; readonly text: string };

export type RuleTarget =
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'accept' | 'drop' | 'return' }
  | { readonly kind: 'reject'; readonly with: 'icmp-port-unreachable' | 'icmp6-port-unreachable' }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number }
  | { readonly kind: 'masquerade' }
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

/** kube-proxy's iptables rules of one node and family. */
export interface Ruleset {
  readonly node: string;
  readonly mode: ProxyMode;
  readonly family: IpFamily;
  readonly tables: readonly Table[];
}

export interface PacketHeader {
  readonly protocol: Protocol;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
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
      readonly rule: Rule;
      /** Zero-based index of the rule in its chain. */
      readonly index: number;
      readonly passedOver: number;
      /** The chance of this branch, 1 where it is certain. */
      readonly probability: number;
      readonly before: PacketHeader;
      readonly after: PacketHeader;
    }
  /** A hook was passed and no rule of the table decided anything. */
  | {
      readonly kind: 'no-match';
      readonly node: string;
      readonly hook: string;
      readonly table: string;
      readonly header: PacketHeader;
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
}

/** All ways that a packet may take; the probabilities add up to 1. */
export interface Walk {
  readonly paths: readonly WalkPath[];
}

export interface PolicyVerdict {
  readonly direction: 'egress' | 'ingress';
  /** The pod on whose side it is decided. */
  readonly pod: NamespacedName;
  readonly allowed: boolean;
  /** Policies that select the pod for this direction; empty: not isolated. */
  readonly policies: readonly NamespacedName[];
  /** The policy and rule that allows it, where one does. */
  readonly allowedBy: { readonly policy: NamespacedName; readonly rule: number } | undefined;
}

export interface DataPlane {
  /** Whether the rules of this mode are simulated. */
  supports(mode: ProxyMode): boolean;
  /** `undefined` where the node is unknown. Kept until an edit touches it. */
  rules(node: string, mode: ProxyMode, family: IpFamily): Ruleset | undefined;
  /** As `iptables-save` prints it, without counters. */
  print(ruleset: Ruleset): string;
  walk(
    source: PacketSource,
    destination: { readonly address: string; readonly port: number; readonly protocol: Protocol },
    mode: ProxyMode,
  ): Walk;
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
}

/** One cluster, kept up to date by `apply`. */
export interface Simulation {
  readonly controlPlane: ControlPlane;
  readonly dataPlane: DataPlane;
  readonly dns: NameService;
  apply(change: ObjectChange): Impact;
}
