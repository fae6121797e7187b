/**
 * The pods of the groups, with nodes and addresses. They are made when somebody asks for them: where a pod's address
 * lies depends on all other pods, so the first question places all, and edits after it move only what they must.
 */

import { compareStrings } from '#base/compare';
import { namespacedName, type Labels, type NamespacedName, type Node, type Pod } from '#model/kubernetes';
import type { ObjectKey } from '#model/object';
import { podAddresses } from '../controllers/pod-conditions';
import { plannedPodOf } from '../controllers/planned-pod';
import type { Binding } from '../controllers/scheduler/scheduler';
import { plannedPodNames, topologyLabelKeys } from '../controllers/workload-pods';
import { podKey, type GroupChange, type GroupRecord, type GroupRegistry } from './group-registry';
import { canonicalAddress, familiesOf, internalAddresses, isNodeReady } from './nodes';
import type { NodeRegistry } from './node-registry';
import { PodAddresses } from './pod-addresses';
import { PodBindings } from './pod-bindings';
import { completeStatus, hasEnded, isRun } from './pod-status';
import { sameItems } from './same';
import { SortedSet } from './sorted-set';

/** What must be known of a pod to place it. */
interface Placement {
  readonly name: NamespacedName;
  readonly node: string | undefined;
  /** From the pod's status. */
  readonly addresses: readonly string[];
  readonly wantsAddress: boolean;
  readonly hostNetwork: boolean;
}

/** Everything that exists once the pods have been placed. */
interface Placed {
  readonly addresses: PodAddresses;
  readonly groupByPod: Map<NamespacedName, ObjectKey>;
  /** Pods by an address that they have by their status, or from their node. */
  readonly byGivenAddress: Map<string, SortedSet<NamespacedName>>;
}

/** Pods on their way to their places. */
interface Placing {
  readonly placed: Placed;
  readonly records: readonly GroupRecord[];
  /** How many of the records are placed. */
  done: number;
}

export class PodRegistry {
  readonly #groups: GroupRegistry;
  readonly #nodes: NodeRegistry;
  readonly #minor: number;
  readonly #clusterCIDRs: readonly string[];
  readonly #bindings: PodBindings;
  readonly #pods = new Map<ObjectKey, readonly Pod[]>();
  #placed: Placed | undefined;
  #placing: Placing | undefined;

  constructor(
    groups: GroupRegistry,
    nodes: NodeRegistry,
    settings: { readonly minor: number; readonly clusterCIDRs: readonly string[] },
  ) {
    this.#groups = groups;
    this.#nodes = nodes;
    this.#minor = settings.minor;
    this.#clusterCIDRs = settings.clusterCIDRs;
    this.#bindings = new PodBindings(groups, nodes, settings.minor);
  }

  /** All nodes may be other ones: every pod is placed anew. */
  reset(): void {
    this.#pods.clear();
    this.#placed = undefined;
    this.#stopPlacing();
  }

