/** What IPVS mode sets up, as text: as ipvsadm, ip, ipset and iptables list theirs, one family after the other. */

import { compareStrings } from '#base/compare';
import { printRuleset as printTables } from '../iptables/print';
import type { IpSet, IpvsRuleset, RealServer, VirtualServer } from './types';

const protocolOptions = { TCP: '-t', UDP: '-u', SCTP: '--sctp-service' } as const;

/** The four listings of one family, each under a line that names it. */
export function printRuleset(ruleset: IpvsRuleset): string {
  const { family } = ruleset;
  const lines = [
    `== ipvs ${family}`,
    ...[...ruleset.virtualServers.values()].map(printWithRealServers).sort(compareStrings),
    `== addresses ${family}`,
    ...[...ruleset.addresses].map((address) => `${address}/${family === 'IPv4' ? 32 : 128}`).sort(compareStrings),
    `== ipset ${family}`,
    ...[...ruleset.sets.values()].flatMap(printSet).sort(compareStrings),
    `== ${family === 'IPv4' ? 'iptables-save' : 'ip6tables-save'}`,
  ];
  return `${lines.join('\n')}\n${printTables(ruleset)}`;
}

function printWithRealServers(server: VirtualServer): string {
  const real = server.realServers.map((one) => printRealServer(server, one)).sort(compareStrings);
  return [printVirtualServer(server), ...real].join('\n');
}

/** As `ipvsadm-save -n` prints it: `-A -t 10.96.0.1:443 -s rr`. */
export function printVirtualServer(server: VirtualServer): string {
  const persistence = server.persistenceSeconds > 0 ? ` -p ${server.persistenceSeconds}` : '';
  const flags = server.flags.length > 0 ? ` -b ${server.flags.join(',')}` : '';
  return `-A ${placeOf(server)} -s ${server.scheduler}${persistence}${flags}`;
}

/** `-a -t 10.96.0.1:443 -r 172.30.0.5:6443 -m -w 1`: it masquerades, which is to say that it translates. */
export function printRealServer(server: VirtualServer, { address, port, weight }: RealServer): string {
  return `-a ${placeOf(server)} -r ${hostAndPort(address, port)} -m -w ${weight}`;
}

/** As `ipvsadm -L -n` lists it, without the scheduler: `TCP 10.96.0.1:443`. */
export function virtualServerName({ protocol, address, port }: VirtualServer): string {
  return `${protocol} ${hostAndPort(address, port)}`;
}

function placeOf({ protocol, address, port }: VirtualServer): string {
  return `${protocolOptions[protocol]} ${hostAndPort(address, port)}`;
}

function hostAndPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function printSet({ name, type, family, entries }: IpSet): readonly string[] {
  const options = type === 'bitmap:port' ? 'range 0-65535' : `family ${family === 'IPv4' ? 'inet' : 'inet6'}`;
  return [`create ${name} ${type} ${options}`, ...[...entries.keys()].map((entry) => `add ${name} ${entry}`)];
}
