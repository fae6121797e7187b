/** A node's rules as a document: its lines with what they are about, and where its chains and sets stand. */

import { printedLines } from '#simulation/proxy/modes';
import { causeOf, type PrintedLine, type PrintedPart, type PrintedSubject } from '#simulation/proxy/printed';
import type { RealServer, VirtualServer } from '#simulation/proxy/ipvs/types';
import type { RuleCause, Ruleset } from '#simulation/types';

export interface RulesDocument {
  readonly ruleset: Ruleset;
  readonly text: string;
  readonly lines: readonly PrintedLine[];
  /** Where a chain is declared, and the first of its rules where that is another line. `table` is '' for nftables. */
  chain(table: string, name: string): ChainLines | undefined;
  /** The line of a rule of a chain, by its place in there. `table` is '' for nftables. */
  rule(table: string, chain: string, index: number): number | undefined;
  /** The line of a virtual server of IPVS, or of a real server of it, which others may have too. */
  server(server: VirtualServer, real?: RealServer): number | undefined;
  /** The line at which a set or map begins. */
  set(name: string): number | undefined;
}

export interface ChainLines {
  readonly declaration: number;
  readonly firstRule: number | undefined;
}

const known = new WeakMap<Ruleset, RulesDocument>();

/** Kept as long as the ruleset, which is another object after any edit that touches it. */
export function rulesDocument(ruleset: Ruleset): RulesDocument {
  const before = known.get(ruleset);
  if (before) return before;
  const document = new Document(ruleset);
  known.set(ruleset, document);
  return document;
}

/** Who made what stands in each line; of several, the first. */
export function printWithCauses(ruleset: Ruleset): {
  readonly text: string;
  readonly causes: readonly (RuleCause | undefined)[];
} {
  const { text, lines } = rulesDocument(ruleset);
  return { text, causes: lines.map(({ parts }) => parts[0] && causeOf(parts[0].subject)) };
}

/** What stands at a column: the part around it, else the first one of the line. */
export function partAt(line: PrintedLine, character: number): PrintedPart | undefined {
  return line.parts.find(({ from, to }) => from <= character && character <= to) ?? line.parts[0];
}

class Document implements RulesDocument {
  readonly ruleset: Ruleset;
  readonly lines: readonly PrintedLine[];
  readonly text: string;
  #chains: ReadonlyMap<string, ChainLines> | undefined;
  #sets: ReadonlyMap<string, number> | undefined;
  #rules: ReadonlyMap<string, readonly number[]> | undefined;
  #servers: ReadonlyMap<VirtualServer, ServerLines> | undefined;

  constructor(ruleset: Ruleset) {
    this.ruleset = ruleset;
    this.lines = printedLines(ruleset);
    this.text = this.lines.map(({ text }) => `${text}\n`).join('');
  }

  chain(table: string, name: string): ChainLines | undefined {
    this.#chains ??= chainsOf(this.lines);
    return this.#chains.get(`${table} ${name}`);
  }

  rule(table: string, chain: string, index: number): number | undefined {
    this.#rules ??= rulesOf(this.lines);
    return this.#rules.get(`${table} ${chain}`)?.[index];
  }

  server(server: VirtualServer, real?: RealServer): number | undefined {
    this.#servers ??= serversOf(this.lines);
    const lines = this.#servers.get(server);
    return real ? lines?.real.get(real) : lines?.own;
  }

  set(name: string): number | undefined {
    this.#sets ??= setsOf(this.lines);
    return this.#sets.get(name);
  }
}

function chainsOf(lines: readonly PrintedLine[]): ReadonlyMap<string, ChainLines> {
  const chains = new Map<string, ChainLines>();
  for (const [line, { parts }] of lines.entries()) {
    const subject = parts[0]?.subject;
    if (subject?.kind !== 'chain' && subject?.kind !== 'nft-chain' && subject?.kind !== 'rule') continue;
    const key = `${tableOf(subject)} ${subject.chain.name}`;
    const found = chains.get(key);
    if (subject.kind !== 'rule') chains.set(key, { declaration: line, firstRule: undefined });
    else if (found && found.firstRule === undefined) chains.set(key, { ...found, firstRule: line });
  }
  return chains;
}

/** The lines of each chain's rules, in their order. */
function rulesOf(lines: readonly PrintedLine[]): ReadonlyMap<string, readonly number[]> {
  const rules = new Map<string, number[]>();
  for (const [line, { parts }] of lines.entries()) {
    const subject = parts[0]?.subject;
    if (subject?.kind !== 'rule' && subject?.kind !== 'nft-rule') continue;
    const key = `${tableOf(subject)} ${subject.chain.name}`;
    const found = rules.get(key);
    if (found) found.push(line);
    else rules.set(key, [line]);
  }
  return rules;
}

interface ServerLines {
  readonly own: number;
  readonly real: Map<RealServer, number>;
}

function serversOf(lines: readonly PrintedLine[]): ReadonlyMap<VirtualServer, ServerLines> {
  const servers = new Map<VirtualServer, ServerLines>();
  for (const [line, { parts }] of lines.entries()) {
    const subject = parts[0]?.subject;
    if (subject?.kind === 'virtual-server') servers.set(subject.server, { own: line, real: new Map() });
    else if (subject?.kind === 'real-server') servers.get(subject.server)?.real.set(subject.real, line);
  }
  return servers;
}

/** Chains of one name may stand in several tables of iptables, never in nftables. */
export function tableOf(subject: PrintedSubject): string {
  return subject.kind === 'chain' || subject.kind === 'rule' ? subject.table : '';
}

function setsOf(lines: readonly PrintedLine[]): ReadonlyMap<string, number> {
  const sets = new Map<string, number>();
  for (const [line, { parts }] of lines.entries()) {
    const subject = parts[0]?.subject;
    if (subject?.kind === 'nft-set' || subject?.kind === 'ip-set') sets.set(subject.set.name, line);
  }
  return sets;
}
