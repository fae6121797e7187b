/** What a live cluster's own objects say about it as a whole, as settings. */

import { bitsOf, parseIp, parsePrefix, prefixContains, printPrefix, type IpPrefix } from '#base/ip';
import { valueAt, type JsonArray, type JsonObject, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { minorVersion, type ClusterSettings, type NodeSettings, type ProxyMode } from '#model/settings';

/**
 * The settings under the ones that somebody gave (`given.said` names them): the release, the cluster's domain, its
 * Service ranges, its pods' ranges, the mode that kube-proxy's own command line says, and where Nodes may not be read,
 * the nodes that pods and endpoints name. What the ConfigMap kube-proxy says counts before all that.
 */
export function observedSettings(
  given: ClusterSettings,
  version: string,
  objects: readonly KubernetesObject[],
): ClusterSettings {
  const said = given.said ?? new Set<string>();
  const minor = minorVersion(version);
  const domain = clusterDomainOf(objects);
  const ranges = serviceRanges(objects);
  const flags = proxyFlags(objects);
  const pods = podRanges(given.clusterCIDRs, flags.get('cluster-cidr'), objects);
  const mode = modes.find((known) => known === flags.get('proxy-mode'));
  return {
    ...given,
    ...(minor !== undefined && !said.has('kubernetesVersion') ? { kubernetesVersion: `1.${minor}` } : {}),
    ...(domain !== undefined && !said.has('clusterDomain') ? { clusterDomain: domain } : {}),
    ...(ranges.length > 0 && !said.has('serviceCIDRs') ? { serviceCIDRs: ranges } : {}),
    ...(mode !== undefined && !said.has('proxyMode') ? { proxyMode: mode } : {}),
    ...(said.has('clusterCIDRs') ? {} : { clusterCIDRs: pods }),
    ...(said.has('nodes') ? {} : { nodes: namedNodes(objects) }),
  };
}

const modes: readonly ProxyMode[] = ['iptables', 'ipvs', 'nftables'];

/** The flags of a kube-proxy that is configured by them, as installers without its ConfigMap do it. */
function proxyFlags(objects: readonly KubernetesObject[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  const owner = objects.find((object) => isKubeProxy(object) && (object.kind === 'DaemonSet' || object.kind === 'Pod'));
  const path = owner?.kind === 'DaemonSet' ? ['spec', 'template', 'spec', 'containers'] : ['spec', 'containers'];
  for (const container of listOf(valueAt(owner?.body, path))) {
    const words = ['command', 'args'].flatMap((list) => textsOf(valueAt(container, [list])));
    // A shell's line holds them all in one word.
    for (const match of words.join(' ').matchAll(/--([a-z-]+)[= ]([^\s-]\S*)/g)) flags.set(match[1]!, match[2]!);
  }
  return flags;
}

export function isKubeProxy({ name, namespace, body }: KubernetesObject): boolean {
  if (namespace !== 'kube-system') return false;
  const label = valueAt(body, ['metadata', 'labels', 'k8s-app']) ?? valueAt(body, ['metadata', 'labels', 'component']);
  return label === 'kube-proxy' || name === 'kube-proxy' || name.startsWith('kube-proxy-');
}

/** What kube-proxy is told; else the least prefixes that hold all nodes' ranges, or all pods, where ours do not. */
function podRanges(
  usual: readonly string[],
  flag: string | undefined,
  objects: readonly KubernetesObject[],
): readonly string[] {
  if (flag !== undefined) return flag.split(',');
  const nodes = objects.flatMap(({ kind, body }) => (kind === 'Node' ? nodeRanges(body) : []));
  const found = nodes.length > 0 ? nodes : objects.flatMap(podAddressesOf);
  const known = usual.flatMap((text) => parsePrefix(text) ?? []);
  const isInside = ({ family, base }: IpPrefix) =>
    known.some((range) => prefixContains(range, { family, value: base }));
  if (found.every(isInside)) return usual;
  return (['IPv4', 'IPv6'] as const).flatMap((family) => {
    const range = covering(found.filter((prefix) => prefix.family === family));
    return range ? [printPrefix(range)] : [];
  });
}

function nodeRanges(body: JsonObject): readonly IpPrefix[] {
  const several = textsOf(valueAt(body, ['spec', 'podCIDRs']));
  return several.flatMap((text) => parsePrefix(text) ?? []);
}

function podAddressesOf({ kind, body }: KubernetesObject): readonly IpPrefix[] {
  if (kind !== 'Pod' || valueAt(body, ['spec', 'hostNetwork']) === true) return [];
  return listOf(valueAt(body, ['status', 'podIPs'])).flatMap((item) => {
    const text = valueAt(item, ['ip']);
    const ip = typeof text === 'string' ? parseIp(text) : undefined;
    return ip ? [{ family: ip.family, base: ip.value, length: bitsOf(ip.family) }] : [];
  });
}

/** The least prefix that holds all of them; undefined for none. */
function covering(prefixes: readonly IpPrefix[]): IpPrefix | undefined {
  const [first] = prefixes;
  if (!first) return undefined;
  const bits = BigInt(bitsOf(first.family));
  let length = BigInt(Math.min(...prefixes.map((prefix) => prefix.length)));
  while (length > 0n && prefixes.some(({ base }) => (base ^ first.base) >> (bits - length) !== 0n)) length--;
  const host = bits - length;
  return { family: first.family, base: (first.base >> host) << host, length: Number(length) };
}

/** The first zone of the plugin `kubernetes` that is no reverse one. */
function clusterDomainOf(objects: readonly KubernetesObject[]): string | undefined {
  const map = objects.find(({ key }) => key === '/ConfigMap/kube-system/coredns');
  const text = valueAt(map?.body, ['data', 'Corefile']);
  if (typeof text !== 'string') return undefined;
  const line = /^\s*kubernetes\s+([^{#\n]*)/m.exec(text);
  const zone = line?.[1]?.split(/\s+/).find((word) => word !== '' && !word.endsWith('.arpa'));
  return zone?.replace(/\.$/, '');
}

/** Those of the ServiceCIDR `kubernetes`, which the API server makes of its flags. */
function serviceRanges(objects: readonly KubernetesObject[]): readonly string[] {
  const own = objects.find(({ kind, group, name }) => kind === 'ServiceCIDR' && group === 'networking.k8s.io' && name === 'kubernetes'); // prettier-ignore
  return textsOf(valueAt(own?.body, ['spec', 'cidrs']));
}

/** Nobody knows more of a node that may not be read than its name, its addresses and its zone. */
function namedNodes(objects: readonly KubernetesObject[]): readonly NodeSettings[] {
  const nodes = new Map<string, { addresses: Set<string>; zone: string | undefined }>();
  const known = (name: JsonValue | undefined) => {
    if (typeof name !== 'string' || name === '') return undefined;
    const node = nodes.get(name) ?? { addresses: new Set<string>(), zone: undefined };
    nodes.set(name, node);
    return node;
  };
  for (const { kind, body } of objects) {
    if (kind === 'Pod') {
      const node = known(valueAt(body, ['spec', 'nodeName']));
      for (const ip of hostAddresses(body)) node?.addresses.add(ip);
    } else if (kind === 'EndpointSlice') {
      for (const endpoint of listOf(body.endpoints)) {
        const node = known(valueAt(endpoint, ['nodeName']));
        const zone = valueAt(endpoint, ['zone']);
        if (node && typeof zone === 'string') node.zone = zone;
      }
    }
  }
  return [...nodes]
    .map(([name, { addresses, zone }]) => ({ name, zone, addresses: [...addresses].sort(), podCIDRs: [] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function hostAddresses(body: JsonObject): readonly string[] {
  const several = listOf(valueAt(body, ['status', 'hostIPs'])).flatMap((item) => textsOf([valueAt(item, ['ip']) ?? null])); // prettier-ignore
  const one = valueAt(body, ['status', 'hostIP']);
  return several.length > 0 ? several : typeof one === 'string' ? [one] : [];
}

export function listOf(value: JsonValue | undefined): JsonArray {
  return Array.isArray(value) ? (value as JsonArray) : [];
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}
