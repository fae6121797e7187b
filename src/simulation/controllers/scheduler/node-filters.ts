/** Which nodes a pod may run on, as far as that depends on the node alone: taints, cordons and node affinity. */

import { assertNever } from '#base/assert';
import type { Labels, Node } from '#model/kubernetes';
import { behaves } from '../../releases';
import { integerOf, matches, type NodeDemands, type NodeSelectorTerm, type Requirement, type Toleration } from './requirements'; // prettier-ignore

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** Why a node does not take a pod; `untolerated` names the first taint. */
export type NodeObstacle =
  | { readonly kind: 'unschedulable' }
  | { readonly kind: 'untolerated'; readonly taint: Taint }
  | { readonly kind: 'affinity' }
  /** Another node is asked for by name. */
  | { readonly kind: 'other node' };

const taintPrefix = 'node.kubernetes.io/';
const unschedulableTaint: Taint = { key: `${taintPrefix}unschedulable`, effect: 'NoSchedule' };

/** Condition → its status → the taint that it puts on the node. */
const conditionTaints: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: 'not-ready', Unknown: 'unreachable' },
  MemoryPressure: { True: 'memory-pressure' },
  DiskPressure: { True: 'disk-pressure' },
  PIDPressure: { True: 'pid-pressure' },
  NetworkUnavailable: { True: 'network-unavailable' },
};

const followingKeys = new Set([
  unschedulableTaint.key,
  ...Object.values(conditionTaints).flatMap((taints) => Object.values(taints).map((name) => taintPrefix + name)),
]);

/**
 * The taints of a node as its conditions and its cordon will have them: the node controller takes away what they do
 * not call for.
 * Models pkg/controller/nodelifecycle doNoScheduleTaintingPass and processTaintBaseEviction (v1.37).
 */
function taintsOf(node: Node): readonly Taint[] {
  const taints: Taint[] = (node.spec.taints ?? []).filter(({ key }) => !followingKeys.has(key));
  for (const { type, status } of node.status.conditions ?? []) {
    const name = conditionTaints[type]?.[status];
    if (name === undefined) continue;
    taints.push({ key: taintPrefix + name, effect: 'NoSchedule' });
    if (type === 'Ready') taints.push({ key: taintPrefix + name, effect: 'NoExecute' });
  }
  return node.spec.unschedulable === true ? [...taints, unschedulableTaint] : taints;
}

/** What a taint that somebody wrote says of a node's readiness; undefined for any other taint. */
export function readinessOfTaint({ key }: Taint): 'False' | 'Unknown' | undefined {
  if (key === `${taintPrefix}not-ready`) return 'False';
  return key === `${taintPrefix}unreachable` ? 'Unknown' : undefined;
}

/**
 * The first obstacle, in the order in which the scheduler's plugins look for one; undefined where the node will do.
 * Models pkg/scheduler/framework/plugins nodeunschedulable, tainttoleration and nodeaffinity (v1.37).
 */
export function obstacleOf(node: Node, demands: NodeDemands): NodeObstacle | undefined {
  const named = namedNodes(demands.terms);
  if (named && !named.has(node.metadata.name)) return { kind: 'other node' };
  if (node.spec.unschedulable === true && !isTolerated(unschedulableTaint, demands.tolerations))
    return { kind: 'unschedulable' };
  const taint = untoleratedTaint(node, demands.tolerations);
  if (taint) return { kind: 'untolerated', taint };
  return matchesNode(node, demands) ? undefined : { kind: 'affinity' };
}

/** In the scheduler's words, as the release of the minor number has them. */
export function printObstacle(obstacle: NodeObstacle, minor: number): string {
  switch (obstacle.kind) {
    case 'unschedulable':
      return 'node(s) were unschedulable';
    case 'untolerated': {
      const { key, value = '' } = obstacle.taint;
      return behaves(minor, 'hidesTaint')
        ? 'node(s) had untolerated taint(s)'
        : `node(s) had untolerated taint {${key}: ${value}}`;
    }
    case 'affinity':
      return "node(s) didn't match Pod's node affinity/selector";
    case 'other node':
      return "node(s) didn't satisfy plugin(s) [NodeAffinity]";
    default:
      return assertNever(obstacle);
  }
}

