/** The settings that a user can make: `.service-topology.yaml`, the editor's configuration, flags. */

import { editDistance } from '#base/edit-distance';
import { parseIp, parsePrefix } from '#base/ip';
import { isJsonObject, printPath, type JsonPath } from '#base/json';
import { minorVersion, type ClusterSettings, type DetectLocalMode, type NodeSettings, type ProxyMode } from '#model/settings'; // prettier-ignore
import { mergeCharts, readCharts, type ChartSettings } from './chart-settings';

/** What one place says; a member that is missing is not said. */
export interface SettingsPart extends Partial<Omit<ClusterSettings, 'detectLocalCIDRs' | 'nftables' | 'said'>> {
  /** Folders that are one cluster each, with all that is below them. */
  readonly roots?: readonly string[];
  /** Patterns of files that are left out, as in a `.gitignore`. */
  readonly exclude?: readonly string[];
  /** How grave a rule's findings are, by its code. */
  readonly rules?: RuleSeverities;
  /** What Helm charts are rendered with. */
  readonly charts?: readonly ChartSettings[];
  /** Kustomizations that others include, and that are looked at alone as well. */
  readonly bases?: readonly string[];
}

export const ruleSeverities = ['off', 'hint', 'info', 'warning', 'error'] as const;
export type RuleSeverity = (typeof ruleSeverities)[number];
export type RuleSeverities = Readonly<Record<string, RuleSeverity>>;

export interface Settings {
  readonly cluster: ClusterSettings;
  readonly roots: readonly string[];
  readonly exclude: readonly string[];
  readonly rules: RuleSeverities;
  readonly charts: readonly ChartSettings[];
  readonly bases: readonly string[];
}

export interface SettingsProblem {
  /** The way to the wrong value. */
  readonly path: JsonPath;
  /** Whether the key itself is wrong. */
  readonly part: 'key' | 'value';
  /** Begins with the setting's name. */
  readonly message: string;
}

export interface SettingsReading {
  /** What could be read; a wrong setting is left out. */
  readonly settings: SettingsPart;
  readonly problems: readonly SettingsProblem[];
}

/** The releases that the simulation knows. */
export const oldestMinor = 29;
export const newestMinor = 37;

/**
 * Reads the value of a settings file or of the editor's configuration. `undefined` and `null` say nothing; of lists,
 * wrong items are left out. `codes` are those that `rules` may name; without them any may be there.
 */
export function readSettings(value: unknown, codes?: readonly string[]): SettingsReading {
  const problems: SettingsProblem[] = [];
  if (value === undefined || value === null) return { settings: {}, problems };
  if (!isJsonObject(value)) {
    return { settings: {}, problems: [{ path: [], part: 'value', message: 'the settings have to be a mapping' }] };
  }
  const settings: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(value)) {
    const read = Object.hasOwn(readers, key) ? readers[key as keyof typeof readers] : undefined;
    if (!read) problems.push(unknownKey([key], Object.keys(readers)));
    else if (given !== undefined && given !== null) {
      const result: unknown = read(given, [key], problems);
      if (result !== undefined) settings[key] = result;
    }
  }
  const reading = { settings: settings as SettingsPart, problems };
  for (const code of Object.keys(reading.settings.rules ?? {}))
    if (codes && !codes.includes(code)) problems.push(unknownKey(['rules', code], codes, 'rule'));
  return reading;
}

/**
 * What is said last counts (of rules and charts, for each of them): give the parts in the order of their weight, the editor's, the file's, the flags'.
 * `said` of the result names what any of them says.
 */
export function mergeSettings(defaults: ClusterSettings, ...parts: readonly SettingsPart[]): Settings {
  const none: readonly string[] = [];
  const merged = { ...defaults, roots: none, exclude: none, bases: none };
  const rules: RuleSeverities = Object.assign({}, ...parts.map((part) => part.rules));
  const names = new Set(defaults.said);
  for (const part of parts) {
    const said = Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
    for (const name of Object.keys(said)) names.add(name);
    Object.assign(merged, said);
  }
  const charts = mergeCharts(parts.map((part) => part.charts));
  const { roots, exclude, bases, rules: _, charts: __, ...cluster } = { ...merged, rules, charts };
  for (const name of ['roots', 'exclude', 'bases', 'rules', 'charts']) names.delete(name);
  return { cluster: names.size > 0 ? { ...cluster, said: names } : cluster, roots, exclude, rules, charts, bases };
}

/** Gives undefined, and adds a problem, for what it does not take. */
type Reader<T> = (value: unknown, path: JsonPath, problems: SettingsProblem[]) => T | undefined;

