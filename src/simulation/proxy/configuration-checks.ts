/** What kube-proxy refuses of its configuration: wrong types as its decoder says it, wrong values as its validation does. */

import { isJsonObject, type JsonArray, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import { parseIp, parsePrefix } from '#base/ip';
import type { ProxyConfigurationProblem } from './configuration';

/** A member's type in Go, or the members of a struct. */
type GoType = 'string' | 'bool' | 'int32' | '[]string' | 'any' | `v1alpha1.${string}` | GoStruct;

interface GoStruct {
  readonly name: string;
  readonly members: Readonly<Record<string, GoType>>;
}

const struct = (name: string, members: Readonly<Record<string, GoType>>): GoStruct => ({ name, members });

/** Durations and the like are taken as they are. */
const periods = { syncPeriod: 'any', minSyncPeriod: 'any' } as const;

/** Models staging/src/k8s.io/kube-proxy/config/v1alpha1/types.go (v1.37), as far as the decoder's words need it. */
const configurationType = struct('KubeProxyConfiguration', {
  apiVersion: 'string',
  kind: 'string',
  featureGates: 'any',
  clientConnection: 'any',
  logging: 'any',
  hostnameOverride: 'string',
  bindAddress: 'string',
  healthzBindAddress: 'string',
  metricsBindAddress: 'string',
  bindAddressHardFail: 'bool',
  enableProfiling: 'bool',
  showHiddenMetricsForVersion: 'string',
  mode: 'v1alpha1.ProxyMode',
  iptables: struct('KubeProxyIPTablesConfiguration', {
    ...periods,
    masqueradeBit: 'int32',
    masqueradeAll: 'bool',
    localhostNodePorts: 'bool',
  }),
  ipvs: struct('KubeProxyIPVSConfiguration', {
    ...periods,
    scheduler: 'string',
    excludeCIDRs: '[]string',
    strictARP: 'bool',
    tcpTimeout: 'any',
    tcpFinTimeout: 'any',
    udpTimeout: 'any',
  }),
  nftables: struct('KubeProxyNFTablesConfiguration', { ...periods, masqueradeBit: 'int32', masqueradeAll: 'bool' }),
  winkernel: 'any',
  detectLocalMode: 'v1alpha1.LocalMode',
  detectLocal: struct('DetectLocalConfiguration', { bridgeInterface: 'string', interfaceNamePrefix: 'string' }),
  clusterCIDR: 'string',
  nodePortAddresses: '[]string',
  oomScoreAdj: 'int32',
  conntrack: 'any',
  configSyncPeriod: 'any',
  portRange: 'string',
  windowsRunAsService: 'bool',
});

/**
 * Values that the decoder does not take, and members that it does not know and leaves out.
 * Models cmd/kube-proxy/app/options.go loadConfig (v1.37): strict first, then lenient for unknown members alone.
 */
export function typeProblems(root: JsonObject): readonly ProxyConfigurationProblem[] {
  return structProblems(root, configurationType, []);
}

function structProblems(value: JsonObject, type: GoStruct, path: JsonPath): readonly ProxyConfigurationProblem[] {
  return Object.entries(value).flatMap(([key, member]) => {
    const at = [...path, key];
    const expected = Object.hasOwn(type.members, key) ? type.members[key] : undefined;
    if (expected === undefined) {
      return [{ path: at, message: `strict decoding error: unknown field "${at.join('.')}"`, fatal: false }];
    }
    if (typeof expected === 'object' && isJsonObject(member)) return structProblems(member, expected, at);
    if (isOfType(member, expected)) return [];
    const into = `Go struct field ${type.name}.${at.join('.')} of type ${nameOf(expected)}`;
    return [
      {
        path: at,
        message: `failed complete: failed to decode: json: cannot unmarshal ${wordOf(member)} into ${into}`,
        fatal: true,
      },
    ];
  });
}

/** `null` leaves every member unset. */
function isOfType(value: JsonValue | undefined, type: GoType): boolean {
  if (value === null || value === undefined || type === 'any') return true;
  switch (type) {
    case 'bool':
      return typeof value === 'boolean';
    case 'int32':
      return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
    case '[]string':
      return isList(value) && value.every((item) => typeof item === 'string' || item === null);
    default:
      return typeof type === 'string' && typeof value === 'string';
  }
}

function nameOf(type: GoType): string {
  return typeof type === 'object' ? `v1alpha1.${type.name}` : type;
}

function wordOf(value: JsonValue | undefined): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  if (typeof value === 'boolean') return 'bool';
  return isList(value) ? 'array' : typeof value === 'object' ? 'object' : 'string';
}

