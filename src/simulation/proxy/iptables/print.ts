/** Rules as text, as `iptables-save` and `ip6tables-save` print them, without counters. */

import { assertNever } from '#base/assert';
import type { IptablesRuleset, Rule, RuleMatch, RuleTarget, Table } from '../../types';
import { textOf, type LineWriter } from '../printed';

/** The whole of a node's rules; tables in the order that iptables-save has, each closed by COMMIT. */
export function printRuleset(ruleset: Pick<IptablesRuleset, 'tables'>): string {
  return textOf((write) => writeRuleset(ruleset, write));
}

/** Writes it line by line, each with what it is about. */
export function writeRuleset(ruleset: Pick<IptablesRuleset, 'tables'>, write: LineWriter): void {
  for (const table of ruleset.tables) writeTable(table, write);
}

function writeTable(table: Table, write: LineWriter): void {
  const chains = [...table.chains.values()];
  write(`*${table.name}`, { kind: 'table', name: table.name });
  for (const chain of chains)
    write(`:${chain.name} ${chain.policy ?? '-'}`, { kind: 'chain', table: table.name, chain });
  for (const chain of chains)
    for (const rule of chain.rules)
      write(printRule(rule, chain.name), { kind: 'rule', table: table.name, chain, rule });
  write('COMMIT', { kind: 'end', of: 'table' });
}

/** One rule of a chain: `-A CHAIN … -j TARGET`. */
export function printRule(rule: Rule, chain: string): string {
  // The kernel keeps addresses, interfaces and the protocol in the rule's head, whatever their place in the command.
  const head: [source: string, destination: string, interfaceIn: string, protocol: string] = ['', '', '', ''];
  let protocol = 'tcp';
  for (const match of rule.matches) {
    const place = headOf(match);
    if (match.kind === 'protocol') protocol = match.protocol;
    if (place >= 0) head[place] += ` ${printMatch(match, protocol)}`;
  }
  let text = `-A ${chain}${head[0]}${head[1]}${head[2]}${head[3]}`;
  for (const match of rule.matches) if (headOf(match) < 0) text += ` ${printMatch(match, protocol)}`;
  const target = printTarget(rule.target);
  return target === '' ? text : `${text} ${target}`;
}

/** The match's place in a rule's head; -1 for one that is not in it. */
function headOf({ kind }: RuleMatch): number {
  return kind === 'source'
    ? 0
    : kind === 'destination'
      ? 1
      : kind === 'interface-in'
        ? 2
        : kind === 'protocol'
          ? 3
          : -1;
}

function not(match: { readonly negated: boolean }): string {
  return match.negated ? '! ' : '';
}

function printMatch(match: RuleMatch, protocol: string): string {
  switch (match.kind) {
    case 'source':
      return `${not(match)}-s ${match.prefix}`;
    case 'destination':
      return `${not(match)}-d ${match.prefix}`;
    case 'interface-in':
      return `${not(match)}-i ${match.name}`;
    case 'protocol':
      return `${not(match)}-p ${match.protocol}`;
    case 'protocol-module':
      return `-m ${protocol}`;
    case 'destination-port':
      return `-m ${protocol} --dport ${match.port}`;
    case 'source-type':
      return `-m addrtype ${not(match)}--src-type ${match.type}`;
    case 'destination-type':
      return `-m addrtype ${not(match)}--dst-type ${match.type}`;
    case 'connection-state':
      return `-m conntrack ${not(match)}--ctstate ${match.states.join(',')}`;
    case 'mark':
      return `-m mark ${not(match)}--mark ${hex(match.value)}/${hex(match.mask)}`;
    case 'random':
      return `-m statistic --mode random --probability ${kernelProbability(match.probability)}`;
    case 'recent':
      return `-m recent ${recentAction(match)} --name ${match.list} --mask ${match.addressMask} --rsource`;
    case 'set':
      return `-m set ${not(match)}--match-set ${match.set} ${match.parts.join(',')}`;
    case 'bridge-port-in':
      return `-m physdev ${not(match)}--physdev-is-in`;
    case 'virtual-server':
      return `-m ipvs --vproto ${protocolNumbers[match.protocol]} --vaddr ${wholePrefix(match.address)} --vport ${match.port}`;
    case 'accounting':
      return `-m nfacct --nfacct-name  ${match.name}`;
    case 'comment':
      return `-m comment --comment "${escaped(match.text)}"`;
    default:
      return assertNever(match);
  }
}

/** Models xtables_save_string of libxtables. */
function escaped(text: string): string {
  return /["'\\]/.test(text) ? text.replace(/["'\\]/g, '\\$&') : text;
}

const protocolNumbers = { TCP: 6, UDP: 17, SCTP: 132 } as const;

function wholePrefix(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

function recentAction(match: Extract<RuleMatch, { kind: 'recent' }>): string {
  return match.action === 'set' ? '--set' : `--rcheck --seconds ${match.seconds ?? 0} --reap`;
}

function printTarget(target: RuleTarget): string {
  switch (target.kind) {
    case 'jump':
      return `-j ${target.chain}`;
    case 'accept':
    case 'drop':
    case 'return':
      return `-j ${target.kind.toUpperCase()}`;
    case 'reject':
      return `-j REJECT --reject-with ${target.with}`;
    case 'mark':
      return `-j MARK --set-xmark ${hex(target.value)}/${hex(target.mask)}`;
    case 'masquerade':
      return target.ports === 'kept' ? '-j MASQUERADE' : '-j MASQUERADE --random-fully';
    case 'dnat':
      return `-j DNAT --to-destination ${target.address.includes(':') ? `[${target.address}]` : target.address}:${target.port}`;
    case 'none':
      return '';
    default:
      return assertNever(target);
  }
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/**
 * The kernel keeps a probability as a 31-bit fraction of what kube-proxy wrote with ten decimals
 * (libxt_statistic: `lround(0x80000000 * p)`), and prints eleven.
 */
function kernelProbability(probability: number): string {
  const written = Number(probability.toFixed(10));
  return (Math.round(0x80000000 * written) / 0x80000000).toFixed(11);
}
