/** Which addresses and prefixes the API server takes. Each check gives the server's complaints; none means valid. */

import { parseIp, parsePrefix, printIp, printPrefix, type IpAddress } from '#base/ip';
import type { Complaints } from './names';
import type { ApiRelease } from './releases';

const fine: Complaints = [];
const noAddress: Complaints = ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
const noPrefix: Complaints = ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'];

/**
 * Models apimachinery/pkg/util/validation IsValidIPForLegacyField (v1.37). Leading zeros are refused for all releases:
 * those that take them disagree with most other programs about which address is meant.
 */
export function ipAddress(text: string, { strictAddresses }: ApiRelease): Complaints {
  const ip = parseIp(text);
  if (!ip) return strictAddresses && parseIp(withoutLeadingZeros(text)) ? ['must not have leading 0s'] : noAddress;
  return strictAddresses && isMapped(text, ip) ? ['must not be an IPv4-mapped IPv6 address'] : fine;
}

/** Models IsValidIP: the address in the one way to write it. */
export function canonicalAddress(text: string): Complaints {
  const ip = parseIp(text);
  if (!ip) return parseIp(withoutLeadingZeros(text)) ? ['must not have leading 0s'] : noAddress;
  if (isMapped(text, ip)) return ['must not be an IPv4-mapped IPv6 address'];
  const canonical = printIp(ip);
  return text === canonical ? fine : [`must be in canonical form (${JSON.stringify(canonical)})`];
}

/** Models IsValidCIDRForLegacyField. */
export function ipPrefix(text: string, { strictAddresses }: Pick<ApiRelease, 'strictAddresses'>): Complaints {
  const slash = text.indexOf('/');
  const address = text.slice(0, slash);
  const length = text.slice(slash + 1);
  if (slash < 0 || !/^\d+$/.test(length)) return noPrefix;
  const ip = parseIp(address);
  if (ip && isMapped(address, ip) && Number(length) <= 128)
    return strictAddresses ? ['must not have an IPv4-mapped IPv6 address'] : fine;
  const prefix = parsePrefix(text);
  if (!ip || !prefix) {
    const reading = parsePrefix(`${withoutLeadingZeros(address)}/${Number(length)}`);
    return strictAddresses && reading ? ['must not have leading 0s in IP or prefix length'] : noPrefix;
  }
  return strictAddresses && ip.value !== prefix.base ? ['must not have bits set beyond the prefix length'] : fine;
}

/** Models IsValidCIDR: the prefix in the one way to write it. */
export function canonicalPrefix(text: string): Complaints {
  const complaints = ipPrefix(text, { strictAddresses: true });
  const prefix = parsePrefix(text);
  if (complaints.length > 0 || !prefix) return complaints;
  const canonical = printPrefix(prefix);
  return text === canonical ? fine : [`must be in canonical form (${JSON.stringify(canonical)})`];
}

/** Of `010.1.2.3`, as old parsers read it. */
function withoutLeadingZeros(text: string): string {
  return text.includes(':') ? text : text.replace(/(^|\.)0+(?=\d)/g, '$1');
}

function isMapped(text: string, ip: IpAddress): boolean {
  return ip.family === 'IPv4' && text.includes(':');
}

/** Models pkg/apis/core/validation ValidateEndpointIP: addresses that no endpoint outside a node can have. */
export function endpointAddress(text: string): Complaints {
  const ip = parseIp(withoutLeadingZeros(text));
  if (!ip) return ['must be a valid IP address'];
  const found: string[] = [];
  if (ip.value === 0n) found.push(`may not be unspecified (${text})`);
  if (isLoopback(ip)) found.push('may not be in the loopback range (127.0.0.0/8, ::1/128)');
  if (isLinkLocal(ip)) found.push('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  if (isLinkLocalMulticast(ip)) found.push('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)');
  return found.length === 0 ? fine : found;
}

function isLoopback(ip: IpAddress): boolean {
  return ip.family === 'IPv4' ? ip.value >> 24n === 127n : ip.value === 1n;
}

function isLinkLocal(ip: IpAddress): boolean {
  return ip.family === 'IPv4' ? ip.value >> 16n === 0xa9fen : ip.value >> 118n === 0xfe80n >> 6n;
}

function isLinkLocalMulticast(ip: IpAddress): boolean {
  // Go's IsLinkLocalMulticast: any ff?2:: is one.
  if (ip.family === 'IPv4') return ip.value >> 8n === 0xe00000n;
  return ip.value >> 120n === 0xffn && ((ip.value >> 112n) & 0xfn) === 2n;
}
