/**
 * Policies of the whole cluster (policy.networking.k8s.io), read from their manifests into one form:
 * AdminNetworkPolicy and BaselineAdminNetworkPolicy of v1alpha1, ClusterNetworkPolicy of v1alpha2.
 */

import { compareStrings } from '#base/compare';
import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import type { LabelSelector, Protocol } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane, PolicyRuleReference, PolicyTier } from '../../types';
import type { Direction } from './connection';
import { readSelector } from './selector';

export type ClusterPolicyKind = Exclude<PolicyRuleReference['kind'], 'NetworkPolicy'>;
export type ClusterTier = Exclude<PolicyTier, 'network-policy'>;

export interface ClusterPolicy {
  readonly kind: ClusterPolicyKind;
  readonly object: KubernetesObject;
  readonly tier: ClusterTier;
  /** Lower ones come first; a BaselineAdminNetworkPolicy has none. */
  readonly priority: number;
  readonly subject: PodPeer;
  readonly ingress: readonly ClusterRule[];
  readonly egress: readonly ClusterRule[];
}

export interface ClusterRule {
  readonly action: 'Allow' | 'Deny' | 'Pass';
  readonly peers: readonly ClusterPeer[];
  /** Undefined: every port of every protocol. */
  readonly ports: readonly ClusterPort[] | undefined;
}

export interface PodPeer {
  readonly kind: 'pods';
  readonly namespaces: LabelSelector;
  readonly pods: LabelSelector;
}

export type ClusterPeer =
  | PodPeer
  | { readonly kind: 'nodes'; readonly selector: LabelSelector }
  | { readonly kind: 'networks'; readonly cidrs: readonly string[] }
  | { readonly kind: 'domain-names'; readonly names: readonly string[] }
  /** Of a version of the API that is not known here. */
  | { readonly kind: 'unknown' };

export type ClusterPort =
  | { readonly kind: 'range'; readonly protocol: Protocol; readonly first: number; readonly last: number }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unknown' };

const group = 'policy.networking.k8s.io';
const kinds: readonly ClusterPolicyKind[] = [
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
];
const nobody: readonly ClusterPolicy[] = [];

interface Kept {
  readonly objects: readonly KubernetesObject[];
  readonly tiers: Readonly<Record<ClusterTier, readonly ClusterPolicy[]>>;
}

const keptLists = new WeakMap<ControlPlane, Kept>();
const readPolicies = new WeakMap<KubernetesObject, ClusterPolicy | undefined>();

/** The policies of a tier, in the order in which they are asked; the same array until one of the cluster changes. */
export function clusterPolicies(tier: ClusterTier, controlPlane: ControlPlane): readonly ClusterPolicy[] {
  const objects = kinds.flatMap((kind) => [...controlPlane.objectsOfKind(group, kind)]);
  if (objects.length === 0) return nobody;
  let kept = keptLists.get(controlPlane);
  if (!kept || kept.objects.length !== objects.length || kept.objects.some((object, i) => object !== objects[i])) {
    const policies = objects.flatMap((object) => readOnce(object) ?? []).sort(comparePolicies);
    kept = {
      objects,
      tiers: {
        admin: policies.filter((policy) => policy.tier === 'admin'),
        baseline: policies.filter((policy) => policy.tier === 'baseline'),
      },
    };
    keptLists.set(controlPlane, kept);
  }
  return kept.tiers[tier];
}

function comparePolicies(a: ClusterPolicy, b: ClusterPolicy): number {
  return a.priority - b.priority || compareStrings(a.object.name, b.object.name) || compareStrings(a.kind, b.kind);
}

function readOnce(object: KubernetesObject): ClusterPolicy | undefined {
  if (!readPolicies.has(object)) readPolicies.set(object, readClusterPolicy(object));
  return readPolicies.get(object);
}

/** Undefined for what the API server would not take by the kind's schema: no tier, no subject, no priority. */
function readClusterPolicy(object: KubernetesObject): ClusterPolicy | undefined {
  const kind = kinds.find((known) => known === object.kind);
  const { spec } = object.body;
  if (!kind || !isJsonObject(spec)) return undefined;
  const tier = tierOf(kind, spec, object);
  const subject = isJsonObject(spec.subject) ? podPeer(spec.subject) : undefined;
  const priority = kind === 'BaselineAdminNetworkPolicy' ? 0 : spec.priority;
  if (!tier || !subject || typeof priority !== 'number' || priority < 0 || priority > 1000) return undefined;
  return {
    kind,
    object,
    tier,
    priority,
    subject,
    ingress: rules(spec, 'ingress', kind),
    egress: rules(spec, 'egress', kind),
  };
}

