/** The node lifecycle controller: what becomes of a node that nobody hears from, and of the pods on it. */

import { isJsonObject, valueAt, type JsonObject, type JsonValue } from '#base/json';
import type { Node, Pod, PodCondition } from '#model/kubernetes';
import { behaves } from '../releases';

const unreachable = 'node.kubernetes.io/unreachable';
/** plugin/pkg/admission/defaulttolerationseconds: what a pod gets that says nothing of it. */
const defaultTolerationSeconds = 300;
/** Statuses of a node's conditions that its kubelet alone knows. */
const kubeletsConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/**
 * Seconds without a heartbeat after which a node counts as lost: --node-monitor-grace-period's default, as
 * pkg/controller/nodelifecycle/config/v1alpha1/defaults.go has it.
 */
export function nodeGraceSeconds(minor: number): number {
  return behaves(minor, 'waitsLongerForNodes') ? 50 : 40;
}

/**
 * The node once its grace period is over.
 * Models pkg/controller/nodelifecycle/node_lifecycle_controller.go tryUpdateNodeHealth (v1.37).
 */
export function lostNode(node: Node): Node {
  const known = node.status.conditions ?? [];
  const conditions = known.some(({ type }) => type === 'Ready') ? known : [...known, { type: 'Ready', status: 'True' }];
  const lost = conditions.map((condition): PodCondition =>
    kubeletsConditions.includes(condition.type)
      ? { ...condition, status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }
      : condition,
  ); // prettier-ignore
  return { ...node, status: { ...node.status, conditions: lost } };
}

/** The node once its kubelet posts its status again. */
export function foundNode(node: Node): Node {
  const conditions = (node.status.conditions ?? []).map(({ type, status }): PodCondition => {
    if (!kubeletsConditions.includes(type)) return { type, status };
    return { type, status: type === 'Ready' ? 'True' : 'False' };
  });
  const taints = (node.spec.taints ?? []).filter(({ key }) => key !== unreachable && key !== 'node.kubernetes.io/not-ready'); // prettier-ignore
  const { taints: _, ...spec } = node.spec;
  return { ...node, spec: taints.length > 0 ? { ...spec, taints } : spec, status: { ...node.status, conditions } };
}

/** Models pkg/controller/util/node/controller_utils.go MarkPodsNotReady: the condition Ready alone, and only its status. */
export function withoutReady(conditions: readonly PodCondition[] | undefined): readonly PodCondition[] {
  return (conditions ?? []).map((condition) =>
    condition.type === 'Ready' ? { ...condition, status: 'False' } : condition,
  );
}

/**
 * How many seconds the pod stays on a node that is lost before it is evicted; undefined: for good.
 * Models pkg/controller/tainteviction/taint_eviction.go processPodOnNode and getMinTolerationTime (v1.37).
 */
export function evictionSeconds({ spec }: Pod): number | undefined {
  const written = valueAt(spec as unknown as JsonValue, ['tolerations']);
  const tolerations = Array.isArray(written) ? (written as readonly JsonValue[]).filter(isJsonObject) : [];
  const own = tolerations.filter(toleratesLoss);
  if (own.length === 0) return defaultTolerationSeconds;
  const seconds = own.flatMap(({ tolerationSeconds }) => (typeof tolerationSeconds === 'number' ? [tolerationSeconds] : [])); // prettier-ignore
  return seconds.length === 0 ? undefined : Math.max(0, Math.min(...seconds));
}

function toleratesLoss({ key, operator, value, effect }: JsonObject): boolean {
  if (effect !== undefined && effect !== '' && effect !== 'NoExecute') return false;
  if (key !== undefined && key !== '' && key !== unreachable) return false;
  return operator === 'Exists' || value === undefined || value === '';
}

/** How the pods of lost nodes are evicted: as their tolerations say, one node in a long while, or not at all. */
export type EvictionPace = 'normal' | 'slow' | 'none';

/** --large-cluster-size-threshold and --unhealthy-zone-threshold: their defaults. */
const smallZone = 50;
const unhealthyShare = 0.55;
const exempt = 'node.kubernetes.io/exclude-disruption';

/**
 * At what pace the nodes of each zone get the taint that evicts; `zoneOf` gives a node's zone. Where most nodes of a
 * zone are lost, the fault is taken to be elsewhere; where all nodes of all zones are, nothing is evicted.
 * Models pkg/controller/nodelifecycle/node_lifecycle_controller.go handleDisruption, ComputeZoneState and
 * ReducedQPSFunc (v1.37).
 */
export function evictionPaces(nodes: readonly Node[], isLost: (node: string) => boolean): (node: Node) => EvictionPace {
  const zones = new Map<string, { lost: number; all: number }>();
  for (const node of nodes) {
    const { name, labels } = node.metadata;
    if (labels && exempt in labels) continue;
    const zone = zones.get(zoneKey(node)) ?? { lost: 0, all: 0 };
    zones.set(zoneKey(node), { lost: zone.lost + (isLost(name) ? 1 : 0), all: zone.all + 1 });
  }
  const isDisrupted = [...zones.values()].every(({ lost, all }) => lost === all);
  return (node) => {
    if (isDisrupted) return 'none';
    const { lost, all } = zones.get(zoneKey(node)) ?? { lost: 0, all: 0 };
    const isPartial = lost > 2 && lost < all && lost / all >= unhealthyShare;
    if (!isPartial) return 'normal';
    return all > smallZone ? 'slow' : 'none';
  };
}

/** Models component-helpers node/topology GetZoneKey. */
function zoneKey({ metadata: { labels } }: Node): string {
  return `${labels?.['topology.kubernetes.io/region'] ?? ''}:${labels?.['topology.kubernetes.io/zone'] ?? ''}`;
}
