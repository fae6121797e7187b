/** The hover of a line of a node's rules: what it does, who made it, and the way to the YAML. */

import { assertNever } from '#base/assert';
import type { Position } from '#base/text';
import type { PrintedPart, PrintedSubject } from '#simulation/proxy/printed';
import type { RuleCause } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { causePlaces, podName, type CausePlace } from './causes';
import { chainWords, schedulerWords } from './chain-words';
import type { RulesDocument } from './document';
import { endOf, iptablesWords, type RuleWords } from './iptables-words';
import { code, escape } from '../markdown';
import { elementWords, nftablesWords } from './nftables-words';
import { causesOfRule, ownerOf } from './owners';
import { namedAt } from './references';

export interface RulesHover {
  /** Columns of the line. */
  readonly from: number;
  readonly to: number;
  /** Markdown, without the links. */
  readonly contents: string;
  readonly links: readonly CausePlace[];
}

/** How many endpoints of a rule are told one by one. */
const mostEnds = 5;

export function rulesHover(
  document: RulesDocument,
  position: Position,
  context: AnalysisContext,
): RulesHover | undefined {
  const line = document.lines[position.line];
  const part = line?.parts.find(({ from, to }) => from <= position.character && position.character <= to);
  if (!line || !part) return undefined;
  const named = nameHover(document, line.text, part, position, context);
  if (named) return named;
  const { subject } = part;
  const owner = ownerOf(subject);
  const words = [wordsOf(subject, document), ...(owner ? [ownerWords(owner, context)] : [])].filter(Boolean);
  if (words.length === 0) return undefined;
  const causes = subject.kind === 'nft-rule' ? causesOfRule(subject.rule) : [];
  const ends = causes.length > 1 ? [endWords(causes, context)] : [];
  return {
    ...spanOf(part),
    contents: [...words, ...ends].join('\n\n'),
    links: owner ? causePlaces(owner, context) : [],
  };
}

function spanOf({ from, to }: PrintedPart) {
  return { from, to };
}

/** On the name of another chain: what that one is for. */
function nameHover(
  document: RulesDocument,
  text: string,
  part: PrintedPart,
  { character }: Position,
  context: AnalysisContext,
): RulesHover | undefined {
  const found = part.subject.kind === 'rule' || part.subject.kind === 'nft-rule' || part.subject.kind === 'nft-element' ? namedAt(text, part, character) : undefined; // prettier-ignore
  if (!found) return undefined;
  const from = nameStart(text, found.name, character);
  const at =
    found.kind === 'set'
      ? document.set(found.name)
      : document.chain('table' in part.subject ? part.subject.table : '', found.name)?.declaration;
  const target = at === undefined ? undefined : document.lines[at]?.parts[0]?.subject;
  if (!target) return undefined;
  const owner = ownerOf(target);
  const contents = [wordsOf(target, document), ...(owner ? [ownerWords(owner, context)] : [])].filter(Boolean);
  return {
    from,
    to: from + found.name.length,
    contents: contents.join('\n\n'),
    links: owner ? causePlaces(owner, context) : [],
  };
}

function nameStart(text: string, name: string, character: number): number {
  let at = text.indexOf(name);
  while (at >= 0 && at + name.length < character) at = text.indexOf(name, at + 1);
  return Math.max(at, 0);
}

