/**
 * Placeholders for what the allocators choose. A Service's fate is decided before anybody knows which free address or
 * port it gets, so until then a token stands in its spec. No manifest can hold one: an address with this character is
 * none, and a port with a fraction is not decoded.
 */

import { parseIp, type IpFamily } from '#base/ip';
import type { NamespacedName } from '#model/kubernetes';

const mark = '\uE000';
/** No name of an object has it. */
const separator = '#';
const portsPerRound = 65536;

/** Stands for an address of the family. */
export function addressToken(family: IpFamily): string {
  return mark + family;
}

/** Whether the text stands for an address that is not chosen yet. */
export function isAddressToken(address: string): boolean {
  return address.startsWith(mark);
}

/** The family of an address or of a token; undefined for what is neither. */
export function addressFamily(text: string): IpFamily | undefined {
  if (isAddressToken(text)) return text.slice(mark.length) as IpFamily;
  return parseIp(text)?.family;
}

export const healthToken = 1.25;

/** For the port of this number; `used` are tokens that other ports of the Service have. */
export function portToken(port: number, used: ReadonlySet<number>): number {
  let token = (port >= 1 && port < portsPerRound ? port : 1) + 0.5;
  while (used.has(token)) token += portsPerRound;
  return token;
}

/** Whether the number stands for a node port that is not chosen yet. */
export function isPortToken(port: number): boolean {
  return !Number.isInteger(port);
}

/** The seat in the pool of node ports: its name is all that the choice depends on. */
export function portSeat(name: NamespacedName, token: number): string {
  if (token === healthToken) return `${name}${separator}health`;
  const round = Math.floor(token / portsPerRound);
  const seat = `${name}${separator}${Math.floor(token) % portsPerRound}`;
  return round === 0 ? seat : `${seat}${separator}${round}`;
}

/** The Service that a seat belongs to. A seat in a pool of addresses has the Service's own name. */
export function ownerOfSeat(seat: string): NamespacedName {
  const end = seat.indexOf(separator);
  return end < 0 ? seat : seat.slice(0, end);
}
