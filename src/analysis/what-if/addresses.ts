/** Another address for a pod that takes the place of one with its name: networks do not give the same one again at once. */

import { parseIp, parsePrefix, prefixContains, printIp, type IpPrefix } from '#base/ip';
import type { Pod } from '#model/kubernetes';
import { podAddresses } from '#simulation/index';
import type { ControlPlane } from '#simulation/types';

/** The pod's addresses, with the next free ones of its node in place of those that are spent. */
export function otherAddresses(
  pod: Pod,
  spent: ReadonlySet<string> | undefined,
  controlPlane: ControlPlane,
): readonly string[] {
  const addresses = podAddresses(pod);
  if (!spent || pod.spec.hostNetwork) return addresses;
  const node = controlPlane.node(pod.spec.nodeName ?? '');
  const ranges = [...(node?.spec.podCIDRs ?? []), ...(node?.spec.podCIDR === undefined ? [] : [node.spec.podCIDR])];
  const prefixes = ranges.flatMap((text) => parsePrefix(text) ?? []);
  const isFree = (address: string) => !spent.has(address) && controlPlane.podByAddress(address) === undefined;
  return addresses.map((address) => (spent.has(address) ? (nextFree(address, prefixes, isFree) ?? address) : address));
}

/** Where a whole range of a /24 is taken, there is none to give. */
const mostTries = 256;

function nextFree(
  address: string,
  prefixes: readonly IpPrefix[],
  isFree: (address: string) => boolean,
): string | undefined {
  const ip = parseIp(address);
  if (!ip) return undefined;
  const home = prefixes.find((prefix) => prefixContains(prefix, ip));
  for (let i = 1n; i <= mostTries; i++) {
    const value = ip.value + i;
    // Beyond the end of the range it begins again after the network's own address and its gateway.
    const isInside = !home || (prefixContains(home, { ...ip, value }) && prefixContains(home, { ...ip, value: value + 1n }));
    const text = printIp({ ...ip, value: isInside ? value : home.base + 1n + i });
    if (isFree(text)) return text;
  }
  return undefined;
} // prettier-ignore
