/** The cluster's DNS server: CoreDNS with its kubernetes plugin, `pods insecure`, and nothing known of the outside. */

import { compareStrings } from '#base/compare';
import { parseIp, printIp } from '#base/ip';
import { isHeadless, type NamespacedName, type Service } from '#model/kubernetes';
import type { ControlPlane, DnsAnswer, DnsRecord, NameService, RecordType } from '../types';
import { namedEndpoints, ReverseEndpoints } from './endpoint-names';
import { absolute, addressOfReverse, isReverse, parseClusterName, withoutDot, type ClusterName } from './parse';
import { resolve } from './resolver';

type ServiceName = Extract<ClusterName, { kind: 'service' }>;

/** One thing that a name leads to: an address with a port, under a host name. */
interface Target {
  readonly address: string;
  /** Absolute; SRV records lead to it. */
  readonly host: string;
  /** Undefined where there is none. */
  readonly port: number | undefined;
}

/** The version of the specification that the server says it follows. */
const schemaVersion = '"1.1.0"';
const dnsService: NamespacedName = 'kube-system/kube-dns';
/** CoreDNS follows no longer chain. */
const maxAliases = 8;
const ttl = 30;

/** Follows the control plane: answers are of the moment when they are asked for. */
export function createNameService(controlPlane: ControlPlane): NameService {
  const server = new Server(controlPlane);
  return {
    query: (name, type) => server.query(absolute(name), type, 0),
    resolve: (pod, name) => resolve(controlPlane, pod, name, (asked, type) => server.query(absolute(asked), type, 0)),
  };
}

