/** A pod's /etc/hosts, as its kubelet writes it: names that are known without any DNS server. */

import type { Pod, PodSpec } from '#model/kubernetes';
import type { ControlPlane, ResolverFile } from '../types';

interface HostAlias {
  readonly ip?: string;
  readonly hostnames?: readonly string[];
}

/** Fields that the model's pods do not name; the admission has seen to their types. */
interface HostFields {
  readonly hostAliases?: readonly HostAlias[] | null;
  readonly hostnameOverride?: string;
}

const maxHostname = 63;
const localNames = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
];

/** Models pkg/kubelet/kubelet_pods.go ensureHostsFile (v1.37). */
export function podHostsFile(pod: Pod, controlPlane: ControlPlane): ResolverFile {
  const aliases = aliasLines(pod);
  if (pod.spec.hostNetwork) {
    const lines = ['# Kubernetes-managed hosts file (host network).', ...nodeLines, ...aliases];
    return { text: textOf(lines), notes: ["the node's own /etc/hosts is not known here, but for localhost"] };
  }
  const { hostname, domain } = hostnameOf(pod, controlPlane);
  const names = domain === '' ? hostname : `${hostname}.${domain}\t${hostname}`;
  const own = podIPs(pod).map((address) => `${address}\t${names}`);
  const lines = ['# Kubernetes-managed hosts file.', ...localNames, ...own, ...aliases];
  return { text: textOf(lines), notes: own.length === 0 ? ['the pod has no address yet'] : [] };
}

/** What every node's file is taken to say. */
const nodeLines = ['127.0.0.1\tlocalhost', '::1\tlocalhost'];
export const nodeHostsText = textOf(nodeLines);

/** Models hostsEntriesFromHostAliases. */
function aliasLines(pod: Pod): readonly string[] {
  const { hostAliases }: PodSpec & HostFields = pod.spec;
  if (!hostAliases || hostAliases.length === 0) return [];
  const lines = hostAliases.map(({ ip = '', hostnames }) => `${ip}\t${(hostnames ?? []).join('\t')}`);
  return ['', '# Entries added by HostAliases.', ...lines];
}

/** Models GeneratePodHostNameAndDomain. */
function hostnameOf(pod: Pod, controlPlane: ControlPlane): { readonly hostname: string; readonly domain: string } {
  const { hostname, subdomain, hostnameOverride }: PodSpec & HostFields = pod.spec;
  if (hostnameOverride !== undefined) return { hostname: truncated(hostnameOverride), domain: '' };
  const { namespace, name } = pod.metadata;
  const domain = subdomain ? `${subdomain}.${namespace}.svc.${controlPlane.settings.clusterDomain}` : '';
  return { hostname: truncated(hostname ? hostname : name), domain };
}

/** Models truncatePodHostnameIfNeeded. */
function truncated(hostname: string): string {
  return hostname.length <= maxHostname ? hostname : hostname.slice(0, maxHostname).replace(/[-.]+$/, '');
}

function podIPs({ status }: Pod): readonly string[] {
  return status.podIPs?.map(({ ip }) => ip) ?? (status.podIP === undefined ? [] : [status.podIP]);
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** The line's addresses for a name, upper or lower case, and the first line that has it. */
export function hostsLookup(
  text: string,
  name: string,
): { readonly addresses: readonly string[]; readonly line: string } | undefined {
  // prettier-ignore
  const wanted = name.toLowerCase();
  const addresses = new Set<string>();
  let first: string | undefined;
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*$/, '').trim().split(/\s+/);
    if (!names.some((each) => each.toLowerCase() === wanted)) continue;
    addresses.add(address);
    first ??= [address, ...names].join(' ');
  }
  return first === undefined ? undefined : { addresses: [...addresses], line: first };
}
