/** Tables, sets, chains and rules as text, as `nft -s list table` prints them. */

import { assertNever } from '#base/assert';
import { compareStrings } from '#base/compare';
import { textOf, type LineWriter, type PrintedPart } from '../printed';
import { printRanges } from './ranges';
import type {
  NftChain, NftElement, NftFamily, NftKeyPart, NftRule, NftSet, NftStatement, NftTable, NftVerdict,
} from './types'; // prettier-ignore

/** The whole table. */
export function printTable(table: NftTable): string {
  return textOf((write) => writeTable(table, write));
}

/** Writes it line by line, each with what it is about. */
export function writeTable(table: NftTable, write: LineWriter): void {
  write(`table ${table.family} ${table.name} {`, { kind: 'table', name: `${table.family} ${table.name}` });
  write(`\tcomment "${table.comment}"`);
  let isFirst = true;
  const separate = () => {
    if (!isFirst) write('');
    isFirst = false;
  };
  for (const set of table.sets.values()) {
    separate();
    writeSet(set, write);
  }
  for (const chain of table.chains.values()) {
    separate();
    writeChain(chain, write);
  }
  write('}', { kind: 'end', of: 'table' });
}

// ---------------------------------------------------------------- sets

function writeSet(set: NftSet, write: LineWriter): void {
  const value = set.kind === 'map' ? ' : verdict' : '';
  write(`\t${set.kind} ${set.name} {`, { kind: 'nft-set', set });
  write(`\t\ttype ${set.keyTypes.join(' . ')}${value}`);
  if (set.dynamic) {
    write(`\t\tsize ${set.dynamic.size}`);
    write('\t\tflags dynamic,timeout');
    write(`\t\ttimeout ${printSeconds(set.dynamic.timeoutSeconds)}`);
  }
  if (set.comment !== undefined) write(`\t\tcomment "${set.comment}"`);
  if (set.elements.size > 0) writeElements(set, write);
  write('\t}', { kind: 'end', of: 'block' });
}

/** `3h`, `1h30m5s`: Models time_print of nft. */
function printSeconds(seconds: number): string {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  return parts.map(([count, unit]) => (count > 0 ? `${count}${unit}` : '')).join('');
}

/** Addresses of IPv4 stand two in a line, anything else alone. */
function writeElements(set: NftSet, write: LineWriter): void {
  const perLine = set.kind === 'set' && set.keyTypes.length === 1 && set.keyTypes[0] === 'ipv4_addr' ? 2 : 1;
  const elements = sortedElements(set);
  for (let i = 0; i < elements.length; i += perLine) {
    let text = i === 0 ? '\t\telements = { ' : '\t\t\t     ';
    const parts: PrintedPart[] = [];
    const ofLine = elements.slice(i, i + perLine);
    for (const [k, element] of ofLine.entries()) {
      if (k > 0) text += ', ';
      const from = text.length;
      text += printElement(element);
      parts.push({ from, to: text.length, subject: { kind: 'nft-element', set, element } });
    }
    write(`${text}${i + perLine < elements.length ? ',' : ' }'}`, parts);
  }
}

/** As it stands in its set or map: `10.96.0.1 . tcp . 80 comment "shop/web" : drop`. */
export function printElement({ key, verdict, data, comment }: NftElement): string {
  const told = comment === undefined ? '' : ` comment "${comment}"`;
  if (verdict) return `${key}${told} : ${printVerdict(verdict)}`;
  return data === undefined ? `${key}${told}` : `${key}${told} : ${data}`;
}

/**
 * nft sorts what it lists: single addresses by their value; of concatenations it takes the bytes for one number with
 * its lowest byte first, so that the last byte counts most. Models expr_msort_cmp of nft's mergesort.c.
 */
function sortedElements(set: NftSet): readonly NftElement[] {
  const keyed = [...set.elements.values()].map((element) => ({ element, order: orderOf(element.key, set) }));
  return keyed.sort((a, b) => compareStrings(a.order, b.order)).map(({ element }) => element);
}

const protocolNumbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** A text whose order is that of the key's bytes. */
function orderOf(key: string, { keyTypes }: NftSet): string {
  const bytes = key.split(' . ').flatMap((part, index) => {
    switch (keyTypes[index]) {
      case 'inet_proto':
        return [protocolNumbers[part] ?? 0];
      case 'inet_service':
        return [Number(part) >> 8, Number(part) & 255];
      default:
        return bytesOf(part);
    }
  });
  if (keyTypes.length > 1) bytes.reverse();
  return String.fromCharCode(...bytes);
}

function bytesOf(address: string): number[] {
  if (!address.includes(':')) return address.split('.').map(Number);
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return all.flatMap((group) => [group >> 8, group & 255]);
}

// ---------------------------------------------------------------- chains

