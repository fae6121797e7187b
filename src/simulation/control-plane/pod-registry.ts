/**
 * The pods of the groups, with nodes and addresses. They are made when somebody asks for them: where a pod's address
 * lies depends on all other pods, so the first question places all, and edits after it move only what they must.
 */

import { compareStrings } from '#base/compare';
import { hash32 } from '#base/hash';
import { valueAt } from '#base/json';
import type { Labels, NamespacedName, Node, Pod, PodCondition, PodSpec, PodStatus } from '#model/kubernetes';
import type { KubernetesObject, ObjectKey } from '#model/object';
import type { Workload } from '../apiserver/admission';
import { podAddresses } from '../controllers/pod-conditions';
import { planPod, plannedPodNames, topologyLabelKeys } from '../controllers/workload-pods';
import { podKey, type GroupChange, type GroupRecord, type GroupRegistry, type ObservedPod } from './group-registry';
import { canonicalAddress, familiesOf, internalAddresses } from './nodes';
import type { NodeRegistry } from './node-registry';
import { PodAddresses } from './pod-addresses';
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

const running: readonly PodCondition[] = conditions('True');
const notRunning: readonly PodCondition[] = conditions('False');

function conditions(ready: 'True' | 'False'): readonly PodCondition[] {
  return [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Initialized', status: 'True' },
    { type: 'ContainersReady', status: ready },
    { type: 'Ready', status: ready },
  ];
}

export class PodRegistry {
  readonly #groups: GroupRegistry;
  readonly #nodes: NodeRegistry;
  readonly #minor: number;
  readonly #clusterCIDRs: readonly string[];
  readonly #pods = new Map<ObjectKey, readonly Pod[]>();
  #placed: Placed | undefined;

  constructor(
    groups: GroupRegistry,
    nodes: NodeRegistry,
    settings: { readonly minor: number; readonly clusterCIDRs: readonly string[] },
  ) {
    this.#groups = groups;
    this.#nodes = nodes;
    this.#minor = settings.minor;
    this.#clusterCIDRs = settings.clusterCIDRs;
  }

  /** All nodes may be other ones: every pod is placed anew. */
  reset(): void {
    this.#pods.clear();
    this.#placed = undefined;
  }

