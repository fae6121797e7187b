/** The names that the cluster's DNS server knows, taken apart. */

import { printIp, type IpAddress } from '#base/ip';

/** What a name below the cluster domain asks for. Models plugin/kubernetes/parse.go parseRequest of CoreDNS 1.15. */
export type ClusterName =
  /** The domain itself, `svc` or `pod` under it: there is something below, nothing at it. */
  | { readonly kind: 'inner' }
  | { readonly kind: 'version' }
  /** `ns.dns`: the DNS server itself. */
  | { readonly kind: 'server' }
  | { readonly kind: 'namespace'; readonly namespace: string }
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | {
      readonly kind: 'service';
      readonly namespace: string;
      readonly name: string;
      /** The host under the Service, '' for none. */
      readonly host: string;
      /** '' for any. */
      readonly port: string;
      readonly protocol: string;
      /** Of a name for the endpoints of one topology zone, where the server knows such names. */
      readonly topology: { readonly zone: string; readonly orAll: boolean } | undefined;
    }
  | { readonly kind: 'invalid'; readonly why: string };

/** Lower case, with the dot at the end. */
export function absolute(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower : `${lower}.`;
}

/** `name` and `zone` as `absolute` gives them; undefined for a name outside the zone. */
export function parseClusterName(name: string, zone: string, zonal = false): ClusterName | undefined {
  if (name === zone) return { kind: 'inner' };
  if (zone !== '.' && !name.endsWith(`.${zone}`)) return undefined;
  const labels = name.slice(0, zone === '.' ? -1 : -zone.length - 1).split('.');
  const last = labels.at(-1)!;
  if (labels.length === 1 && last === 'dns-version') return { kind: 'version' };
  if (labels.length === 2 && last === 'dns' && labels[0] === 'ns') return { kind: 'server' };
  if (last !== 'svc' && last !== 'pod')
    return { kind: 'invalid', why: `before ${withoutDot(zone)} a name has svc or pod, not ${last}` };
  const [namespace, service, ...rest] = labels.slice(0, -1).reverse();
  if (namespace === undefined) return { kind: 'inner' };
  if (service === undefined) return { kind: 'namespace', namespace };
  const topology = zonal && last === 'svc' ? topologyOf(rest) : undefined;
  if (rest.length > 2 && !topology) return { kind: 'invalid', why: 'the name has too many parts before the Service' };
  if (last === 'pod') return { kind: 'pod', namespace, name: service };
  const [host = ''] = rest.length === 1 ? rest : [];
  const [protocol = '', port = ''] = rest.length === 2 ? rest : [];
  return {
    kind: 'service',
    namespace,
    name: service,
    host,
    port: withoutUnderscore(port),
    protocol: withoutUnderscore(protocol),
    topology,
  };
}

/** `ZONE.pin._zone` and `ZONE.prefer._zone`, given from right to left; a zone may have dots in it. */
function topologyOf([anchor, directive, ...zone]: readonly string[]) {
  if (anchor !== '_zone' || zone.length === 0 || (directive !== 'pin' && directive !== 'prefer')) return undefined;
  return { zone: zone.reverse().join('.'), orAll: directive === 'prefer' };
}

function withoutUnderscore(label: string): string {
  return label.startsWith('_') ? label.slice(1) : label;
}

export function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

const reverse4 = '.in-addr.arpa.';
const reverse6 = '.ip6.arpa.';

/** Whether the name lies in the zones of addresses. */
export function isReverse(name: string): boolean {
  return name.endsWith(reverse4) || name.endsWith(reverse6);
}

/** The address of `4.3.2.1.in-addr.arpa.` or its like for IPv6; undefined where it is not complete. */
export function addressOfReverse(name: string): string | undefined {
  if (name.endsWith(reverse4)) {
    const parts = name.slice(0, -reverse4.length).split('.');
    if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
      return undefined;
    return parts.reverse().map(Number).join('.');
  }
  const digits = name.slice(0, -reverse6.length).split('.');
  if (digits.length !== 32 || !digits.every((digit) => /^[0-9a-f]$/.test(digit))) return undefined;
  const ip: IpAddress = { family: 'IPv6', value: BigInt(`0x${digits.reverse().join('')}`) };
  return printIp(ip);
}
