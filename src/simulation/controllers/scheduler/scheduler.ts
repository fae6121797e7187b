/**
 * The scheduler: on which node each pod of a group runs. It honours all that forbids a node and prefers none: the
 * pods go round the nodes that are left, since the load that a real one looks at is not known.
 */

import { compareStrings } from '#base/compare';
import type { Labels, Node } from '#model/kubernetes';
import { matchesNode, nodeLabels, printObstacle, untoleratedTaint, type NodeObstacle } from './node-filters';
import {
  anyAddress, type HostPort, type NodeDemands, type PlacementDemands, type SpreadConstraint,
} from './requirements'; // prettier-ignore

/** Why a pod has no node, in the words of its condition PodScheduled. */
export interface Unscheduled {
  readonly reason: 'Unschedulable' | 'SchedulingGated';
  readonly message: string;
}

/** The name of a node, or why there is none. */
export type Binding = string | Unscheduled;

/** What the nodes say to a pod's demands. */
export interface NodeFit {
  /** Names of the nodes that take it, in order. */
  readonly names: readonly string[];
  readonly obstacles: ReadonlyMap<string, NodeObstacle>;
}

/** The cluster as the scheduler sees it. */
export interface SchedulingContext {
  /** In the order of their names. */
  readonly nodes: readonly Node[];
  readonly minor: number;
  readonly fit: (demands: NodeDemands) => NodeFit;
  /** The ports of the nodes that other pods have taken. Taken ports are added. */
  readonly ports: HostPortTable;
}

const gated: Unscheduled = {
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
};

/**
 * The nodes of `count` pods with the same demands; `first` is where the round over the nodes begins.
 * Models pkg/scheduler schedulePod with the default plugins (v1.37) without resources, volumes, pod affinity and the
 * affinities of other groups' pods.
 */
export function schedule(
  demands: PlacementDemands,
  count: number,
  first: number,
  context: SchedulingContext,
): readonly Binding[] {
  if (demands.gated) return Array.from({ length: count }, () => gated);
  const fit = context.fit(demands.node);
  const { names } = fit;
  if (!dependsOnPods(demands)) {
    const nowhere = names.length === 0 ? unschedulable(fit, new Map(), context) : undefined;
    return Array.from({ length: count }, (_, i) => nowhere ?? names[(first + i) % names.length]!);
  }
  const own = new OwnPods(demands, context);
  return Array.from({ length: count }, (_, i) => {
    const refusals = new Map<string, string>();
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(first + i + turn) % names.length]!;
      const refusal = context.ports.areFree(name, demands.hostPorts) ? own.refusalOf(name) : noFreePorts;
      if (refusal !== undefined) {
        refusals.set(name, refusal);
        continue;
      }
      own.add(name);
      context.ports.take(name, demands.hostPorts);
      return name;
    }
    return unschedulable(fit, refusals, context);
  });
}

/**
 * Where one more pod of a group goes whose others run on the nodes `existing`: of the nodes that take it, one that has
 * the fewest of them.
 */