  /** Takes over the groups' changes; gives the groups whose pods have other addresses because of them. */
  update(changes: readonly GroupChange[]): ReadonlySet<ObjectKey> {
    for (const { key } of changes) this.#pods.delete(key);
    const placed = this.#placed;
    if (!placed) return new Set();
    // A pod may go from one group to another: all must be gone before any comes.
    for (const { before } of changes)
      for (const pod of before ? this.#placements(before) : []) leave(placed, pod, before!.group.key);
    for (const { after } of changes)
      for (const pod of after ? this.#placements(after) : []) this.#enter(placed, pod, after!.group.key);
    const moved = new Set<ObjectKey>();
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
    return key === undefined
      ? undefined
      : this.podsOf(key).find((pod) => `${pod.metadata.namespace}/${pod.metadata.name}` === name);
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
    if (this.#placed) return this.#placed;
    const placed: Placed = {
      addresses: new PodAddresses(this.#nodes.nodes(), familiesOf(this.#clusterCIDRs)),
      groupByPod: new Map(),
      byGivenAddress: new Map(),
    };
    // In the order of the names, the cheapest for the pools; the result is the same in any.
    const records = [...this.#groups.records()].map((record) => ({ record, name: sortName(record) }));
    for (const { record } of records.sort((a, b) => compareStrings(a.name, b.name))) {
      for (const placement of this.#placements(record)) this.#enter(placed, placement, record.group.key);
    }
    placed.addresses.settle();
    this.#placed = placed;
    return placed;
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

  #placements(record: GroupRecord): readonly Placement[] {
    if (record.source.kind === 'observed')
      return record.source.pods.map((observed) => this.#placementOfObserved(observed));
    const { workload } = record.source;
    const { namespace } = workload.metadata;
    const hostNetwork = workload.template.spec.hostNetwork === true;
    const names = plannedPodNames(workload, record.group.replicas);
    return this.#nodesFor(workload, record.group.replicas).map((node, index) => ({
      name: `${namespace}/${names[index]!}`,
      node,
      addresses: hostNetwork ? this.#hostAddresses(node).map(canonicalAddress) : [],
      wantsAddress: !hostNetwork && node !== undefined,
      hostNetwork,
    }));
  }

  #placementOfObserved({ pod, object }: ObservedPod): Placement {
    const given = podAddresses(pod);
    const nodeName = pod.spec.nodeName || this.#chooseNode(pod, object);
    const hostNetwork = pod.spec.hostNetwork === true;
    const addresses = given.length === 0 && hostNetwork && getsAddress(pod) ? this.#hostAddresses(nodeName) : given;
    return {
      name: `${pod.metadata.namespace}/${pod.metadata.name}`,
      node: nodeName,
      addresses: addresses.map(canonicalAddress),
      wantsAddress: given.length === 0 && !hostNetwork && nodeName !== undefined && getsAddress(pod),
      hostNetwork,
    };
  }

  /**
   * The node of each replica, undefined where none is eligible. They go round the eligible nodes from the first on:
   * the scheduler would look at the load, which nobody knows.
   */
  #nodesFor(workload: Workload, replicas: number): readonly (string | undefined)[] {
    const { nodeName } = workload.template.spec;
    const eligible = nodeName ? [nodeName] : this.#nodes.eligible(workload.nodeSelector, workload.kind);
    return Array.from({ length: replicas }, (_, index) => eligible[index % eligible.length]);
  }

  #chooseNode(pod: Pod, object: KubernetesObject): string | undefined {
    const eligible = this.#nodes.eligible(asLabels(valueAt(object.body, ['spec', 'nodeSelector'])), 'Pod');
    return eligible[hash32(`${pod.metadata.namespace}/${pod.metadata.name}`) % eligible.length];
  }

  #make(record: GroupRecord): readonly Pod[] {
    const { addresses } = this.#place();
    if (record.source.kind === 'observed') {
      return record.source.pods.map((observed) => {
        const { name, node } = this.#placementOfObserved(observed);
        return this.#complete(observed.pod, node, addresses.addressesOf(name));
      });
    }
    const { workload } = record.source;
    return this.#nodesFor(workload, record.group.replicas).map((node, index) => {
      const { metadata, hostname, subdomain } = planPod(workload, index);
      const spec: PodSpec = {
        ...workload.template.spec,
        ...(hostname !== undefined && { hostname }),
        ...(subdomain !== undefined && { subdomain }),
      };
      const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec, status: {} };
      return this.#complete(pod, node, addresses.addressesOf(`${metadata.namespace}/${metadata.name}`));
    });
  }

  /** Adds the node, its labels and the status, as far as the pod does not have them. */
  #complete(pod: Pod, nodeName: string | undefined, assigned: readonly string[]): Pod {
    const node = nodeName === undefined ? undefined : this.#nodes.node(nodeName);
    const labels = this.#withTopology(pod.metadata.labels ?? {}, node);
    return {
      ...pod,
      metadata: { ...pod.metadata, ...(Object.keys(labels).length > 0 && { labels }) },
      spec: nodeName === undefined || pod.spec.nodeName === nodeName ? pod.spec : { ...pod.spec, nodeName },
      status: completeStatus(pod, nodeName !== undefined, this.#hostAddresses(nodeName), assigned),
    };
  }

  #hostAddresses(nodeName: string | undefined): readonly string[] {
    const node = nodeName === undefined ? undefined : this.#nodes.node(nodeName);
    return node ? internalAddresses(node) : [];
  }

  #withTopology(labels: Labels, node: Node | undefined): Labels {
    const keys = topologyLabelKeys(this.#minor);
    const added: Record<string, string> = {};
    for (const key of keys) {
      const value = node?.metadata.labels?.[key];
      if (value !== undefined && labels[key] === undefined) added[key] = value;
    }
    return Object.keys(added).length === 0 ? labels : { ...labels, ...added };
  }
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

/** Without a status a pod is taken to run; one that waits or has ended keeps what its status says. */
function getsAddress(pod: Pod): boolean {
  return pod.status.phase === undefined || pod.status.phase === 'Running';
}

function hasEnded(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
}

function completeStatus(
  pod: Pod,
  placed: boolean,
  hostAddresses: readonly string[],
  assigned: readonly string[],
): PodStatus {
  const { status } = pod;
  if (!placed && status.phase === undefined) {
    return {
      ...status,
      phase: 'Pending',
      conditions: status.conditions ?? [{ type: 'PodScheduled', status: 'False' }],
    };
  }
  const given = podAddresses(pod);
  const own = getsAddress(pod) && pod.spec.hostNetwork ? hostAddresses : assigned;
  const addresses = given.length > 0 ? given : own;
  return {
    ...status,
    phase: status.phase ?? 'Running',
    conditions: status.conditions ?? (getsAddress(pod) ? running : notRunning),
    ...(hostAddresses[0] !== undefined &&
      !status.hostIP && { hostIP: hostAddresses[0], hostIPs: hostAddresses.map((ip) => ({ ip })) }),
    ...(addresses[0] !== undefined && { podIP: addresses[0], podIPs: addresses.map((ip) => ({ ip })) }),
  };
}

function sortName(record: GroupRecord): string {
  return `${record.group.namespace}/${record.group.object.name}`;
}

function asLabels(value: unknown): Labels | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Labels) : undefined;
}
