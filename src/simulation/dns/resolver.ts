/** The resolver of a pod: which names it asks the DNS server for, in which order, until it has an address. */

import { parseIp, printIp } from '#base/ip';
import type { NamespacedName, Pod } from '#model/kubernetes';
import type { ControlPlane, DnsAnswer, DnsTry, RecordType, Resolution } from '../types';
import { absolute, parseClusterName, withoutDot } from './parse';

export type Query = (name: string, type: RecordType) => DnsAnswer;

/** A pod's /etc/resolv.conf. */
interface Configuration {
  /** Whose answers it gets: the cluster's DNS server, or one of the node's network that knows no cluster names. */
  readonly server: 'cluster' | 'node';
  readonly search: readonly string[];
  /** Names with fewer dots go through the search list first. */
  readonly ndots: number;
}

interface DnsConfig {
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly { readonly name?: string; readonly value?: string }[];
}

const clusterDots = 5;
const defaultDots = 1;

/**
 * Models pkg/kubelet/network/dns GetPodDNS (v1.37) and the search of glibc's resolver, which asks for A and AAAA
 * together and goes on with the next name after every answer without an address. A node's search list is not known.
 */
export function resolve(
  controlPlane: ControlPlane,
  podName: NamespacedName | undefined,
  name: string,
  query: Query,
): Resolution {
  const ip = parseIp(name);
  if (ip) return { tries: [], addresses: [printIp(ip)], answered: undefined, service: undefined };
  const pod = podName === undefined ? undefined : controlPlane.pod(podName);
  const configuration = pod ? configurationOf(pod, controlPlane) : nodeConfiguration;
  const tries: DnsTry[] = [];
  const zone = absolute(controlPlane.settings.clusterDomain);
  for (const candidate of candidates(name, configuration)) {
    const asked = (['A', 'AAAA'] as const).map((type): DnsTry => {
      const answer = configuration.server === 'cluster' ? query(candidate, type) : unknownToNode(candidate, pod);
      return { name: candidate, type, answer };
    });
    tries.push(...asked);
    const addresses = asked.flatMap(({ type, answer }) =>
      answer.answers.filter((record) => record.type === type).map(({ value }) => value),
    );
    const service = asked.find(({ answer }) => answer.service !== undefined)?.answer.service;
    if (addresses.length > 0) return { tries, addresses: [...new Set(addresses)], answered: candidate, service };
    // Where the name goes on outside, its answer comes from there, and the search ends with it.
    if (asked.some(({ answer }) => leadsOutside(answer, zone)))
      return { tries, addresses: [], answered: undefined, service };
  }
  const service = tries.find(({ answer }) => answer.service !== undefined)?.answer.service;
  return { tries, addresses: [], answered: undefined, service };
}

function leadsOutside(answer: DnsAnswer, zone: string): boolean {
  const last = answer.answers.at(-1);
  return last?.type === 'CNAME' && !parseClusterName(last.value, zone);
}

function candidates(name: string, { search, ndots }: Configuration): readonly string[] {
  if (name.endsWith('.')) return [absolute(name)];
  const plain = absolute(name);
  const expanded = search.map((domain) => absolute(`${withoutDot(plain)}.${domain}`));
  const dots = name.split('.').length - 1;
  return [...new Set(dots >= ndots ? [plain, ...expanded] : [...expanded, plain])];
}

function unknownToNode(name: string, pod: Pod | undefined): DnsAnswer {
  const whose = pod ? `the pod uses its node's resolver, which` : `a node's resolver`;
  return {
    rcode: 'NXDOMAIN',
    answers: [],
    cause: `${whose} does not know ${withoutDot(name)}: names of the cluster are known to its own DNS server only`,
    service: undefined,
  };
}

const nodeConfiguration: Configuration = { server: 'node', search: [], ndots: defaultDots };

function configurationOf(pod: Pod, controlPlane: ControlPlane): Configuration {
  const config = dnsConfigOf(pod);
  const base = baseOf(pod, config, controlPlane);
  const search = [
    ...new Set([...base.search, ...(config.searches ?? []).map((domain) => withoutDot(absolute(domain)))]),
  ];
  const written = config.options?.findLast(({ name }) => name === 'ndots')?.value;
  const ndots = written !== undefined && /^\d+$/.test(written) ? Number(written) : base.ndots;
  return { ...base, search, ndots };
}

function baseOf(pod: Pod, { nameservers = [] }: DnsConfig, controlPlane: ControlPlane): Configuration {
  const { dnsPolicy, hostNetwork } = pod.spec;
  if (dnsPolicy === 'None') {
    const first = nameservers[0];
    const isClusters = first !== undefined && controlPlane.servicesByAddress(first).length > 0;
    return { server: isClusters ? 'cluster' : 'node', search: [], ndots: defaultDots };
  }
  if (dnsPolicy === 'Default' || (dnsPolicy === 'ClusterFirst' && hostNetwork)) return nodeConfiguration;
  const domain = withoutDot(absolute(controlPlane.settings.clusterDomain));
  const search = [`${pod.metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain];
  return { server: 'cluster', search, ndots: clusterDots };
}

/** A field that the model's pods do not name; the admission has seen to its types. */
function dnsConfigOf(pod: Pod): DnsConfig {
  const spec: Pod['spec'] & { readonly dnsConfig?: DnsConfig } = pod.spec;
  return spec.dnsConfig ?? {};
}