/** There is but one BaselineAdminNetworkPolicy: its schema wants the name `default`. */
function tierOf(kind: ClusterPolicyKind, spec: JsonObject, object: KubernetesObject): ClusterTier | undefined {
  if (kind === 'AdminNetworkPolicy') return 'admin';
  if (kind === 'BaselineAdminNetworkPolicy') return object.name === 'default' ? 'baseline' : undefined;
  if (spec.tier === 'Admin') return 'admin';
  return spec.tier === 'Baseline' ? 'baseline' : undefined;
}

function rules(spec: JsonObject, direction: Direction, kind: ClusterPolicyKind): readonly ClusterRule[] {
  return items(spec[direction]).map((rule) => {
    const peers = items(rule[direction === 'ingress' ? 'from' : 'to']).map(peerOf);
    const written = kind === 'ClusterNetworkPolicy' ? rule.protocols : rule.ports;
    const readPort = kind === 'ClusterNetworkPolicy' ? protocolPort : numberedPort;
    const ports = Array.isArray(written) ? items(written).map(readPort) : undefined;
    return failClosed({ action: actionOf(rule.action), peers, ports });
  });
}

function actionOf(action: JsonValue | undefined): ClusterRule['action'] {
  if (action === 'Allow' || action === 'Accept') return 'Allow';
  return action === 'Pass' ? 'Pass' : 'Deny';
}

/** With a peer that is not understood, a rule that allows matches nothing, and any other one denies everything. */
function failClosed(rule: ClusterRule): ClusterRule {
  if (rule.peers.every((peer) => peer.kind !== 'unknown')) return rule;
  if (rule.action === 'Allow') return { ...rule, peers: rule.peers.filter((peer) => peer.kind !== 'unknown') };
  const everybody: ClusterPeer[] = [{ kind: 'networks', cidrs: ['0.0.0.0/0', '::/0'] }];
  return { action: 'Deny', peers: everybody, ports: undefined };
}

function peerOf(peer: JsonObject): ClusterPeer {
  if (isJsonObject(peer.nodes)) return { kind: 'nodes', selector: readSelector(peer.nodes) };
  if (Array.isArray(peer.networks)) return { kind: 'networks', cidrs: strings(peer.networks) };
  if (Array.isArray(peer.domainNames)) return { kind: 'domain-names', names: strings(peer.domainNames) };
  return podPeer(peer) ?? { kind: 'unknown' };
}

function podPeer({ namespaces, pods }: JsonObject): PodPeer | undefined {
  if (isJsonObject(namespaces)) return { kind: 'pods', namespaces: readSelector(namespaces), pods: {} };
  if (!isJsonObject(pods)) return undefined;
  return { kind: 'pods', namespaces: readSelector(pods.namespaceSelector), pods: readSelector(pods.podSelector) };
}

/** v1alpha2: `tcp: {destinationPort: {number: 80}}`, `destinationNamedPort: http`. */
function protocolPort(entry: JsonObject): ClusterPort {
  if (typeof entry.destinationNamedPort === 'string') return { kind: 'name', name: entry.destinationNamedPort };
  for (const protocol of ['TCP', 'UDP', 'SCTP'] as const) {
    const match = entry[protocol.toLowerCase()];
    if (!isJsonObject(match)) continue;
    const port = isJsonObject(match.destinationPort) ? match.destinationPort : undefined;
    return port ? range(protocol, port.number, port.range) : { kind: 'range', protocol, first: 0, last: 65535 };
  }
  return { kind: 'unknown' };
}

/** v1alpha1: `portNumber: {protocol: TCP, port: 80}`, `portRange`, `namedPort`. */
function numberedPort(entry: JsonObject): ClusterPort {
  if (typeof entry.namedPort === 'string') return { kind: 'name', name: entry.namedPort };
  const { portNumber, portRange } = entry;
  if (isJsonObject(portNumber)) return range(protocolOf(portNumber.protocol), portNumber.port, undefined);
  if (isJsonObject(portRange)) return range(protocolOf(portRange.protocol), undefined, portRange);
  return { kind: 'unknown' };
}

function protocolOf(protocol: JsonValue | undefined): Protocol {
  return protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP';
}

function range(protocol: Protocol, number: JsonValue | undefined, of: JsonValue | undefined): ClusterPort {
  if (typeof number === 'number') return { kind: 'range', protocol, first: number, last: number };
  if (isJsonObject(of) && typeof of.start === 'number' && typeof of.end === 'number')
    return { kind: 'range', protocol, first: of.start, last: of.end };
  return { kind: 'unknown' };
}

function items(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function strings(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
