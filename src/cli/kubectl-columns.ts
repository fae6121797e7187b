/** The columns of `kubectl get -o wide` for Services, their endpoints, nodes and policies. */

import type { Endpoints, EndpointSlice, NetworkPolicy, Node, Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane } from '#simulation/types';
import {
  ageOf, cut, ingressAddresses, labelsText, listWithMore, none, objectOf, objectsOf, selectorText, textOf,
} from './kubectl-text'; // prettier-ignore

/** A kind's columns behind its namespace; `now` in milliseconds. Models pkg/printers/internalversion (v1.37). */
export interface Columns<T> {
  readonly header: readonly string[];
  readonly row: (item: T, now: number, controlPlane: ControlPlane) => readonly string[];
}

/** Models printService. */
export const serviceColumns: Columns<Service> = {
  header: ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE', 'SELECTOR'],
  row: ({ metadata, spec, status }, now) => [
    metadata.name,
    spec.type,
    spec.clusterIPs?.[0] ?? (spec.clusterIP || none),
    externalAddresses(spec, status),
    servicePorts(spec),
    ageOf(metadata, now),
    labelsText(spec.selector),
  ],
};

/** Models makePortString. */
function servicePorts({ ports = [] }: Service['spec']): string {
  const texts = ports.map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`);
  return texts.join(',') || none;
}

/** Models getServiceExternalIP. */
function externalAddresses(spec: Service['spec'], status: Service['status']): string {
  const given = spec.externalIPs ?? [];
  if (spec.type === 'ExternalName') return spec.externalName ?? '';
  if (spec.type !== 'LoadBalancer') return given.join(',') || none;
  const balanced = ingressAddresses(status.loadBalancer.ingress);
  return [...(balanced === '' ? [] : [balanced]), ...given].join(',') || '<pending>';
}

/** Models printEndpointSlice. */
export const endpointSliceColumns: Columns<EndpointSlice> = {
  header: ['NAME', 'ADDRESSTYPE', 'PORTS', 'ENDPOINTS', 'AGE'],
  row: ({ metadata, addressType, ports, endpoints }, now) => [
    metadata.name,
    addressType,
    listWithMore((ports ?? []).map(({ name, port }) => (port === undefined ? (name ?? '*') : String(port)))),
    listWithMore((endpoints ?? []).flatMap(({ addresses }) => addresses)),
    ageOf(metadata, now),
  ],
};

/** Models printEndpoints. */
export const endpointsColumns: Columns<Endpoints> = {
  header: ['NAME', 'ENDPOINTS', 'AGE'],
  row: ({ metadata, subsets = [] }, now) => {
    const addresses = subsets.flatMap((subset) => {
      const ips = (subset.addresses ?? []).map(({ ip }) => ip);
      if (!subset.ports?.length) return ips;
      return subset.ports.flatMap(({ port }) => ips.map((ip) => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`));
    });
    const text = subsets.length === 0 ? none : cut(addresses, addresses.length);
    return [metadata.name, text, ageOf(metadata, now)];
  },
};

/** Models printNode; the empty version is told as unknown, for the columns' sake. */
export const nodeColumns: Columns<Node> = {
  header: [
    'NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION', 'INTERNAL-IP', 'EXTERNAL-IP', 'OS-IMAGE', 'KERNEL-VERSION',
    'CONTAINER-RUNTIME',
  ], // prettier-ignore
  row: (node, now) => {
    const info = objectOf((node.status as { readonly nodeInfo?: unknown }).nodeInfo);
    const told = (field: string) => textOf(info[field]) || '<unknown>';
    const architecture = textOf(info.architecture);
    return [
      node.metadata.name,
      nodeStatus(node),
      nodeRoles(node),
      ageOf(node.metadata, now),
      told('kubeletVersion'),
      firstAddress(node, 'InternalIP'),
      firstAddress(node, 'ExternalIP'),
      told('osImage'),
      told('kernelVersion') + (architecture === '' ? '' : ` (${architecture})`),
      told('containerRuntimeVersion'),
    ];
  },
};

function nodeStatus({ spec, status }: Node): string {
  const ready = status.conditions?.findLast(({ type }) => type === 'Ready');
  const text = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec.unschedulable === true ? `${text},SchedulingDisabled` : text;
}

const rolePrefix = 'node-role.kubernetes.io/';

/** Models findNodeRoles. */
function nodeRoles({ metadata }: Node): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(metadata.labels ?? {})) {
    if (key.startsWith(rolePrefix) && key.length > rolePrefix.length) roles.add(key.slice(rolePrefix.length));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return [...roles].sort().join(',') || none;
}

function firstAddress({ status }: Node, wanted: string): string {
  return status.addresses?.find(({ type }) => type === wanted)?.address ?? none;
}

/** Models printNetworkPolicy. */
export const networkPolicyColumns: Columns<NetworkPolicy> = {
  header: ['NAME', 'POD-SELECTOR', 'AGE'],
  row: ({ metadata, spec }, now) => [metadata.name, selectorText(spec.podSelector), ageOf(metadata, now)],
};

/** Models printIngress. */
export const ingressColumns: Columns<KubernetesObject> = {
  header: ['NAME', 'CLASS', 'HOSTS', 'ADDRESS', 'PORTS', 'AGE'],
  row: ({ name, body }, now) => {
    const spec = objectOf(body.spec);
    const rules = objectsOf(spec.rules);
    const hosts = rules.slice(0, 3).flatMap(({ host }) => textOf(host) || []);
    return [
      name,
      typeof spec.ingressClassName === 'string' ? spec.ingressClassName : none,
      hosts.length === 0 ? '*' : cut(hosts, rules.length),
      ingressAddresses(objectOf(objectOf(body.status).loadBalancer).ingress),
      objectsOf(spec.tls).length > 0 ? '80, 443' : '80',
      ageOf(objectOf(body.metadata), now),
    ];
  },
};

/** Models printNamespace. */
export const namespaceColumns: Columns<{ readonly metadata: { readonly name: string } }> = {
  header: ['NAME', 'STATUS', 'AGE'],
  row: ({ metadata }, now) => [metadata.name, 'Active', ageOf(metadata, now)],
};
