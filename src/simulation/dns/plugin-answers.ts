/** What single plugins of CoreDNS do with a question on its way through the chain, but for kubernetes and forward. */

import type { Pod } from '#model/kubernetes';
import type { DnsAnswer, DnsRecord, RecordType } from '../types';
import { failed, found, nodata, nxdomain, unknown, withTtl } from './answers';
import type { CachePlugin, HostsPlugin, RewritePlugin, TemplatePlugin } from './corefile/plugins';
import { recordRewrites, rewriteText, type RecordRewrite } from './corefile/rewrite';
import { addressOfReverse, withoutDot } from './parse';
import { isInZone, matchingZone } from './zones';

export interface Question {
  /** Absolute, lower case. */
  readonly name: string;
  readonly type: RecordType;
  /** Who asks, where a pod does. */
  readonly client: Pod | undefined;
  /** How often the server has asked itself on the way here. */
  readonly depth: number;
  /** Of the server block that answers. */
  readonly zone: string;
}

/** The rest of the chain. */
export type Next = (question: Question) => DnsAnswer;

/** Models plugin/autopath/cname.go cnamer: the name that was asked for is another name for the one that was found. */
export function withAlias(answer: DnsAnswer, name: string): DnsAnswer {
  const target = answer.answers.find((record) => record.name !== name);
  if (!target) return answer;
  const alias: DnsRecord = { name, type: 'CNAME', value: target.name, ...(target.ttl !== undefined && { ttl: target.ttl }) }; // prettier-ignore
  return { ...answer, answers: [alias, ...answer.answers], cause: `${answer.cause}; the server went through the search list itself (autopath)` }; // prettier-ignore
}

/** Models plugin/any ServeDNS. */
export function anyObsoleted(name: string): DnsAnswer {
  const record: DnsRecord = { name, type: 'HINFO', value: '"ANY obsoleted" "See RFC 8482"', ttl: 8482 };
  return found([record], 'the Corefile answers no questions of type ANY');
}

/** Models plugin/rewrite ServeDNS and reverter.go: the rest of the chain sees the new name, the client the old one. */
export function rewritten({ rules }: RewritePlugin, question: Question, next: Next): DnsAnswer {
  let { name } = question;
  const reverts: RecordRewrite[] = [];
  for (const rule of rules) {
    if ('unknown' in rule) {
      if (rule.unknown !== '') return unknown(rule.unknown);
      continue;
    }
    const changed = rewriteText(rule.name, name);
    if (changed === undefined) continue;
    reverts.unshift(...recordRewrites(rule, name, changed));
    name = changed;
    if (!rule.continues) break;
  }
  if (name === question.name && reverts.length === 0) return next(question);
  const answer = next({ ...question, name });
  const revert = (records: readonly DnsRecord[]) => records.map((record) => reverts.reduce((each, step) => step(each), record)); // prettier-ignore
  return {
    ...answer,
    answers: revert(answer.answers),
    ...(answer.authority && { authority: revert(answer.authority) }),
    ...(answer.additional && { additional: revert(answer.additional) }),
    cause: `the Corefile rewrites ${withoutDot(question.name)} to ${withoutDot(name)}: ${answer.cause}`,
  };
}

/** Models plugin/cache ResponseWriter.WriteMsg: all records get one ttl, within the bounds. */
export function cached(plugin: CachePlugin, name: string, answer: DnsAnswer): DnsAnswer {
  const records = [...answer.answers, ...(answer.authority ?? [])];
  if (matchingZone(plugin.zones, name) === undefined || records.length === 0) return answer;
  const { least, most } = answer.answers.length > 0 ? plugin.success : plugin.denial;
  const own = Math.min(most, ...[...records, ...(answer.additional ?? [])].flatMap((record) => record.ttl ?? []));
  const ttl = Math.min(Math.max(own, least), most);
  const capped = (each: readonly DnsRecord[]) => each.map((record) => ({ ...record, ttl }));
  return withTtl({
    ...answer,
    answers: capped(answer.answers),
    ...(answer.authority && { authority: capped(answer.authority) }),
    ...(answer.additional && { additional: capped(answer.additional) }),
  });
}

/** Models plugin/template ServeDNS for what holds for all names alike. */
export function templated(plugin: TemplatePlugin, question: Question, next: Next): DnsAnswer {
  const { name, type } = question;
  const applies =
    matchingZone(plugin.zones, name) !== undefined && (plugin.type === 'ANY' || type === 'ANY' || plugin.type === type);
  if (!applies) return next(question);
  if (plugin.intricate)
    return unknown(`the Corefile answers ${withoutDot(name)} from a template, which is not evaluated`);
  const cause = `a template of the Corefile says so for ${withoutDot(matchingZone(plugin.zones, name)!) || 'all names'}`;
  if (plugin.rcode === 'NOERROR') return nodata(cause);
  return plugin.rcode === 'NXDOMAIN' ? nxdomain(cause) : failed(plugin.rcode, cause);
}

/** Models plugin/hosts/hosts.go ServeDNS. */
export function fromHosts(plugin: HostsPlugin, question: Question, next: Next): DnsAnswer {
  const { name, type } = question;
  const { ttl, entries } = plugin;
  if (type === 'PTR') {
    const address = plugin.reverse ? addressOfReverse(name) : undefined;
    const names = entries.filter((entry) => entry.address === address).flatMap((entry) => entry.names);
    const records = names.filter((each) => !each.startsWith('*.')).map((value): DnsRecord => ({ name, type, value, ttl })); // prettier-ignore
    return records.length > 0 ? found(records, hostsCause) : next(question);
  }
  if (matchingZone(plugin.zones, name) === undefined) return next(question);
  const addresses = hostsAddresses(plugin, name);
  const wanted = addresses.filter((address) => type === (address.includes(':') ? 'AAAA' : 'A'));
  if (wanted.length > 0)
    return found(
      wanted.map((value) => ({ name, type, value, ttl })),
      hostsCause,
    );
  if (addresses.length > 0) return nodata(`${hostsCause}, with no ${type} record`);
  if (plugin.fallthrough.some((zone) => isInZone(zone, name))) return next(question);
  if (plugin.unknownFile !== undefined) return unknown(`the Corefile answers from the file ${plugin.unknownFile}, which is not known here`); // prettier-ignore
  // It has no SOA record for a proper denial.
  return failed('SERVFAIL', `no entry of the Corefile's hosts plugin has ${withoutDot(name)}, and it asks nobody else`);
}

const hostsCause = "an entry of the Corefile's hosts plugin";

/** An entry for the name itself goes before one for all names at its place. */
function hostsAddresses({ entries }: HostsPlugin, name: string): readonly string[] {
  const of = (wanted: string) => entries.filter(({ names }) => names.includes(wanted)).map(({ address }) => address);
  const families = [of(name), of(`*.${name.split('.').slice(1).join('.')}`)];
  const [exact = [], wild = []] = families;
  const isIPv6 = (address: string) => address.includes(':');
  const family = (six: boolean) => {
    const own = exact.filter((address) => isIPv6(address) === six);
    return own.length > 0 ? own : wild.filter((address) => isIPv6(address) === six);
  };
  return [...family(false), ...family(true)];
}

/** An answer as a plugin without a SOA record of its own gives it. */
export function withoutAuthority({ rcode, answers, cause, service }: DnsAnswer): DnsAnswer {
  return { rcode, answers, cause, service };
}
