/** The kubernetes plugin of CoreDNS: what it answers for the names of a cluster, from the control plane's objects. */

import type { NamespacedName } from '#model/kubernetes';
import type { ControlPlane, DnsAnswer, DnsRecord, RecordType } from '../types';
import { found, nodata, nxdomain, soaRecord, sortedRecords, unknown } from './answers';
import type { KubernetesPlugin } from './corefile/plugins';
import { KubernetesLookup, type Target, type Targets } from './kubernetes-lookup';
import { addressOfReverse, isReverse, parseClusterName, withoutDot } from './parse';
import { isInZone, matchingZone } from './zones';

/** The address of the DNS server and the name under which it is known. */
export interface NameServerName {
  readonly name: string;
  readonly address: string;
}

/** What the plugin needs of the server around it. */
export interface ServerAround {
  /** The whole server again, for a name outside of the zone. */
  lookup(name: string, type: RecordType): DnsAnswer;
  /** The DNS server itself, as its own Services have it. */
  nameServers(zone: string): readonly NameServerName[];
}

/** The version of the specification that the server says it follows. */
const schemaVersion = '"1.1.0"';
const schemaVersionTtl = 28800;
/** CoreDNS follows no longer chain. */
const maxAliases = 10;
/** Answers, or lets the next plugin answer: then it says what it would have said. */
export type PluginAnswer = { readonly answer: DnsAnswer } | { readonly passed: DnsAnswer };

export class KubernetesZones {
  readonly #plugin: KubernetesPlugin;
  readonly #around: ServerAround;
  readonly #lookup: KubernetesLookup;

  constructor(controlPlane: ControlPlane, plugin: KubernetesPlugin, around: ServerAround) {
    this.#plugin = plugin;
    this.#around = around;
    this.#lookup = new KubernetesLookup(controlPlane, plugin);
  }