export function scheduleNext(
  demands: PlacementDemands,
  existing: readonly string[],
  context: SchedulingContext,
): Binding {
  if (demands.gated) return gated;
  const fit = context.fit(demands.node);
  const own = new OwnPods(demands, context);
  const counts = new Map<string, number>();
  for (const node of existing) {
    own.add(node);
    counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  const refusals = new Map<string, string>();
  for (const name of fit.names.toSorted((a, b) => (counts.get(a) ?? 0) - (counts.get(b) ?? 0))) {
    const refusal = context.ports.areFree(name, demands.hostPorts) ? own.refusalOf(name) : noFreePorts;
    if (refusal === undefined) return name;
    refusals.set(name, refusal);
  }
  return unschedulable(fit, refusals, context);
}

/** Whether more must be known than the nodes. */
export function dependsOnPods({ hostPorts, antiAffinity, spread }: PlacementDemands): boolean {
  return hostPorts.length + antiAffinity.length + spread.length > 0;
}

const noFreePorts = "node(s) didn't have free ports for the requested pod ports";
const notSpread = "node(s) didn't match pod topology spread constraints";
const withoutLabel = `${notSpread} (missing required label)`;
const notApart = "node(s) didn't match pod anti-affinity rules";

/** Where the pods of one group are already, by the domains that they must be spread over or keep apart in. */
class OwnPods {
  readonly #demands: PlacementDemands;
  readonly #labels: ReadonlyMap<string, Labels>;
  /** By the key of the topology: how many pods each domain has. */
  readonly #counts = new Map<string, Map<string, number>>();
  /** Of each spread constraint: the domains that count. */
  readonly #domains: ReadonlyMap<SpreadConstraint, readonly string[]>;

  constructor(demands: PlacementDemands, { nodes }: SchedulingContext) {
    this.#demands = demands;
    this.#labels = new Map(nodes.map((node) => [node.metadata.name, nodeLabels(node)]));
    for (const { topologyKey } of [...demands.spread, ...demands.antiAffinity])
      this.#counts.set(topologyKey, new Map());
    this.#domains = new Map(demands.spread.map((each) => [each, domainsOf(each, demands.node, nodes)]));
  }

  add(node: string): void {
    for (const [topologyKey, counts] of this.#counts) {
      const domain = this.#labels.get(node)?.[topologyKey];
      if (domain !== undefined) counts.set(domain, (counts.get(domain) ?? 0) + 1);
    }
  }

  /** Why a node that fits by itself does not take one more pod. */
  refusalOf(node: string): string | undefined {
    for (const constraint of this.#demands.spread) {
      const refusal = this.#spreadRefusal(node, constraint);
      if (refusal !== undefined) return refusal;
    }
    const taken = this.#demands.antiAffinity.some(({ topologyKey }) => this.#countAt(node, topologyKey) > 0);
    return taken ? notApart : undefined;
  }

  /** Models pkg/scheduler/framework/plugins/podtopologyspread Filter (v1.37) for the group's own pods. */
  #spreadRefusal(node: string, constraint: SpreadConstraint): string | undefined {
    const { topologyKey, maxSkew, minDomains } = constraint;
    if (this.#labels.get(node)?.[topologyKey] === undefined) return withoutLabel;
    const domains = this.#domains.get(constraint) ?? [];
    const counts = this.#counts.get(topologyKey)!;
    const few = domains.length < minDomains || domains.length === 0;
    const least = few ? 0 : Math.min(...domains.map((domain) => counts.get(domain) ?? 0));
    return this.#countAt(node, topologyKey) + 1 - least > maxSkew ? notSpread : undefined;
  }

  #countAt(node: string, topologyKey: string): number {
    const domain = this.#labels.get(node)?.[topologyKey];
    return domain === undefined ? 0 : (this.#counts.get(topologyKey)?.get(domain) ?? 0);
  }
}

/** The domains of the nodes that count for the constraint. */
function domainsOf(constraint: SpreadConstraint, demands: NodeDemands, nodes: readonly Node[]): readonly string[] {
  const counted = nodes.filter((node) => {
    if (constraint.honoursAffinity && !matchesNode(node, demands)) return false;
    return !constraint.honoursTaints || !untoleratedTaint(node, demands.tolerations);
  });
  return [...new Set(counted.flatMap((node) => nodeLabels(node)[constraint.topologyKey] ?? []))];
}

/** Models pkg/scheduler/framework FitError.Error, with what preemption adds: there is nobody of lower priority. */
function unschedulable(
  fit: NodeFit,
  refusals: ReadonlyMap<string, string>,
  { nodes, minor }: SchedulingContext,
): Unscheduled {
  const reason = 'Unschedulable';
  if (nodes.length === 0) return { reason, message: 'no nodes available to schedule pods' };
  const reasons = new Map<string, number>();
  const texts = [
    ...[...fit.obstacles.values()].map((obstacle) => printObstacle(obstacle, minor)),
    ...refusals.values(),
  ];
  for (const text of texts) reasons.set(text, (reasons.get(text) ?? 0) + 1);
  const unhelpful = nodes.length - [...refusals.values()].filter((refusal) => refusal !== withoutLabel).length;
  const preemption = new Map<string, number>();
  if (unhelpful > 0) preemption.set('Preemption is not helpful for scheduling', unhelpful);
  if (unhelpful < nodes.length)
    preemption.set('No preemption victims found for incoming pod', nodes.length - unhelpful);
  const none = `0/${nodes.length} nodes are available:`;
  return { reason, message: `${none} ${histogram(reasons)}. preemption: ${none} ${histogram(preemption)}.` };
}

function histogram(reasons: ReadonlyMap<string, number>): string {
  const texts = [...reasons].map(([reason, count]) => `${count} ${reason}`);
  return texts.sort(compareStrings).join(', ');
}

/** Which ports of which nodes are taken. */
export class HostPortTable {
  readonly #taken = new Map<string, HostPort[]>();

  take(node: string, ports: readonly HostPort[]): void {
    if (ports.length === 0) return;
    const taken = this.#taken.get(node);
    if (taken) taken.push(...ports);
    else this.#taken.set(node, [...ports]);
  }

  /** Models pkg/scheduler/framework/plugins/nodeports fitsPorts: all addresses overlap with each single one. */
  areFree(node: string, ports: readonly HostPort[]): boolean {
    const taken = this.#taken.get(node);
    return !taken || ports.every((port) => !taken.some((other) => collide(port, other)));
  }
}

function collide(a: HostPort, b: HostPort): boolean {
  if (a.port !== b.port || a.protocol !== b.protocol) return false;
  return a.address === b.address || a.address === anyAddress || b.address === anyAddress;
}
