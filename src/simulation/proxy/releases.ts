/** What differs between kube-proxy's releases, and reaches its rules: a view of the table of all releases. */

import { behaves, minorOf } from '../releases';

export interface ProxyRelease {
  /** nfacct objects count what the rules for local node ports accept and the rule for invalid packets drops. */
  readonly countsPackets: boolean;
  /** Hints that name nodes are read. */
  readonly readsNodeHints: boolean;
  /** ServiceCIDR objects are read, so that nftables mode drops what goes to an address that no Service has. */
  readonly readsServiceCIDRs: boolean;
  /** nftables mode refuses what has no endpoints, and unknown ports, behind the translation of the destination. */
  readonly filtersLate: boolean;
  /** nftables mode looks for a ClusterIP's port again where it marks packets for it. */
  readonly marksByPort: boolean;
  /**
   * The nftables rules: `chains`, one to mark packets and one for each endpoint; `maps`, where the port's chain draws an
   * address, and only endpoints with session affinity have chains. 1.29 and 1.30, in which one has to turn the mode on,
   * get the rules of 1.31.
   */
  readonly nftables: 'chains' | 'maps';
  /** Where nftables mode has maps, a single endpoint needs none. */
  readonly writesSingleEndpoint: boolean;
}

/** `kubernetesVersion` as in the settings; a release that is not understood is taken as the newest. */
export function proxyRelease(kubernetesVersion: string): ProxyRelease {
  const minor = minorOf(kubernetesVersion);
  return {
    countsPackets: behaves(minor, 'countsPackets'),
    readsNodeHints: behaves(minor, 'prefersSameTopology'),
    readsServiceCIDRs: behaves(minor, 'manyServiceRanges'),
    filtersLate: behaves(minor, 'filtersNftablesLate'),
    marksByPort: behaves(minor, 'marksNftablesByPort'),
    nftables: behaves(minor, 'rewrittenNftables') ? 'maps' : 'chains',
    writesSingleEndpoint: behaves(minor, 'writesSingleEndpoint'),
  };
}
