/** Who does kube-proxy's work on a node of a live cluster, as far as what may be read tells. */

import { valueAt } from '#base/json';
import type { Labels } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ProxyMode } from '#model/settings';
import type { ControlPlane } from '#simulation/types';
import { kubeProxiesOf, type KubeProxy } from './kube-proxies';
import { pluginsOf, type Plugin } from './plugins';

/** A ControlPlane, or any other keeper of objects. */
export interface ClusterObjects {
  objectsOfKind(group: string, kind: string): Iterable<KubernetesObject>;
}

export interface DataPlane {
  readonly plugins: readonly Plugin[];
  readonly kubeProxies: readonly KubeProxy[];
  /** Whether anything of the namespace in which all this runs may be read. */
  readonly isSystemSeen: boolean;
  readonly isConfigured: boolean;
}

/** Files are no cluster: what runs in it is not among them, and nothing follows from that. */
export function dataPlaneOf(cluster: ClusterObjects): DataPlane {
  const observed = (group: string, kind: string, namespace?: string) => {
    const found: KubernetesObject[] = [];
    for (const object of cluster.objectsOfKind(group, kind))
      if (object.origin.kind === 'cluster' && (namespace ?? object.namespace) === object.namespace) found.push(object);
    return found;
  };
  const daemonSets = observed('apps', 'DaemonSet');
  const systemPods = observed('', 'Pod', 'kube-system');
  const pods = kubeProxiesOf(systemPods);
  return {
    plugins: pluginsOf(daemonSets, observed('', 'Node')),
    // A Pod tells for its node what its DaemonSet tells for many.
    kubeProxies: [...kubeProxiesOf(daemonSets), ...pods],
    isSystemSeen: systemPods.length > 0 || daemonSets.some(({ namespace }) => namespace === 'kube-system'),
    isConfigured: observed('', 'ConfigMap').some(({ key }) => key === '/ConfigMap/kube-system/kube-proxy'),
  };
}

/** Who sends a packet to an endpoint at the node where it starts. */
export type ServiceProxy =
  | { readonly kind: 'other'; readonly name: string }
  | {
      readonly kind: 'kube-proxy';
      /** Undefined: nothing of it is to be seen. */
      readonly proxy: KubeProxy | undefined;
    };

export interface StartNode {
  readonly name: string;
  readonly labels: Labels;
}

/** `isPod`: whether a pod sends, with an address of its own. */
export function serviceProxyAt(node: StartNode | undefined, isPod: boolean, plane: DataPlane): ServiceProxy {
  const replacing = replacements(plane).filter(({ proxies }) => proxies !== 'for pods' || isPod);
  const [first] = replacing;
  if (first) return { kind: 'other', name: first.name };
  if (node?.labels['kubernetes.io/os'] === 'windows') return { kind: 'other', name: 'kube-proxy of Windows' };
  return { kind: 'kube-proxy', proxy: node && kubeProxyOn(node, plane.kubeProxies) };
}

/** The plugins that do kube-proxy's work, or some of it. */
export function replacements({ plugins, kubeProxies, isSystemSeen, isConfigured }: DataPlane): readonly Plugin[] {
  // Its ConfigMap stays behind where kube-proxy is taken away.
  const hasProxy = kubeProxies.length > 0 || (isConfigured && !isSystemSeen);
  return plugins.flatMap((plugin) => {
    if (plugin.proxies === 'alone') return hasProxy ? [] : [plugin];
    return plugin.proxies === 'for pods' && !hasProxy ? [{ ...plugin, proxies: 'always' as const }] : [plugin];
  });
}

function kubeProxyOn(node: StartNode, kubeProxies: readonly KubeProxy[]): KubeProxy | undefined {
  const own = kubeProxies.find((proxy) => proxy.node === node.name);
  if (own) return own;
  return kubeProxies.find(
    ({ node: of, nodeSelector }) =>
      of === undefined && Object.entries(nodeSelector).every(([key, value]) => node.labels[key] === value),
  );
}

/** The mode of a node's kube-proxy; `configured` is what the ConfigMap kube-proxy (or its default) says. */
export function modeOfProxy(proxy: KubeProxy | undefined, configured: ProxyMode): ProxyMode {
  return proxy?.mode === undefined || proxy.mode === 'configured' ? configured : proxy.mode;
}

/** The mode in which the node's own kube-proxy works, where it is not the one that the user has set. */
export function modeOnNode(name: string, controlPlane: ControlPlane): ProxyMode {
  const { settings } = controlPlane;
  const labels = controlPlane.node(name)?.metadata.labels ?? {};
  if (settings.said?.has('proxyMode')) return settings.proxyMode;
  return modeOfProxy(kubeProxyOn({ name, labels }, dataPlaneOf(controlPlane).kubeProxies), settings.proxyMode);
}

/** `k3s`: a distribution that runs kube-proxy within a program of its own, where nobody sees it. */
export function embeddingDistribution(nodes: Iterable<KubernetesObject>): string | undefined {
  for (const { body } of nodes) {
    const version = valueAt(body, ['status', 'nodeInfo', 'kubeletVersion']);
    if (typeof version === 'string' && version.includes('+k3s')) return 'k3s';
  }
  return undefined;
}