function isList(value: JsonValue | undefined): value is JsonArray {
  return Array.isArray(value);
}

/**
 * What the validation refuses, of members with the right types.
 * Models pkg/proxy/apis/config/validation/validation.go Validate (v1.37), but for periods, conntrack and logging.
 */
export function checkConfiguration(root: JsonObject): readonly ProxyConfigurationProblem[] {
  const mode = root['mode'];
  return [
    ...bitProblems(root, 'iptables', 'KubeProxyIPTablesConfiguration'),
    ...(mode === 'ipvs' ? excludedProblems(root) : []),
    ...(mode === 'nftables' ? bitProblems(root, 'nftables', 'KubeProxyNFTablesConfiguration') : []),
    ...modeProblems(mode),
    ...addressProblems(root),
    ...nodePortAddressProblems(listOf(root['nodePortAddresses'])),
    ...detectionProblems(root),
  ];
}

function refused(path: JsonPath, field: string, why: string): ProxyConfigurationProblem {
  return { path, message: `failed validate: KubeProxyConfiguration.${field}: ${why}`, fatal: true };
}

function invalid(path: JsonPath, field: string, value: string, why: string): ProxyConfigurationProblem {
  return refused(path, field, `Invalid value: ${value}: ${why}`);
}

const quoted = (value: JsonValue | undefined) => JSON.stringify(value ?? '');

function memberOf(root: JsonObject, key: string): JsonObject {
  const member = root[key];
  return isJsonObject(member) ? member : {};
}

function listOf(value: JsonValue | undefined): readonly string[] {
  return isList(value) ? value.map((item) => (typeof item === 'string' ? item : '')) : [];
}

function bitProblems(root: JsonObject, key: 'iptables' | 'nftables', name: string): ProxyConfigurationProblem[] {
  const bit = memberOf(root, key)['masqueradeBit'];
  if (typeof bit !== 'number' || (bit >= 0 && bit <= 31)) return [];
  return [invalid([key, 'masqueradeBit'], `${name}.MasqueradeBit`, String(bit), 'must be within the range [0, 31]')];
}

function excludedProblems(root: JsonObject): ProxyConfigurationProblem[] {
  return listOf(memberOf(root, 'ipvs')['excludeCIDRs']).flatMap((cidr, index) => {
    const field = `KubeProxyIPVSConfiguration.ExcludeCidrs[${index}]`;
    return parsePrefix(cidr)
      ? []
      : [invalid(['ipvs', 'excludeCIDRs', index], field, quoted(cidr), 'must be a valid CIDR')];
  });
}

function modeProblems(mode: JsonValue | undefined): ProxyConfigurationProblem[] {
  if (typeof mode !== 'string' || ['', 'iptables', 'ipvs', 'nftables'].includes(mode)) return [];
  const why = 'must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])';
  return [invalid(['mode'], 'Mode.ProxyMode', quoted(mode), why)];
}

