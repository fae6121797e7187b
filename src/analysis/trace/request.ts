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
  /** What was probably meant. */
  readonly suggestions?: readonly string[];
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
  const bad = badAddress(trimmed);
  if (bad) return bad;
  const ported = /^(\[[^\]]+\]|[^:]+):[a-z0-9-]+$/i.exec(trimmed)?.[1]?.replace(/^\[(.*)\]$/, '$1');
  if (ported !== undefined)
    return { error: `a client's own port is not chosen here: write ${ported}`, suggestions: [ported] };
  const object = parseObject(trimmed);
  if (object && [object.name, object.namespace ?? ''].every((part) => /^[\w.-]*$/.test(part))) return object;
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
  const oneSlash = /^(https?|wss?|grpcs?):\/(?!\/)(.+)$/i.exec(trimmed);
  if (oneSlash)
    return { error: 'a URL has two slashes behind its scheme', suggestions: [`${oneSlash[1]}://${oneSlash[2]}`] };
  const split = splitPort(trimmed);
  if ('error' in split) return split;
  const { host, port, protocol } = split;
  if (/^outside\b/i.test(host))
    return { error: 'outside cannot be the destination: write the address or name that is called' };
  const end = badAddress(host) ?? parseHost(host);
  if (end && 'error' in end) return end;
  if (end) return { ...end, port, scheme: undefined, protocol };
  return {
    error: `cannot read the destination "${trimmed}": write a name, name:port, a URL, an address, service NS/NAME, pod NS/NAME or node NAME`,
  };
}

function parseUrl(text: string, scheme: string, authority: string): DestinationText | ParseError {
  // A list of hosts (mongodb://a,b/) is tried in turn by its client; the first stands for all.
  const first = authority.slice(authority.lastIndexOf('@') + 1).split(',')[0]!;
  const split = first === '' ? { error: `"${text}" names no host` } : splitPort(first);
  if ('error' in split) return split;
  const { host } = split;
  const bad = badAddress(host);
  if (bad) return bad;
  const address = parseIp(host);
  if (!address && !isDnsName(host)) return { error: `cannot read the host of "${text}"` };
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
function splitPort(text: string): HostAndPort | ParseError {
  if (parseIp(text)) return { host: text, port: undefined, protocol: undefined };
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::([a-z0-9-]+)(?:\/(tcp|udp|sctp))?)?$/i.exec(text);
  if (!match) return unreadPort(text);
  if (match[1] !== undefined && !parseIp(match[1])) return { error: `${match[1]} is no IPv6 address` };
  const port = match[3] === undefined ? undefined : /^\d+$/.test(match[3]) ? Number(match[3]) : match[3];
  if (typeof port === 'number' && (port < 1 || port > 65535))
    return { error: `${match[3]} is no port: ports go from 1 to 65535` };
  return { host: match[1] ?? match[2]!, port, protocol: match[4]?.toUpperCase() as Protocol | undefined };
}

function unreadPort(text: string): ParseError {
  if (/[[\]]/.test(text)) return { error: 'an IPv6 address with a port is written as [fd00::1]:80' };
  if (/^[^\s:/]+:[a-z0-9-]+\/\S*$/i.test(text))
    return { error: `a path belongs to a URL: http://${text}`, suggestions: [`http://${text}`] };
  return { error: `cannot read the port of "${text}"` };
}

/** Numbers with dots between them are meant as an address: no Service and no host has such a name. */
function badAddress(text: string): ParseError | undefined {
  if (!/^\d+(?:\.\d+)+\.?$/.test(text) || parseIp(text)) return undefined;
  return { error: `${text} is no IPv4 address: that is four numbers from 0 to 255, such as 10.96.0.1` };
}

/** What stands before and behind the port of a destination, wherever it has one: `http://web:80/a` is `http://web`, `/a`. */
function aroundPort(to: string): readonly [before: string, behind: string] {
  const url = /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^:/?#,[\]]*))(?::[a-z0-9-]+)?(.*)$/i.exec(to);
  if (url) return [url[1]!, url[2]!];
  if (parseIp(to)) return [to.includes(':') ? `[${to}]` : to, ''];
  return [to.replace(/:[a-z0-9-]+(?:\/(?:tcp|udp|sctp))?$/i, ''), ''];
}

export function withoutPort(to: string): string {
  return aroundPort(to.trim()).join('');
}

export function withPort(to: string, port: number | string): string {
  return aroundPort(to.trim()).join(`:${port}`);
}

function isDnsName(text: string): boolean {
  return text.length < 255 && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i.test(text);
}
