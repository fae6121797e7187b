/** A pod's /etc/resolv.conf, as its kubelet forms it. */

import { parseIp, printIp } from '#base/ip';
import type { Pod } from '#model/kubernetes';
import type { ControlPlane, ResolvConf } from '../types';
import { dnsAddresses } from './server-address';

interface DnsConfig {
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly { readonly name?: string; readonly value?: string }[];
}

interface Parts {
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

const nothing: Parts = { nameservers: [], searches: [], options: [] };

/** pkg/apis/core/validation MaxDNSNameservers and so on; the older, narrower limits of searches ended with 1.28. */
const maxNameservers = 3;
const maxSearches = 32;
const maxSearchCharacters = 2048;
/** A longer one makes some resolvers abort. */
const maxSearchLength = 253;

const nodeUnknown = "the node's own /etc/resolv.conf is not known here (setting nodeResolvConf)";

const nodeSearchesUnknown =
  "the node's own search domains come after these; they are not known here (setting nodeResolvConf)";

/** Models pkg/kubelet/network/dns Configurer.GetPodDNS (v1.37). */
export function podResolvConf(pod: Pod, controlPlane: ControlPlane): ResolvConf {
  const notes: string[] = [];
  const base = baseOf(pod, controlPlane, notes);
  const config = dnsConfigOf(pod);
  const merged: Parts = config
    ? {
        nameservers: unique([...base.nameservers, ...(config.nameservers ?? [])]),
        searches: unique([...base.searches, ...(config.searches ?? [])]),
        options: mergedOptions(base.options, config),
      }
    : base;
  return printed(
    { ...merged, nameservers: withinNameservers(merged.nameservers, notes), searches: withinSearches(merged.searches, notes) }, // prettier-ignore
    notes,
  );
}

/** The node's own: what its processes use, as it is written. */
export function nodeResolvConf(controlPlane: ControlPlane): ResolvConf {
  const text = controlPlane.settings.nodeResolvConf;
  return text === undefined ? printed(nothing, [nodeUnknown]) : { ...partsOf(text), text, notes: [] };
}

/** Whose names pods with this policy ask for. Models getPodDNSType. */
function baseOf(pod: Pod, controlPlane: ControlPlane, notes: string[]): Parts {
  const { dnsPolicy, hostNetwork } = pod.spec;
  if (dnsPolicy === 'None') return nothing;
  if (dnsPolicy === 'ClusterFirst' && hostNetwork) {
    notes.push('dnsPolicy ClusterFirst of a pod on the host network is as good as Default: the node\u2019s own resolver'); // prettier-ignore
    return nodeParts(controlPlane, notes);
  }
  if (dnsPolicy === 'Default') return nodeParts(controlPlane, notes);
  const domain = controlPlane.settings.clusterDomain.replace(/\.$/, '');
  const own = [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain];
  const { searches } = nodeParts(controlPlane, []);
  if (controlPlane.settings.nodeResolvConf === undefined) notes.push(nodeSearchesUnknown);
  return { nameservers: dnsAddresses(controlPlane), searches: unique([...own, ...searches]), options: ['ndots:5'] };
}

function nodeParts(controlPlane: ControlPlane, notes: string[]): Parts {
  const text = controlPlane.settings.nodeResolvConf;
  if (text !== undefined) return parseResolvConf(text);
  notes.push(nodeUnknown);
  return nothing;
}

/** Models parseResolvConf: the root among the searches is left out, and dots at their ends. */
function parseResolvConf(text: string): Parts {
  const parts = partsOf(text);
  const searches = parts.searches.filter((search) => search !== '.').map((search) => search.replace(/\.$/, ''));
  return { ...parts, searches };
}

/** The last `search` line counts, and of each option the last one. */
function partsOf(text: string): Parts {
  const nameservers: string[] = [];
  let searches: readonly string[] = [];
  const options = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [word = '', ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver' && rest[0] !== undefined) nameservers.push(rest[0]);
    if (word === 'search') searches = rest;
    if (word === 'options') for (const option of rest) options.set(option.split(':')[0]!, option);
  }
  return { nameservers, searches, options: [...options.values()] };
}

/** Models mergeDNSOptions; the real order is random. */
function mergedOptions(base: readonly string[], { options = [] }: DnsConfig): readonly string[] {
  const merged = new Map(base.map((option) => [option.split(':')[0]!, option]));
  for (const { name = '', value = '' } of options) merged.set(name, value === '' ? name : `${name}:${value}`);
  return [...merged.values()];
}

/** Models formDNSNameserversFitsLimits. */
function withinNameservers(nameservers: readonly string[], notes: string[]): readonly string[] {
  if (nameservers.length > maxNameservers)
    notes.push(`of ${nameservers.length} nameservers the first ${maxNameservers} are kept`);
  return nameservers.slice(0, maxNameservers);
}

/** Models formDNSSearchFitsLimits. */
function withinSearches(searches: readonly string[], notes: string[]): readonly string[] {
  const kept = searches.slice(0, maxSearches).filter((search) => search.length <= maxSearchLength);
  while (kept.join(' ').length > maxSearchCharacters) kept.pop();
  if (kept.length < searches.length)
    notes.push(`of ${searches.length} search domains ${kept.length} are kept: the kubelet takes ${maxSearches}, and ${maxSearchCharacters} characters`); // prettier-ignore
  return kept;
}

/** As container runtimes write it. */
function printed(parts: Parts, notes: readonly string[]): ResolvConf {
  const { nameservers, searches, options } = parts;
  const lines = [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...nameservers.map((address) => `nameserver ${canonical(address)}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
  ];
  return { ...parts, text: lines.map((line) => `${line}\n`).join(''), notes };
}

function canonical(address: string): string {
  const ip = parseIp(address);
  return ip ? printIp(ip) : address;
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}

/** A field that the model's pods do not name; the admission has seen to its types. */
function dnsConfigOf(pod: Pod): DnsConfig | undefined {
  const spec: Pod['spec'] & { readonly dnsConfig?: DnsConfig | null } = pod.spec;
  return spec.dnsConfig ?? undefined;
}
