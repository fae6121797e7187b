/** What is read from a cluster, in which versions and for which purpose. Never Secrets; ConfigMaps by their names only. */

/** What somebody wants to see; each needs the right to read some kinds. */
export const features = ['tree', 'graph', 'trace', 'dns', 'policies', 'http', 'findings', 'diff', 'watch'] as const;
export type Feature = (typeof features)[number];

export interface WatchedKind {
  readonly group: string;
  /** Known ones, the best first. */
  readonly versions: readonly string[];
  readonly kind: string;
  /** Plural, as in URLs and RBAC rules. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly features: readonly Feature[];
  /** Only this object, in this namespace. */
  readonly only?: { readonly namespace: string; readonly name: string };
  /** Whether an API server may do without it: a definition, or a newer kind. */
  readonly optional: boolean;
  /** What is not known where it may not be read: goes on from `not permitted: …`. */
  readonly unknown: string;
}

interface Row {
  readonly kind: string;
  readonly resource: string;
  readonly features: readonly Feature[];
  readonly unknown: string;
  readonly clusterWide?: true;
  readonly versions?: readonly string[];
}

const workloads = 'which pods a workload means to have is not known';
const gateway = 'whether a Gateway API route takes a request is not known';

const table: readonly (readonly [group: string, rows: readonly Row[]])[] = [
  ['', [
    { kind: 'Service', resource: 'services', features: features, unknown: 'nothing can be said without Services' },
    { kind: 'Pod', resource: 'pods', features: ['tree', 'graph', 'trace', 'policies', 'http', 'findings', 'diff', 'dns'], unknown: 'pods are known by the EndpointSlices alone, without labels, policies and reasons' },
    { kind: 'Node', resource: 'nodes', features: ['graph', 'trace', 'findings'], clusterWide: true, unknown: 'nodes are known by their pods alone: zones, labels and pod ranges are unknown' },
    { kind: 'Namespace', resource: 'namespaces', features: ['tree', 'graph', 'policies', 'trace', 'findings', 'diff'], clusterWide: true, unknown: 'labels of namespaces are unknown to policies that select by them' },
  ]],
  ['discovery.k8s.io', [
    { kind: 'EndpointSlice', resource: 'endpointslices', features: ['tree', 'graph', 'trace', 'dns', 'http', 'findings', 'diff', 'watch'], unknown: 'endpoints are computed from pods, not those of the cluster' },
  ]],
  ['networking.k8s.io', [
    { kind: 'NetworkPolicy', resource: 'networkpolicies', features: ['graph', 'trace', 'policies', 'findings', 'diff'], unknown: 'whether a policy stops a packet is not known' },
    { kind: 'Ingress', resource: 'ingresses', features: ['graph', 'http', 'trace', 'findings', 'diff'], unknown: 'whether an Ingress takes a request is not known' },
    { kind: 'IngressClass', resource: 'ingressclasses', features: ['http', 'trace', 'findings'], clusterWide: true, unknown: 'which controller serves an Ingress is not known' },
    { kind: 'ServiceCIDR', resource: 'servicecidrs', features: ['trace'], clusterWide: true, unknown: 'the ranges of ClusterIPs are taken as by default', versions: ['v1', 'v1beta1'] },
  ]],
  ['apps', [
    { kind: 'Deployment', resource: 'deployments', features: ['tree', 'graph', 'findings', 'diff'], unknown: workloads },
    { kind: 'ReplicaSet', resource: 'replicasets', features: ['tree', 'graph', 'findings', 'diff'], unknown: workloads },
    { kind: 'StatefulSet', resource: 'statefulsets', features: ['tree', 'graph', 'findings', 'diff'], unknown: workloads },
    { kind: 'DaemonSet', resource: 'daemonsets', features: ['tree', 'graph', 'findings', 'diff'], unknown: workloads },
  ]],
  ['batch', [
    { kind: 'Job', resource: 'jobs', features: ['tree', 'graph', 'findings', 'diff'], unknown: workloads },
    { kind: 'CronJob', resource: 'cronjobs', features: ['tree', 'graph', 'findings', 'diff'], unknown: workloads },
  ]],
  ['gateway.networking.k8s.io', [
    { kind: 'GatewayClass', resource: 'gatewayclasses', features: ['http', 'findings'], clusterWide: true, unknown: gateway, versions: ['v1', 'v1beta1'] },
    { kind: 'Gateway', resource: 'gateways', features: ['graph', 'http', 'findings'], unknown: gateway, versions: ['v1', 'v1beta1'] },
    { kind: 'HTTPRoute', resource: 'httproutes', features: ['graph', 'http', 'findings'], unknown: gateway, versions: ['v1', 'v1beta1'] },
    { kind: 'GRPCRoute', resource: 'grpcroutes', features: ['graph', 'http', 'findings'], unknown: gateway, versions: ['v1', 'v1alpha2'] },
    { kind: 'ReferenceGrant', resource: 'referencegrants', features: ['http', 'findings'], unknown: gateway, versions: ['v1', 'v1beta1'] },
    { kind: 'ListenerSet', resource: 'listenersets', features: ['graph', 'http', 'findings'], unknown: gateway, versions: ['v1', 'v1alpha1'] },
  ]],
  ['policy.networking.k8s.io', [
    { kind: 'ClusterNetworkPolicy', resource: 'clusternetworkpolicies', features: ['graph', 'policies', 'trace', 'findings'], clusterWide: true, unknown: 'whether a cluster-wide policy stops a packet is not known', versions: ['v1', 'v1beta1', 'v1alpha2'] },
    { kind: 'AdminNetworkPolicy', resource: 'adminnetworkpolicies', features: ['graph', 'policies', 'trace', 'findings'], clusterWide: true, unknown: 'whether a cluster-wide policy stops a packet is not known', versions: ['v1alpha1'] },
    { kind: 'BaselineAdminNetworkPolicy', resource: 'baselineadminnetworkpolicies', features: ['graph', 'policies', 'trace', 'findings'], clusterWide: true, unknown: 'whether a cluster-wide policy stops a packet is not known', versions: ['v1alpha1'] },
  ]],
]; // prettier-ignore

