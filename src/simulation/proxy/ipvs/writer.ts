/** kube-proxy's IPVS mode. */

import type { ClusterSettings } from '#model/settings';
import { nodePortAddressesOf, type ModeWriter, type ProxyContext } from '../proxier';
import { partOfPort, type IpvsContext, type IpvsPart } from './port-part';
import { IpSets } from './sets';
import { ipvsTables } from './tables';
import { ipvsSchedulers, virtualServerKey, type IpvsRuleset, type IpvsScheduler, type VirtualServer } from './types';

/** Models pkg/proxy/ipvs/proxier.go (v1.37). */
export const ipvsWriter: ModeWriter<IpvsPart, IpvsRuleset> = {
  variant: () => '',
  write: (port, endpoints, context) => partOfPort(port, endpoints, ipvsContext(context)),
  assemble: (parts, context) => {
    const { family, settings } = context;
    const sets = new IpSets(family, parts);
    const virtualServers = new Map<string, VirtualServer>();
    const addresses = new Set<string>();
    for (const part of parts) {
      // Of two Services with one address and port the later one's endpoints are what stays.
      for (const server of part.virtualServers)
        virtualServers.set(virtualServerKey(server.protocol, server.address, server.port), server);
      for (const address of part.addresses) addresses.add(address);
    }
    const barred = parts.flatMap((part) => part.barred);
    const filterRefused = barred.length > 0 && !settings.ipvsMatch ? lackOfMatch : undefined;
    const tables = ipvsTables(sets, barred, {
      family,
      detector: context.detector,
      masqueradeAll: settings.masqueradeAll,
      masqueradeMark: 2 ** settings.masqueradeBit,
      takesFilter: filterRefused === undefined,
    });
    return {
      mode: 'ipvs',
      node: context.node.name,
      family,
      tables,
      sets: sets.sets,
      virtualServers,
      addresses,
      filterRefused,
    };
  },
};

/** iptables-restore takes a table as a whole: one rule with a match that the kernel lacks, and none is there. */
const lackOfMatch =
  "the kernel has no iptables match 'ipvs' (module xt_ipvs), which source ranges without the node's address need, so that it takes none of kube-proxy's filter rules";

function ipvsContext(context: ProxyContext): IpvsContext {
  const nodePorts = nodePortAddressesOf(context, 'all');
  return {
    node: context.node,
    family: context.family,
    nodeAddresses: context.nodeAddresses,
    nodePortAddresses: nodePorts === 'all' ? context.nodeAddresses : nodePorts.filter((ip) => !isLoopback(ip)),
    scheduler: schedulerOf(context.settings),
  };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/**
 * The scheduler that the settings name, rr where they name none. With one that the kernel does not have the real
 * kube-proxy does not start (CanUseIPVSProxier in pkg/proxy/ipvs/supported.go); rr stands for it then.
 */
function schedulerOf({ ipvsScheduler }: ClusterSettings): IpvsScheduler {
  return ipvsSchedulers.find((name) => name === ipvsScheduler) ?? 'rr';
}
