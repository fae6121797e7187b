/** What a live cluster's own objects say about it as a whole, as settings. */

import { bitsOf, parseIp, parsePrefix, prefixContains, printPrefix, type IpPrefix } from '#base/ip';
import { valueAt, type JsonObject, type JsonValue } from '#base/json';
import { listOf } from '#manifest/json-parts';
import type { KubernetesObject } from '#model/object';
import { minorVersion, type ClusterSettings, type NodeSettings, type ProxyMode } from '#model/settings';
import { kubeProxiesOf, type KubeProxy } from './data-plane/kube-proxies';

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
  const proxies = kubeProxiesOf(objects.filter(({ kind }) => kind === 'DaemonSet' || kind === 'Pod'));
  const pods = podRanges(given.clusterCIDRs, proxies.flatMap(({ clusterCIDR }) => clusterCIDR ?? [])[0], objects);
  const mode = sharedMode(proxies);
  return {
    ...given,
    ...(minor !== undefined && !said.has('kubernetesVersion') ? { kubernetesVersion: `1.${minor}` } : {}),
    ...(domain !== undefined && !said.has('clusterDomain') ? { clusterDomain: domain } : {}),
    ...(ranges.length > 0 && !said.has('serviceCIDRs') ? { serviceCIDRs: ranges } : {}),
    ...(mode !== undefined && !said.has('proxyMode') ? { proxyMode: mode } : {}),
    ...(said.has('clusterCIDRs') ? {} : { clusterCIDRs: pods }),
    // Nodes that are read count before those of the settings, and pods need not be asked for them.
    ...(said.has('nodes') || objects.some(({ kind, group }) => kind === 'Node' && group === '') ? {} : { nodes: namedNodes(objects) }), // prettier-ignore
  };
}

/** What the flags of every kube-proxy say; where they differ, a node's own counts for the requests that start there. */
function sharedMode(proxies: readonly KubeProxy[]): ProxyMode | undefined {
  const modes = new Set(proxies.map(({ mode }) => mode));
  const [mode] = modes;
  return modes.size === 1 && mode !== 'configured' ? mode : undefined;
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

function textsOf(value: JsonValue | undefined): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}
