/** Network plugins that can do kube-proxy's work, known by what they leave in a cluster for everybody to read. */

import { isJsonObject, valueAt } from '#base/json';
import { listOf } from '#manifest/json-parts';
import type { KubernetesObject } from '#model/object';

export interface Plugin {
  readonly name: string;
  /**
   * Which of kube-proxy's work it does: all of it; all of it where no kube-proxy is to be seen; beside a kube-proxy, what
   * pods send to cluster IPs.
   */
  readonly proxies: 'always' | 'alone' | 'for pods';
  /** Policies of its own kinds, which are not read. */
  readonly policies: string | undefined;
}

const cilium: Plugin = {
  name: 'Cilium',
  proxies: 'alone',
  policies: 'CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy',
};
const dataplaneV2: Plugin = {
  name: 'GKE Dataplane V2 (Cilium)',
  proxies: 'always',
  policies: 'FQDNNetworkPolicy and CiliumClusterwideNetworkPolicy',
};
// Its AntreaProxy is on by default, and leaves node ports and the nodes' own requests to a kube-proxy that is there.
const antrea: Plugin = {
  name: 'Antrea',
  proxies: 'for pods',
  policies: 'NetworkPolicy and ClusterNetworkPolicy of crd.antrea.io',
};
const ovnKubernetes: Plugin = { name: 'OVN-Kubernetes', proxies: 'always', policies: 'EgressFirewall' };
const calico: Plugin = {
  name: 'Calico',
  proxies: 'alone',
  policies: 'NetworkPolicy and GlobalNetworkPolicy of projectcalico.org',
};
const kubeRouter: Plugin = { name: 'kube-router', proxies: 'alone', policies: undefined };

/** By the name of the DaemonSet. */
const daemonSets: ReadonlyMap<string, Plugin> = new Map([
  ['cilium', cilium],
  ['anetd', dataplaneV2],
  ['antrea-agent', antrea],
  ['ovnkube-node', ovnKubernetes],
  ['calico-node', calico],
  ['kube-router', kubeRouter],
]);

/** What its agent writes to Nodes: for who may not read where the agent runs. */
const nodeMarks: readonly (readonly [member: 'labels' | 'annotations', key: RegExp, value: RegExp, Plugin])[] = [
  ['labels', /^kubernetes\.azure\.com\/ebpf-dataplane$/, /^cilium$/, { ...cilium, proxies: 'always' }],
  ['annotations', /^k8s\.ovn\.org\//, /^/, ovnKubernetes],
  ['annotations', /^node\.antrea\.io\/mac-address$/, /^/, antrea],
];

/** Each plugin once. */
export function pluginsOf(
  daemonSetObjects: Iterable<KubernetesObject>,
  nodes: Iterable<KubernetesObject>,
): readonly Plugin[] {
  const found = new Map<string, Plugin>();
  for (const object of daemonSetObjects) {
    const plugin = daemonSets.get(object.name);
    if (plugin) found.set(plugin.name, { ...plugin, proxies: saysSo(object) ? 'always' : plugin.proxies });
  }
  for (const { body } of nodes) {
    for (const [member, key, value, plugin] of nodeMarks) {
      if (found.has(plugin.name)) continue;
      const marks = valueAt(body, ['metadata', member]);
      const isMarked = isJsonObject(marks) && Object.entries(marks).some(([name, text]) => key.test(name) && value.test(String(text))); // prettier-ignore
      if (isMarked) found.set(plugin.name, plugin);
    }
  }
  return [...found.values()];
}

/** Calico says in its agent's environment that it works by eBPF, and is then not to be confused with a kube-proxy. */
function saysSo({ body }: KubernetesObject): boolean {
  return listOf(valueAt(body, ['spec', 'template', 'spec', 'containers'])).some((container) =>
    listOf(valueAt(container, ['env'])).some(
      (entry) => valueAt(entry, ['name']) === 'FELIX_BPFENABLED' && valueAt(entry, ['value']) === 'true',
    ),
  );
}
