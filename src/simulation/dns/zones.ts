/** Zones: which names lie in them, and the reverse zones of a prefix. */

import { parsePrefix, type IpPrefix } from '#base/ip';
import { absolute } from './parse';

/** Whether `name` is `zone` or lies below it; both as `absolute` gives them, `.` is the root. */
export function isInZone(zone: string, name: string): boolean {
  return zone === '.' || name === zone || name.endsWith(`.${zone}`);
}

/** Whether addresses are the names in it. */
export function isReverseZone(zone: string): boolean {
  return `.${zone}`.endsWith('.in-addr.arpa.') || `.${zone}`.endsWith('.ip6.arpa.');
}

/** The longest of the zones in which the name lies. Models plugin/normalize.go Zones.Matches of CoreDNS 1.15. */
export function matchingZone(zones: readonly string[], name: string): string | undefined {
  let longest: string | undefined;
  for (const zone of zones) if (isInZone(zone, name) && zone.length > (longest?.length ?? 0)) longest = zone;
  return longest;
}

/** Models plugin/normalize.go Host.NormalizeExact: without scheme and port; a prefix gives its reverse zones. */
export function zonesOf(text: string): readonly string[] {
  const host = text.replace(/^[a-z0-9]+:\/\//, '').replace(/:\d+$/, '');
  const prefix = host.includes('/') ? parsePrefix(host) : undefined;
  return prefix ? reverseZones(prefix) : [absolute(host)];
}

/** The port that a server block's key names. */
export function portOf(key: string): string | undefined {
  return /:(\d+)$/.exec(key)?.[1];
}

/** Models plugin/pkg/cidr Split and Reverse: zones at whole octets (or hexadecimal digits) that cover the prefix. */
function reverseZones(prefix: IpPrefix): readonly string[] {
  const isIPv4 = prefix.family === 'IPv4';
  const [bits, step] = isIPv4 ? [32, 8] : [128, 4];
  const length = Math.ceil(prefix.length / step) * step;
  const zones: string[] = [];
  for (let i = 0n; i < 1n << BigInt(length - prefix.length); i++) {
    const value = (prefix.base + (i << BigInt(bits - length))) >> BigInt(bits - length);
    zones.push(reverseZone(value, length / step, isIPv4));
  }
  return zones;
}

function reverseZone(value: bigint, labels: number, isIPv4: boolean): string {
  const [base, suffix] = isIPv4 ? [256n, 'in-addr.arpa.'] : [16n, 'ip6.arpa.'];
  let name = '';
  let rest = value;
  for (let i = 0; i < labels; i++) {
    name += `${(rest % base).toString(isIPv4 ? 10 : 16)}.`;
    rest /= base;
  }
  return name + suffix;
}
