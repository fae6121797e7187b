/** What differs between kube-proxy's releases, and reaches its rules. */

import { minorVersion } from '#model/settings';

export interface ProxyRelease {
  /** nfacct objects count what the rules for local node ports accept and the rule for invalid packets drops. */
  readonly countsPackets: boolean;
  /** Hints that name nodes are read: the gate PreferSameTrafficDistribution is on. */
  readonly readsNodeHints: boolean;
}

/** First minor release of each behaviour. */
const since: Readonly<Record<keyof ProxyRelease, number>> = { countsPackets: 32, readsNodeHints: 34 };

/** `kubernetesVersion` as in the settings; a release that is not understood is taken as the newest. */
export function proxyRelease(kubernetesVersion: string): ProxyRelease {
  const minor = minorVersion(kubernetesVersion) ?? Infinity;
  return { countsPackets: minor >= since.countsPackets, readsNodeHints: minor >= since.readsNodeHints };
}
