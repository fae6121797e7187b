/** The cluster's nodes: those of the manifests, or those of the settings, with what they do not say filled in. */

import { compareStrings } from '#base/compare';
import { hash32 } from '#base/hash';
import { bitsOf, familyOf, parseIp, parsePrefix, printIp, printPrefix, type IpFamily } from '#base/ip';
import type { Labels, Node } from '#model/kubernetes';
import type { ClusterSettings, NodeSettings } from '#model/settings';
import { readinessOfTaint } from '../controllers/scheduler/node-filters';

const resources = { cpu: '4', memory: '8Gi', pods: '110' };
/** Where the addresses of nodes come from whose manifest names none; the settings' nodes live in the first /24. */
const derivedNodes: Readonly<Record<IpFamily, string>> = { IPv4: '172.30.0.0/16', IPv6: 'fd00:30::/64' };
const firstDerivedNode = 256;
/** How much of the cluster's pod range one node gets. */
const nodeMask: Readonly<Record<IpFamily, number>> = { IPv4: 24, IPv6: 64 };
/** Subnets that are looked through for a free one. */
const maxSubnets = 65536;

/** The nodes of the settings, Ready, with four CPUs, in the order of their names. */
export function nodesOfSettings(settings: ClusterSettings): readonly Node[] {
  return settings.nodes.map(nodeOfSettings).sort(byName);
}

function nodeOfSettings(node: NodeSettings): Node {
  const labels: Labels = {
    'kubernetes.io/hostname': node.name,
    'kubernetes.io/os': 'linux',
    ...(node.region !== undefined && { 'topology.kubernetes.io/region': node.region }),
    ...(node.zone !== undefined && { 'topology.kubernetes.io/zone': node.zone }),
    ...node.labels,
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name, labels },
    spec: { ...(node.podCIDRs[0] !== undefined && { podCIDR: node.podCIDRs[0] }), podCIDRs: node.podCIDRs },
    status: {
      addresses: nodeAddresses(node.name, node.addresses),
      allocatable: resources,
      capacity: resources,
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

function nodeAddresses(name: string, addresses: readonly string[]): NonNullable<Node['status']['addresses']> {
  return [...addresses.map((address) => ({ type: 'InternalIP', address })), { type: 'Hostname', address: name }];
}

/**
 * The nodes of the manifests. One that names no address or no pod range has those of the settings' node of its name,
 * or some that follow from its name; one without conditions is Ready, unless a taint says otherwise.
 */
export function completeNodes(manifests: readonly Node[], settings: ClusterSettings): readonly Node[] {
  const nodes = [...manifests].sort(byName);
  const known = new Map(settings.nodes.map((node) => [node.name, node]));
  const usedAddresses = new Set(nodes.flatMap((node) => internalAddresses(node)));
  const usedRanges = new Set(nodes.flatMap((node) => podRanges(node)));
  for (const node of known.values()) {
    for (const address of node.addresses) usedAddresses.add(address);
    for (const range of node.podCIDRs) usedRanges.add(range);
  }
  return nodes.map((node) => {
    const settingsNode = known.get(node.metadata.name);
    const addresses =
      internalAddresses(node).length > 0
        ? undefined
        : (settingsNode?.addresses ?? deriveAddresses(node, usedAddresses, settings));
    const ranges =
      podRanges(node).length > 0
        ? podRanges(node)
        : (settingsNode?.podCIDRs ?? deriveRanges(node, usedRanges, settings));
    return complete(node, addresses, ranges);
  });
}

function complete(node: Node, addresses: readonly string[] | undefined, ranges: readonly string[]): Node {
  const { name } = node.metadata;
  return {
    ...node,
    spec: { ...node.spec, ...(ranges[0] !== undefined && { podCIDR: ranges[0] }), podCIDRs: ranges },
    status: {
      ...node.status,
      ...(addresses && { addresses: nodeAddresses(name, addresses) }),
      ...(!node.status.conditions && { conditions: [{ type: 'Ready', status: readinessOf(node) }] }),
      ...(!node.status.allocatable && { allocatable: resources }),
      ...(!node.status.capacity && { capacity: resources }),
    },
  };
}

/** Of a node without conditions. */
function readinessOf(node: Node): string {
  return (node.spec.taints ?? []).map(readinessOfTaint).find((status) => status !== undefined) ?? 'True';
}

/** The node's own addresses, one or two. */
export function internalAddresses(node: Node): readonly string[] {
  return (node.status.addresses ?? []).filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
}

export function podRanges(node: Node): readonly string[] {
  if (node.spec.podCIDRs?.length) return node.spec.podCIDRs;
  return node.spec.podCIDR ? [node.spec.podCIDR] : [];
}

function deriveAddresses(node: Node, used: Set<string>, settings: ClusterSettings): readonly string[] {
  return familiesOf(settings.clusterCIDRs).map((family) => {
    const base = parsePrefix(derivedNodes[family])!.base;
    return choose(node, used, maxSubnets - firstDerivedNode, (n) =>
      printIp({ family, value: base + BigInt(firstDerivedNode + n) }),
    )!;
  });
}

function deriveRanges(node: Node, used: Set<string>, settings: ClusterSettings): readonly string[] {
  return settings.clusterCIDRs.flatMap((text) => {
    const cluster = parsePrefix(text);
    if (!cluster || cluster.length > nodeMask[cluster.family]) return [];
    const { family } = cluster;
    const length = nodeMask[family];
    const count = Math.min(maxSubnets, 2 ** (length - cluster.length));
    const shift = BigInt(bitsOf(family) - length);
    const range = choose(node, used, count, (n) =>
      printPrefix({ family, base: cluster.base + (BigInt(n) << shift), length }),
    );
    return range === undefined ? [] : [range];
  });
}

/** The first free candidate from the place on that the node's name gives; undefined where all are taken. */
function choose(node: Node, used: Set<string>, count: number, candidate: (n: number) => string): string | undefined {
  const start = hash32(node.metadata.name);
  for (let i = 0; i < count; i++) {
    const text = candidate((start + i) % count);
    if (used.has(text)) continue;
    used.add(text);
    return text;
  }
  return undefined;
}

export function familiesOf(texts: readonly string[]): readonly IpFamily[] {
  const families = texts.map((text) => familyOf(text.split('/')[0]!)).filter((family) => family !== undefined);
  return [...new Set(families)];
}

/** Whether pods may be placed on the node. Taints are not looked at. */
export function isSchedulable(node: Node): boolean {
  return node.spec.unschedulable !== true && isNodeReady(node);
}

/** Whether the node's kubelet runs pods. Without conditions it is taken to. */
export function isNodeReady(node: Node): boolean {
  return (
    node.status.conditions?.every((condition) => condition.type !== 'Ready' || condition.status === 'True') ?? true
  );
}

/** A canonical text of an address, by which it is compared. */
export function canonicalAddress(text: string): string {
  if (!text.includes(':')) return text;
  const ip = parseIp(text);
  return ip ? printIp(ip) : text;
}

function byName(a: Node, b: Node): number {
  return compareStrings(a.metadata.name, b.metadata.name);
}
