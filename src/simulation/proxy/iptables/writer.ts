/** kube-proxy's iptables mode. */

import type { IptablesRuleset } from '../../types';
import { nodePortAddressesOf, type ModeWriter, type ProxyContext } from '../proxier';
import { rulesOfPort, type IptablesContext, type ServiceRules } from './service-rules';
import { assembleTables } from './tables';

/** kube-proxy's largeClusterEndpointsThreshold. */
const largeClusterThreshold = 1000;

/** Models pkg/proxy/iptables/proxier.go (v1.37). */
export const iptablesWriter: ModeWriter<ServiceRules, IptablesRuleset> = {
  variant: (context) => (isLarge(context) ? 'large' : ''),
  write: (port, endpoints, context) => rulesOfPort(port, endpoints, iptablesContext(context)),
  assemble(parts, context) {
    const tables = assembleTables(parts, iptablesContext(context), nodePortAddressesOf(context, 'all'));
    return { mode: 'iptables', node: context.node.name, family: context.family, tables };
  },
};

function isLarge({ endpointCount }: ProxyContext): boolean {
  return endpointCount > largeClusterThreshold;
}

function iptablesContext(context: ProxyContext): IptablesContext {
  const { settings, family } = context;
  const nodePorts = nodePortAddressesOf(context, 'all');
  const reachesLocalhost = nodePorts === 'all' || nodePorts.includes('127.0.0.1');
  return {
    node: context.node,
    family,
    nodeAddresses: context.nodeAddresses,
    detector: context.detector,
    masqueradeAll: settings.masqueradeAll,
    masqueradeMark: 2 ** settings.masqueradeBit,
    largeCluster: isLarge(context),
    localhostNodePorts: settings.localhostNodePorts && family === 'IPv4' && reachesLocalhost,
    countsPackets: context.release.countsPackets,
  };
}
