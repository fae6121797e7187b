/** The resolver of a pod: which names it asks its DNS server for, in which order, until it has an address. */

import { parseIp, printIp } from '#base/ip';
import type { NamespacedName, Pod } from '#model/kubernetes';
import type { ControlPlane, DnsAnswer, DnsTry, RecordType, Resolution, ResolvConf } from '../types';
import { unknown } from './answers';
import { hostsLookup, nodeHostsText, podHostsFile } from './hosts-file';
import { absolute, withoutDot } from './parse';
import { nodeResolvConf, podResolvConf } from './resolv-conf';
import { isClusterDns } from './server-address';
import { isInZone } from './zones';

export type Query = (name: string, type: RecordType, client: Pod | undefined) => DnsAnswer;

/** Whose answers it gets. */
interface Asked {
  readonly pod: Pod | undefined;
  readonly configuration: ResolvConf;
  readonly ndots: number;
  readonly query: (name: string, type: RecordType) => DnsAnswer;
}

/** glibc's RES_MAXNDOTS. */
const maxDots = 15;
const families = ['A', 'AAAA'] as const;

/**
 * Models the resolver of glibc (getaddrinfo with `hosts: files dns`, res_query.c __res_context_search): /etc/hosts
 * first, then A and AAAA together for one name after the other, on to the next after every answer without an address.
 * musl differs, and is spoken of in `musl`.
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
  const hosts = hostsLookup(pod ? podHostsFile(pod, controlPlane).text : nodeHostsText, name);
  if (hosts) return fromHosts(hosts, pod);
  const configuration = pod ? podResolvConf(pod, controlPlane) : nodeResolvConf(controlPlane);
  const asked = { pod, configuration, ndots: dotsOf(configuration), query: queryOf(controlPlane, configuration, pod, query) }; // prettier-ignore
  return search(name, asked, absolute(controlPlane.settings.clusterDomain));
}

function fromHosts(
  hosts: { readonly addresses: readonly string[]; readonly line: string },
  pod: Pod | undefined,
): Resolution {
  // prettier-ignore
  const whose = pod ? "the pod's" : "the node's";
  const addresses = hosts.addresses.flatMap((address) => {
    const ip = parseIp(address);
    return ip ? [printIp(ip)] : [];
  });
  return { tries: [], addresses, answered: undefined, service: undefined, hosts: `${whose} /etc/hosts: ${hosts.line}` };
}

/** Models the ndots part of glibc's res_init.c; C's atoi reads what is no number as 0. */
function dotsOf({ options }: ResolvConf): number {
  const written = options.findLast((option) => option.startsWith('ndots:'))?.slice('ndots:'.length);
  return written === undefined ? 1 : Math.min(maxDots, Number.parseInt(written, 10) || 0);
}

function search(name: string, asked: Asked, zone: string): Resolution {
  const tries: DnsTry[] = [];
  const open: string[] = [];
  let refused = false;
  for (const candidate of candidates(name, asked)) {
    // After a refusal the search list is at its end, and the name itself is all that is left.
    if (refused && candidate !== absolute(name)) continue;
    const answers = families.map((type): DnsTry => ({ name: candidate, type, answer: asked.query(candidate, type) }));
    tries.push(...answers);
    const addresses = answers.flatMap(({ type, answer }) =>
      answer.answers.filter((record) => record.type === type).map(({ value }) => value),
    );
    const service = answers.find(({ answer }) => answer.service !== undefined)?.answer.service;
    if (addresses.length > 0)
      return { tries, addresses: [...new Set(addresses)], answered: candidate, service, ...remarks(open, name, tries, asked) }; // prettier-ignore
    // Where the name goes on outside, its answer comes from there, and the search ends with it.
    if (answers.some(({ answer }) => leadsOutside(answer, zone)))
      return { tries, addresses: [], answered: undefined, service, unknown: answers[0]!.answer.cause };
    open.push(...answers.slice(0, 1).flatMap(({ answer }) => (answer.rcode === 'UNKNOWN' ? answer.cause : [])));
    refused ||= answers.every(({ answer }) => answer.rcode === 'REFUSED');
  }
  const service = tries.find(({ answer }) => answer.service !== undefined)?.answer.service;
  return { tries, addresses: [], answered: undefined, service, ...(open[0] !== undefined && { unknown: open[0] }) };
}

