/** How a node's kube-proxy knows the packets of the node's own pods. */

import { parsePrefix, type IpFamily } from '#base/ip';
import type { Node } from '#model/kubernetes';
import type { ClusterSettings } from '#model/settings';

export type LocalDetector =
  { readonly kind: 'source'; readonly prefix: string } | { readonly kind: 'interface'; readonly name: string };

/**
 * Undefined where the mode lacks what it goes by: then nothing is known as a pod's.
 * Models cmd/kube-proxy/app/server_linux.go getLocalDetectors and pkg/proxy/util/localdetector.go (v1.37).
 */
export function localDetector(node: Node, family: IpFamily, settings: ClusterSettings): LocalDetector | undefined {
  const ofFamily = (prefixes: readonly string[]): LocalDetector | undefined => {
    const prefix = prefixes.find((candidate) => parsePrefix(candidate)?.family === family);
    return prefix === undefined ? undefined : { kind: 'source', prefix };
  };
  switch (settings.detectLocalMode) {
    case 'ClusterCIDR':
      return ofFamily(settings.detectLocalCIDRs ?? settings.clusterCIDRs);
    case 'NodeCIDR':
      return ofFamily(node.spec.podCIDRs ?? (node.spec.podCIDR === undefined ? [] : [node.spec.podCIDR]));
    case 'BridgeInterface':
      return settings.bridgeInterface === '' ? undefined : { kind: 'interface', name: settings.bridgeInterface };
    default:
      return settings.interfaceNamePrefix === ''
        ? undefined
        : { kind: 'interface', name: `${settings.interfaceNamePrefix}+` };
  }
}