  /** Models plugin/kubernetes/handler.go ServeDNS of CoreDNS 1.15; undefined for a name outside of the zones. */
  serve(name: string, type: RecordType): PluginAnswer | undefined {
    const zone = matchingZone(this.#plugin.zones, name);
    if (zone === undefined) return undefined;
    if (this.#plugin.multicluster.includes(zone))
      return { answer: unknown(`${withoutDot(zone)} is a zone of several clusters, which is not modelled`) };
    const answer = this.#answer(name, type, zone);
    if (answer.rcode === 'NXDOMAIN' && this.#plugin.fallthrough.some((each) => isInZone(each, name)))
      return { passed: answer };
    return { answer };
  }

  /** Services that have a ready endpoint with this address. */
  servicesOfEndpoint(address: string): readonly NamespacedName[] {
    return this.#lookup.servicesOfEndpoint(address);
  }

  #soa(zone: string): DnsRecord {
    return soaRecord(zone, this.#plugin.ttl);
  }

  #answer(name: string, type: RecordType, zone: string): DnsAnswer {
    switch (type) {
      case 'A':
      case 'AAAA':
        return this.#addresses(name, type, zone, []);
      case 'SRV':
        return this.#serviceRecords(name, zone);
      case 'CNAME':
        return this.#alias(name, zone);
      case 'PTR':
        return this.#pointer(name, zone);
      case 'TXT':
        return this.#text(name, zone);
      case 'SOA':
        // For a name below, it does not even look whether it is there.
        if (name === zone) return found([this.#soa(zone)], 'the cluster domain');
        return nodata('a SOA record is at the cluster domain itself only', this.#soa(zone));
      case 'NS':
        return name === zone ? this.#nameServers(zone) : this.#otherType(name, type, zone);
      case 'MX':
      case 'CAA':
      case 'HTTPS':
      case 'SVCB':
      case 'HINFO':
      case 'ANY':
        return this.#otherType(name, type, zone);
    }
  }

  /** "Do a fake A lookup, so we can distinguish between NODATA and NXDOMAIN". */
  #otherType(name: string, type: RecordType, zone: string): DnsAnswer {
    const like = this.#addresses(name, 'A', zone, []);
    if (like.rcode === 'NXDOMAIN') return like;
    const cause = like.answers.length === 0 ? like.cause : `${like.cause}: no ${type} record`;
    return nodata(cause, this.#soa(zone), like.service);
  }

  // ---------------------------------------------------------------- types of records

  /** Models plugin/backend_lookup.go A and AAAA; `aliases` are the targets of the CNAMEs on the way here. */
  #addresses(name: string, type: 'A' | 'AAAA', zone: string, aliases: readonly string[]): DnsAnswer {
    const { targets, absent, cause, service } = this.#targets(name, zone);
    if (absent) return nxdomain(cause, this.#soa(zone), service);
    const records: DnsRecord[] = [];
    for (const target of targets) {
      if (target.kind === 'alias') return this.#followed(name, type, zone, { aliases, target: target.name, cause, service }); // prettier-ignore
      if (type === (target.address.includes(':') ? 'AAAA' : 'A'))
        records.push({ name, type, value: target.address, ttl: this.#plugin.ttl });
    }
    if (records.length > 0) return found(sortedRecords(records), cause, service);
    const family = type === 'A' ? 'IPv4' : 'IPv6';
    return nodata(targets.length === 0 ? cause : `${cause}: no ${family} address`, this.#soa(zone), service);
  }

  /** An ExternalName: the chain inside of the zone is followed by the plugin itself, outside by the whole server. */
  #followed(
    name: string,
    type: 'A' | 'AAAA',
    zone: string,
    way: {
      readonly aliases: readonly string[];
      readonly target: string;
      readonly cause: string;
      readonly service: NamespacedName | undefined;
    },
  ): DnsAnswer {
    const { aliases, target, cause, service } = way;
    const record: DnsRecord = { name, type: 'CNAME', value: target, ttl: this.#plugin.ttl };
    if (isInZone(name, target)) return nodata(`${cause}, which is itself or lies below it`, this.#soa(zone), service);
    if (aliases.length > maxAliases) return nodata(`${cause}, after more than ${maxAliases} other names`, this.#soa(zone), service); // prettier-ignore
    if (aliases.includes(target)) return nodata(`${cause}, and that leads in a circle`, this.#soa(zone), service);
    const inside = isInZone(zone, target);
    const next = inside ? this.#addresses(target, type, zone, [...aliases, target]) : this.#around.lookup(target, type);
    if (inside && next.answers.length === 0) return nodata(`${cause}: ${next.cause}`, this.#soa(zone), service);
    // Outside, the alias stands whatever is known of its target.
    const more = next.rcode === 'NOERROR' || next.rcode === 'NXDOMAIN' ? '' : `: ${next.cause}`;
    return found([record, ...next.answers], inside ? cause : `${cause}${more}`, service);
  }

  /** Models plugin/backend_lookup.go SRV. */
  #serviceRecords(name: string, zone: string): DnsAnswer {
    const { targets, absent, cause, service } = this.#targets(name, zone, 'SRV');
    if (absent) return nxdomain(cause, this.#soa(zone), service);
    const addresses = targets.filter((target) => target.kind === 'address');
    const { ttl } = this.#plugin;
    // All of them share the weight, even those that turn out to be one record, in the server's own arithmetic.
    const weight = Math.max(1, Math.floor((100 / (100 * addresses.length)) * 100));
    const withPort = addresses.filter(({ port }) => port !== undefined);
    if (withPort.length === 0) return nodata(`${cause}: no SRV record`, this.#soa(zone), service);
    const records = withPort.map(({ host, port }): DnsRecord => ({ name, type: 'SRV', value: `0 ${weight} ${port} ${host}`, ttl })); // prettier-ignore
    const additional = withPort.map(({ host, address }): DnsRecord => addressRecord(host, address, ttl));
    return { ...found(sortedRecords(records), cause, service), additional: sortedRecords(additional) };
  }

  /** Models plugin/backend_lookup.go CNAME: the alias alone. */
  #alias(name: string, zone: string): DnsAnswer {
    const { targets, absent, cause, service } = this.#targets(name, zone);
    if (absent) return nxdomain(cause, this.#soa(zone), service);
    const [first] = targets;
    if (first?.kind !== 'alias') return nodata(targets.length === 0 ? cause : `${cause}: no CNAME record`, this.#soa(zone), service); // prettier-ignore
    return found([{ name, type: 'CNAME', value: first.name, ttl: this.#plugin.ttl }], cause, service);
  }

  /** Models the TXT part of Services: but for the version there is none, and an empty name is not there. */
  #text(name: string, zone: string): DnsAnswer {
    const parsed = parseClusterName(name, zone, this.#plugin.zonal);
    if (parsed?.kind === 'version')
      return found([{ name, type: 'TXT', value: schemaVersion, ttl: schemaVersionTtl }], 'the version of the DNS schema'); // prettier-ignore
    const { targets, absent, cause, service } = this.#lookup.records(name, zone);
    const zonal = parsed?.kind === 'service' && parsed.topology !== undefined && !absent;
    if (targets.length === 0 && !zonal) return nxdomain(cause, this.#soa(zone), service);
    return nodata(`${cause}: no TXT record`, this.#soa(zone), service);
  }

  #nameServers(zone: string): DnsAnswer {
    const servers = this.#around.nameServers(zone);
    if (servers.length === 0) return nodata('the DNS server has no Service', this.#soa(zone));
    const { ttl } = this.#plugin;
    const records = servers.map((server): DnsRecord => ({ name: zone, type: 'NS', value: server.name, ttl }));
    const additional = servers.map((server): DnsRecord => addressRecord(server.name, server.address, ttl));
    const answer = found(sortedRecords(records), 'the DNS server of the cluster domain');
    return { ...answer, additional: sortedRecords(additional) };
  }

  /** Models Services of plugin/kubernetes/kubernetes.go, for all types but TXT and NS. */
  #targets(name: string, zone: string, type?: 'SRV'): Targets {
    if (name !== (zone === '.' ? 'ns.dns.' : `ns.dns.${zone}`)) return this.#lookup.records(name, zone);
    const servers = type === 'SRV' ? [] : this.#around.nameServers(zone);
    const targets = servers.map(({ address }): Target => ({ kind: 'address', address, host: name, port: undefined }));
    return { targets, absent: false, cause: 'the DNS server itself' };
  }

  /** Models plugin/kubernetes/reverse.go Reverse and plugin/backend_lookup.go PTR. */
  #pointer(name: string, zone: string): DnsAnswer {
    const address = isReverse(name) ? addressOfReverse(name) : undefined;
    const { targets, absent, cause, service } = address === undefined ? this.#lookup.records(name, zone) : this.#lookup.pointers(address); // prettier-ignore
    if (absent) return nxdomain(cause, this.#soa(zone), service);
    if (address === undefined) return nodata(`${cause}: no PTR record`, this.#soa(zone), service);
    const records = targets.flatMap((target): DnsRecord[] =>
      target.kind === 'alias' ? [{ name, type: 'PTR', value: target.name, ttl: this.#plugin.ttl }] : [],
    );
    return found(sortedRecords(records), cause, service);
  }
}

function addressRecord(name: string, address: string, ttl: number): DnsRecord {
  return { name, type: address.includes(':') ? 'AAAA' : 'A', value: address, ttl };
}