const readers: { readonly [K in keyof SettingsPart]-?: Reader<SettingsPart[K]> } = {
  kubernetesVersion: readVersion,
  serviceCIDRs: familyList(readPrefix),
  nodePortRange: readPortRange,
  clusterCIDRs: familyList(readPrefix),
  clusterDomain: readDomain,
  clusterDNS: listOf(readAddress),
  corefile: readText,
  nodeResolvConf: readText,
  nodes: readNodes,
  proxyMode: readProxyMode,
  nodePortAddresses: listOf(readNodePortAddress),
  masqueradeAll: readBoolean,
  masqueradeBit: readMasqueradeBit,
  localhostNodePorts: readBoolean,
  detectLocalMode: readDetectLocalMode,
  bridgeInterface: readText,
  interfaceNamePrefix: readText,
  ipvsScheduler: readText,
  ipvsMatch: readBoolean,
  roots: listOf(readText),
  exclude: listOf(readText),
  rules: readRules,
  charts: (value, path, problems) =>
    readCharts(value, path, {
      refuse: (at, expected) => refuse(at, expected, problems),
      unknownKey: (at, known) => void problems.push(unknownKey(at, known)),
      version: (given, at) => readVersion(given, at, problems),
    }),
  bases: listOf(readText),
};

const nodeReaders: { readonly [K in keyof NodeSettings]-?: Reader<NodeSettings[K]> } = {
  name: readNodeName,
  zone: readText,
  region: readText,
  labels: readLabels,
  addresses: familyList(readAddress),
  podCIDRs: familyList(readPrefix),
};

function refuse(path: JsonPath, expected: string, problems: SettingsProblem[]): undefined {
  problems.push({ path, part: 'value', message: `${printPath(path)} has to be ${expected}` });
  return undefined;
}

function unknownKey(path: JsonPath, known: readonly string[], what = 'setting'): SettingsProblem {
  const key = String(path.at(-1));
  const nearest = known.find((name) => editDistance(key.toLowerCase(), name.toLowerCase(), 2) <= 2);
  // Of a hundred codes a list helps nobody.
  const others = known.length > 30 ? 'docs/rules has a page for each one there is' : `known are ${known.join(', ')}`;
  const hint = nearest === undefined ? others : `did you mean ${nearest}?`;
  return { path, part: 'key', message: `${printPath(path)} is no ${what}; ${hint}` };
}

function readText(value: unknown, path: JsonPath, problems: SettingsProblem[]): string | undefined {
  return typeof value === 'string' && value !== '' ? value : refuse(path, 'a text', problems);
}

function readBoolean(value: unknown, path: JsonPath, problems: SettingsProblem[]): boolean | undefined {
  return typeof value === 'boolean' ? value : refuse(path, 'true or false', problems);
}

function readVersion(value: unknown, path: JsonPath, problems: SettingsProblem[]): string | undefined {
  const minor = typeof value === 'string' ? minorVersion(value) : undefined;
  if (minor !== undefined && minor >= oldestMinor && minor <= newestMinor) return `1.${minor}`;
  return refuse(path, `a release in quotes, from "1.${oldestMinor}" to "1.${newestMinor}"`, problems);
}

function readProxyMode(value: unknown, path: JsonPath, problems: SettingsProblem[]): ProxyMode | undefined {
  if (value === 'iptables' || value === 'nftables' || value === 'ipvs') return value;
  return refuse(path, 'iptables, nftables or ipvs', problems);
}

function readMasqueradeBit(value: unknown, path: JsonPath, problems: SettingsProblem[]): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 31) return value;
  return refuse(path, 'a bit from 0 to 31', problems);
}

function readDetectLocalMode(value: unknown, path: JsonPath, problems: SettingsProblem[]): DetectLocalMode | undefined {
  const known = ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix'] as const;
  return known.find((mode) => mode === value) ?? refuse(path, `one of ${known.join(', ')}`, problems);
}

function readPortRange(value: unknown, path: JsonPath, problems: SettingsProblem[]) {
  const match = typeof value === 'string' ? /^(\d{1,5})-(\d{1,5})$/.exec(value) : null;
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  if (from >= 1 && from <= to && to <= 65535) return { from, to };
  return refuse(path, 'a range of ports like "30000-32767"', problems);
}

function readDomain(value: unknown, path: JsonPath, problems: SettingsProblem[]): string | undefined {
  const domain = typeof value === 'string' ? value.replace(/\.$/, '').toLowerCase() : '';
  if (
    domain.length <= 253 &&
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/.test(domain)
  ) {
    return domain;
  }
  return refuse(path, 'a domain name like cluster.local', problems);
}

