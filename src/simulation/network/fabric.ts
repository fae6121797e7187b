/**
 * The network between the nodes: who has an address, and over which nodes an answer comes back. Pods are routed, nodes
 * share a segment, and a router behind them knows the pods' ranges and the outside client.
 */

import type { IpFamily } from '#base/ip';
import type { NamespacedName, Node } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import { hasEnded } from '../control-plane/pod-status';
import type { ControlPlane } from '../types';
import { HostPorts } from './host-ports';
import { NodeIndex } from './node-index';
import { isInPrefix, type LocalAddresses } from './packet';

/** Clients outside the cluster, behind the router. */
export const outsideClients: Readonly<Record<IpFamily, string>> = { IPv4: '203.0.113.10', IPv6: 'fd00:113::10' };

const outsideSegments = ['203.0.113.0/24', 'fd00:113::/64'];

export type Owner =
  | { readonly kind: 'pod'; readonly pod: NamespacedName; readonly node: string }
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'outside' }
  /** In a node's range of pods, and no pod has it. */
  | { readonly kind: 'vacant'; readonly node: string }
  /** The router of the nodes' segment, which listens on nothing. */
  | { readonly kind: 'router' }
  /** On the nodes' segment, or on that of the client outside, and nobody has it. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'unknown' };

export class Fabric {
  readonly hostPorts: HostPorts;
  readonly #controlPlane: ControlPlane;
  #known: NodeIndex | undefined;

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
    this.hostPorts = new HostPorts(controlPlane);
  }

  /** Of an address as it is printed canonically. */
  owner(address: string): Owner {
    const node = this.nodeWith(address);
    if (node) return { kind: 'node', node: node.metadata.name };
    const pod = this.#controlPlane.podByAddress(address);
    // The address of a pod that has ended is nobody's any more.
    if (pod?.spec.nodeName !== undefined && !hasEnded(pod))
      return { kind: 'pod', pod: namespacedName(pod), node: pod.spec.nodeName };
    if (address === outsideClients.IPv4 || address === outsideClients.IPv6) return { kind: 'outside' };
    const home = this.#index().withPodRange(address);
    if (home) return { kind: 'vacant', node: home.metadata.name };
    if (this.#index().isRouter(address)) return { kind: 'router' };
    const isSilent = this.#index().isOnSegment(address) || outsideSegments.some((range) => isInPrefix(address, range));
    return { kind: isSilent ? 'silent' : 'unknown' };
  }

  /**
   * The node where a packet from outside arrives: the segment's router knows the nodes and the pods' ranges, and sends
   * everything else to `via`, also what a Service has of a range of pods.
   */
  entryFor(address: string, via: string): string {
    const owner = this.owner(address);
    if (owner.kind === 'node' || owner.kind === 'pod') return owner.node;
    const isHome = owner.kind === 'vacant' && this.#controlPlane.servicesByAddress(address).length === 0;
    return isHome ? owner.node : via;
  }

  nodeWith(address: string): Node | undefined {
    return this.#index().withAddress(address);
  }

  /** What is local on a node: its own addresses and the loopback. */
  localAddresses(node: Node): LocalAddresses {
    return this.#index().localAddresses(node);
  }

  /** The nodes as they are now; made anew when they become others. */
  #index(): NodeIndex {
    const nodes = this.#controlPlane.nodes();
    if (this.#known?.nodes !== nodes) this.#known = new NodeIndex(nodes);
    return this.#known;
  }
}
