/** What a user writes for the two ends of a request, taken apart without looking at any cluster. */

import { parseIp, printIp } from '#base/ip';
import type { Protocol } from '#model/kubernetes';

/** An end that is an object: `pod NS/NAME`, `deployment/NAME`; `kind` is '' where only a name was written. */
export interface ObjectEnd {
  readonly kind: 'object';
  /** Lower case, in full: `statefulset` for `sts`. */
  readonly objectKind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

export type SourceText =
  ObjectEnd | { kind: 'outside'; node: string | undefined } | { kind: 'address'; address: string };

export type DestinationText = (
  | ObjectEnd
  | { readonly kind: 'address'; readonly address: string }
  /** A name for the client's resolver. */
  | { readonly kind: 'name'; readonly name: string }
) & {
  /** As it is written: a number, or the name of a Service's port. */
  readonly port: number | string | undefined;
  /** `http` of a URL. */
  readonly scheme: string | undefined;
  /** Said by `53/UDP`. */
  readonly protocol: Protocol | undefined;
};

export interface ParseError {
  readonly error: string;
}

/** kubectl's short names and plurals. */
const kindAliases: Readonly<Record<string, string>> = {
  po: 'pod', pods: 'pod', no: 'node', nodes: 'node', svc: 'service', services: 'service', deploy: 'deployment',
  deployments: 'deployment', sts: 'statefulset', statefulsets: 'statefulset', ds: 'daemonset', daemonsets: 'daemonset',
  rs: 'replicaset', replicasets: 'replicaset', rc: 'replicationcontroller',
  replicationcontrollers: 'replicationcontroller', jobs: 'job', cj: 'cronjob', cronjobs: 'cronjob',
}; // prettier-ignore

const knownKinds: ReadonlySet<string> = new Set([...Object.values(kindAliases)]);

/** Ports that are used where a URL names none. */
const schemePorts: Readonly<Record<string, number>> = {
  http: 80, ws: 80, grpc: 80, https: 443, wss: 443, grpcs: 443, ftp: 21, ssh: 22, ldap: 389, ldaps: 636, smtp: 25,
  postgres: 5432, postgresql: 5432, mysql: 3306, mariadb: 3306, redis: 6379, rediss: 6379, amqp: 5672, amqps: 5671,
  mongodb: 27017, nats: 4222, mqtt: 1883, mqtts: 8883, kafka: 9092, memcached: 11211, cassandra: 9042,
  clickhouse: 9000, sqlserver: 1433, mssql: 1433, elasticsearch: 9200, dns: 53,
}; // prettier-ignore

/** The port of a URL that names none; `mongodb+srv` is `mongodb`. */
export function schemePort(scheme: string): number | undefined {
  return schemePorts[scheme] ?? schemePorts[scheme.replace(/\+.*$/, '')];
}

/** `pod NS/NAME`, `node NAME`, `outside via NODE`, `outside`, an address, `KIND/NS/NAME`, `NS/NAME`, `NAME`. */
export function parseSource(text: string): SourceText | ParseError {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  if (trimmed === '') return { error: 'it is not said where the request starts' };
  const outside = /^outside(?: via |\/| )?(\S*)$/i.exec(trimmed);
  if (outside && /^outside(?:$|[ /])/i.test(trimmed)) return { kind: 'outside', node: outside[1] || undefined };
  const address = parseIp(trimmed.replace(/^\[(.*)\]$/, '$1'));
  if (address) return { kind: 'address', address: printIp(address) };
  const object = parseObject(trimmed);
  if (object) return object;
  return {
    error: `cannot read the source "${trimmed}": write pod NS/NAME, deployment NS/NAME, node NAME, outside via NODE or an address`,
  };
}

/** The same, and `service NS/NAME`, a DNS name, `name:port`, a URL. */
export function parseDestination(text: string): DestinationText | ParseError {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  if (trimmed === '') return { error: 'it is not said where the request goes' };
  const url = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)/i.exec(trimmed);
  if (url) return parseUrl(trimmed, url[1]!.toLowerCase(), url[2]!);
  const split = splitPort(trimmed);
  if (!split) return { error: `cannot read the port of "${trimmed}"` };
  const { host, port, protocol } = split;
  if (/^outside\b/i.test(host))
    return { error: 'outside cannot be the destination: write the address or name that is called' };
  const end = parseHost(host);
  if (end) return { ...end, port, scheme: undefined, protocol };
  return {
    error: `cannot read the destination "${trimmed}": write a name, name:port, a URL, an address, service NS/NAME, pod NS/NAME or node NAME`,
  };
}

