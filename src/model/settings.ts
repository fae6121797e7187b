/** What a cluster is like where no manifest says so: versions, ranges, nodes, proxy mode. */

export type ProxyMode = 'iptables' | 'ipvs' | 'nftables';

export interface NodeSettings {
  readonly name: string;
  readonly zone?: string;
  readonly region?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** One address a family. */
  readonly addresses: readonly string[];
  /** One prefix a family. */
  readonly podCIDRs: readonly string[];
}

/** kube-proxy's detectLocalMode. */
export type DetectLocalMode = 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix';

export interface ClusterSettings {
  /** Minor release, `1.29` … `1.37`. */
  readonly kubernetesVersion: string;
  /** The first one gives the default family. */
  readonly serviceCIDRs: readonly string[];
  readonly nodePortRange: { readonly from: number; readonly to: number };
  /** kube-proxy's clusterCIDR: the pods of all nodes. */
  readonly clusterCIDRs: readonly string[];
  readonly clusterDomain: string;
  /** Kubelets' clusterDNS; unset: the addresses of kube-system/kube-dns, or the tenth of the service range. */
  readonly clusterDNS?: readonly string[];
  /** The DNS server's Corefile; one in the ConfigMap kube-system/coredns counts before it. */
  readonly corefile?: string;
  /** Text of the nodes' own /etc/resolv.conf; unset: not known, and taken to search nothing. */
  readonly nodeResolvConf?: string;
  /** Used where the manifests hold no Node. */
  readonly nodes: readonly NodeSettings[];
  readonly proxyMode: ProxyMode;
  /** kube-proxy's nodePortAddresses; empty is unset. */
  readonly nodePortAddresses: readonly string[];
  readonly masqueradeAll: boolean;
  readonly masqueradeBit: number;
  /** iptables mode: whether 127.0.0.1 takes node ports. */
  readonly localhostNodePorts: boolean;
  readonly detectLocalMode: DetectLocalMode;
  /** For BridgeInterface; '' is unset. */
  readonly bridgeInterface: string;
  /** For InterfaceNamePrefix; '' is unset. */
  readonly interfaceNamePrefix: string;
  /** '' is unset: kube-proxy then takes rr. */
  readonly ipvsScheduler: string;
  /** IPVS mode: whether the nodes' kernel has the iptables match `ipvs` (module xt_ipvs); unset: it has not. */
  readonly ipvsMatch?: boolean;
  /** kube-proxy's clusterCIDR where it is another than the pods' ranges; empty: nothing is known as a pod's. */
  readonly detectLocalCIDRs?: readonly string[];
  /** kube-proxy's nftables.masqueradeAll and nftables.masqueradeBit, where the other modes have others. */
  readonly nftables?: { readonly masqueradeAll: boolean; readonly masqueradeBit: number };
  /** Names of the members that the user has set: they count before what the cluster's own ConfigMaps say. */
  readonly said?: ReadonlySet<string>;
}

/** Three nodes in two zones and kube-proxy's own defaults. */
export const defaultSettings: ClusterSettings = {
  kubernetesVersion: '1.37',
  serviceCIDRs: ['10.96.0.0/12', 'fd00:10:96::/108'],
  nodePortRange: { from: 30000, to: 32767 },
  clusterCIDRs: ['10.244.0.0/16', 'fd00:244::/32'],
  clusterDomain: 'cluster.local',
  nodes: [
    { name: 'node-a', zone: 'zone-1', region: 'region-1', addresses: ['172.30.0.11', 'fd00:30::11'], podCIDRs: ['10.244.1.0/24', 'fd00:244:1::/64'] },
    { name: 'node-b', zone: 'zone-1', region: 'region-1', addresses: ['172.30.0.12', 'fd00:30::12'], podCIDRs: ['10.244.2.0/24', 'fd00:244:2::/64'] },
    { name: 'node-c', zone: 'zone-2', region: 'region-1', addresses: ['172.30.0.13', 'fd00:30::13'], podCIDRs: ['10.244.3.0/24', 'fd00:244:3::/64'] },
  ], // prettier-ignore
  proxyMode: 'iptables',
  nodePortAddresses: [],
  masqueradeAll: false,
  masqueradeBit: 14,
  localhostNodePorts: true,
  detectLocalMode: 'ClusterCIDR',
  bridgeInterface: '',
  interfaceNamePrefix: '',
  ipvsScheduler: '',
};

/** The minor number of a release: 37 for `1.37`, `v1.37.2` or `1.37+`; undefined for anything else. */
export function minorVersion(version: string): number | undefined {
  const match = /^v?1\.(\d{1,3})(?:[.+].*)?$/.exec(version);
  return match ? Number(match[1]) : undefined;
}