/** What somebody has to know of an answer that was found. */
function remarks(open: readonly string[], name: string, tries: readonly DnsTry[], asked: Asked) {
  const musl = muslDifference(name, tries, asked);
  return { ...(open[0] !== undefined && { unknown: open[0] }), ...(musl !== undefined && { musl }) };
}

function leadsOutside(answer: DnsAnswer, zone: string): boolean {
  const last = answer.answers.at(-1);
  return last?.type === 'CNAME' && !isInZone(zone, last.value);
}

/** The names to ask for, in glibc's order: one that ends with a dot, or that has enough of them, comes first itself. */
function candidates(name: string, { configuration, ndots }: Asked): readonly string[] {
  const plain = absolute(name);
  if (name.endsWith('.')) return [plain];
  const expanded = configuration.searches.map((domain) => {
    const bare = withoutDot(domain).toLowerCase();
    return bare === '' ? plain : `${plain}${bare}.`;
  });
  const dots = name.split('.').length - 1;
  if (dots >= ndots) return [...new Set([plain, ...expanded])];
  const onItsOwn = dots > 0 || expanded.length === 0 || !configuration.options.includes('no-tld-query');
  return [...new Set(onItsOwn ? [...expanded, plain] : expanded)];
}

/**
 * Models musl's lookup_name.c name_from_dns_search: a name with enough dots is never searched, and an answer that
 * denies nothing but has no address ends the search. Undefined where it finds the same.
 */
function muslDifference(name: string, tries: readonly DnsTry[], { ndots }: Asked): string | undefined {
  const answered = tries.at(-1)!.name;
  const dots = name.split('.').length - 1;
  if (dots >= ndots && answered !== absolute(name))
    return `musl (Alpine) does not search for a name with ${dots} ${dots === 1 ? 'dot' : 'dots'}: there it does not resolve`;
  const stopped = tries.find((tried) => tried.name !== answered && tried.type === 'A' && tried.answer.rcode !== 'NXDOMAIN'); // prettier-ignore
  if (!stopped || stopped.answer.rcode === 'UNKNOWN') return undefined;
  return `musl (Alpine) stops at ${withoutDot(stopped.name)}, which is there without an address: there it does not resolve`;
}

// ---------------------------------------------------------------- whom it asks

function queryOf(
  controlPlane: ControlPlane,
  configuration: ResolvConf,
  pod: Pod | undefined,
  query: Query,
): (name: string, type: RecordType) => DnsAnswer {
  const [server] = configuration.nameservers;
  if (server !== undefined && isClusterDns(server, controlPlane)) return (name, type) => query(name, type, pod);
  const zone = absolute(controlPlane.settings.clusterDomain);
  return (name) => elsewhere(name, zone, server, pod);
}

/** What a server that is not the cluster's answers: it knows no names of the cluster, and of others nothing is known. */
function elsewhere(name: string, zone: string, server: string | undefined, pod: Pod | undefined): DnsAnswer {
  const own = pod ? `the pod uses its node's resolver, which` : `a node's resolver`;
  const whose = server === undefined ? own : pod ? `the pod asks ${server}, which` : `the node asks ${server}, which`;
  if (!isInZone(zone, name) && withoutDot(name).includes('.'))
    return unknown(`${whose} may know ${withoutDot(name)}: what it answers is not known here`);
  return {
    rcode: 'NXDOMAIN',
    answers: [],
    cause: `${whose} does not know ${withoutDot(name)}: names of the cluster are known to its own DNS server only`,
    service: undefined,
  };
}
