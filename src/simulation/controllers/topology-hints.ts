/**
 * Hints of `service.kubernetes.io/topology-mode: Auto`: endpoints are shared out among the zones in proportion to
 * the CPUs that their nodes have.
 */

import { compareStrings } from '#base/compare';
import type { Endpoint, Node, Service } from '#model/kubernetes';

const zoneLabel = 'topology.kubernetes.io/zone';
const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];
/** A zone's endpoints may carry this much more than their part before hints are given up. */
const overloadThreshold = 0.2;

/** Models k8s.io/endpointslice hintsEnabled: the deprecated annotation goes before the new one. */
export function wantsTopologyHints(service: Service): boolean {
  const annotations = service.metadata.annotations ?? {};
  const mode =
    annotations['service.kubernetes.io/topology-aware-hints'] ?? annotations['service.kubernetes.io/topology-mode'];
  return mode === 'Auto' || mode === 'auto';
}

/**
 * Each zone's part of all CPUs; undefined where a node says too little or there are fewer than two zones.
 * Models k8s.io/endpointslice/topologycache SetNodes (v1.37).
 */
export function zoneRatios(nodes: readonly Node[]): ReadonlyMap<string, number> | undefined {
  const cpuByZone = new Map<string, number>();
  let total = 0;
  for (const node of nodes) {
    const labels = node.metadata.labels ?? {};
    if (controlPlaneLabels.some((label) => labels[label] !== undefined) || !isNodeReady(node)) continue;
    const zone = labels[zoneLabel];
    const cpu = milliCpu(node.status.allocatable?.cpu);
    if (!zone || cpu === 0) return undefined;
    cpuByZone.set(zone, (cpuByZone.get(zone) ?? 0) + cpu);
    total += cpu;
  }
  if (cpuByZone.size < 2) return undefined;
  return new Map([...cpuByZone].sort(([a], [b]) => compareStrings(a, b)).map(([zone, cpu]) => [zone, cpu / total]));
}

function isNodeReady(node: Node): boolean {
  return (
    node.status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false
  );
}

function milliCpu(quantity: string | undefined): number {
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(String(quantity ?? ''));
  if (!match) return 0;
  return Math.round(Number(match[1]) * (match[2] === 'm' ? 1 : 1000));
}

interface Allocation {
  readonly minimum: number;
  readonly desired: number;
}

/**
 * The endpoints of one address type with their hints, or without any where the zones cannot be served fairly.
 * Models k8s.io/endpointslice/topologycache AddHints (v1.37); where that walks a map, zones go in their order here.
 */
export function withTopologyHints(
  endpoints: readonly Endpoint[],
  ratios: ReadonlyMap<string, number> | undefined,
): readonly Endpoint[] {
  const ready = endpoints.filter((endpoint) => endpoint.conditions.ready === true);
  const allocations = ratios && allocate(ratios, ready.length);
  if (!allocations || ready.some((endpoint) => !endpoint.zone)) return endpoints;
  const hintsByZone = new Map<string, number>();
  for (const { zone } of ready) hintsByZone.set(zone!, (hintsByZone.get(zone!) ?? 0) + 1);
  const { giving, receiving } = exchange(allocations, hintsByZone);
  return endpoints.map((endpoint) => {
    if (endpoint.conditions.ready !== true) return endpoint;
    return { ...endpoint, hints: { forZones: [{ name: nextZone(endpoint.zone!, giving, receiving) }] } };
  });
}

function nextZone(zone: string, giving: Map<string, number>, receiving: Map<string, number>): string {
  const surplus = giving.get(zone) ?? 0;
  if (surplus === 0) return zone;
  for (const [receiver, deficit] of receiving) {
    if (deficit === 0) continue;
    giving.set(zone, surplus - 1);
    receiving.set(receiver, deficit - 1);
    return receiver;
  }
  return zone;
}

function allocate(ratios: ReadonlyMap<string, number>, count: number): ReadonlyMap<string, Allocation> | undefined {
  if (ratios.size > count) return undefined;
  const allocations = new Map<string, Allocation>();
  let remaining = count;
  for (const [zone, ratio] of ratios) {
    const desired = ratio * count;
    const minimum = Math.ceil(desired * (1 / (1 + overloadThreshold)));
    remaining -= minimum;
    allocations.set(zone, { minimum, desired: Math.max(desired, minimum) });
  }
  return remaining < 0 ? undefined : allocations;
}

/** How many endpoints each zone gives away or gets. Models getGivingAndReceivingZones. */
function exchange(
  allocations: ReadonlyMap<string, Allocation>,
  hintsByZone: ReadonlyMap<string, number>,
): { giving: Map<string, number>; receiving: Map<string, number> } {
  const surplus = new Map<string, number>();
  const deficit = new Map<string, number>();
  for (const [zone, { desired }] of allocations) {
    const current = hintsByZone.get(zone) ?? 0;
    if (current > desired) surplus.set(zone, current - desired);
    else if (current < desired) deficit.set(zone, desired - current);
  }
  const giving = new Map<string, number>();
  const receiving = new Map<string, number>();
  for (;;) {
    const from = greatest(surplus);
    const to = greatest(deficit);
    if (!from || !to || (from.amount < 1 && to.amount < 1) || from.amount < 0.5 || to.amount < 0.5) break;
    move(giving, surplus, from.zone);
    move(receiving, deficit, to.zone);
  }
  return { giving, receiving };
}

function move(counts: Map<string, number>, amounts: Map<string, number>, zone: string): void {
  counts.set(zone, (counts.get(zone) ?? 0) + 1);
  amounts.set(zone, amounts.get(zone)! - 1);
}

function greatest(amounts: ReadonlyMap<string, number>): { zone: string; amount: number } | undefined {
  let best: { zone: string; amount: number } | undefined;
  for (const [zone, amount] of amounts) if (!best || amount > best.amount) best = { zone, amount };
  return best;
}
