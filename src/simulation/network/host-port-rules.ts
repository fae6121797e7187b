/**
 * What the network plugin does with a packet to a hostPort. The container runtime leaves it to a plugin of its own, in
 * nearly all clusters `portmap` of the CNI project; its rules are none of kube-proxy's and stand in no ruleset here.
 */

import type { ProxyMode } from '#model/settings';
import { namespacedName } from '#model/kubernetes';
import type { PacketHeader, WalkStep } from '../types';
import type { HostPorts, MappedPort } from './host-ports';
import type { LocalAddresses, Packet } from './packet';

/**
 * Whether the plugin's rules come before kube-proxy's. In one table, kube-proxy's jump is put first and the plugin's is
 * appended. nftables mode has a table of its own at the same priority: there the chain that came last is asked first,
 * and pods with hostPorts come after kube-proxy. IPVS takes a packet only at INPUT, which a translated one does not see.
 */
export function comesFirst(mode: ProxyMode): boolean {
  return mode === 'nftables';
}

/** A packet after the plugin's translation. */
export interface HostPortTranslation {
  readonly packet: Packet;
  readonly step: WalkStep;
  /** Whether the packet is to leave with the node's address. */
  readonly masquerade: boolean;
}

export interface HostPortPlace {
  readonly node: string;
  readonly hook: 'PREROUTING' | 'OUTPUT';
  readonly addresses: LocalAddresses;
  readonly ports: HostPorts;
}

/**
 * Undefined where no hostPort takes the packet. Models chain CNI-HOSTPORT-DNAT of the portmap plugin
 * (containernetworking/plugins v1, portmap_iptables.go), reached by `-m addrtype --dst-type LOCAL`.
 */
export function translateHostPort(packet: Packet, place: HostPortPlace): HostPortTranslation | undefined {
  const { header } = packet;
  if (packet.translated || !place.addresses.isLocal(header.destination)) return undefined;
  const mapped = place.ports.mapped(place.node, header.destination, header.destinationPort, header.protocol);
  if (!mapped) return undefined;
  const after: PacketHeader = { ...header, destination: mapped.address, destinationPort: mapped.port };
  const masquerade = isMasqueraded(header.source, mapped);
  return {
    packet: { ...packet, header: after, translated: true },
    masquerade,
    step: {
      kind: 'plugin',
      node: place.node,
      hook: place.hook,
      message: `the network plugin maps hostPort ${header.destinationPort} to pod ${namespacedName(mapped.pod)}, as the CNI project's portmap does`,
      before: header,
      after,
    },
  };
}

/** A pod that reaches itself, and the node's loopback (IPv4 only), would get an answer that nobody expects. */
function isMasqueraded(source: string, mapped: MappedPort): boolean {
  return source === mapped.address || source === '127.0.0.1';
}