/** Groups that a definition adds, and kinds that came late: that they are absent is nothing to tell. */
const optionalGroups = new Set(['gateway.networking.k8s.io', 'policy.networking.k8s.io']);

/** For clusters whose EndpointSlices are not to be had. */
export const endpointsKind: WatchedKind = {
  group: '',
  versions: ['v1'],
  kind: 'Endpoints',
  resource: 'endpoints',
  namespaced: true,
  features: ['tree', 'graph', 'trace', 'http', 'watch'],
  optional: true,
  unknown: 'endpoints are computed from pods, not those of the cluster',
};

function configMap(name: string, wanted: readonly Feature[], unknown: string): WatchedKind {
  const only = { namespace: 'kube-system', name };
  return { group: '', versions: ['v1'], kind: 'ConfigMap', resource: 'configmaps', namespaced: true, features: wanted, only, optional: true, unknown }; // prettier-ignore
}

export const watchedKinds: readonly WatchedKind[] = [
  ...table.flatMap(([group, rows]) =>
    rows.map(({ versions = ['v1'], clusterWide, ...row }): WatchedKind => ({
      ...row,
      group,
      versions,
      namespaced: clusterWide !== true,
      optional: optionalGroups.has(group) || row.kind === 'ServiceCIDR',
    })),
  ),
  configMap('coredns', ['dns', 'trace'], 'the DNS server is taken as by default'),
  configMap('kube-proxy', ['graph', 'trace', 'findings'], 'kube-proxy is taken as by default'),
];

/** The cluster's DNS Service, where only some namespaces are read. */
export const dnsService: WatchedKind = {
  ...watchedKinds.find(({ kind }) => kind === 'Service')!,
  only: { namespace: 'kube-system', name: 'kube-dns' },
  features: ['dns', 'trace'],
  optional: true,
  unknown: 'the address of the DNS server is taken as by default',
};

/** Where the API server lists objects of the kind. */
export function listPath({ group, resource }: WatchedKind, version: string, namespace: string | undefined): string {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespace === undefined
    ? `${base}/${resource}`
    : `${base}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}

/** `pods`, `endpointslices.discovery.k8s.io`, `configmaps kube-system/coredns`: as kubectl names it. */
export function printResource({ group, resource, only }: WatchedKind): string {
  const name = group === '' ? resource : `${resource}.${group}`;
  return only ? `${name} ${only.namespace}/${only.name}` : name;
}
