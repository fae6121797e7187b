/** Lines of printed rules that know what they are about, so that nobody has to read it from the text. */

import type { Chain, Rule, RuleCause } from '../types';
import type { IpSet, RealServer, VirtualServer } from './ipvs/types';
import type { NftChain, NftElement, NftRule, NftSet } from './nftables/types';

/** What a line, or a part of it, is about. */
export type PrintedSubject =
  /** `== ipset IPv4`: one of the listings of IPVS mode. */
  | { readonly kind: 'section'; readonly name: string }
  /** `*nat`; `table ip kube-proxy {`. */
  | { readonly kind: 'table'; readonly name: string }
  /** `:KUBE-SERVICES - [0:0]`. */
  | { readonly kind: 'chain'; readonly table: string; readonly chain: Chain }
  | { readonly kind: 'rule'; readonly table: string; readonly chain: Chain; readonly rule: Rule }
  | { readonly kind: 'nft-set'; readonly set: NftSet }
  | { readonly kind: 'nft-element'; readonly set: NftSet; readonly element: NftElement }
  | { readonly kind: 'nft-chain'; readonly chain: NftChain }
  | { readonly kind: 'nft-rule'; readonly chain: NftChain; readonly rule: NftRule }
  | { readonly kind: 'virtual-server'; readonly server: VirtualServer }
  | { readonly kind: 'real-server'; readonly server: VirtualServer; readonly real: RealServer }
  /** Of the device kube-ipvs0. */
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'ip-set'; readonly set: IpSet }
  | { readonly kind: 'ip-set-entry'; readonly set: IpSet; readonly entry: string }
  /** Closes a table, or a set or chain of nftables. */
  | { readonly kind: 'end'; readonly of: 'table' | 'block' };

/** Columns `from` … `to` (excluded) of a line. */
export interface PrintedPart {
  readonly from: number;
  readonly to: number;
  readonly subject: PrintedSubject;
}

export interface PrintedLine {
  readonly text: string;
  readonly parts: readonly PrintedPart[];
}

/** Takes lines as they are printed; `subject` is that of all of the line, or of parts of it. */
export type LineWriter = (text: string, subject?: PrintedSubject | readonly PrintedPart[]) => void;

const noParts: readonly PrintedPart[] = [];

/** Lines that are joined at a time: what they were put together from is then forgotten while it is young. */
const batch = 512;

/** The text alone, each line with its end. */
export function textOf(print: (write: LineWriter) => void): string {
  const batches: string[] = [];
  let lines: string[] = [];
  const join = (): void => {
    if (lines.length > 0) batches.push(lines.join('\n'), '\n');
    lines = [];
  };
  print((text) => {
    if (lines.push(text) === batch) join();
  });
  join();
  return batches.join('');
}

/** The same lines with what they are about. */
export function linesOf(print: (write: LineWriter) => void): readonly PrintedLine[] {
  const lines: PrintedLine[] = [];
  print((text, subject) => lines.push({ text, parts: partsOf(text, subject) }));
  return lines;
}

function partsOf(text: string, subject: PrintedSubject | readonly PrintedPart[] | undefined): readonly PrintedPart[] {
  if (subject === undefined) return noParts;
  if ('kind' in subject) return [{ from: text.length - text.trimStart().length, to: text.length, subject }];
  return subject;
}

/** Who made what a part is about; undefined for what kube-proxy has whatever Services there are. */
export function causeOf(subject: PrintedSubject): RuleCause | undefined {
  switch (subject.kind) {
    case 'rule':
    case 'nft-rule':
      return subject.rule.cause;
    case 'nft-element':
      return subject.element.cause;
    case 'virtual-server':
      return subject.server.cause;
    case 'real-server':
      return subject.real.cause;
    case 'ip-set-entry':
      return subject.set.entries.get(subject.entry);
    default:
      return undefined;
  }
}
