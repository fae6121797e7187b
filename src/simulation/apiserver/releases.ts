/** What differs between the API server's releases in what it takes. */

import type { Origin } from '#model/object';
import { minorVersion, type ClusterSettings } from '#model/settings';

export interface ApiRelease {
  /** Addresses come from ServiceCIDR objects: the gate MultiCIDRServiceAllocator is on. */
  readonly manyServiceRanges: boolean;
  /** A Service of type LoadBalancer must not have kubelet's port, 10250. */
  readonly reservesKubeletPort: boolean;
  /** `trafficDistribution` knows more than PreferClose: the gate PreferSameTrafficDistribution is on. */
  readonly prefersSameTopology: boolean;
  /** A Service's name may start with a digit: the gate RelaxedServiceNameValidation is on. */
  readonly relaxedServiceNames: boolean;
  /** No IPv4-mapped addresses, no prefixes with bits beyond their length: the gate StrictIPCIDRValidation is on. */
  readonly strictAddresses: boolean;
}

const manyServiceRangesSince = 33;
const kubeletPortFreeSince = 33;
const sameTopologySince = 34;
const relaxedNamesSince = 36;
const strictAddressesSince = 36;

/**
 * A release that is not understood is taken as the newest. What a cluster holds may be from before the checks of
 * addresses were strict: the server goes on taking it.
 */
export function apiRelease({ kubernetesVersion }: ClusterSettings, origin?: Origin): ApiRelease {
  const minor = minorVersion(kubernetesVersion) ?? Infinity;
  return {
    manyServiceRanges: minor >= manyServiceRangesSince,
    reservesKubeletPort: minor < kubeletPortFreeSince,
    prefersSameTopology: minor >= sameTopologySince,
    relaxedServiceNames: minor >= relaxedNamesSince,
    strictAddresses: minor >= strictAddressesSince && origin?.kind !== 'cluster',
  };
}