function wordsOf(subject: PrintedSubject, { ruleset }: RulesDocument): string {
  switch (subject.kind) {
    case 'section':
      return sectionWords(subject.name);
    case 'table':
    case 'end':
      return '';
    case 'chain':
    case 'nft-chain':
      return chainHeading(subject.chain.name, subject.chain.rules.length);
    case 'rule':
      return ruleWords(iptablesWords(subject.rule));
    case 'nft-rule':
      return ruleWords(nftablesWords(subject.rule));
    case 'nft-set': {
      const { name, kind, comment, elements, dynamic } = subject.set;
      const told = comment === undefined ? '' : `\n\n${escape(comment)}`;
      const filled = dynamic ? 'Rules fill it as clients come: who is in it goes to the same endpoint again.' : count(elements.size, 'element'); // prettier-ignore
      return `**${kind === 'map' ? 'Map' : 'Set'}** ${code(name)}${told}\n\n${filled}`;
    }
    case 'nft-element':
      return elementWords(subject.set, subject.element);
    case 'virtual-server': {
      const { server } = subject;
      const kept = server.persistenceSeconds > 0 ? ` A client stays with its server for ${server.persistenceSeconds} s.` : ''; // prettier-ignore
      const how = schedulerWords[server.scheduler];
      return `**Virtual server** ${code(`${server.protocol} ${endOf(server)}`)}: IPVS spreads connections over ${count(server.realServers.length, 'real server')} by ${code(server.scheduler)}${how === undefined ? '' : ` (${how})`}.${kept}`; // prettier-ignore
    }
    case 'real-server': {
      const { real } = subject;
      const drained = real.weight === 0 ? ' Its weight is 0: it is on its way out and takes no new connections.' : '';
      return `**Real server** ${code(endOf(real))}: IPVS translates the destination to it.${drained}`;
    }
    case 'address':
      return addressWords(subject.address, ruleset);
    case 'ip-set':
      return `**Set** ${code(subject.set.name)}\n\n${escape(subject.set.comment)}\n\n${count(subject.set.entries.size, 'entry', 'entries')}`;
    case 'ip-set-entry':
      return `${code(subject.entry)} is in the set ${code(subject.set.name)}: ${escape(subject.set.comment)}.`;
    default:
      return assertNever(subject);
  }
}

function sectionWords(name: string): string {
  if (name.startsWith('ipvs')) return 'What the kernel’s load balancer does: virtual servers and their real servers, as `ipvsadm-save -n` prints them.'; // prettier-ignore
  if (name.startsWith('addresses')) return 'The addresses of the device `kube-ipvs0`: the node takes packets to them for its own, so that IPVS sees them.'; // prettier-ignore
  if (name.startsWith('ipset')) return 'Sets that the iptables rules below ask, as `ipset save` prints them.';
  return 'The iptables rules beside IPVS: which packets get their source hidden, and which are dropped.';
}

function chainHeading(name: string, rules: number): string {
  const words = chainWords(name);
  return `**Chain** ${code(name)}, ${count(rules, 'rule')}${words === undefined ? '' : `\n\n${escape(words)}`}`;
}

function ruleWords({ conditions, effect }: RuleWords): string {
  if (conditions.length === 0) return `**Every packet** that gets here: ${effect}.`;
  return `**If** ${conditions.join(', and ')}:  \n**then** ${effect}.`;
}

function addressWords(address: string, ruleset: RulesDocument['ruleset']): string {
  const servers = ruleset.mode === 'ipvs' ? [...ruleset.virtualServers.values()] : [];
  const services = [
    ...new Set(servers.filter((server) => server.address === address).map(({ cause }) => cause.service)),
  ];
  const whose = services.length === 0 ? '' : ` It belongs to ${services.length === 1 ? 'Service' : 'the Services'} ${services.map(escape).join(', ')}.`; // prettier-ignore
  return `The node takes packets to ${code(address)} for its own, so that IPVS sees them.${whose}`;
}

const refusals: Readonly<Record<NonNullable<RuleCause['refusal']>, string>> = {
  'no endpoints': 'because the Service has no endpoints',
  'no local endpoints': 'because the Service has no endpoint on this node, and its traffic policy is Local',
  'source ranges': 'because the Service has source ranges',
};

/** `Service shop/web, port http/TCP, for the endpoint 10.244.1.5:8080 (pod shop/web-1 on node-a)`. */
function ownerWords(cause: RuleCause, context: AnalysisContext): string {
  const port = cause.portName === '' ? cause.protocol : `${cause.portName}/${cause.protocol}`;
  const pod = podName(cause, context);
  const endpoint = cause.endpoint === undefined ? '' : `, for the endpoint ${code(cause.endpoint)}${pod === undefined ? '' : ` (pod ${escape(pod)})`}`; // prettier-ignore
  const refusal = cause.refusal === undefined ? '' : `, ${refusals[cause.refusal]}`;
  return `Made by **Service ${escape(cause.service)}**, port ${escape(port)}${endpoint}${refusal}.`;
}

function endWords(causes: readonly RuleCause[], context: AnalysisContext): string {
  const rows = causes.slice(0, mostEnds).map((cause) => {
    const pod = podName(cause, context);
    return `- ${code(cause.endpoint ?? '')}${pod === undefined ? '' : ` pod ${escape(pod)}`}`;
  });
  const more = causes.length - mostEnds;
  return [...rows, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n');
}

function count(number: number, one: string, several = `${one}s`): string {
  return `${number} ${number === 1 ? one : several}`;
}
