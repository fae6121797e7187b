/**
 * On which node each pod of each group runs. Most groups are bound by themselves; those that take ports of the nodes
 * are bound together, the first applied first, as soon as somebody asks for one of them.
 */

import { compareStrings } from '#base/compare';
import { hash32 } from '#base/hash';
import type { Pod } from '#model/kubernetes';
import { compareOrigins, type ObjectKey } from '#model/object';
import type { Workload } from '../apiserver/admission';
import { daemonDemands, pinnedDemands } from '../controllers/scheduler/daemon-set';
import { hostPortsOf, placementDemandsOf } from '../controllers/scheduler/requirements';
import { dependsOnPods, HostPortTable, schedule, type Binding, type SchedulingContext } from '../controllers/scheduler/scheduler'; // prettier-ignore
import { isOneByOne } from '../controllers/workload-pods';
import type { GroupChange, GroupRecord, GroupRegistry } from './group-registry';
import type { NodeRegistry } from './node-registry';
import { sameValue } from './same';

/** A group whose pods were bound elsewhere before. */
export interface Rebound {
  readonly record: GroupRecord;
  readonly before: readonly Binding[];
}

export class PodBindings {
  readonly #groups: GroupRegistry;
  readonly #nodes: NodeRegistry;
  readonly #minor: number;
  /** Of the groups that take ports; undefined until one is asked for. */
  #sharing: ReadonlyMap<ObjectKey, readonly Binding[]> | undefined;

  constructor(groups: GroupRegistry, nodes: NodeRegistry, minor: number) {
    this.#groups = groups;
    this.#nodes = nodes;
    this.#minor = minor;
  }

  /** The nodes may be other ones. */
  reset(): void {
    this.#sharing = undefined;
  }

  /** Takes over the groups' changes; gives the other groups whose pods are bound elsewhere because of them. */
  update(changes: readonly GroupChange[]): readonly Rebound[] {
    const before = this.#sharing;
    if (!before) return [];
    const concerned = changes.filter((change) =>
      [change.before, change.after].some((each) => each && takesPorts(each)),
    );
    if (concerned.length === 0) return [];
    const keys = new Set(before.keys());
    for (const { key, after } of concerned) {
      if (after && takesPorts(after)) keys.add(key);
      else keys.delete(key);
    }
    const after = this.#bindTogether([...keys].map((key) => this.#groups.get(key)!));
    this.#sharing = after;
    const changed = new Set(changes.map((change) => change.key));
    return [...after].flatMap(([key, bindings]) => {
      const old = before.get(key);
      if (!old || changed.has(key) || sameValue(old, bindings)) return [];
      return [{ record: this.#groups.get(key)!, before: old }];
    });
  }

  /** One for each of the pods that there are, in their order. */
  of(record: GroupRecord): readonly Binding[] {
    if (!takesPorts(record)) return this.#bind(record, new HostPortTable());
    this.#sharing ??= this.#bindTogether([...this.#groups.records()].filter(takesPorts));
    return this.#sharing.get(record.group.key) ?? [];
  }

  /** Pods that name their node have its ports before all that the scheduler places. */
  #bindTogether(records: readonly GroupRecord[]): ReadonlyMap<ObjectKey, readonly Binding[]> {
    const ports = new HostPortTable();
    for (const record of records) holdGivenPorts(record, ports);
    const inOrder = records.toSorted(
      (a, b) =>
        compareOrigins(a.group.object.origin, b.group.object.origin) || compareStrings(a.group.key, b.group.key),
    );
    return new Map(inOrder.map((record) => [record.group.key, this.#bind(record, ports)]));
  }

  #bind({ group, source }: GroupRecord, ports: HostPortTable): readonly Binding[] {
    const context = {
      nodes: this.#nodes.nodes(),
      minor: this.#minor,
      ports,
      fit: (demands) => this.#nodes.fit(demands),
    } satisfies SchedulingContext;
    if (source.kind === 'observed') return source.pods.map(({ pod }) => bindingOfPod(pod, context));
    const { workload } = source;
    const { spec, labels } = workload.template;
    if (workload.kind === 'DaemonSet') return this.#bindDaemonPods(workload, context);
    if (spec.nodeName) return Array<string>(group.replicas).fill(spec.nodeName);
    const bindings = schedule(placementDemandsOf(spec, labels), group.replicas, 0, context);
    return isOneByOne(workload) ? untilFirstWaiting(bindings) : bindings;
  }

  #bindDaemonPods(workload: Workload, context: SchedulingContext): readonly Binding[] {
    const { spec, labels } = workload.template;
    const names = this.#nodes.daemonNodes(workload);
    const demands = placementDemandsOf(spec, labels);
    if (spec.nodeName || (!dependsOnPods(demands) && !demands.gated)) return names;
    return names.flatMap((name) => {
      const node = pinnedDemands(daemonDemands(demands.node, spec.hostNetwork === true), name);
      return schedule({ ...demands, node }, 1, 0, context);
    });
  }
}

function untilFirstWaiting(bindings: readonly Binding[]): readonly Binding[] {
  const waiting = bindings.findIndex((binding) => typeof binding !== 'string');
  return waiting < 0 ? bindings : bindings.slice(0, waiting + 1);
}

function bindingOfPod(pod: Pod, context: SchedulingContext): Binding {
  const { spec, status, metadata } = pod;
  if (spec.nodeName) return spec.nodeName;
  const waiting = status.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  if (waiting) return { reason: 'Unschedulable', message: waiting.message ?? '' };
  const demands = placementDemandsOf(spec, metadata.labels ?? {});
  return schedule(demands, 1, hash32(`${metadata.namespace}/${metadata.name}`), context)[0]!;
}

function takesPorts({ group, source }: GroupRecord): boolean {
  if (source.kind === 'planned') return hostPortsOf(group.spec).length > 0;
  return source.pods.some(({ pod }) => hostPortsOf(pod.spec).length > 0);
}

/** Takes the ports of the pods whose node is given. */
function holdGivenPorts({ group, source }: GroupRecord, ports: HostPortTable): void {
  if (source.kind === 'planned') {
    if (group.spec.nodeName && group.replicas > 0) ports.take(group.spec.nodeName, hostPortsOf(group.spec));
    return;
  }
  for (const { pod } of source.pods) {
    const ended = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
    if (pod.spec.nodeName && !ended) ports.take(pod.spec.nodeName, hostPortsOf(pod.spec));
  }
}
