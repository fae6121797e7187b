/** The statements that kube-proxy's nftables rules are made of, and what decides about them. */

import type { IpFamily } from '#base/ip';
import type { RuleCause } from '../../types';
import type { LocalDetector } from '../local-detector';
import type { ProxyRelease } from '../releases';
import type { NftChain, NftFamily, NftKeyPart, NftRule, NftStatement, NftVerdict } from './types';

/** What of the node and the settings decides about the rules. */
export interface NftablesContext {
  readonly family: IpFamily;
  readonly nftFamily: NftFamily;
  /** The node's own address in this family. */
  readonly nodeAddress: string | undefined;
  readonly detector: LocalDetector | undefined;
  readonly masqueradeAll: boolean;
  readonly masqueradeMark: number;
  /** Ranges of ClusterIPs, for those releases that tell kube-proxy. */
  readonly serviceCIDRs: readonly string[];
  readonly release: ProxyRelease;
}

export const rejectChain = 'reject-chain';
export const markChain = 'mark-for-masquerade';

/** What a destination is looked up by: `ip daddr . meta l4proto . th dport`. */
export const toAddress: readonly NftKeyPart[] = ['destination', 'protocol', 'destination-port'];
/** `meta l4proto . th dport`. */
export const toPort: readonly NftKeyPart[] = ['protocol', 'destination-port'];

export function goTo(chain: string): NftVerdict {
  return { kind: 'goto', chain };
}

export function verdict(value: NftVerdict): NftStatement {
  return { kind: 'verdict', verdict: value };
}

export function jump(chain: string): NftStatement {
  return verdict({ kind: 'jump', chain });
}

export const drop: NftStatement = { kind: 'verdict', verdict: { kind: 'drop' } };

export function isAddress(side: 'source' | 'destination', ...prefixes: readonly string[]): NftStatement {
  return { kind: 'address', side, negated: false, prefixes };
}

export function isNoAddress(side: 'source' | 'destination', ...prefixes: readonly string[]): NftStatement {
  return { kind: 'address', side, negated: true, prefixes };
}

export function isInSet(part: NftKeyPart, set: string): NftStatement {
  return { kind: 'in-set', key: [part], negated: false, set };
}

/** Sets the mark by which a packet is masqueraded as it leaves; in older releases a chain of its own does. */
export function markForMasquerade({ masqueradeMark, release }: NftablesContext): NftStatement {
  return release.nftables === 'maps' ? { kind: 'set-mark', operator: 'or', value: masqueradeMark } : jump(markChain);
}

/** A packet of one of the node's pods, or of anybody else. Models pkg/proxy/util/localdetector.go (v1.37). */
export function fromPodOf(detector: LocalDetector, negated: boolean): NftStatement {
  if (detector.kind === 'source') return { kind: 'address', side: 'source', negated, prefixes: [detector.prefix] };
  return { kind: 'interface-in', negated, name: detector.name.replace(/\+$/, '*') };
}

/** The loopback takes no node ports in this mode. */
export function notLoopback({ family }: NftablesContext): NftStatement {
  return isNoAddress('destination', family === 'IPv4' ? '127.0.0.0/8' : '::1');
}

/** Of one family: makes rules and chains. */
export class RuleMaker {
  readonly #family: NftFamily;
  readonly #cause: RuleCause | undefined;

  constructor(family: NftFamily, cause: RuleCause | undefined) {
    this.#family = family;
    this.#cause = cause;
  }

  rule(...statements: readonly NftStatement[]): NftRule {
    return { family: this.#family, statements, comment: undefined, cause: this.#cause };
  }

  /** The same with a comment. */
  told(comment: string, ...statements: readonly NftStatement[]): NftRule {
    return { ...this.rule(...statements), comment };
  }
}

export function chain(name: string, rules: readonly NftRule[]): NftChain {
  return { name, comment: undefined, base: undefined, rules };
}