function writeChain(chain: NftChain, write: LineWriter): void {
  const { name, comment, base, rules } = chain;
  write(`\tchain ${name} {`, { kind: 'nft-chain', chain });
  if (comment !== undefined) write(`\t\tcomment "${comment}"`);
  if (base) write(`\t\ttype ${base.type} hook ${base.hook} priority ${base.priorityText}; policy accept;`);
  for (const rule of rules) write(`\t\t${printRule(rule)}`, { kind: 'nft-rule', chain, rule });
  write('\t}', { kind: 'end', of: 'block' });
}

/** One rule: `ip daddr . meta l4proto . th dport vmap @service-ips`. */
export function printRule(rule: NftRule): string {
  return printStatements(rule, (statement) => printStatement(statement, rule.family));
}

/**
 * A rule with the element that it found in a set or map: `… vmap @service-ips { 10.96.0.1 . tcp . 80 : goto … }`; of a
 * map of its own, only the element that was drawn.
 */
export function printRuleWith(rule: NftRule, element: NftElement): string {
  const found = `{ ${printElement(element)} }`;
  return printStatements(rule, (statement) => {
    const text = printStatement(statement, rule.family);
    switch (statement.kind) {
      case 'verdict-map':
      case 'in-set':
        return isAbout(element, statement) ? `${text} ${found}` : text;
      case 'random-verdict':
      case 'random-dnat':
        return text.replace(/\{.*\}$/, () => found);
      default:
        return text;
    }
  });
}

/** Whether the element is of the set or map that the statement asks, which the number of its parts tells. */
function isAbout({ key }: NftElement, { key: parts }: { readonly key: readonly NftKeyPart[] }): boolean {
  return key.split(' . ').length === parts.length;
}

function printStatements(rule: NftRule, print: (statement: NftStatement) => string): string {
  const comment = rule.comment === undefined ? '' : ` comment "${rule.comment}"`;
  return `${rule.statements.map(print).join(' ')}${comment}`;
}

function printStatement(statement: NftStatement, family: NftFamily): string {
  switch (statement.kind) {
    case 'address':
      return `${family} ${sides[statement.side]} ${not(statement)}${printRanges(statement.prefixes)}`;
    case 'in-set':
      return `${printKey(statement.key, family)} ${not(statement)}@${statement.set}`;
    case 'interface-in':
      return `iifname ${not(statement)}"${statement.name}"`;
    case 'protocol':
      return `meta l4proto ${statement.protocol}`;
    case 'destination-port':
      return `${statement.protocol} dport ${statement.port}`;
    case 'connection-state':
      return `ct state ${statement.states.join(',')}`;
    case 'connection-status':
      return `ct status ${statement.status}`;
    case 'address-type':
      return `fib ${sides[statement.side]} type ${statement.type}`;
    case 'mark':
      return printMark(statement);
    case 'set-mark':
      return `meta mark set meta mark ${statement.operator === 'or' ? '|' : '^'} ${hex(statement.value)}`;
    case 'verdict-map':
      return `${printKey(statement.key, family)} vmap @${statement.map}`;
    case 'random-verdict':
      return printRandom('vmap', statement.verdicts.map(({ verdict }) => printVerdict(verdict))); // prettier-ignore
    case 'random-dnat':
      return `dnat ${family} to ${printRandom('map', statement.ends.map(printEnd))}`;
    case 'dnat':
      return `dnat to ${statement.address.includes(':') ? `[${statement.address}]` : statement.address}:${statement.port}`;
    case 'update-set':
      return `update @${statement.set} { ${family} saddr }`;
    case 'masquerade':
      return 'masquerade fully-random';
    case 'reject':
      return 'reject';
    case 'verdict':
      return printVerdict(statement.verdict);
    default:
      return assertNever(statement);
  }
}

const sides = { source: 'saddr', destination: 'daddr' } as const;

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? '!= ' : '';
}

/** nft takes a mask of the highest bit for a prefix of one bit. */
function printMark({ mask, value, negated }: Extract<NftStatement, { readonly kind: 'mark' }>): string {
  if (mask === 2 ** 31) return `meta mark ${not({ negated })}${hex(value)}/1`;
  return `meta mark & ${hex(mask)} ${negated ? '!=' : '=='} ${hex(value)}`;
}

function printKey(parts: readonly NftKeyPart[], family: NftFamily): string {
  return parts.map((part) => printKeyPart(part, family)).join(' . ');
}

function printKeyPart(part: NftKeyPart, family: NftFamily): string {
  switch (part) {
    case 'source':
    case 'destination':
      return `${family} ${sides[part]}`;
    case 'protocol':
      return 'meta l4proto';
    case 'destination-port':
      return 'th dport';
    default:
      return assertNever(part);
  }
}

function printRandom(kind: 'map' | 'vmap', values: readonly string[]): string {
  return `numgen random mod ${values.length} ${kind} { ${values.map((value, i) => `${i} : ${value}`).join(', ')} }`;
}

/** `10.244.1.7 . 8080`. */
export function printEnd({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${address} . ${port}`;
}

export function printVerdict(verdict: NftVerdict): string {
  return 'chain' in verdict ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