  #stopPlacing(): void {
    this.#placing = undefined;
    this.#bindings.reset();
  }

  /** Places the pods of some more groups ahead of the first question; whether any are left. */
  placeSome(groups: number): boolean {
    if (this.#placed) return false;
    const placing = (this.#placing ??= this.#beginPlacing());
    const { placed, records, done } = placing;
    placing.done = Math.min(records.length, done + groups);
    for (const record of records.slice(done, placing.done))
      for (const placement of this.#placements(record)) this.#enter(placed, placement, record.group.key);
    if (placing.done < records.length) return true;
    placed.addresses.forgetChanges();
    this.#placed = placed;
    this.#placing = undefined;
    return false;
  }

  #beginPlacing(): Placing {
    // In the order of the names, the cheapest for the pools; the result is the same in any.
    const named = [...this.#groups.records()].map((record) => ({ record, name: sortName(record) }));
    return {
      placed: {
        addresses: new PodAddresses(this.#nodes.nodes(), familiesOf(this.#clusterCIDRs)),
        groupByPod: new Map(),
        byGivenAddress: new Map(),
      },
      records: named.sort((a, b) => compareStrings(a.name, b.name)).map(({ record }) => record),
      done: 0,
    };
  }

  /** Takes over the groups' changes; gives the groups whose pods have other addresses because of them. */
  update(changes: readonly GroupChange[]): ReadonlySet<ObjectKey> {
    for (const { key } of changes) this.#pods.delete(key);
    const placed = this.#placed;
    if (!placed) {
      if (changes.length > 0 && this.#placing) this.#stopPlacing();
      return new Set();
    }
    const leaving = new Map<string, Member>();
    for (const { before } of changes) if (before) note(leaving, before, this.#placements(before));
    const rebound = this.#bindings.update(changes);
    for (const { record, before } of rebound) note(leaving, record, this.#placements(record, before));
    const entering = new Map<string, Member>();
    for (const { after } of changes) if (after) note(entering, after, this.#placements(after));
    for (const { record } of rebound) note(entering, record, this.#placements(record));
    // Of a large group most stay where they are.
    for (const [key, { pod }] of entering)
      if (samePlacement(leaving.get(key)?.pod, pod)) for (const members of [leaving, entering]) members.delete(key);
    // A pod may go from one group to another: all must be gone before any comes.
    for (const { pod, group } of leaving.values()) leave(placed, pod, group);
    for (const { pod, group } of entering.values()) this.#enter(placed, pod, group);
    const moved = new Set<ObjectKey>(rebound.map(({ record }) => record.group.key));
    for (const key of moved) this.#pods.delete(key);
    for (const pod of placed.addresses.settle()) {
      const key = placed.groupByPod.get(pod);
      if (key === undefined) continue;
      this.#pods.delete(key);
      moved.add(key);
    }
    return moved;
  }

  /** In the order of the groups' keys. */
  *pods(): Iterable<Pod> {
    const keys = [...this.#groups.records()].map(({ group }) => group.key).sort();
    for (const key of keys) yield* this.podsOf(key);
  }

  podsOf(key: ObjectKey): readonly Pod[] {
    const known = this.#pods.get(key);
    if (known) return known;
    const record = this.#groups.get(key);
    if (!record) return [];
    const pods = this.#make(record);
    this.#pods.set(key, pods);
    return pods;
  }

  groupOf(name: NamespacedName): ObjectKey | undefined {
    return this.#groups.groupOfObserved(podKey(name)) ?? this.#place().groupByPod.get(name);
  }

  pod(name: NamespacedName): Pod | undefined {
    const key = this.groupOf(name);
    return key === undefined ? undefined : byName(this.podsOf(key)).get(name);
  }

  /** Of several with one address: one that runs before one that ended, one of its own network before one of its node's. */
  podByAddress(address: string): Pod | undefined {
    const placed = this.#place();
    const canonical = canonicalAddress(address);
    const assigned = placed.addresses.podAt(canonical);
    const given = [...(placed.byGivenAddress.get(canonical)?.values() ?? [])].map((name) => this.pod(name));
    const pods = [...(assigned === undefined ? [] : [this.pod(assigned)]), ...given].filter((pod) => pod !== undefined);
    const rank = (pod: Pod) => (hasEnded(pod) ? 2 : 0) + (pod.spec.hostNetwork ? 1 : 0);
    return pods.sort((a, b) => rank(a) - rank(b))[0];
  }

  #place(): Placed {
    this.placeSome(Infinity);
    return this.#placed!;
  }

  #enter(placed: Placed, pod: Placement, group: ObjectKey): void {
    placed.groupByPod.set(pod.name, group);
    if (pod.wantsAddress) placed.addresses.add(pod.name, pod.node);
    for (const address of pod.addresses) {
      if (!pod.hostNetwork) placed.addresses.claim(pod.name, address);
      const pods = placed.byGivenAddress.get(address) ?? new SortedSet<NamespacedName>(compareStrings);
      placed.byGivenAddress.set(address, pods);
      pods.add(pod.name);
    }
  }

  #placements(record: GroupRecord, bindings = this.#bindings.of(record)): readonly Placement[] {
    const { source, group } = record;
    if (source.kind === 'observed')
      return source.pods.map(({ pod }, index) => this.#placementOfObserved(pod, bindings[index]!));
    const { workload } = source;
    const { namespace } = workload.metadata;
    const hostNetwork = workload.template.spec.hostNetwork === true;
    const names = plannedPodNames(workload, group.replicas);
    return bindings.map((binding, index) => {
      const node = this.#runningNode(binding);
      return {
        name: `${namespace}/${names[index]!}`,
        node,
        addresses: hostNetwork ? this.#hostAddresses(node).map(canonicalAddress) : [],
        wantsAddress: !hostNetwork && node !== undefined,
        hostNetwork,
      };
    });
  }

  /** The node that gives the pod its address; undefined where none runs it. */
  #runningNode(binding: Binding): string | undefined {
    if (typeof binding !== 'string') return undefined;
    const node = this.#nodes.node(binding);
    return node === undefined || isNodeReady(node) ? binding : undefined;
  }

  #placementOfObserved(pod: Pod, binding: Binding): Placement {
    const given = givenAddresses(pod);
    const nodeName = nodeOf(binding);
    const runs = nodeName !== undefined && isRun(pod, this.#nodes.node(nodeName));
    const hostNetwork = pod.spec.hostNetwork === true;
    const isHosts = given.length === 0 && hostNetwork && runs;
    return {
      name: `${pod.metadata.namespace}/${pod.metadata.name}`,
      node: nodeName,
      addresses: isHosts ? this.#hostAddresses(nodeName).map(canonicalAddress) : given,
      wantsAddress: given.length === 0 && !hostNetwork && runs,
      hostNetwork,
    };
  }

  #make(record: GroupRecord): readonly Pod[] {
    const { addresses } = this.#place();
    const bindings = this.#bindings.of(record);
    if (record.source.kind === 'observed') {
      return record.source.pods.map(({ pod }, index) => {
        const { namespace, name } = pod.metadata;
        return this.#complete(pod, bindings[index]!, addresses.addressesOf(`${namespace}/${name}`));
      });
    }
    const { workload } = record.source;
    const daemonNodes = workload.kind === 'DaemonSet' ? this.#nodes.daemonNodes(workload) : [];
    return bindings.map((binding, index) => {
      const pod = plannedPodOf(workload, index, daemonNodes[index]);
      const { metadata } = pod;
      return this.#complete(pod, binding, addresses.addressesOf(`${metadata.namespace}/${metadata.name}`));
    });
  }

  /** Adds the node, its labels and the status, as far as the pod does not have them. */
  #complete(pod: Pod, binding: Binding, assigned: readonly string[]): Pod {
    const nodeName = nodeOf(binding);
    const node = nodeName === undefined ? undefined : this.#nodes.node(nodeName);
    const labels = this.#withTopology(pod.metadata.labels ?? {}, node);
    return {
      ...pod,
      metadata: { ...pod.metadata, ...(Object.keys(labels).length > 0 && { labels }) },
      spec: nodeName === undefined || pod.spec.nodeName === nodeName ? pod.spec : { ...pod.spec, nodeName },
      status: completeStatus(pod, binding, node, this.#hostAddresses(nodeName), assigned),
    };
  }

  #hostAddresses(nodeName: string | undefined): readonly string[] {
    const node = nodeName === undefined ? undefined : this.#nodes.node(nodeName);
    return node ? internalAddresses(node) : [];
  }

  /** Models plugin/pkg/admission/podtopologylabels (v1.37): what the author wrote is overwritten. */
  #withTopology(labels: Labels, node: Node | undefined): Labels {
    const added: Record<string, string> = {};
    for (const key of topologyLabelKeys(this.#minor)) {
      const value = node?.metadata.labels?.[key];
      if (value !== undefined && labels[key] !== value) added[key] = value;
    }
    return Object.keys(added).length === 0 ? labels : { ...labels, ...added };
  }
}

const named = new WeakMap<readonly Pod[], ReadonlyMap<NamespacedName, Pod>>();

function byName(pods: readonly Pod[]): ReadonlyMap<NamespacedName, Pod> {
  const known = named.get(pods);
  if (known) return known;
  const fresh = new Map(pods.map((pod) => [namespacedName(pod), pod]));
  named.set(pods, fresh);
  return fresh;
}

const canonicals = new WeakMap<Pod, readonly string[]>();

/** The addresses in a pod's status; to read them anew at each change is what IPv6 costs most. */
function givenAddresses(pod: Pod): readonly string[] {
  const known = canonicals.get(pod);
  if (known) return known;
  const fresh = podAddresses(pod).map(canonicalAddress);
  canonicals.set(pod, fresh);
  return fresh;
}

/** A pod of a group. */
interface Member {
  readonly pod: Placement;
  readonly group: ObjectKey;
}

function note(members: Map<string, Member>, { group: { key } }: GroupRecord, pods: readonly Placement[]): void {
  for (const pod of pods) members.set(`${key} ${pod.name}`, { pod, group: key });
}

function samePlacement(a: Placement | undefined, b: Placement): boolean {
  return (
    a?.node === b.node &&
    a?.wantsAddress === b.wantsAddress &&
    a.hostNetwork === b.hostNetwork &&
    sameItems(a.addresses, b.addresses)
  );
}

function leave(placed: Placed, pod: Placement, group: ObjectKey): void {
  if (placed.groupByPod.get(pod.name) === group) placed.groupByPod.delete(pod.name);
  placed.addresses.remove(pod.name);
  for (const address of pod.addresses) {
    if (!pod.hostNetwork) placed.addresses.release(pod.name, address);
    placed.byGivenAddress.get(address)?.delete(pod.name);
    if (placed.byGivenAddress.get(address)?.size === 0) placed.byGivenAddress.delete(address);
  }
}

function nodeOf(binding: Binding): string | undefined {
  return typeof binding === 'string' ? binding : undefined;
}

function sortName(record: GroupRecord): string {
  return `${record.group.namespace}/${record.group.object.name}`;
}
