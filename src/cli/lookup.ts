/** `get`: the objects of a scope as the API server would give them, and what it refused. */

import type { ScopeState } from '#analysis/context';
import type { NetworkPolicy } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ControlPlane } from '#simulation/types';
import { Failure } from './failure';
import {
  endpointsColumns, endpointSliceColumns, ingressColumns, namespaceColumns, networkPolicyColumns, nodeColumns,
  serviceColumns, type Columns,
} from './kubectl-columns'; // prettier-ignore
import { print, printValue, table, type Format } from './output';
import {
  cronJobColumns, daemonSetColumns, deploymentColumns, jobColumns, podColumns, replicaSetColumns, statefulSetColumns,
} from './workload-columns'; // prettier-ignore

/** Whether the objects of a kind live in namespaces; then the table names these first, as `kubectl get -A` does. */
type Scoping = 'namespaced' | 'cluster';

/** The objects of a kind: how they print for programs, and for people. */
interface Listing {
  readonly items: readonly unknown[];
  readonly header: readonly string[];
  readonly rows: () => readonly (readonly string[])[];
}

type Lookup = (controlPlane: ControlPlane, now: number) => Listing;

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

function lookup<T extends Named>(
  scoping: Scoping,
  itemsOf: (controlPlane: ControlPlane) => Iterable<T>,
  columns: Columns<T>,
): Lookup {
  return (controlPlane, now) => {
    const items = inOrder(itemsOf(controlPlane), ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`);
    const cells = (item: T) => columns.row(item, now, controlPlane);
    return {
      items,
      header: scoping === 'namespaced' ? ['NAMESPACE', ...columns.header] : columns.header,
      rows: () =>
        items.map((item) => (scoping === 'namespaced' ? [item.metadata.namespace ?? '', ...cells(item)] : cells(item))),
    };
  };
}

/** Of a kind that is read as it is written: its objects come as they are, with their namespace. */
function written(group: string, kind: string, columns: Columns<KubernetesObject>): Lookup {
  return (controlPlane, now) => {
    const accepted = [...controlPlane.objectsOfKind(group, kind)].filter(({ key }) => !controlPlane.refusal(key));
    const objects = inOrder(accepted, ({ namespace, name }) => `${namespace}/${name}`);
    return {
      items: objects.map(({ body, namespace }) => ({
        ...body,
        metadata: { ...(body.metadata as object | undefined), namespace },
      })),
      header: ['NAMESPACE', ...columns.header],
      rows: () => objects.map((object) => [object.namespace, ...columns.row(object, now, controlPlane)]),
    };
  };
}

function inOrder<T>(items: Iterable<T>, name: (item: T) => string): readonly T[] {
  const named = [...items].map((item) => ({ item, name: name(item) }));
  return named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).map(({ item }) => item);
}

function namespacesOf(controlPlane: ControlPlane): readonly Named[] {
  return [...controlPlane.namespaces()].map(([name, labels]) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels },
    status: { phase: 'Active' },
  }));
}

function policiesOf(controlPlane: ControlPlane): readonly NetworkPolicy[] {
  return [...controlPlane.namespaces().keys()].flatMap((namespace) => controlPlane.networkPolicies(namespace));
}

const lookups = {
  services: lookup('namespaced', (controlPlane) => controlPlane.services(), serviceColumns),
  endpointslices: lookup('namespaced', (controlPlane) => controlPlane.allEndpointSlices(), endpointSliceColumns),
  endpoints: lookup('namespaced', (controlPlane) => controlPlane.allEndpoints(), endpointsColumns),
  pods: lookup('namespaced', (controlPlane) => controlPlane.pods(), podColumns),
  nodes: lookup('cluster', (controlPlane) => controlPlane.nodes(), nodeColumns),
  namespaces: lookup('cluster', namespacesOf, namespaceColumns),
  networkpolicies: lookup('namespaced', policiesOf, networkPolicyColumns),
  ingresses: written('networking.k8s.io', 'Ingress', ingressColumns),
  deployments: written('apps', 'Deployment', deploymentColumns),
  statefulsets: written('apps', 'StatefulSet', statefulSetColumns),
  daemonsets: written('apps', 'DaemonSet', daemonSetColumns),
  replicasets: written('apps', 'ReplicaSet', replicaSetColumns),
  replicationcontrollers: written('', 'ReplicationController', replicaSetColumns),
  jobs: written('batch', 'Job', jobColumns),
  cronjobs: written('batch', 'CronJob', cronJobColumns),
} satisfies Readonly<Record<string, Lookup>>;

export type LookupKind = keyof typeof lookups;

export const lookupKinds: readonly string[] = [...Object.keys(lookups), 'refused'];

/** The short and the singular names that kubectl knows. */
const aliases: Readonly<Record<string, LookupKind>> = {
  service: 'services', svc: 'services', endpointslice: 'endpointslices', ep: 'endpoints', pod: 'pods', po: 'pods',
  node: 'nodes', no: 'nodes', namespace: 'namespaces', ns: 'namespaces', networkpolicy: 'networkpolicies',
  netpol: 'networkpolicies', ingress: 'ingresses', ing: 'ingresses', deployment: 'deployments', deploy: 'deployments',
  statefulset: 'statefulsets', sts: 'statefulsets', daemonset: 'daemonsets', ds: 'daemonsets',
  replicaset: 'replicasets', rs: 'replicasets', replicationcontroller: 'replicationcontrollers',
  rc: 'replicationcontrollers', job: 'jobs', cronjob: 'cronjobs', cj: 'cronjobs',
}; // prettier-ignore

/** Prints the objects of a kind; throws a Failure for a kind that nobody knows. */
export function get(kind: string, state: ScopeState, format: Format): void {
  const { controlPlane } = state.simulation;
  const name = kindOf(kind);
  if (name === 'refused') showRefused(controlPlane, format);
  else if (name === undefined) throw new Failure(`cannot get ${kind}: choose one of ${lookupKinds.join(', ')}`);
  else show(lookups[name](controlPlane, Date.now()), format);
}

function kindOf(text: string): LookupKind | 'refused' | undefined {
  const name = text.toLowerCase();
  if (name === 'refused' || Object.hasOwn(lookups, name)) return name as LookupKind | 'refused';
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
}

/** The table of a kind, as `kubectl get -A -o wide` prints it; `now` in milliseconds. */
export function tableOf(kind: LookupKind, controlPlane: ControlPlane, now: number): readonly (readonly string[])[] {
  const { header, rows } = lookups[kind](controlPlane, now);
  return [header, ...rows()];
}

function show({ items, header, rows }: Listing, format: Format): void {
  if (format === 'jsonl') for (const item of items) printValue(item, 'jsonl');
  else if (format !== 'text') printValue({ apiVersion: 'v1', kind: 'List', items }, format);
  else if (items.length === 0) print('No resources found.');
  else print(table(header, rows()));
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