class Server {
  readonly #controlPlane: ControlPlane;
  readonly #zone: string;
  readonly #reverse: ReverseEndpoints;

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
    this.#zone = absolute(controlPlane.settings.clusterDomain);
    this.#reverse = new ReverseEndpoints(controlPlane);
  }

  /** `aliases` counts the CNAMEs on the way here. */
  query(name: string, type: RecordType, aliases: number): DnsAnswer {
    if (isReverse(name)) return this.#pointer(name, type);
    const parsed = parseClusterName(name, this.#zone);
    if (!parsed) return nxdomain(`${withoutDot(name)} is outside the cluster domain ${withoutDot(this.#zone)}`);
    switch (parsed.kind) {
      case 'invalid':
        return nxdomain(parsed.why);
      case 'inner':
        return this.#inner(name, type);
      case 'version':
        return type === 'TXT' ? found([{ name, type, value: schemaVersion }], 'the version of the DNS schema') : nodata('only a TXT record is here'); // prettier-ignore
      case 'server':
        return this.#server(name, type);
      case 'namespace':
        if (!this.#hasNamespace(parsed.namespace)) return noNamespace(parsed.namespace);
        return nodata(`${parsed.namespace} is a namespace: the name lacks a Service or pod`);
      case 'pod':
        return this.#pod(name, type, parsed.namespace, parsed.name);
      case 'service':
        return this.#service(name, type, parsed, aliases);
    }
  }

  #hasNamespace(namespace: string): boolean {
    return this.#controlPlane.namespaces().has(namespace);
  }

  #inner(name: string, type: RecordType): DnsAnswer {
    const server = `ns.dns.${this.#zone}`;
    if (name !== this.#zone) return nodata('the name lacks a namespace');
    if (type === 'NS') return found([{ name, type, value: server }], 'the DNS server of the cluster domain');
    if (type === 'SOA') {
      const value = `${server} hostmaster.${this.#zone} 1 7200 1800 86400 ${ttl}`;
      return found([{ name, type, value }], 'the cluster domain');
    }
    return nodata('the cluster domain itself has no address');
  }

  #server(name: string, type: RecordType): DnsAnswer {
    const service = this.#controlPlane.service(dnsService);
    const addresses = service?.spec.clusterIPs ?? [];
    if (!service || addresses.length === 0) return nxdomain(`no Service ${dnsService}`);
    const targets = addresses.map((address) => ({ address, host: name, port: undefined }));
    return answerOf(name, type, targets, 'the Service of the DNS server', dnsService);
  }

  /** Models plugin/kubernetes findPods in mode `insecure`: any address is echoed, whether a pod has it or not. */
  #pod(name: string, type: RecordType, namespace: string, label: string): DnsAnswer {
    if (!this.#hasNamespace(namespace)) return noNamespace(namespace);
    const looksLikeIPv4 = label.split('-').length === 4 && !label.includes('--');
    const ip = parseIp(label.replaceAll('-', looksLikeIPv4 ? '.' : ':'));
    if (!ip) return nxdomain(`${label} is no address of a pod with - for ${looksLikeIPv4 ? '.' : ': or .'}`);
    const address = printIp(ip);
    return answerOf(
      name,
      type,
      [{ address, host: name, port: undefined }],
      `the address ${address}, written as a name`,
    );
  }

  // ---------------------------------------------------------------- Services

  /** Models plugin/kubernetes findServices and plugin/backend_lookup.go A, AAAA, SRV and CNAME. */
  #service(name: string, type: RecordType, asked: ServiceName, aliases: number): DnsAnswer {
    if (!this.#hasNamespace(asked.namespace)) return noNamespace(asked.namespace);
    const key: NamespacedName = `${asked.namespace}/${asked.name}`;
    const service = this.#controlPlane.service(key);
    if (!service) return nxdomain(this.#absence(key, asked));
    const label = `Service ${asked.name} in namespace ${asked.namespace}`;
    if (service.spec.type === 'ExternalName') return this.#external(name, type, service, asked, aliases);
    const byEndpoints = isHeadless(service) || asked.host !== '';
    const targets = byEndpoints ? this.#endpointTargets(key, asked) : this.#clusterTargets(service, asked);
    if (targets.length === 0) return nxdomain(this.#emptiness(service, asked, label), key);
    return answerOf(name, type, targets, byEndpoints ? `ready endpoints of ${label}` : label, key);
  }

  #absence(key: NamespacedName, { name, namespace }: ServiceName): string {
    const refused = this.#controlPlane.serviceObject(key);
    const where = `in namespace ${namespace}`;
    return refused ? `Service ${name} ${where} is refused by the API server` : `no Service ${name} ${where}`;
  }

  /** Why a Service that is there has nothing of what is asked for. */
  #emptiness(service: Service, asked: ServiceName, label: string): string {
    if (asked.host !== '') return `${label} has no ready endpoint with the name ${asked.host}`;
    const any = !isHeadless(service) || this.#endpointTargets(keyOf(service), { ...asked, port: '', protocol: '' }).length > 0; // prettier-ignore
    if (any) return `${label} has no port ${asked.port} with protocol ${asked.protocol}`;
    return `${label} is headless and has no ready endpoints`;
  }

  #clusterTargets(service: Service, asked: ServiceName): readonly Target[] {
    const { ports = [], clusterIPs = [] } = service.spec;
    const host = this.#hostOf(keyOf(service));
    return ports
      .filter((port) => matches(asked, port.name, port.protocol))
      .flatMap(({ port }) => clusterIPs.map((address) => ({ address, host, port })));
  }

  #endpointTargets(key: NamespacedName, asked: ServiceName): readonly Target[] {
    const targets: Target[] = [];
    for (const { address, host, port } of namedEndpoints(this.#controlPlane.endpointSlices(key))) {
      if (asked.host !== '' && host.toLowerCase() !== asked.host) continue;
      if (!matches(asked, port?.name, port?.protocol)) continue;
      targets.push({ address, host: `${host}.${this.#hostOf(key)}`, port: port?.port });
    }
    return targets;
  }

  #hostOf(key: NamespacedName): string {
    const [namespace, name] = key.split('/');
    return `${name}.${namespace}.svc.${this.#zone}`;
  }

  #external(name: string, type: RecordType, service: Service, asked: ServiceName, aliases: number): DnsAnswer {
    const key = keyOf(service);
    const label = `Service ${asked.name} in namespace ${asked.namespace}`;
    const { externalName = '' } = service.spec;
    if (asked.host !== '' || asked.port !== '' || asked.protocol !== '')
      return nxdomain(`${label} is an ExternalName: there are no names under it`, key);
    if (parseIp(externalName)) return nxdomain(`${label} is an ExternalName that holds an address, ${externalName}, where a name is wanted`, key); // prettier-ignore
    const value = absolute(externalName);
    const alias: DnsRecord = { name, type: 'CNAME', value };
    const cause = `${label} is another name for ${withoutDot(value)}`;
    if (type === 'CNAME') return found([alias], cause, key);
    if (type !== 'A' && type !== 'AAAA') return nodata(cause, key);
    // Nothing is known of the outside: there the name ends.
    if (!parseClusterName(value, this.#zone)) return found([alias], cause, key);
    if (value === name || aliases >= maxAliases) return nodata(`${cause}, and that leads in a circle`, key);
    const { answers, cause: why } = this.query(value, type, aliases + 1);
    if (answers.length === 0) return nodata(`${cause}: ${why}`, key);
    return found([alias, ...answers], cause, key);
  }

  // ---------------------------------------------------------------- reverse

  /** Models plugin/kubernetes/reverse.go serviceRecordForIP: a cluster address goes before an endpoint. */
  #pointer(name: string, type: RecordType): DnsAnswer {
    const address = addressOfReverse(name);
    if (address === undefined) return nxdomain(`${withoutDot(name)} is no address`);
    if (type !== 'PTR') return nxdomain(`${withoutDot(name)} has PTR records only`);
    const service = this.#controlPlane
      .servicesByAddress(address)
      .find(({ spec }) => spec.clusterIPs?.some((ip) => ip === address || canonical(ip) === address));
    if (service) {
      const key = keyOf(service);
      const cause = `${address} is the cluster address of Service ${key}`;
      return found([{ name, type, value: this.#hostOf(key) }], cause, key);
    }
    const entries = this.#reverse.at(address);
    if (entries.length === 0) return nxdomain(`no Service and no ready endpoint has the address ${address}`);
    const values = new Set(entries.map(({ host, service: key }) => `${host}.${this.#hostOf(key)}`));
    const records = [...values].sort(compareStrings).map((value): DnsRecord => ({ name, type, value }));
    return found(records, `${address} is the address of an endpoint`, entries[0]!.service);
  }
}

function keyOf(service: Service): NamespacedName {
  return `${service.metadata.namespace}/${service.metadata.name}`;
}

function canonical(address: string): string {
  const ip = parseIp(address);
  return ip ? printIp(ip) : address;
}

function matches(asked: ServiceName, port: string | undefined, protocol: string | undefined): boolean {
  if (asked.port !== '' && asked.port !== (port ?? '').toLowerCase()) return false;
  return asked.protocol === '' || asked.protocol === (protocol ?? '').toLowerCase();
}

function answerOf(
  name: string,
  type: RecordType,
  targets: readonly Target[],
  cause: string,
  service?: NamespacedName,
): DnsAnswer {
  const records = recordsOf(name, type, targets);
  if (records.length > 0) return found(records, cause, service);
  if (type === 'A' || type === 'AAAA') return nodata(`${cause}: no ${type === 'A' ? 'IPv4' : 'IPv6'} address`, service);
  return nodata(`${cause}: no ${type} record`, service);
}

function recordsOf(name: string, type: RecordType, targets: readonly Target[]): readonly DnsRecord[] {
  const values = new Set<string>();
  // All of them share the weight, even those that turn out to be one record.
  const weight = Math.max(1, Math.floor(100 / targets.length));
  for (const { address, host, port } of targets) {
    if (type === 'SRV') {
      if (port !== undefined) values.add(`0 ${weight} ${port} ${host}`);
    } else if (type === (address.includes(':') ? 'AAAA' : 'A')) values.add(canonical(address));
  }
  return [...values].sort(compareStrings).map((value) => ({ name, type, value }));
}

function found(answers: readonly DnsRecord[], cause: string, service?: NamespacedName): DnsAnswer {
  return { rcode: 'NOERROR', answers, cause, service };
}

/** The name is there, but not with this type. */
function nodata(cause: string, service?: NamespacedName): DnsAnswer {
  return { rcode: 'NOERROR', answers: [], cause, service };
}

function nxdomain(cause: string, service?: NamespacedName): DnsAnswer {
  return { rcode: 'NXDOMAIN', answers: [], cause, service };
}

function noNamespace(namespace: string): DnsAnswer {
  return nxdomain(`no namespace ${namespace}`);
}