function readPrefix(value: unknown, path: JsonPath, problems: SettingsProblem[]): string | undefined {
  if (typeof value === 'string' && parsePrefix(value)) return value;
  return refuse(path, 'a prefix like 10.96.0.0/12 or fd00:10:96::/108', problems);
}

function readAddress(value: unknown, path: JsonPath, problems: SettingsProblem[]): string | undefined {
  if (typeof value === 'string' && parseIp(value)) return value;
  return refuse(path, 'an address like 172.30.0.11 or fd00:30::11', problems);
}

/** Models pkg/proxy/apis/config/validation validateKubeProxyNodePortAddress (v1.37): prefixes and keywords. */
function readNodePortAddress(value: unknown, path: JsonPath, problems: SettingsProblem[]): string | undefined {
  return value === 'primary' || value === 'localhost' || value === 'all' ? value : readPrefix(value, path, problems);
}

function listOf<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, path, problems) => {
    if (!Array.isArray(value)) return refuse(path, 'a list', problems);
    return value.flatMap((element: unknown, index) => item(element, [...path, index], problems) ?? []);
  };
}

/** One or two of a kind: at most one for each address family, at least one. */
function familyList(item: Reader<string>): Reader<readonly string[]> {
  const readList = listOf(item);
  return (value, path, problems) => {
    const before = problems.length;
    const list = readList(value, path, problems);
    if (!list || problems.length > before) return undefined;
    const families = new Set(list.map((text) => text.includes(':')));
    if (list.length >= 1 && families.size === list.length) return list;
    return refuse(path, 'one IPv4 value, one IPv6 value, or one of each', problems);
  };
}

function readNodes(value: unknown, path: JsonPath, problems: SettingsProblem[]): readonly NodeSettings[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return refuse(path, 'a list of at least one node', problems);
  const before = problems.length;
  const names = new Set<string>();
  const nodes: NodeSettings[] = [];
  for (const [index, given] of value.entries()) {
    const node = readNode(given, [...path, index], problems);
    if (!node) continue;
    if (names.has(node.name)) refuse([...path, index, 'name'], 'unlike the names of the other nodes', problems);
    names.add(node.name);
    nodes.push(node);
  }
  // A list with a hole in it would be another cluster than the one that was meant.
  return problems.length > before ? undefined : nodes;
}

function readNode(value: unknown, path: JsonPath, problems: SettingsProblem[]): NodeSettings | undefined {
  if (!isJsonObject(value)) return refuse(path, 'a mapping with name, addresses and podCIDRs', problems);
  const node: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(value)) {
    const read = Object.hasOwn(nodeReaders, key) ? nodeReaders[key as keyof NodeSettings] : undefined;
    if (!read) problems.push(unknownKey([...path, key], Object.keys(nodeReaders)));
    else if (given !== undefined && given !== null) node[key] = read(given, [...path, key], problems);
  }
  for (const key of ['name', 'addresses', 'podCIDRs']) {
    if (value[key] === undefined || value[key] === null) refuse(path, `a mapping with ${key}`, problems);
  }
  return node['name'] === undefined ? undefined : (node as unknown as NodeSettings);
}

function readNodeName(value: unknown, path: JsonPath, problems: SettingsProblem[]): string | undefined {
  const valid = typeof value === 'string' && value.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(value);
  return valid ? value : refuse(path, 'a DNS name in lower case', problems);
}

function readLabels(value: unknown, path: JsonPath, problems: SettingsProblem[]) {
  if (!isJsonObject(value)) return refuse(path, 'a mapping of texts', problems);
  const labels: Record<string, string> = {};
  for (const [key, given] of Object.entries(value)) {
    if (typeof given === 'string') labels[key] = given;
    else refuse([...path, key], 'a text', problems);
  }
  return labels;
}

function readRules(value: unknown, path: JsonPath, problems: SettingsProblem[]): RuleSeverities | undefined {
  if (!isJsonObject(value)) return refuse(path, 'a mapping of codes to severities', problems);
  const rules: Record<string, RuleSeverity> = {};
  for (const [code, given] of Object.entries(value)) {
    // YAML 1.1 reads `off` as false.
    const severity = ruleSeverities.find((known) => known === (given === false ? 'off' : given));
    const fits = severity && (code !== 'cannot-know' || severity === 'off' || severity === 'hint');
    if (fits) rules[code] = severity;
    else
      refuse([...path, code], code === 'cannot-know' ? 'off or hint' : `one of ${ruleSeverities.join(', ')}`, problems);
  }
  return rules;
}
