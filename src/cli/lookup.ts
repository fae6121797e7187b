/** `get`: the objects of a scope as the API server would give them, and what it refused. */

import type { ScopeState } from '#analysis/context';
import type { Endpoints, EndpointSlice, Node, Pod, Service } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import type { ControlPlane } from '#simulation/types';
import { Failure } from './failure';
import { print, printValue, table, type Format } from './output';

/** A kind that can be asked for: its objects, and its columns for people. */
interface Lookup<T> {
  readonly items: (controlPlane: ControlPlane) => Iterable<T>;
  readonly header: readonly string[];
  readonly row: (item: T, controlPlane: ControlPlane) => readonly string[];
}

const services: Lookup<Service> = {
  items: (controlPlane) => controlPlane.services(),
  header: ['NAMESPACE', 'NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'SELECTOR'],
  row: (service) => [
    service.metadata.namespace,
    service.metadata.name,
    service.spec.type,
    service.spec.clusterIPs?.join(',') || service.spec.clusterIP || '<none>',
    externalAddresses(service),
    (service.spec.ports ?? [])
      .map((port) => `${port.port}${port.nodePort ? `:${port.nodePort}` : ''}/${port.protocol}`)
      .join(',') || '<none>',
    Object.entries(service.spec.selector ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(',') || '<none>',
  ],
};

function externalAddresses(service: Service): string {
  if (service.spec.type === 'ExternalName') return service.spec.externalName ?? '<none>';
  const ingress = (service.status.loadBalancer.ingress ?? []).map((entry) => entry.ip ?? entry.hostname ?? '');
  const all = [...ingress, ...(service.spec.externalIPs ?? [])];
  return all.join(',') || (service.spec.type === 'LoadBalancer' ? '<pending>' : '<none>');
}

const endpointSlices: Lookup<EndpointSlice> = {
  items: (controlPlane) => controlPlane.allEndpointSlices(),
  header: ['NAMESPACE', 'NAME', 'ADDRESSTYPE', 'PORTS', 'ENDPOINTS'],
  row: (slice) => [
    slice.metadata.namespace,
    slice.metadata.name,
    slice.addressType,
    (slice.ports ?? []).map((port) => String(port.port ?? '*')).join(',') || '<unset>',
    (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses).join(',') || '<unset>',
  ],
};

const endpoints: Lookup<Endpoints> = {
  items: (controlPlane) => controlPlane.allEndpoints(),
  header: ['NAMESPACE', 'NAME', 'ENDPOINTS'],
  row: (object) => [
    object.metadata.namespace,
    object.metadata.name,
    (object.subsets ?? [])
      .flatMap((subset) =>
        (subset.ports ?? [{ port: undefined }]).flatMap((port) =>
          (subset.addresses ?? []).map(({ ip }) => (port.port === undefined ? ip : `${ip}:${port.port}`)),
        ),
      )
      .join(',') || '<none>',
  ],
};

const pods: Lookup<Pod> = {
  items: (controlPlane) => controlPlane.pods(),
  header: ['NAMESPACE', 'NAME', 'READY', 'STATUS', 'IP', 'NODE'],
  row: (pod) => [
    pod.metadata.namespace,
    pod.metadata.name,
    pod.status.conditions?.find((condition) => condition.type === 'Ready')?.status ?? 'Unknown',
    pod.metadata.deletionTimestamp === undefined ? (pod.status.phase ?? 'Pending') : 'Terminating',
    (pod.status.podIPs ?? []).map(({ ip }) => ip).join(',') || pod.status.podIP || '<none>',
    pod.spec.nodeName ?? '<none>',
  ],
};

const nodes: Lookup<Node> = {
  items: (controlPlane) => controlPlane.nodes(),
  header: ['NAME', 'STATUS', 'ZONE', 'INTERNAL-IP', 'POD-CIDR'],
  row: (node) => [
    node.metadata.name,
    node.status.conditions?.find((condition) => condition.type === 'Ready')?.status === 'True' ? 'Ready' : 'NotReady',
    node.metadata.labels?.['topology.kubernetes.io/zone'] ?? '<none>',
    (node.status.addresses ?? [])
      .filter(({ type }) => type === 'InternalIP')
      .map(({ address }) => address)
      .join(',') || '<none>',
    (node.spec.podCIDRs ?? []).join(',') || '<none>',
  ],
};

export const lookupKinds = ['services', 'endpointslices', 'endpoints', 'pods', 'nodes', 'refused'] as const;

const aliases: Record<string, (typeof lookupKinds)[number]> = {
  service: 'services', svc: 'services', endpointslice: 'endpointslices', ep: 'endpoints', pod: 'pods', po: 'pods', node: 'nodes', no: 'nodes',
}; // prettier-ignore

/** Prints the objects of a kind; throws a Failure for a kind that nobody knows. */
export function get(kind: string, state: ScopeState, format: Format): void {
  const { controlPlane } = state.simulation;
  const name = aliases[kind.toLowerCase()] ?? kind.toLowerCase();
  if (name === 'services') show(services, controlPlane, format);
  else if (name === 'endpointslices') show(endpointSlices, controlPlane, format);
  else if (name === 'endpoints') show(endpoints, controlPlane, format);
  else if (name === 'pods') show(pods, controlPlane, format);
  else if (name === 'nodes') show(nodes, controlPlane, format);
  else if (name === 'refused') showRefused(controlPlane, format);
  else throw new Failure(`cannot get ${kind}: choose one of ${lookupKinds.join(', ')}`);
}

function show<T extends { readonly metadata: { readonly name: string; readonly namespace?: string } }>(
  lookup: Lookup<T>,
  controlPlane: ControlPlane,
  format: Format,
): void {
  const items = [...lookup.items(controlPlane)].sort((a, b) => (namespacedName(a) < namespacedName(b) ? -1 : 1));
  if (format === 'jsonl') for (const item of items) printValue(item, 'jsonl');
  else if (format !== 'text') printValue({ apiVersion: 'v1', kind: 'List', items }, format);
  else if (items.length === 0) print('No resources found.');
  else
    print(
      table(
        lookup.header,
        items.map((item) => lookup.row(item, controlPlane)),
      ),
    );
}

function showRefused(controlPlane: ControlPlane, format: Format): void {
  const items = [...controlPlane.refusals()].map(({ object, code, reason, message, causes }) => ({
    kind: object.kind,
    namespace: object.namespace,
    name: object.name,
    code,
    reason,
    message,
    causes: causes.map((cause) => ({ field: cause.field, reason: cause.reason, message: cause.message })),
  }));
  if (format === 'jsonl') for (const item of items) printValue(item, 'jsonl');
  else if (format !== 'text') printValue({ items }, format);
  else if (items.length === 0) print('The API server would refuse nothing.');
  else for (const item of items) print(item.message);
}
