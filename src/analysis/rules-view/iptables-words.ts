/** What a rule of iptables asks and does, in words. */

import { assertNever } from '#base/assert';
import type { Rule, RuleMatch, RuleTarget } from '#simulation/types';
import { code } from '../markdown';

/** Conditions, all of which a packet has to meet, and what then happens to it. */
export interface RuleWords {
  readonly conditions: readonly string[];
  readonly effect: string;
}

export function iptablesWords({ matches, target }: Rule): RuleWords {
  return { conditions: matches.flatMap(conditionOf), effect: effectOf(target) };
}

function conditionOf(match: RuleMatch): readonly string[] {
  switch (match.kind) {
    case 'source':
    case 'destination':
      return [`its ${match.kind} is ${not(match)}${addresses(match.prefix)}`];
    case 'protocol':
      return [`it is ${not(match)}${match.protocol.toUpperCase()}`];
    case 'destination-port':
      return [`its destination port is ${match.port}`];
    case 'source-type':
      return [`its source is ${not(match)}an address of this node`];
    case 'destination-type':
      return [`its destination is ${not(match)}an address of this node`];
    case 'connection-state':
      return [`the state of its connection is ${not(match)}${match.states.join(' or ')}`];
    case 'mark':
      return [`it ${match.negated ? 'does not carry' : 'carries'} the mark ${hex(match.value)}`];
    case 'random':
      return [
        `a draw says so, with a chance of ${percent(match.probability)} (so that all endpoints get the same share)`,
      ];
    case 'recent':
      return match.action === 'set'
        ? ['(the client is remembered for this endpoint: session affinity)']
        : [`its source was sent to this endpoint in the last ${match.seconds ?? 0} s (session affinity)`];
    case 'set':
      return [
        `${match.parts.map(partWords).join(', ')} ${match.negated ? 'is not' : 'is'} in the set ${code(match.set)}`,
      ];
    case 'bridge-port-in':
      return [`it ${match.negated ? 'did not come' : 'came'} in by a port of a bridge`];
    case 'virtual-server':
      return [`IPVS has sent it on for ${code(`${match.protocol} ${match.address}:${match.port}`)}`];
    case 'interface-in':
      return [`it came in by ${match.negated ? 'another interface than ' : ''}${code(match.name)}`];
    case 'protocol-module':
    case 'accounting':
    case 'comment':
      return [];
    default:
      return assertNever(match);
  }
}

function partWords(part: 'src' | 'dst', index: number): string {
  const side = part === 'src' ? 'source' : 'destination';
  return index === 0 ? `its ${side}` : `${side} ${index === 1 ? 'port' : 'address'}`;
}

function effectOf(target: RuleTarget): string {
  switch (target.kind) {
    case 'jump':
      return `it goes on in the chain ${code(target.chain)}, and comes back if nothing there decides`;
    case 'accept':
      return 'it is accepted: no further rule of this table looks at it';
    case 'drop':
      return 'it is dropped: the client hears nothing and times out';
    case 'return':
      return 'it goes back to the chain that it came from';
    case 'reject':
      return `it is refused with ${target.with}: the client is told at once`;
    case 'mark':
      return target.mask === 0
        ? 'its mark is taken off'
        : `it is marked with ${hex(target.value)}, so that its source will be hidden`;
    case 'masquerade':
      return "its source becomes the node's address, so that the answer comes back this way";
    case 'dnat':
      return `its destination becomes ${code(endOf(target))}`;
    case 'none':
      return 'nothing: the rule only counts';
    default:
      return assertNever(target);
  }
}

export function endOf({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? 'not ' : '';
}

/** A single address goes without its length. */
function addresses(prefix: string): string {
  const single = prefix.replace(prefix.includes(':') ? /\/128$/ : /\/32$/, '');
  return single === prefix && prefix.includes('/') ? `in ${code(prefix)}` : code(single);
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

export function percent(probability: number): string {
  return `${Number((probability * 100).toFixed(1))} %`;
}
