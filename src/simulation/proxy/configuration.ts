/**
 * kube-proxy's own configuration (KubeProxyConfiguration v1alpha1): what it says in the words of the settings, what
 * kube-proxy would refuse of it, and which settings count for a mode.
 */

import { isJsonObject, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import { parseIp, parsePrefix, prefixContains, printIp, type IpPrefix } from '#base/ip';
import type { ClusterSettings, NodeSettings, ProxyMode } from '#model/settings';
import { checkConfiguration, typeProblems } from './configuration-checks';

/** What a configuration says; a member that is missing is not said. */
export type ProxyConfiguration = Partial<
  Pick<
    ClusterSettings,
    | 'proxyMode'
    | 'clusterCIDRs'
    | 'detectLocalCIDRs'
    | 'nodePortAddresses'
    | 'masqueradeAll'
    | 'masqueradeBit'
    | 'localhostNodePorts'
    | 'detectLocalMode'
    | 'bridgeInterface'
    | 'interfaceNamePrefix'
    | 'ipvsScheduler'
    | 'nftables'
  >
>;

export interface ProxyConfigurationProblem {
  /** The way to the wrong value, from the configuration's root. */
  readonly path: JsonPath;
  /** In kube-proxy's words. */
  readonly message: string;
  /** Whether kube-proxy does not start because of it; else it leaves the member out and goes on. */
  readonly fatal: boolean;
}

export interface ProxyConfigurationReading {
  /** What could be read; a wrong member is left out. */
  readonly configuration: ProxyConfiguration;
  readonly problems: readonly ProxyConfigurationProblem[];
}

/**
 * Reads a KubeProxyConfiguration that has been parsed; undefined for an empty text.
 * Models cmd/kube-proxy/app/options.go loadConfig, pkg/proxy/apis/config/v1alpha1 (defaults and conversion) and
 * cmd/kube-proxy/app/server_linux.go platformApplyDefaults (v1.37).
 */
export function readProxyConfiguration(value: JsonValue | undefined): ProxyConfigurationReading {
  const unreadable = kindProblem(value);
  if (unreadable !== undefined) {
    return { configuration: {}, problems: [{ path: [], message: unreadable, fatal: true }] };
  }
  const root = value as JsonObject;
  const mistyped = typeProblems(root);
  const problems = [...mistyped, ...checkConfiguration(withoutWrong(root, mistyped))];
  return { configuration: configurationOf(withoutWrong(root, problems)), problems };
}

/** Models the decoder's errors for what is no KubeProxyConfiguration of v1alpha1. */
function kindProblem(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return "failed complete: failed to decode: Object 'Kind' is missing in ''";
  if (!isJsonObject(value)) return 'failed complete: failed to decode: the configuration has to be a mapping';
  const { apiVersion, kind } = value;
  if (typeof kind !== 'string' || kind === '') return "failed complete: failed to decode: Object 'Kind' is missing";
  if (typeof apiVersion !== 'string' || apiVersion === '')
    return "failed complete: failed to decode: Object 'apiVersion' is missing";
  if (apiVersion === 'kubeproxy.config.k8s.io/v1alpha1' && kind === 'KubeProxyConfiguration') return undefined;
  return `failed complete: failed to decode: no kind "${kind}" is registered for version "${apiVersion}"`;
}

/** The configuration without the members that a problem lies in. */
function withoutWrong(root: JsonObject, problems: readonly ProxyConfigurationProblem[]): JsonObject {
  return problems.reduce((object, { path }) => without(object, path), root);
}

function without(object: JsonObject, [key, ...rest]: JsonPath): JsonObject {
  if (key === undefined) return object;
  const { [key]: inner, ...others } = object;
  // Of a list, one wrong item spoils the whole.
  if (rest.length === 0 || !isJsonObject(inner)) return others;
  return { ...others, [key]: without(inner, rest) };
}

const defaultBit = 14;

function configurationOf(root: JsonObject): ProxyConfiguration {
  const [iptables, nftables, ipvs, local] = ['iptables', 'nftables', 'ipvs', 'detectLocal'].map((key) =>
    isJsonObject(root[key]) ? root[key] : {},
  ) as [JsonObject, JsonObject, JsonObject, JsonObject];
  const said = {
    // What is empty is the platform's default.
    proxyMode: textOf(root['mode']) ?? 'iptables',
    detectLocalMode: textOf(root['detectLocalMode']) ?? 'ClusterCIDR',
    bridgeInterface: textOf(local['bridgeInterface']) ?? '',
    interfaceNamePrefix: textOf(local['interfaceNamePrefix']) ?? '',
    nodePortAddresses: Array.isArray(root['nodePortAddresses']) ? root['nodePortAddresses'] : [],
    localhostNodePorts: iptables['localhostNodePorts'] !== false,
    masqueradeAll: iptables['masqueradeAll'] === true,
    masqueradeBit: numberOf(iptables['masqueradeBit']) ?? defaultBit,
    ipvsScheduler: textOf(ipvs['scheduler']) ?? '',
    nftables: {
      masqueradeAll: nftables['masqueradeAll'] === true,
      masqueradeBit: numberOf(nftables['masqueradeBit']) ?? defaultBit,
    },
  } as ProxyConfiguration;
  const cidrs = (textOf(root['clusterCIDR'])?.split(',') ?? []).filter((cidr) => parsePrefix(cidr));
  return { ...said, detectLocalCIDRs: cidrs, ...(cidrs.length > 0 && { clusterCIDRs: cidrs }) };
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The settings with what the cluster's kube-proxy is configured to; what the user has said stays. */
export function withProxyConfiguration(
  settings: ClusterSettings,
  configuration: ProxyConfiguration | undefined,
): ClusterSettings {
  if (!configuration) return settings;
  const said = settings.said ?? new Set();
  const { nftables, detectLocalCIDRs, ...flat } = configuration;
  const taken = Object.fromEntries(Object.entries(flat).filter(([name]) => !said.has(name)));
  const merged: ClusterSettings = { ...settings, ...taken };
  return {
    ...merged,
    ...(detectLocalCIDRs && !said.has('clusterCIDRs') && { detectLocalCIDRs }),
    ...(flat.clusterCIDRs &&
      !said.has('clusterCIDRs') &&
      !said.has('nodes') && { nodes: withRangesOf(flat.clusterCIDRs, settings.nodes) }),
    ...(nftables && {
      nftables: {
        masqueradeAll: said.has('masqueradeAll') ? settings.masqueradeAll : nftables.masqueradeAll,
        masqueradeBit: said.has('masqueradeBit') ? settings.masqueradeBit : nftables.masqueradeBit,
      },
    }),
  };
}

/**
 * Nodes that nobody described, with ranges of pods out of the cluster's: the controller manager gives each node a /24
 * or /64. A range that lies there already stays; else the cluster's first one is left free, where there is room.
 */
function withRangesOf(clusterCIDRs: readonly string[], nodes: readonly NodeSettings[]): readonly NodeSettings[] {
  const prefixes = clusterCIDRs.flatMap((text) => parsePrefix(text) ?? []);
  return nodes.map((node, index) => ({
    ...node,
    podCIDRs: prefixes.flatMap(
      (prefix) =>
        node.podCIDRs.find((own) => isWithin(own, prefix)) ?? nodeRange(prefix, index + 1, nodes.length) ?? [],
    ),
  }));
}

function isWithin(range: string, prefix: IpPrefix): boolean {
  const base = parseIp(range.slice(0, range.indexOf('/')));
  return base !== undefined && prefixContains(prefix, base) && (parsePrefix(range)?.length ?? 0) >= prefix.length;
}

/** Undefined where the cluster's range has none for the node. */
function nodeRange({ family, base, length }: IpPrefix, number: number, count: number): string | undefined {
  const size = Math.max(length, family === 'IPv4' ? 24 : 64);
  const ranges = 1n << BigInt(size - length);
  const index = ranges > BigInt(count) ? BigInt(number) : BigInt(number - 1);
  if (index >= ranges) return undefined;
  const step = BigInt((family === 'IPv4' ? 32 : 128) - size);
  return `${printIp({ family, value: base + (index << step) })}/${size}`;
}

const ofModes = new WeakMap<ClusterSettings, Map<ProxyMode, ClusterSettings>>();

/**
 * The settings that count in a mode, where `masqueradeAll` and `masqueradeBit` are the mode's own; the same object for
 * the same settings. Models pkg/proxy/apis/config/v1alpha1/conversion.go (v1.37).
 */
export function settingsOfMode(settings: ClusterSettings, mode: ProxyMode): ClusterSettings {
  if (!settings.nftables || mode !== 'nftables') return settings;
  const known = ofModes.get(settings) ?? new Map<ProxyMode, ClusterSettings>();
  ofModes.set(settings, known);
  const before = known.get(mode);
  if (before) return before;
  const own = { ...settings, ...settings.nftables };
  known.set(mode, own);
  return own;
}
