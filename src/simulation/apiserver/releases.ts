/** What differs between the API server's releases in what it takes: a view of the table of all releases. */

import type { Origin } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { behaves, minorOf } from '../releases';

export interface ApiRelease {
  /** Addresses come from ServiceCIDR objects. */
  readonly manyServiceRanges: boolean;
  /** A Service of type LoadBalancer must not have kubelet's port, 10250. */
  readonly reservesKubeletPort: boolean;
  /** `trafficDistribution` knows more than PreferClose. */
  readonly prefersSameTopology: boolean;
  /** A Service's name may start with a digit. */
  readonly relaxedServiceNames: boolean;
  /** No IPv4-mapped addresses, no prefixes with bits beyond their length. */
  readonly strictAddresses: boolean;
  /** A variable's name may hold nearly everything. */
  readonly relaxedVariables: boolean;
  /** A container may have variables from a file. */
  readonly variablesFromFiles: boolean;
}

/**
 * A release that is not understood is taken as the newest. What a cluster holds may be from before the checks of
 * addresses were strict: the server goes on taking it.
 */
export function apiRelease({ kubernetesVersion }: ClusterSettings, origin?: Origin): ApiRelease {
  const minor = minorOf(kubernetesVersion);
  return {
    manyServiceRanges: behaves(minor, 'manyServiceRanges'),
    reservesKubeletPort: behaves(minor, 'reservesKubeletPort'),
    prefersSameTopology: behaves(minor, 'prefersSameTopology'),
    relaxedServiceNames: behaves(minor, 'relaxedServiceNames'),
    strictAddresses: behaves(minor, 'strictAddresses') && origin?.kind !== 'cluster',
    relaxedVariables: behaves(minor, 'relaxedVariables'),
    variablesFromFiles: behaves(minor, 'variablesFromFiles'),
  };
}
