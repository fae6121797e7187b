/**
 * What differs between the releases of Kubernetes, in one table: every stage asks it, so that no release number stands
 * anywhere else.
 */

import { minorVersion } from '#model/settings';

/** The releases that are simulated; an older or newer one behaves as the nearest of them. */
export const oldestMinor = 29;
export const newestMinor = 37;

/** The minor releases `since` … `until`, both included, in which something is the way that it is called. */
export interface Period {
  readonly since?: number;
  readonly until?: number;
}

/**
 * Gates as pkg/features/kube_features.go (v1.37.2) sets them by default, and behaviours that changed without one.
 * A row without a gate names where the change is.
 */
const periods = {
  /** Gate MultiCIDRServiceAllocator: addresses come from ServiceCIDR objects. */
  manyServiceRanges: { since: 33 },
  /** networking.k8s.io/v1beta1 ServiceCIDR is there, for who turns it on. */
  betaServiceRanges: { since: 31, until: 36 },
  /** pkg/registry/core/service/storage/alloc.go: a range that is full says for which Service. */
  namesServiceOfFullRange: { since: 36 },
  /** pkg/apis/core/validation: a Service of type LoadBalancer must not have kubelet's port, 10250. */
  reservesKubeletPort: { until: 32 },
  /** Gate PreferSameTrafficDistribution: PreferSameZone and PreferSameNode beside PreferClose, and hints for nodes. */
  prefersSameTopology: { since: 34 },
  /** Gate ServiceTrafficDistribution: the field `trafficDistribution` is there by default. */
  hasTrafficDistribution: { since: 31 },
  /** Gate RelaxedServiceNameValidation: a Service's name may start with a digit. */
  relaxedServiceNames: { since: 36 },
  /** Gate StrictIPCIDRValidation: one way to write an address, no bits beyond a prefix' length. */
  strictAddresses: { since: 36 },
  /** Gate RelaxedEnvironmentVariableValidation: a variable's name may hold nearly everything. */
  relaxedVariables: { since: 32 },
  /** Gate EnvFiles: variables from files. */
  variablesFromFiles: { since: 35 },
  /** Gate ContainerRestartRules: all containers may have a restart policy, and rules for it. */
  restartRules: { since: 35 },
  /** Gate RestartAllContainersOnContainerExits: a container's end may restart all. */
  restartsAll: { since: 36 },
  /** Gate PodLevelResources: pods may ask for resources as a whole. */
  podResources: { since: 34 },
  /** Gate PodLevelResourcesFixDefaulting: an update that says nothing of a pod's own resources leaves them. */
  keepsPodResources: { since: 37 },
  /** Gate MatchLabelKeysInPodTopologySpreadSelectorMerge: keys of `matchLabelKeys` are merged into selectors. */
  mergesLabelKeys: { since: 34 },
  /** Gate HPAScaleToZero: a HorizontalPodAutoscaler may have no pods for a while. */
  scalesToZero: { since: 37 },
  /** pkg/scheduler tainttoleration: the taint that a pod does not tolerate is not named. */
  hidesTaint: { since: 34 },
  /** Gate PodTopologyLabelsAdmission: pods get the zone and region of their node as labels. */
  labelsPodsWithTopology: { since: 35 },
  /** pkg/controller/endpoint: Endpoints carry `endpoints.kubernetes.io/managed-by`. */
  labelsEndpoints: { since: 33 },
  /** Gate MaxUnavailableStatefulSet: a StatefulSet may replace several pods at a time. */
  updatesSeveralStatefulPods: { since: 37 },
  /** pkg/controller/nodelifecycle/config: a silent node is waited for 50 seconds and no more 40. */
  waitsLongerForNodes: { since: 32 },
  /** kube-proxy's iptables mode: nfacct objects count packets. */
  countsPackets: { since: 32 },
  /** pkg/proxy/nftables: what has no endpoints, and unknown ports, are refused after the destination is translated. */
  filtersNftablesLate: { since: 33 },
  /** pkg/proxy/nftables: packets to a ClusterIP are marked by address and port. */
  marksNftablesByPort: { until: 33 },
  /** pkg/proxy/nftables: no mark for masquerading, no chains for endpoints without affinity. */
  rewrittenNftables: { since: 36 },
  /** pkg/proxy/nftables: a single endpoint is not drawn from a map of one. */
  writesSingleEndpoint: { since: 37 },
} satisfies Readonly<Record<string, Period>>;

export type Behaviour = keyof typeof periods;

/** `kubernetesVersion` as in the settings; what is not understood is taken as the newest release. */
export function minorOf(kubernetesVersion: string): number {
  return minorVersion(kubernetesVersion) ?? newestMinor;
}

/** Whether release 1.`minor` behaves so. */
export function behaves(minor: number, behaviour: Behaviour): boolean {
  const { since = 0, until = Infinity }: Period = periods[behaviour];
  return minor >= since && minor <= until;
}

/** The first minor release that behaves so. */
export function firstMinor(behaviour: Behaviour): number {
  const { since = oldestMinor }: Period = periods[behaviour];
  return since;
}

/** The releases in which something holds, for people; a member that is missing is no bound. */
export interface Holds {
  /** `1.34`: this one and all after it. */
  readonly since?: string;
  /** `1.32`: this one and all before it. */
  readonly until?: string;
}

/** Releases 1.`first` … 1.`last`, without bounds where no release that is simulated lies; undefined for all. */
export function periodOf(first: number, last: number): Holds | undefined {
  if (first <= oldestMinor && last >= newestMinor) return undefined;
  return {
    ...(first > oldestMinor && { since: `1.${first}` }),
    ...(last < newestMinor && { until: `1.${last}` }),
  };
}

/** `since 1.34`, `until 1.32`, `from 1.31 until 1.36`; undefined for what holds always. */
export function printHolds({ since, until }: Holds): string | undefined {
  if (since !== undefined && until !== undefined) return `from ${since} until ${until}`;
  return since !== undefined ? `since ${since}` : until !== undefined ? `until ${until}` : undefined;
}
