/** Answers of a DNS server as values: found, empty, not there, not known here. */

import { compareStrings } from '#base/compare';
import type { NamespacedName } from '#model/kubernetes';
import type { DnsAnswer, DnsRecord } from '../types';

/** CoreDNS puts the time of its last change here; a simulation has no time. */
const serial = 1;
/** The longest that CoreDNS lets a negative answer's SOA record live. */
const maxSoaTtl = 300;

/** Models plugin/backend_lookup.go SOA of CoreDNS 1.15. */
export function soaRecord(zone: string, ttl: number): DnsRecord {
  const below = zone === '.' ? '' : zone;
  const value = `ns.dns.${below} hostmaster.${below} ${serial} 7200 1800 86400 ${ttl}`;
  return { name: zone, type: 'SOA', value, ttl: Math.min(ttl, maxSoaTtl) };
}

export function found(answers: readonly DnsRecord[], cause: string, service?: NamespacedName): DnsAnswer {
  return withTtl({ rcode: 'NOERROR', answers, cause, service });
}

/** The name is there, but not with this type. */
export function nodata(cause: string, soa?: DnsRecord, service?: NamespacedName): DnsAnswer {
  return withTtl({ rcode: 'NOERROR', answers: [], ...(soa && { authority: [soa] }), cause, service });
}

export function nxdomain(cause: string, soa?: DnsRecord, service?: NamespacedName): DnsAnswer {
  return withTtl({ rcode: 'NXDOMAIN', answers: [], ...(soa && { authority: [soa] }), cause, service });
}

/** What another server or a plugin that is not modelled would say. */
export function unknown(cause: string): DnsAnswer {
  return { rcode: 'UNKNOWN', answers: [], cause, service: undefined };
}

export function failed(rcode: 'SERVFAIL' | 'REFUSED', cause: string): DnsAnswer {
  return { rcode, answers: [], cause, service: undefined };
}

/** With the least ttl of its records: how long a client may keep it. */
export function withTtl(answer: DnsAnswer): DnsAnswer {
  const ttls = [...answer.answers, ...(answer.authority ?? [])].flatMap((record) => record.ttl ?? []);
  return ttls.length === 0 ? answer : { ...answer, ttl: Math.min(...ttls) };
}

/** Each record once, in the order of their data: the real order is random. */
export function sortedRecords(records: readonly DnsRecord[]): readonly DnsRecord[] {
  const byValue = new Map(records.map((record) => [`${record.name} ${record.type} ${record.value}`, record]));
  return [...byValue].sort(([a], [b]) => compareStrings(a, b)).map(([, record]) => record);
}
