/** What a pod's spec asks of the node that it is to run on, read from the spec whatever its shape. */

import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import type { Labels, PodSpec, Protocol } from '#model/kubernetes';

/** One expression of a selector; the operator is any text, and an unknown one matches nothing. */
export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A selector of pods: all requirements must hold. */
export type Selector = readonly Requirement[];

/** Alternative of a required node affinity. */
export interface NodeSelectorTerm {
  readonly expressions: readonly Requirement[];
  readonly fields: readonly Requirement[];
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

/** A port of the node itself that the pod takes. */
export interface HostPort {
  /** `0.0.0.0` for all addresses. */
  readonly address: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** Pods of the group itself that must not be in one domain with each other. */
export interface SelfAntiAffinity {
  readonly topologyKey: string;
}

/** How evenly the group's own pods must be spread. Models v1.TopologySpreadConstraint with DoNotSchedule. */
export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly honoursAffinity: boolean;
  readonly honoursTaints: boolean;
}

/** What of these decides about a node alone; `key` is the same for pods that ask the same. */
export interface NodeDemands {
  readonly key: string;
  readonly nodeSelector: Labels;
  /** Undefined: no required affinity. An empty list is one that no node meets. */
  readonly terms: readonly NodeSelectorTerm[] | undefined;
  readonly tolerations: readonly Toleration[];
}

/** All that the scheduler reads of a pod. */
export interface PlacementDemands {
  /** Whether a scheduling gate keeps the pod from the scheduler. */
  readonly gated: boolean;
  readonly node: NodeDemands;
  readonly hostPorts: readonly HostPort[];
  readonly antiAffinity: readonly SelfAntiAffinity[];
  readonly spread: readonly SpreadConstraint[];
}

const noLabels: Labels = {};
const noNodeDemands: NodeDemands = { key: '', nodeSelector: noLabels, terms: undefined, tolerations: [] };
const noDemands: PlacementDemands = { gated: false, node: noNodeDemands, hostPorts: [], antiAffinity: [], spread: [] };

/** Reads the demands of a pod with these labels; pods that ask for nothing share one value. */
export function placementDemandsOf(podSpec: PodSpec, labels: Labels): PlacementDemands {
  const spec = podSpec as unknown as JsonObject;
  const hostPorts = hostPortsOf(podSpec);
  const node = nodeDemandsOf(spec);
  const affinity = objectOf(objectOf(spec.affinity).podAntiAffinity);
  const antiAffinity = objectsOf(affinity.requiredDuringSchedulingIgnoredDuringExecution)
    .filter((term) => term.namespaceSelector === undefined && textsOf(term.namespaces).length === 0)
    .flatMap((term) => selfConstraint(term, labels, (topologyKey) => ({ topologyKey })));
  const spread = objectsOf(spec.topologySpreadConstraints)
    .filter((constraint) => constraint.whenUnsatisfiable === 'DoNotSchedule')
    .flatMap((constraint) => selfConstraint(constraint, labels, (key) => spreadOf(constraint, key)));
  const gated = objectsOf(spec.schedulingGates).length > 0;
  if (!gated && node === noNodeDemands && hostPorts.length + antiAffinity.length + spread.length === 0)
    return noDemands;
  return { gated, node, hostPorts, antiAffinity, spread };
}

/** A constraint on where the pods of the selector are, as far as the group's own pods are among them. */
function selfConstraint<T>(written: JsonObject, labels: Labels, make: (topologyKey: string) => T): readonly T[] {
  const { topologyKey, labelSelector } = written;
  if (typeof topologyKey !== 'string' || !isJsonObject(labelSelector)) return [];
  return matchesAll(selectorOf(labelSelector), labels) ? [make(topologyKey)] : [];
}

function spreadOf(written: JsonObject, topologyKey: string): SpreadConstraint {
  return {
    topologyKey,
    maxSkew: typeof written.maxSkew === 'number' ? written.maxSkew : 1,
    minDomains: typeof written.minDomains === 'number' ? written.minDomains : 1,
    honoursAffinity: written.nodeAffinityPolicy !== 'Ignore',
    honoursTaints: written.nodeTaintsPolicy === 'Honor',
  };
}

function nodeDemandsOf(spec: JsonObject): NodeDemands {
  const nodeSelector = labelsOf(spec.nodeSelector);
  const tolerations = objectsOf(spec.tolerations).map(tolerationOf);
  const required = objectOf(objectOf(spec.affinity).nodeAffinity).requiredDuringSchedulingIgnoredDuringExecution;
  const terms = isJsonObject(required) ? objectsOf(required.nodeSelectorTerms).map(termOf) : undefined;
  return nodeDemands({ nodeSelector, terms, tolerations });
}

/** Completes demands with the key by which equal ones are known. */
export function nodeDemands(demands: Omit<NodeDemands, 'key'>): NodeDemands {
  const { nodeSelector, terms, tolerations } = demands;
  if (Object.keys(nodeSelector).length === 0 && !terms && tolerations.length === 0) return noNodeDemands;
  return { ...demands, key: JSON.stringify([nodeSelector, terms ?? null, tolerations]) };
}

function termOf(written: JsonObject): NodeSelectorTerm {
  return {
    expressions: objectsOf(written.matchExpressions).map(requirementOf),
    fields: objectsOf(written.matchFields).map(requirementOf),
  };
}

function requirementOf({ key, operator, values }: JsonObject): Requirement {
  return { key: textOf(key), operator: textOf(operator), values: textsOf(values) };
}

function tolerationOf({ key, operator, value, effect }: JsonObject): Toleration {
  return { key: textOf(key), operator: textOf(operator), value: textOf(value), effect: textOf(effect) };
}

/**
 * The node's ports that the containers, and the init containers that stay, take.
 * Models pkg/scheduler/util GetHostPorts (v1.37).
 */
export function hostPortsOf(spec: PodSpec): readonly HostPort[] {
  const sidecars = (spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  const ports: HostPort[] = [];
  for (const containers of [spec.containers, sidecars]) {
    for (const container of containers) {
      for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
        if (hostPort) ports.push({ address: hostIP || anyAddress, protocol, port: hostPort });
      }
    }
  }
  return ports;
}

export const anyAddress = '0.0.0.0';

/** Models apimachinery's LabelSelectorAsSelector: an empty selector selects everything. */
export function selectorOf(written: JsonObject): Selector {
  const pairs = Object.entries(labelsOf(written.matchLabels));
  const equal = pairs.map(([key, value]) => ({ key, operator: 'In', values: [value] }));
  return [...equal, ...objectsOf(written.matchExpressions).map(requirementOf)];
}

function matchesAll(selector: Selector, labels: Labels): boolean {
  return selector.every((requirement) => matches(requirement, labels));
}

/** Models apimachinery's labels.Requirement.Matches; Gt and Lt are for nodes alone. */
export function matches({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return values.length > 0 && (value === undefined || !values.includes(value));
    case 'Exists':
      return value !== undefined && values.length === 0;
    case 'DoesNotExist':
      return value === undefined && values.length === 0;
    case 'Gt':
    case 'Lt': {
      const [is, bound] = [integerOf(value), values.length === 1 ? integerOf(values[0]) : undefined];
      if (is === undefined || bound === undefined) return false;
      return operator === 'Gt' ? is > bound : is < bound;
    }
    default:
      return false;
  }
}

const largestInteger = 2n ** 63n;

/** As Go's strconv.ParseInt reads 64 bits. */
export function integerOf(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return value < largestInteger && value >= -largestInteger ? value : undefined;
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).filter(isJsonObject) : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).filter((item): item is string => typeof item === 'string')
    : [];
}

function labelsOf(value: JsonValue | undefined): Labels {
  if (!isJsonObject(value)) return noLabels;
  const pairs = Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return Object.fromEntries(pairs);
}
