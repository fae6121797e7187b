/** What IPVS mode sets up, as text: as ipvsadm, ip, ipset and iptables list theirs, one family after the other. */

import { compareStrings } from '#base/compare';
import { writeRuleset as writeTables } from '../iptables/print';
import { textOf, type LineWriter, type PrintedSubject } from '../printed';
import type { IpSet, IpvsRuleset, RealServer, VirtualServer } from './types';

const protocolOptions = { TCP: '-t', UDP: '-u', SCTP: '--sctp-service' } as const;

/** The four listings of one family, each under a line that names it. */
export function printRuleset(ruleset: IpvsRuleset): string {
  return textOf((write) => writeRuleset(ruleset, write));
}

/** Writes it line by line, each with what it is about. */
export function writeRuleset(ruleset: IpvsRuleset, write: LineWriter): void {
  const { family } = ruleset;
  const section = (name: string) => write(`== ${name}`, { kind: 'section', name });
  section(`ipvs ${family}`);
  for (const block of inOrder([...ruleset.virtualServers.values()].map(serverLines))) writeAll(block, write);
  section(`addresses ${family}`);
  const addresses = [...ruleset.addresses].map((address): Line => ({ text: `${address}/${family === 'IPv4' ? 32 : 128}`, subject: { kind: 'address', address } })); // prettier-ignore
  writeAll(sortedLines(addresses), write);
  section(`ipset ${family}`);
  writeAll(sortedLines([...ruleset.sets.values()].flatMap(setLines)), write);
  section(family === 'IPv4' ? 'iptables-save' : 'ip6tables-save');
  writeTables(ruleset, write);
}

interface Line {
  readonly text: string;
  readonly subject: PrintedSubject;
}

function writeAll(lines: readonly Line[], write: LineWriter): void {
  for (const { text, subject } of lines) write(text, subject);
}

function sortedLines(lines: readonly Line[]): readonly Line[] {
  return [...lines].sort((a, b) => compareStrings(a.text, b.text));
}

/** A virtual server stays with its real servers. */
function inOrder(blocks: readonly (readonly Line[])[]): readonly (readonly Line[])[] {
  const keyed = blocks.map((lines) => ({ lines, key: lines.map(({ text }) => text).join('\n') }));
  return keyed.sort((a, b) => compareStrings(a.key, b.key)).map(({ lines }) => lines);
}

function serverLines(server: VirtualServer): readonly Line[] {
  const real = server.realServers.map((one): Line => ({ text: printRealServer(server, one), subject: { kind: 'real-server', server, real: one } })); // prettier-ignore
  return [{ text: printVirtualServer(server), subject: { kind: 'virtual-server', server } }, ...sortedLines(real)];
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

function setLines(set: IpSet): readonly Line[] {
  const { name, type, family, entries } = set;
  const options = type === 'bitmap:port' ? 'range 0-65535' : `family ${family === 'IPv4' ? 'inet' : 'inet6'}`;
  return [
    { text: `create ${name} ${type} ${options}`, subject: { kind: 'ip-set', set } },
    ...[...entries.keys()].map((entry): Line => ({ text: `add ${name} ${entry}`, subject: { kind: 'ip-set-entry', set, entry } })),
  ]; // prettier-ignore
}