/** Models component-helpers FindMatchingUntoleratedTaint for what keeps pods away. */
export function untoleratedTaint(node: Node, tolerations: readonly Toleration[]): Taint | undefined {
  return taintsOf(node).find(
    (taint) => (taint.effect === 'NoSchedule' || taint.effect === 'NoExecute') && !isTolerated(taint, tolerations),
  );
}

/** As `untoleratedTaint`, for what ends a pod that runs there. */
export function endingTaint(node: Node, tolerations: readonly Toleration[]): Taint | undefined {
  return taintsOf(node).find((taint) => taint.effect === 'NoExecute' && !isTolerated(taint, tolerations));
}

function isTolerated(taint: Taint, tolerations: readonly Toleration[]): boolean {
  return tolerations.some((toleration) => tolerates(toleration, taint));
}

/** Models core/v1 Toleration.ToleratesTaint; the comparing operators are off by default. */
function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return (!operator || operator === 'Equal') && (value ?? '') === (taint.value ?? '');
}

/** Models component-helpers nodeaffinity RequiredNodeAffinity.Match. */
export function matchesNode(node: Node, { nodeSelector, terms }: NodeDemands): boolean {
  for (const key in nodeSelector) {
    if (!matchesLabel(node, { key, operator: 'In', values: [nodeSelector[key]!] })) return false;
  }
  return terms === undefined || terms.some((term) => matchesTerm(node, term));
}

/**
 * The labels of a node with those that its kubelet adds.
 * Models pkg/kubelet/kubelet_node_status.go initialNode (v1.37).
 */
export function nodeLabels({ metadata }: Node): Labels {
  return { [hostnameLabel]: metadata.name, [`beta.${osLabel}`]: 'linux', [osLabel]: 'linux', ...metadata.labels };
}

const hostnameLabel = 'kubernetes.io/hostname';
const osLabel = 'kubernetes.io/os';
/** Each kubelet adds them; where a node does not show them, nobody knows their value. */
const architectureLabels = ['kubernetes.io/arch', 'beta.kubernetes.io/arch'];

function matchesLabel(node: Node, requirement: Requirement): boolean {
  const { key, operator } = requirement;
  if (architectureLabels.includes(key) && node.metadata.labels?.[key] === undefined) return operator !== 'DoesNotExist';
  return matches(requirement, nodeLabels(node));
}

/** An empty term matches no node, and neither does one with an error in it. */
function matchesTerm(node: Node, { expressions, fields }: NodeSelectorTerm): boolean {
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((requirement) => isSound(requirement) && matchesLabel(node, requirement)) &&
    fields.every((requirement) => matchesField(node, requirement))
  );
}

function isSound({ operator, values }: Requirement): boolean {
  if (operator === 'Gt' || operator === 'Lt') return values.length === 1 && integerOf(values[0]) !== undefined;
  return true;
}

function matchesField(node: Node, { key, operator, values }: Requirement): boolean {
  if (values.length !== 1) return false;
  const value = key === 'metadata.name' ? node.metadata.name : '';
  if (operator === 'In') return value === values[0];
  return operator === 'NotIn' && value !== values[0];
}

/**
 * The nodes that the affinity asks for by name; undefined where one of its terms names none.
 * Models pkg/scheduler/framework/plugins/nodeaffinity PreFilter.
 */
function namedNodes(terms: readonly NodeSelectorTerm[] | undefined): ReadonlySet<string> | undefined {
  if (!terms || terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const { fields } of terms) {
    const lists = fields.filter(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (lists.length === 0) return undefined;
    const [first, ...rest] = lists;
    for (const name of first!.values) if (rest.every(({ values }) => values.includes(name))) names.add(name);
  }
  // Terms that contradict themselves are told otherwise: no node matches.
  return names.size > 0 ? names : undefined;
}