function parseUrl(text: string, scheme: string, authority: string): DestinationText | ParseError {
  // A list of hosts (mongodb://a,b/) is tried in turn by its client; the first stands for all.
  const first = authority.slice(authority.lastIndexOf('@') + 1).split(',')[0]!;
  const split = splitPort(first);
  const host = split?.host ?? '';
  const address = parseIp(host);
  if (!split || (!address && !isDnsName(host))) return { error: `cannot read the host of "${text}"` };
  const end = address ? { kind: 'address' as const, address: printIp(address) } : { kind: 'name' as const, name: host };
  return { ...end, port: split.port, scheme, protocol: split.protocol };
}

function parseHost(
  host: string,
): ObjectEnd | { kind: 'address'; address: string } | { kind: 'name'; name: string } | undefined {
  const address = parseIp(host);
  if (address) return { kind: 'address', address: printIp(address) };
  if (/[ /]/.test(host)) return parseObject(host);
  return isDnsName(host) ? { kind: 'name', name: host } : undefined;
}

/** `KIND NS/NAME`, `KIND NAME`, `KIND/NS/NAME`, `KIND/NAME`, `NS/NAME`, `NAME`; a first part that is no kind is a namespace. */
function parseObject(text: string): ObjectEnd | undefined {
  const spaced = /^(\S+) (?:([^\s/]+)\/)?([^\s/]+)$/.exec(text);
  if (spaced) return objectEnd(kindOf(spaced[1]!), spaced[2], spaced[3]!);
  const parts = text.split('/');
  if (parts.some((part) => part === '' || /\s/.test(part))) return undefined;
  if (parts.length === 3) return objectEnd(kindOf(parts[0]!), parts[1], parts[2]!);
  if (parts.length === 2 && knownKinds.has(kindOf(parts[0]!)))
    return objectEnd(kindOf(parts[0]!), undefined, parts[1]!);
  if (parts.length === 2) return objectEnd('', parts[0], parts[1]!);
  return parts.length === 1 ? objectEnd('', undefined, parts[0]!) : undefined;
}

function objectEnd(objectKind: string, namespace: string | undefined, name: string): ObjectEnd {
  return { kind: 'object', objectKind, namespace, name };
}

function kindOf(text: string): string {
  const lower = text.toLowerCase();
  return kindAliases[lower] ?? lower;
}

interface HostAndPort {
  readonly host: string;
  readonly port: number | string | undefined;
  readonly protocol: Protocol | undefined;
}

/** `host`, `host:80`, `host:http`, `host:53/UDP`, `[v6]:80`, a bare IPv6 address. */
function splitPort(text: string): HostAndPort | undefined {
  if (parseIp(text)) return { host: text, port: undefined, protocol: undefined };
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::([a-z0-9-]+)(?:\/(tcp|udp|sctp))?)?$/i.exec(text);
  if (!match) return undefined;
  const port = match[3] === undefined ? undefined : /^\d+$/.test(match[3]) ? Number(match[3]) : match[3];
  if (typeof port === 'number' && (port < 1 || port > 65535)) return undefined;
  return { host: match[1] ?? match[2]!, port, protocol: match[4]?.toUpperCase() as Protocol | undefined };
}

function isDnsName(text: string): boolean {
  return text.length < 255 && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i.test(text);
}
