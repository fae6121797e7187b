/** What a rule or an element of nftables asks and does, in words. */

import { assertNever } from '#base/assert';
import type {
  NftElement,
  NftKeyPart,
  NftRule,
  NftSet,
  NftStatement,
  NftVerdict,
} from '#simulation/proxy/nftables/types';
import { endOf, percent, type RuleWords } from './iptables-words';
import { code } from '../markdown';

export function nftablesWords({ statements }: NftRule): RuleWords {
  const words = statements.map(wordsOf);
  const effects = words.flatMap(({ effect }) => effect ?? []);
  return {
    conditions: words.flatMap(({ condition }) => condition ?? []),
    effect: effects.length > 0 ? effects.join(', then ') : 'nothing',
  };
}

interface StatementWords {
  readonly condition?: string;
  readonly effect?: string;
}

function wordsOf(statement: NftStatement): StatementWords {
  switch (statement.kind) {
    case 'address':
      return { condition: `its ${statement.side} is ${not(statement)}in ${statement.prefixes.map(code).join(' or ')}` };
    case 'in-set':
      return { condition: `${keyWords(statement.key)} ${statement.negated ? 'is not' : 'is'} in the set ${code(statement.set)}` }; // prettier-ignore
    case 'interface-in':
      return {
        condition: `it came in by ${statement.negated ? 'another interface than ' : ''}${code(statement.name)}`,
      };
    case 'protocol':
      return { condition: `it is ${statement.protocol.toUpperCase()}` };
    case 'destination-port':
      return { condition: `it is ${statement.protocol.toUpperCase()} and its destination port is ${statement.port}` };
    case 'connection-state':
      return { condition: `the state of its connection is ${statement.states.join(' or ')}` };
    case 'connection-status':
      return { condition: 'its destination has been translated on this node' };
    case 'address-type':
      return { condition: `its ${statement.side} is an address of this node` };
    case 'mark':
      return { condition: `it ${statement.negated === (statement.value === 0) ? 'carries' : 'does not carry'} the mark ${hex(statement.mask)}` }; // prettier-ignore
    case 'set-mark':
      return { effect: statement.operator === 'or' ? 'it is marked, so that its source will be hidden' : 'its mark is taken off' }; // prettier-ignore
    case 'verdict-map':
      return { effect: `${keyWords(statement.key)} is looked up in the map ${code(statement.map)}, which says where it goes on; what is not in it goes to the next rule` }; // prettier-ignore
    case 'random-verdict':
      return { effect: `one of ${statement.verdicts.length} chains is drawn, each with a chance of ${percent(1 / statement.verdicts.length)}` }; // prettier-ignore
    case 'random-dnat':
      return { effect: `its destination becomes one of ${statement.ends.length} endpoints, each with a chance of ${percent(1 / statement.ends.length)}: ${statement.ends.slice(0, 3).map((end) => code(endOf(end))).join(', ')}${statement.ends.length > 3 ? ', …' : ''}` }; // prettier-ignore
    case 'dnat':
      return { effect: `its destination becomes ${code(endOf(statement))}` };
    case 'update-set':
      return { effect: `the client is remembered in ${code(statement.set)} (session affinity)` };
    case 'masquerade':
      return { effect: "its source becomes the node's address, so that the answer comes back this way" };
    case 'reject':
      return { effect: 'it is refused: the client is told at once' };
    case 'verdict':
      return { effect: verdictWords(statement.verdict) };
    default:
      return assertNever(statement);
  }
}

function verdictWords(verdict: NftVerdict): string {
  switch (verdict.kind) {
    case 'accept':
      return 'it is accepted in this chain';
    case 'drop':
      return 'it is dropped: the client hears nothing and times out';
    case 'return':
      return 'it goes back to the chain that it came from';
    case 'jump':
      return `it goes on in the chain ${code(verdict.chain)}, and comes back if nothing there decides`;
    case 'goto':
      return `it goes on in the chain ${code(verdict.chain)}`;
    default:
      return assertNever(verdict);
  }
}

/** What a packet that finds the element meets. */
export function elementWords(set: NftSet, element: NftElement): string {
  const key = code(element.key);
  if (element.verdict) return `A packet to ${key}: ${verdictWords(element.verdict)}.`;
  if (set.name === 'cluster-ips') return `${key} is the address of a Service.`;
  if (set.name === 'hairpin-connections') return `${key}: a pod that reaches itself through a Service. Its source has to be hidden, else it would take its own request for a stranger's.`; // prettier-ignore
  return `${key} is in the set ${code(set.name)}.`;
}

const keyParts: Readonly<Record<NftKeyPart, string>> = {
  source: 'source',
  destination: 'destination',
  protocol: 'protocol',
  'destination-port': 'destination port',
};

function keyWords(key: readonly NftKeyPart[]): string {
  return `its ${key.map((part) => keyParts[part]).join(', ')}`;
}

function not({ negated }: { readonly negated: boolean }): string {
  return negated ? 'not ' : '';
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
