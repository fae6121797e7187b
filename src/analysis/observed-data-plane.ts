/** Who deals with packets in a live cluster in ways that are not modelled, in sentences: plugins, meshes, mixed releases. */

import { isJsonObject, valueAt } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { minorVersion } from '#model/settings';
import { isKubeProxy, listOf } from './observed-cluster';

/** A network plugin, known by the name of its DaemonSet. */
interface Plugin {
  readonly name: string;
  /** Whether it can do kube-proxy's work. */
  readonly proxies: boolean;
  /** Policies of its own kinds, which are not read. */
  readonly policies: string | undefined;
}

const plugins: ReadonlyMap<string, Plugin> = new Map([
  ['cilium', { name: 'Cilium', proxies: true, policies: 'CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy' }],
  ['anetd', { name: 'GKE Dataplane V2 (Cilium)', proxies: true, policies: 'FQDNNetworkPolicy and CiliumClusterwideNetworkPolicy' }],
  ['antrea-agent', { name: 'Antrea', proxies: true, policies: 'NetworkPolicy and ClusterNetworkPolicy of crd.antrea.io' }],
  ['ovnkube-node', { name: 'OVN-Kubernetes', proxies: true, policies: 'EgressFirewall' }],
  ['calico-node', { name: 'Calico', proxies: true, policies: 'NetworkPolicy and GlobalNetworkPolicy of projectcalico.org' }],
  ['kube-router', { name: 'kube-router', proxies: true, policies: undefined }],
]); // prettier-ignore

const rest = 'names, Services, endpoints and policies hold; the rules, marks and source addresses are not those of its nodes'; // prettier-ignore

/** For each trace: what the rules that are shown say nothing about. */
export function dataPlaneNotes(objects: readonly KubernetesObject[]): readonly string[] {
  const agents = objects.filter(({ kind }) => kind === 'DaemonSet' || kind === 'Pod');
  const found = agents.flatMap(({ kind, name }) => (kind === 'DaemonSet' ? (plugins.get(name) ?? []) : []));
  return [
    ...serviceNotes(objects, agents, found),
    ...found.flatMap(({ name, policies }) => (policies === undefined ? [] : [`${name}: policies of its own kinds (${policies}) are not read`])), // prettier-ignore
    ...meshNotes(objects),
    ...versionNotes(objects),
  ];
}

function serviceNotes(
  objects: readonly KubernetesObject[],
  agents: readonly KubernetesObject[],
  found: readonly Plugin[],
): readonly string[] {
  const proxies = agents.filter(isKubeProxy);
  const sets = proxies.filter(({ kind }) => kind === 'DaemonSet');
  if (sets.length > 1)
    return [
      `${sets.length} DaemonSets run kube-proxy (${sets.map(({ name }) => name).join(', ')}): one configuration is taken for all nodes`,
    ];
  const isConfigured = objects.some(({ key }) => key === '/ConfigMap/kube-system/kube-proxy');
  if (isConfigured || proxies.length > 0) return [];
  const instead = found.filter((plugin) => plugin.proxies).map(({ name }) => name);
  if (instead.length > 0) return [`${instead.join(' and ')} in place of kube-proxy: ${rest}`];
  // k3s and others run it within another program, and nobody but pods is to be seen.
  return agents.some(({ namespace }) => namespace === 'kube-system')
    ? [`no kube-proxy is to be seen in the cluster: where another program does its work, ${rest}`]
    : [
        'nothing of kube-proxy is to be seen: whether it runs, and in which mode, is not known, and its defaults are taken',
      ];
}

function meshNotes(objects: readonly KubernetesObject[]): readonly string[] {
  const names = new Set<string>();
  for (const { kind, body } of objects) {
    if (kind === 'Namespace') {
      if (valueAt(body, ['metadata', 'labels', 'istio.io/dataplane-mode']) === 'ambient') names.add('Istio (ambient)');
    } else if (kind === 'Pod') {
      for (const list of ['containers', 'initContainers']) {
        for (const container of listOf(valueAt(body, ['spec', list]))) {
          const name = isJsonObject(container) ? container.name : undefined;
          if (name === 'istio-proxy') names.add('Istio');
          else if (name === 'linkerd-proxy') names.add('Linkerd');
        }
      }
    }
  }
  return [...names].map(
    (name) =>
      `${name}: the proxies of this service mesh choose endpoints and refuse requests by rules of their own, which are not modelled`,
  );
}

function versionNotes(objects: readonly KubernetesObject[]): readonly string[] {
  const releases = new Set<string>();
  for (const { kind, body } of objects) {
    const version = kind === 'Node' ? valueAt(body, ['status', 'nodeInfo', 'kubeletVersion']) : undefined;
    const minor = typeof version === 'string' ? minorVersion(version.replace(/-.*$/, '')) : undefined;
    if (minor !== undefined) releases.add(`1.${minor}`);
  }
  if (releases.size < 2) return [];
  return [`the nodes run several releases (${[...releases].sort().join(', ')}): rules are those of the API server’s`];
}
