/** The kube-proxies of a cluster's nodes, as far as their Pods and DaemonSets tell: mode and release of each. */

import { valueAt, type JsonObject, type JsonValue } from '#base/json';
import { listOf } from '#manifest/json-parts';
import type { KubernetesObject } from '#model/object';
import { minorVersion, type ProxyMode } from '#model/settings';

export interface KubeProxy {
  /** `DaemonSet kube-system/kube-proxy`, `Pod kube-system/kube-proxy-node-1`. */
  readonly label: string;
  /** Of a Pod: where it runs. */
  readonly node: string | undefined;
  /** Of a DaemonSet: the labels that a node must have. */
  readonly nodeSelector: JsonObject;
  /** What its flags say; `configured`: what the ConfigMap kube-proxy says; undefined: a configuration that is not read. */
  readonly mode: ProxyMode | 'configured' | undefined;
  /** What its flags say of the pods' ranges. */
  readonly clusterCIDR: string | undefined;
  /** `1.36`, by the tag of its image. */
  readonly version: string | undefined;
}

const proxyModes: readonly ProxyMode[] = ['iptables', 'ipvs', 'nftables'];

/** Those that the objects (DaemonSets, or Pods) are or make. */
export function kubeProxiesOf(objects: Iterable<KubernetesObject>): readonly KubeProxy[] {
  const found: KubeProxy[] = [];
  for (const object of objects) if (isKubeProxy(object)) found.push(kubeProxyOf(object));
  return found;
}

function kubeProxyOf({ kind, namespace, name, body }: KubernetesObject): KubeProxy {
  const spec = valueAt(body, kind === 'DaemonSet' ? ['spec', 'template', 'spec'] : ['spec']);
  const containers = listOf(valueAt(spec, ['containers']));
  const main = containers.find((container) => valueAt(container, ['name']) === 'kube-proxy') ?? containers[0];
  const flags = flagsOf(main);
  const nodeName = valueAt(spec, ['nodeName']);
  const selector = valueAt(spec, ['nodeSelector']);
  return {
    label: `${kind} ${namespace}/${name}`,
    node: kind === 'Pod' && typeof nodeName === 'string' ? nodeName : undefined,
    nodeSelector: kind === 'DaemonSet' && typeof selector === 'object' ? (selector as JsonObject) : {},
    mode: modeOf(flags, spec),
    clusterCIDR: flags.get('cluster-cidr'),
    version: versionOf(main),
  };
}

function isKubeProxy({ name, namespace, body }: KubernetesObject): boolean {
  if (namespace !== 'kube-system') return false;
  const label = valueAt(body, ['metadata', 'labels', 'k8s-app']) ?? valueAt(body, ['metadata', 'labels', 'component']);
  return label === 'kube-proxy' || name === 'kube-proxy' || name.startsWith('kube-proxy-');
}

/** With a file of configuration nearly all other flags count for nothing. */
function flagsOf(container: JsonValue | undefined): ReadonlyMap<string, string> {
  const words = ['command', 'args'].flatMap((list) => listOf(valueAt(container, [list])));
  // A shell's line holds them all in one word.
  const line = words.filter((word) => typeof word === 'string').join(' ');
  const flags = new Map([...line.matchAll(/--([a-z-]+)[= ]([^\s-]\S*)/g)].map((match) => [match[1]!, match[2]!]));
  const config = flags.get('config');
  return config === undefined ? flags : new Map([['config', config]]);
}

function modeOf(flags: ReadonlyMap<string, string>, spec: JsonValue | undefined): KubeProxy['mode'] {
  if (!flags.has('config')) return proxyModes.find((known) => known === flags.get('proxy-mode')) ?? 'configured';
  const maps = listOf(valueAt(spec, ['volumes'])).flatMap((volume) => valueAt(volume, ['configMap', 'name']) ?? []);
  return maps.length === 0 || maps.includes('kube-proxy') ? 'configured' : undefined;
}

function versionOf(container: JsonValue | undefined): string | undefined {
  const image = valueAt(container, ['image']);
  const tag = typeof image === 'string' ? /:(v?\d+\.\d+[^:@/]*)(?:@|$)/.exec(image)?.[1] : undefined;
  const minor = tag === undefined ? undefined : minorVersion(tag.replace(/-.*$/, ''));
  return minor === undefined ? undefined : `1.${minor}`;
}
