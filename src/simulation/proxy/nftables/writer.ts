/** kube-proxy's nftables mode. */

import { nodePortAddressesOf, type ModeWriter, type ProxyContext } from '../proxier';
import { rulesOfPort, type PortRules } from './service-rules';
import type { NftablesContext } from './statements';
import { assembleTable } from './tables';
import type { NftablesRuleset } from './types';

/** Models pkg/proxy/nftables/proxier.go (v1.37). */
export const nftablesWriter: ModeWriter<PortRules, NftablesRuleset> = {
  // The ranges of ClusterIPs stand in a fixed chain alone, and all else comes with the node or the settings.
  variant: () => '',
  write: (port, endpoints, context) => rulesOfPort(port, endpoints, context.node, nftablesContext(context)),
  assemble(parts, context) {
    const table = assembleTable(parts, nftablesContext(context), nodePortAddressesOf(context, 'primary'));
    return { mode: 'nftables', node: context.node.name, family: context.family, table };
  },
};

const contexts = new WeakMap<ProxyContext, NftablesContext>();

function nftablesContext(context: ProxyContext): NftablesContext {
  const known = contexts.get(context);
  if (known) return known;
  const { settings, family, release } = context;
  const made: NftablesContext = {
    family,
    nftFamily: family === 'IPv4' ? 'ip' : 'ip6',
    nodeAddress: context.nodeAddresses[0],
    detector: context.detector,
    masqueradeAll: settings.masqueradeAll,
    masqueradeMark: 2 ** settings.masqueradeBit,
    serviceCIDRs: release.readsServiceCIDRs ? context.serviceCIDRs : [],
    release,
  };
  contexts.set(context, made);
  return made;
}
