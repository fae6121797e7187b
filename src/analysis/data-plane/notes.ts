/** Who deals with packets in a live cluster in ways that are not modelled, in sentences: plugins, meshes, mixed nodes. */

import { isJsonObject, valueAt } from '#base/json';
import type { Labels } from '#model/kubernetes';
import { listOf } from '#manifest/json-parts';
import type { KubernetesObject } from '#model/object';
import { minorVersion, type ProxyMode } from '#model/settings';
import { dataPlaneOf, embeddingDistribution, replacements, type ClusterObjects, type DataPlane } from './data-plane';
import type { KubeProxy } from './kube-proxies';
import { isAmbient, meshOfContainer } from './mesh';

/** For the cluster as a whole: what the rules that are shown say nothing about. */
export function dataPlaneNotes(objects: readonly KubernetesObject[]): readonly string[] {
  const cluster = byKind(objects);
  const plane = dataPlaneOf(cluster);
  return [
    ...serviceNotes(plane, cluster),
    ...plane.plugins.flatMap(({ name, policies }) => (policies === undefined ? [] : [`${name}: policies of its own kinds (${policies}) are not read`])), // prettier-ignore
    ...meshNotes(cluster),
    ...versionNotes(cluster),
  ];
}

/** The kinds that tell anything; a cluster has tens of thousands of others, and this is asked at each change. */
const telling: ReadonlyMap<string, string> = new Map([
  ['DaemonSet', 'apps'],
  ['Pod', ''],
  ['Node', ''],
  ['Namespace', ''],
  ['ConfigMap', ''],
]);

function byKind(objects: readonly KubernetesObject[]): ClusterObjects {
  const kinds = new Map<string, KubernetesObject[]>();
  for (const object of objects) {
    if (telling.get(object.kind) !== object.group) continue;
    const same = kinds.get(object.kind);
    if (same) same.push(object);
    else kinds.set(object.kind, [object]);
  }
  return { objectsOfKind: (group, kind) => (telling.get(kind) === group ? (kinds.get(kind) ?? []) : []) };
}

function serviceNotes(plane: DataPlane, cluster: ClusterObjects): readonly string[] {
  const instead = replacements(plane);
  if (instead.length > 0) return instead.map(({ name, proxies }) => replacedNote(name, proxies === 'for pods'));
  const mixed = mixedProxies(plane.kubeProxies);
  if (mixed !== undefined) return [mixed];
  if (plane.kubeProxies.length > 0 || plane.isConfigured) return [];
  const embedding = embeddingDistribution(cluster.objectsOfKind('', 'Node'));
  if (embedding !== undefined) return [`${embedding} runs kube-proxy within its own program: its settings are not to be seen, and its defaults are taken`]; // prettier-ignore
  return plane.isSystemSeen
    ? ['no kube-proxy is to be seen in the cluster: where another program does its work, names, Services, endpoints and policies hold, and the rules are not those of its nodes'] // prettier-ignore
    : ['nothing of kube-proxy is to be seen: whether it runs, and in which mode, is not known, and its defaults are taken']; // prettier-ignore
}

function replacedNote(name: string, isForPods: boolean): string {
  const whose = isForPods ? `${name} takes what pods send to cluster IPs, before kube-proxy` : `${name} in place of kube-proxy`; // prettier-ignore
  return `${whose}: names, Services, endpoints and policies hold; rules of iptables, IPVS or nftables are not what its nodes have`; // prettier-ignore
}

/** Which kube-proxies differ in mode or release; undefined where they do not. */
export function mixedProxies(kubeProxies: readonly KubeProxy[]): string | undefined {
  const groups = new Map<string, string[]>();
  for (const { label, mode, version } of kubeProxies) {
    const what = [printMode(mode), ...(version === undefined ? [] : [version])].join(', ');
    groups.set(what, [...(groups.get(what) ?? []), label]);
  }
  if (groups.size < 2) return undefined;
  const list = [...groups].map(([what, labels]) => `${printLabels(labels)}: ${what}`).join('; ');
  return `kube-proxy is not the same on all nodes (${list}): a request is followed by the mode of the node where it starts`; // prettier-ignore
}

function printMode(mode: ProxyMode | 'configured' | undefined): string {
  if (mode === 'configured') return 'as the ConfigMap kube-proxy says';
  return mode ?? 'a configuration that is not read';
}

function printLabels(labels: readonly string[]): string {
  return labels.length <= 2 ? labels.join(' and ') : `${labels[0]!} and ${labels.length - 1} more`;
}

function meshNotes(cluster: ClusterObjects): readonly string[] {
  const names = new Set<string>();
  for (const { body } of cluster.objectsOfKind('', 'Namespace')) {
    const labels = valueAt(body, ['metadata', 'labels']);
    if (isJsonObject(labels) && isAmbient(labels as Labels)) names.add('Istio (ambient)');
  }
  for (const { body } of cluster.objectsOfKind('', 'Pod')) {
    const spec = isJsonObject(body.spec) ? body.spec : {};
    for (const list of [spec.containers, spec.initContainers]) {
      for (const container of listOf(list)) {
        const name = isJsonObject(container) ? container.name : undefined;
        const mesh = typeof name === 'string' ? meshOfContainer(name) : undefined;
        if (mesh !== undefined) names.add(mesh);
      }
    }
  }
  return [...names].map(
    (name) =>
      `${name}: the proxies of this service mesh choose endpoints and refuse requests by rules of their own, which are not modelled`,
  );
}

function versionNotes(cluster: ClusterObjects): readonly string[] {
  const releases = new Set<string>();
  for (const { body } of cluster.objectsOfKind('', 'Node')) {
    const version = valueAt(body, ['status', 'nodeInfo', 'kubeletVersion']);
    const minor = typeof version === 'string' ? minorVersion(version.replace(/-.*$/, '')) : undefined;
    if (minor !== undefined) releases.add(`1.${minor}`);
  }
  if (releases.size < 2) return [];
  return [`the nodes run several releases (${[...releases].sort().join(', ')}): rules are those of the API server’s`];
}
