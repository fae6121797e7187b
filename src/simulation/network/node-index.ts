/** Nodes by their addresses, by their pods' ranges and by the segments that they stand on: one look-up for each length. */

import { bitsOf, parseIp, parsePrefix, type IpAddress, type IpFamily } from '#base/ip';
import type { Node } from '#model/kubernetes';
import { podRanges } from '../control-plane/nodes';
import { addressesOf } from '../proxy/proxier';
import type { LocalAddresses } from './packet';

export class NodeIndex {
  readonly nodes: readonly Node[];
  readonly #byAddress = new Map<string, Node>();
  readonly #ranges = new PrefixMap<Node>();
  /** Nodes are taken to share their smallest usual segment: /24, /64; by its first address it is its router's. */
  readonly #segments = new PrefixMap<true>();
  readonly #local = new Map<Node, LocalAddresses>();

  constructor(nodes: readonly Node[]) {
    this.nodes = nodes;
    for (const node of nodes) {
      for (const address of addressesOf(node)) {
        if (!this.#byAddress.has(address)) this.#byAddress.set(address, node);
        this.#segments.add(`${address}/${address.includes(':') ? 64 : 24}`, true);
      }
      for (const range of podRanges(node)) this.#ranges.add(range, node);
    }
  }

  withAddress(address: string): Node | undefined {
    return this.#byAddress.get(address);
  }

  /** The node in whose range of pods the address lies; of several, the narrowest. */
  withPodRange(address: string): Node | undefined {
    return this.#ranges.find(address);
  }

  isOnSegment(address: string): boolean {
    return this.#segments.find(address) ?? false;
  }

  /** Whether it is the first address of the nodes' segment, which no node has. */
  isRouter(address: string): boolean {
    if (this.#byAddress.has(address) || !this.isOnSegment(address)) return false;
    const prefix = parsePrefix(`${address}/${address.includes(':') ? 64 : 24}`);
    return prefix !== undefined && parseIp(address)?.value === prefix.base + 1n;
  }

  /** What is local on a node: its own addresses and the loopback. */
  localAddresses(node: Node): LocalAddresses {
    let local = this.#local.get(node);
    if (!local) {
      const own = new Set(addressesOf(node));
      local = { isLocal: (address) => own.has(address) || address.startsWith('127.') || address === '::1' };
      this.#local.set(node, local);
    }
    return local;
  }
}

/** Values by prefix; the longest prefix that holds an address is found by one look-up for each length in use. */
class PrefixMap<T> {
  /** The longest first. */
  #lengths: readonly { readonly family: IpFamily; readonly length: number }[] = [];
  readonly #values = new Map<string, T>();

  /** Of equal prefixes the first one stays; what is no prefix is left out. */
  add(text: string, value: T): void {
    const prefix = parsePrefix(text);
    if (!prefix) return;
    const { family, length, base } = prefix;
    const key = keyOf({ family, value: base }, length);
    if (this.#values.has(key)) return;
    this.#values.set(key, value);
    if (!this.#lengths.some((known) => known.family === family && known.length === length)) {
      this.#lengths = [...this.#lengths, { family, length }].sort((a, b) => b.length - a.length);
    }
  }

  find(text: string): T | undefined {
    const address = parseIp(text);
    if (!address) return undefined;
    for (const { family, length } of this.#lengths) {
      if (family !== address.family) continue;
      const value = this.#values.get(keyOf(address, length));
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

function keyOf({ family, value }: IpAddress, length: number): string {
  return `${family} ${length} ${value >> BigInt(bitsOf(family) - length)}`;
}