function addressProblems(root: JsonObject): ProxyConfigurationProblem[] {
  const { bindAddress: bind } = root;
  const problems: ProxyConfigurationProblem[] = [];
  if (typeof bind === 'string' && bind !== '' && !parseIp(bind)) {
    const why = 'not a valid textual representation of an IP address';
    problems.push(invalid(['bindAddress'], 'BindAddress', quoted(bind), why));
  }
  for (const [key, field] of [['healthzBindAddress', 'HealthzBindAddress'], ['metricsBindAddress', 'MetricsBindAddress']] as const) {
    const value = root[key];
    // An address alone gets the usual port.
    if (typeof value === 'string' && value !== '' && !parseIp(value)) problems.push(...hostPortProblems(value, key, field));
  } // prettier-ignore
  return problems;
}

/** Models validateHostPort. */
function hostPortProblems(value: string, key: string, field: string): ProxyConfigurationProblem[] {
  const parts = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(value);
  if (!parts) return [invalid([key], field, quoted(value), 'must be IP:port')];
  const host = parts[1] ?? parts[2] ?? '';
  const port = parts[3] ?? '';
  const problems = parseIp(host) ? [] : [invalid([key], field, quoted(host), 'must be a valid IP')];
  if (/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65535) return problems;
  return [...problems, invalid([key], field, quoted(port), 'must be a valid port')];
}

function nodePortAddressProblems(addresses: readonly string[]): ProxyConfigurationProblem[] {
  return addresses.flatMap((address, index) => {
    const path = ['nodePortAddresses', index];
    const field = `NodePortAddresses[${index}]`;
    if (address === 'primary' || address === 'localhost' || address === 'all') {
      return addresses.indexOf(address) < index ? [refused(path, field, `Duplicate value: ${quoted(address)}`)] : [];
    }
    const why = "must be a valid CIDR or one of the keywords 'primary', 'localhost', 'all'";
    return parsePrefix(address) ? [] : [invalid(path, field, quoted(address), why)];
  });
}

const localModes = ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix', ''];

/** What each way of knowing a pod's packets goes by. */
function detectionProblems(root: JsonObject): ProxyConfigurationProblem[] {
  const mode = typeof root['detectLocalMode'] === 'string' ? root['detectLocalMode'] : '';
  const local = memberOf(root, 'detectLocal');
  const needed = (member: string, field: string) =>
    typeof local[member] === 'string' && local[member] !== ''
      ? []
      : [invalid(['detectLocal', member], `DetectLocalConfiguration.${field}`, '""', 'must not be empty')];
  switch (mode) {
    // The platform's default, ClusterCIDR, is in force before the validation.
    case '':
    case 'ClusterCIDR':
      return clusterCIDRProblems(root['clusterCIDR']);
    case 'BridgeInterface':
      return needed('bridgeInterface', 'InterfaceName');
    case 'InterfaceNamePrefix':
      return needed('interfaceNamePrefix', 'InterfacePrefix');
    case 'NodeCIDR':
      return [];
    default: {
      const supported = localModes.map(quoted).join(', ');
      const why = `Unsupported value: ${quoted(mode)}: supported values: ${supported}`;
      return [refused(['detectLocalMode'], 'DetectLocalMode', why)];
    }
  }
}

function clusterCIDRProblems(value: JsonValue | undefined): ProxyConfigurationProblem[] {
  if (typeof value !== 'string' || value === '') return [];
  const cidrs = value.split(',');
  const field = 'DetectLocalConfiguration.ClusterCIDRs';
  const pair = 'must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]';
  const wrongPair = () => [invalid(['clusterCIDR'], field, JSON.stringify(cidrs), pair)];
  if (cidrs.length > 2) return wrongPair();
  const problems = cidrs.flatMap((cidr, index) => {
    const why = 'must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)';
    return parsePrefix(cidr) ? [] : [invalid(['clusterCIDR'], `${field}[${index}]`, quoted(cidr), why)];
  });
  const families = new Set(cidrs.map((cidr) => parsePrefix(cidr)?.family));
  return problems.length === 0 && families.size < cidrs.length ? wrongPair() : problems;
}
