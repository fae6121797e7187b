/**
 * The network between the nodes: who has an address, and over which nodes an answer comes back. Pods are routed, nodes
 * share a segment, and a router behind them knows the pods' ranges and the outside client.
 */

import type { IpFamily } from '#base/ip';
import { parsePrefix } from '#base/ip';
import type { NamespacedName, Node, Pod } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import { addressesOf } from '../proxy/proxier';
import type { ControlPlane } from '../types';
import { isInPrefix, type LocalAddresses } from './packet';

/** Clients outside the cluster, behind the router. */
export const outsideClients: Readonly<Record<IpFamily, string>> = { IPv4: '203.0.113.10', IPv6: 'fd00:113::10' };

export type Owner =
  | { readonly kind: 'pod'; readonly pod: NamespacedName; readonly node: string }
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'outside' }
  /** In a node's range of pods, and no pod has it. */
  | { readonly kind: 'vacant'; readonly node: string }
  /** On the nodes' segment, and nobody has it. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'unknown' };

export class Fabric {
  readonly #controlPlane: ControlPlane;

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
  }

  owner(address: string): Owner {
    const node = this.nodeWith(address);
    if (node) return { kind: 'node', node: node.metadata.name };
    const pod = this.#controlPlane.podByAddress(address);
    if (pod?.spec.nodeName !== undefined) return { kind: 'pod', pod: namespacedName(pod), node: pod.spec.nodeName };
    if (address === outsideClients.IPv4 || address === outsideClients.IPv6) return { kind: 'outside' };
    const home = this.#controlPlane
      .nodes()
      .find((candidate) => podRanges(candidate).some((range) => isInPrefix(address, range)));
    if (home) return { kind: 'vacant', node: home.metadata.name };
    return this.#isOnSegment(address) ? { kind: 'silent' } : { kind: 'unknown' };
  }

  nodeWith(address: string): Node | undefined {
    return this.#controlPlane.nodes().find((node) => addressesOf(node).includes(address));
  }

  /** What is local on a node: its own addresses and the loopback. */
  localAddresses(node: Node): LocalAddresses {
    const own = new Set(addressesOf(node));
    return { isLocal: (address) => own.has(address) || address.startsWith('127.') || address === '::1' };
  }

  /** A pod on the node's network that says it listens there. Only groups with `hostNetwork` are made into pods for it. */
  hostPod(node: string, port: number, protocol: string): Pod | undefined {
    for (const namespace of this.#controlPlane.namespaces().keys()) {
      for (const group of this.#controlPlane.podGroups(namespace)) {
        if (!group.spec.hostNetwork) continue;
        const ports = group.spec.containers.flatMap((container) => container.ports ?? []);
        if (!ports.some((candidate) => candidate.containerPort === port && candidate.protocol === protocol)) continue;
        const pod = this.#controlPlane.podsOf(group.key).find((candidate) => candidate.spec.nodeName === node);
        if (pod) return pod;
      }
    }
    return undefined;
  }

  /** Nodes are taken to share their smallest usual segment: /24, /64. */
  #isOnSegment(address: string): boolean {
    const length = address.includes(':') ? 64 : 24;
    return this.#controlPlane
      .nodes()
      .some((node) =>
        addressesOf(node).some(
          (own) => own.includes(':') === address.includes(':') && isInPrefix(address, segment(own, length)),
        ),
      );
  }
}

function segment(address: string, length: number): string {
  return `${address}/${length}`;
}

function podRanges(node: Node): readonly string[] {
  const ranges = node.spec.podCIDRs ?? (node.spec.podCIDR === undefined ? [] : [node.spec.podCIDR]);
  return ranges.filter((range) => parsePrefix(range) !== undefined);
}
