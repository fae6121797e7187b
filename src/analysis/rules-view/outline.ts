/** The parts of a node's rules: tables with their chains, sets and servers, and what folds together. */

import type { PrintedLine, PrintedSubject } from '#simulation/proxy/printed';
import type { RuleCause } from '#simulation/types';
import type { RulesDocument } from './document';
import { ownerOf } from './owners';

export interface RulesSymbol {
  readonly kind: 'table' | 'chain' | 'set' | 'server';
  readonly name: string;
  /** Whose it is: `shop/web http`. */
  readonly detail: string;
  /** First and last line. */
  readonly from: number;
  readonly to: number;
  readonly children: readonly RulesSymbol[];
}

export interface RulesOutline {
  readonly symbols: readonly RulesSymbol[];
  /** Lines that fold into their first one. */
  readonly folds: readonly { readonly from: number; readonly to: number }[];
}

const known = new WeakMap<RulesDocument, RulesOutline>();

export function rulesOutline(document: RulesDocument): RulesOutline {
  const before = known.get(document);
  if (before) return before;
  const outline = outlineOf(document.lines);
  known.set(document, outline);
  return outline;
}

interface Block {
  readonly kind: 'chain' | 'set' | 'server';
  readonly name: string;
  readonly owner: RuleCause | undefined;
  readonly from: number;
  to: number;
}

interface Part {
  readonly name: string;
  readonly from: number;
  to: number;
  readonly blocks: Block[];
}

function outlineOf(lines: readonly PrintedLine[]): RulesOutline {
  const parts: Part[] = [];
  const sections: Part[] = [];
  for (const [line, { parts: inLine }] of lines.entries()) {
    const subject = inLine[0]?.subject;
    if (subject?.kind === 'section') sections.push({ name: subject.name, from: line, to: line, blocks: [] });
    else if (subject?.kind === 'table') parts.push({ name: subject.name, from: line, to: line, blocks: [] });
    const section = sections.at(-1);
    const part = parts.at(-1) ?? section;
    if (section) section.to = line;
    if (!part) continue;
    part.to = line;
    take(part.blocks, subject, line);
  }
  const symbols = parts.length > 0 && sections.length === 0 ? parts.map(symbolOf) : nested(sections, parts);
  const all = [...sections, ...parts];
  const folds = [
    ...all.map(({ from, to }) => ({ from, to })),
    ...all.flatMap(({ blocks, from, to }) => foldsOf(blocks, declarations(lines, from, to))),
  ];
  return { symbols, folds: folds.filter(({ from, to }) => to > from) };
}

/** Tables of iptables stand in the last section of IPVS mode. */
function nested(sections: readonly Part[], tables: readonly Part[]): readonly RulesSymbol[] {
  return sections.map((section) => ({
    ...symbolOf(section),
    children: [
      ...section.blocks.map(blockSymbol),
      ...tables.filter(({ from, to }) => from > section.from && to <= section.to).map(symbolOf),
    ],
  }));
}

function symbolOf({ name, from, to, blocks }: Part): RulesSymbol {
  return { kind: 'table', name, detail: '', from, to, children: blocks.map(blockSymbol) };
}

function blockSymbol({ kind, name, owner, from, to }: Block): RulesSymbol {
  return { kind, name, detail: owner ? ownerName(owner) : '', from, to, children: [] };
}

function ownerName({ service, portName, endpoint }: RuleCause): string {
  return [service, portName, endpoint === undefined ? '' : `→ ${endpoint}`].filter(Boolean).join(' ');
}

/** Takes a line into the block that it goes on with, or begins one. */
function take(blocks: Block[], subject: PrintedSubject | undefined, line: number): void {
  const last = blocks.at(-1);
  switch (subject?.kind) {
    case 'rule': {
      const { name } = subject.chain;
      if (last?.kind === 'chain' && last.name === name) last.to = line;
      else blocks.push({ kind: 'chain', name, owner: ownerOf({ ...subject, kind: 'chain' }), from: line, to: line });
      return;
    }
    case 'chain':
      // A chain with rules is where its rules are.
      if (subject.chain.rules.length === 0)
        blocks.push({ kind: 'chain', name: subject.chain.name, owner: undefined, from: line, to: line });
      return;
    case 'nft-chain':
      blocks.push({ kind: 'chain', name: subject.chain.name, owner: ownerOf(subject), from: line, to: line });
      return;
    case 'ip-set':
      // A set with entries is where its entries are.
      if (subject.set.entries.size === 0) blocks.push(setBlock(subject.set.name, line));
      return;
    case 'ip-set-entry':
      if (last?.kind === 'set' && last.name === subject.set.name) last.to = line;
      else blocks.push(setBlock(subject.set.name, line));
      return;
    case 'nft-set':
      blocks.push(setBlock(subject.set.name, line));
      return;
    case 'virtual-server': {
      const { protocol, address, port, cause } = subject.server;
      blocks.push({ kind: 'server', name: `${protocol} ${address}:${port}`, owner: cause, from: line, to: line });
      return;
    }
    case 'nft-element':
    case 'nft-rule':
    case 'real-server':
      if (last) last.to = line;
      return;
    case 'end':
      if (subject.of === 'block' && last) last.to = line;
      return;
    default:
  }
}

function setBlock(name: string, line: number): Block {
  return { kind: 'set', name, owner: undefined, from: line, to: line };
}

/** Where all chains of a table are declared, before their rules. */
function declarations(
  lines: readonly PrintedLine[],
  from: number,
  to: number,
): { from: number; to: number } | undefined {
  let last = from;
  while (last < to && lines[last + 1]?.parts[0]?.subject.kind === 'chain') last++;
  return last > from + 1 ? { from: from + 1, to: last } : undefined;
}

/** Each block folds; the first of several that belong to one Service and stand together folds all of them. */
function foldsOf(
  blocks: readonly Block[],
  declared: { readonly from: number; readonly to: number } | undefined,
): { from: number; to: number }[] {
  const folds: { from: number; to: number }[] = declared ? [declared] : [];
  for (const [i, block] of blocks.entries()) {
    if (declared && block.from >= declared.from && block.to <= declared.to) continue;
    const before = blocks[i - 1];
    const isFirst = before?.owner?.service !== block.owner?.service;
    let end = block;
    if (isFirst && block.owner)
      for (let k = i + 1; blocks[k]?.owner?.service === block.owner.service; k++) end = blocks[k] ?? end;
    folds.push({ from: block.from, to: end.to });
  }
  return folds;
}
