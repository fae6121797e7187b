/** The words that findings share: labels, lists, and what a client sees. */

import type { Scope } from '#manifest/types';
import type { Labels, NamespacedName, Service, ServicePort } from '#model/kubernetes';
import { isHeadless } from '#model/kubernetes';
import type { ClusterSettings, ProxyMode } from '#model/settings';

/** A finding's first line, in characters. */
const longestLine = 90;

export function pair(key: string, value: string): string {
  return `${key}: ${value === '' ? '""' : value}`;
}

/** `app: web, tier: front`. */
export function printLabels(labels: Labels): string {
  return Object.keys(labels)
    .map((key) => pair(key, labels[key]!))
    .join(', ');
}

/** `a`, `a and b`, `a, b and c`; long lists end with `and 7 more`. */
export function list(items: readonly string[], most = 4): string {
  const shown = items.length > most ? [...items.slice(0, most - 1), `${items.length - most + 1} more`] : items;
  if (shown.length < 2) return shown.join('');
  return `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]!}`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** The text where it fits a first line, else its beginning up to a word's end. */
export function firstLine(text: string): string {
  if (text.length <= longestLine) return text;
  const cut = text.slice(0, longestLine - 1);
  const space = cut.lastIndexOf(' ');
  return `${(space > longestLine / 2 ? cut.slice(0, space) : cut).replace(/[\s:,;(]+$/, '')} …`;
}

/** `folder shop`, `kustomization overlays/prod`. */
export function scopeName({ kind, name }: Scope): string {
  if (name === '.') return 'the workspace';
  return kind === 'root' || kind === 'file' ? name : `${kind} ${name}`;
}

/** `80`, or `53/UDP` for what is not TCP. */
export function printPort(port: Pick<ServicePort, 'port' | 'protocol'>): string {
  return port.protocol === 'TCP' ? String(port.port) : `${port.port}/${port.protocol}`;
}

/** `web.shop.svc.cluster.local`. */
export function dnsName(service: Service, settings: ClusterSettings): string {
  return `${service.metadata.name}.${service.metadata.namespace}.svc.${settings.clusterDomain}`;
}

export function nameOf(service: Service): NamespacedName {
  return `${service.metadata.namespace}/${service.metadata.name}`;
}

/** What clients meet at these ports of a Service that have no endpoint at all. */
export function effectOfNoEndpoints(
  service: Service,
  ports: readonly ServicePort[],
  settings: ClusterSettings,
): string {
  if (isHeadless(service)) return `${dnsName(service, settings)} does not resolve (NXDOMAIN)`;
  const refused = `refused at once, on every node (${refusalOf(settings.proxyMode)} for ${addressOf(service, ports)})`;
  return `clients of ${calledAs(service, ports)} are ${refused}; the name still resolves${healthOf(service, ports)}`;
}

/** `web.shop:80`, as clients call it. */
function calledAs({ metadata }: Service, ports: readonly ServicePort[]): string {
  const name = `${metadata.name}.${metadata.namespace}`;
  const [only, second] = ports;
  return only && !second ? `${name}:${printPort(only)}` : name;
}

/** A load balancer asks each node whether it has endpoints of its own. */
function healthOf({ spec }: Service, ports: readonly ServicePort[]): string {
  if (spec.healthCheckNodePort === undefined || ports.length < (spec.ports?.length ?? 0)) return '';
  return `; the load balancer's health check (port ${spec.healthCheckNodePort}) fails on every node`;
}

function addressOf(service: Service, ports: readonly ServicePort[]): string {
  const address = service.spec.clusterIP ?? '';
  const [first] = ports;
  const nodePorts = ports.flatMap((port) => port.nodePort ?? []);
  const onNodes =
    nodePorts.length === 0 ? '' : `, node port${nodePorts.length > 1 ? 's' : ''} ${list(nodePorts.map(String))}`;
  if (ports.length > 1) return `${address} ports ${list(ports.map(printPort))}${onNodes}`;
  const host = address.includes(':') ? `[${address}]` : address;
  return first ? `${host}:${printPort(first)}${onNodes}` : host;
}

/** How a proxy mode refuses what has no endpoints. */
function refusalOf(mode: ProxyMode): string {
  const words: Readonly<Record<ProxyMode, string>> = {
    iptables: 'iptables REJECT',
    nftables: 'nftables reject',
    ipvs: 'IPVS has no destination',
  };
  return words[mode];
}
