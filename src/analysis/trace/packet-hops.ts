/** The steps of a packet's walk as hops for people: one for each table at each netfilter hook, one for each decision. */

import { assertNever } from '#base/assert';
import { familyOf } from '#base/ip';
import type { Service } from '#model/kubernetes';
import type { ProxyMode } from '#model/settings';
import type {
  DataPlane, PacketHeader, PacketSource, RuleAction, RuleCause, Walk, WalkPath, WalkStep,
} from '#simulation/types'; // prettier-ignore
import { printMetRule } from '#simulation/proxy/modes';
import type { Hop, HopCause, HopRule } from '../types';
import { containerPortCause, fieldCause, portCause, serviceCause, troubleCauses, type Tracing } from './causes';
import { topicsOfRules } from './hop-topics';
import { hostAndPort } from './host-and-port';
import { podHop } from './pod-hop';
import { policyHop } from './policy-hop';

export type RuleStep = Extract<WalkStep, { kind: 'rule' }>;
type NoMatchStep = Extract<WalkStep, { kind: 'no-match' }>;

/**
 * All hops from the packet's departure to its end. That nothing matches is worth saying once, where a translation is
 * to be expected: at the packet's first hook.
 */
export function packetHops(path: WalkPath, mode: ProxyMode, tracing: Tracing): Hop[] {
  const hops = hopsOf(path, mode, tracing);
  return path.hooks ? hops.map((hop) => ({ ...hop, way: path })) : hops;
}

/** All ways of a packet; recorded where the trace wants to know what each rule did. */
export function walkOf(
  source: PacketSource,
  destination: Called,
  { mode, other }: By,
  { context, record }: Tracing,
): Walk {
  const { dataPlane } = context.simulation;
  // Of rules that nobody has, nothing is told.
  return record && other === undefined
    ? dataPlane.record(source, destination, mode)
    : dataPlane.walk(source, destination, mode);
}

type Called = Parameters<DataPlane['walk']>[1];

interface By {
  readonly mode: ProxyMode;
  /** Who does it instead of kube-proxy. */
  readonly other: string | undefined;
}

function hopsOf(path: WalkPath, mode: ProxyMode, tracing: Tracing): Hop[] {
  const hops: Hop[] = [];
  const groups = groupSteps(path.steps.filter((step, i) => i === 0 || step.kind !== 'no-match'));
  const { outcome } = path;
  let arrived = outcome.kind !== 'delivered';
  for (const group of groups) {
    const [first] = group;
    if (!first) continue;
    if (first.kind === 'reply' && !arrived && outcome.kind === 'delivered') {
      hops.push(podHop(outcome, first.header, path.steps, tracing));
      arrived = true;
    }
    hops.push(hopOf(group, first, mode, tracing));
  }
  if (!arrived && outcome.kind === 'delivered') hops.push(podHop(outcome, undefined, path.steps, tracing));
  return outcome.kind === 'delivered' ? hops : withFailure(hops, outcome.reason);
}

/** Rules of one table at one hook belong together; everything else is a hop of its own. */
function groupSteps(steps: readonly WalkStep[]): (readonly WalkStep[])[] {
  const groups: WalkStep[][] = [];
  for (const step of steps) {
    const last = groups.at(-1)?.[0];
    const together =
      last?.kind === 'rule' &&
      step.kind === 'rule' &&
      last.node === step.node &&
      last.hook === step.hook &&
      last.table === step.table;
    if (together) groups.at(-1)!.push(step);
    else groups.push([step]);
  }
  return groups;
}

function hopOf(group: readonly WalkStep[], first: WalkStep, mode: ProxyMode, tracing: Tracing): Hop {
  const hop = hopOfStep(group, first, mode, tracing);
  return 'node' in first ? { ...hop, node: first.node } : hop;
}

function hopOfStep(group: readonly WalkStep[], first: WalkStep, mode: ProxyMode, tracing: Tracing): Hop {
  switch (first.kind) {
    case 'rule':
      return rulesHop(group as readonly RuleStep[], first, mode, tracing);
    case 'no-match':
      return noMatchHop(first, mode);
    case 'plugin':
      return pluginHop(first, tracing);
    case 'route':
      return plainHop('route', first.message, '', [], []);
    case 'policy':
      return policyHop(first.verdict, tracing);
    case 'reply':
      return { ...plainHop('reply', first.message, '', [], []), topics: ['conntrack'] };
    default:
      return assertNever(first);
  }
}

function plainHop(kind: Hop['kind'], title: string, result: string, lines: string[], causes: readonly HopCause[]): Hop {
  return { kind, title, result, lines, before: undefined, after: undefined, causes, state: 'passed' };
}

function noMatchHop(step: NoMatchStep, mode: ProxyMode): Hop {
  const result = step.table === 'nat' ? 'no translation' : 'no rule matches';
  return plainHop('rules', `${step.node} ${mode} (${step.table} ${step.hook})`, result, [], []);
}

/** The network plugin's rules are in no ruleset: they are told in words, with the port that made them. */
function pluginHop(step: Extract<WalkStep, { kind: 'plugin' }>, tracing: Tracing): Hop {
  const { node, hook, message, before, after } = step;
  const isTranslated = before.destination !== after.destination;
  const result = isTranslated
    ? `DNAT to ${hostAndPort(after.destination, after.destinationPort)}`
    : "the source becomes the node's";
  const pod = isTranslated ? tracing.context.simulation.controlPlane.podByAddress(after.destination) : undefined;
  const cause = pod && containerPortCause(pod, after.destinationPort, after.protocol, tracing);
  const hop = plainHop('rules', `${node} network plugin (nat ${hook})`, result, [message], cause ? [cause] : []);
  return { ...hop, before: printHeader(before), after: printHeader(after), state: 'changed', topics: ['host-port'] };
}

function rulesHop(steps: readonly RuleStep[], first: RuleStep, mode: ProxyMode, tracing: Tracing): Hop {
  const last = steps.at(-1) ?? first;
  const [before, after] = [printHeader(first.before), printHeader(last.after)];
  const verdict = decidingStep(steps);
  const ends = verdict?.action.kind === 'reject' || verdict?.action.kind === 'drop';
  return {
    kind: 'rules',
    title: `${first.node} ${mode} (${first.table} ${first.hook}${ends ? ` → ${last.chain}` : ''})`,
    result: resultOf(steps, first.table),
    lines: steps.flatMap(ruleLines),
    rules: steps.filter(isTold).map((step) => ruleOf(step, tracing)),
    before: before === after ? undefined : before,
    after: before === after ? undefined : after,
    causes: causesOf(verdict, tracing),
    state: ends ? 'failed' : before === after ? 'passed' : 'changed',
    topics: topicsOfRules(steps, mode),
  };
}

/** A rule that only counts is not worth a line. */
function isTold({ action }: RuleStep): boolean {
  return action.kind !== 'none';
}

/** How many of the rules that were passed over are told in full. */
const mostExplained = 25;

function ruleOf(step: RuleStep, { explain, context }: Tracing): HopRule {
  const { chain, probability, passedOver } = step;
  const passed = explain && passedOver > 0 ? context.simulation.dataPlane.passedOver(step, mostExplained) : [];
  return {
    text: printMetRule(step.met, chain),
    chain,
    at: {
      node: step.node,
      family: familyOf(step.before.destination) ?? 'IPv4',
      table: step.table,
      index: step.index,
    },
    probability,
    passedOver,
    passed: passed.map(({ text, reason }) => ({ text, reason })),
  };
}

/** What was passed over, then the rule. */
function ruleLines(step: RuleStep): string[] {
  if (!isTold(step)) return [];
  const many = step.passedOver === 1 ? '1 rule' : `${step.passedOver} rules`;
  const passed = step.passedOver === 0 ? [] : [`${many} of ${step.chain} did not match`];
  const chance = step.probability < 1 ? ` (a chance of ${Number((step.probability * 100).toFixed(1))} % here)` : '';
  return [...passed, `${printMetRule(step.met, step.chain)}${chance}`];
}

/** The rule that ended or translated the packet. */
function decidingStep(steps: readonly RuleStep[]): RuleStep | undefined {
  return steps.findLast(({ action }) => ['reject', 'drop', 'dnat'].includes(action.kind));
}

function resultOf(steps: readonly RuleStep[], table: string): string {
  const actions = steps.map((step) => step.action);
  const words = actions.flatMap(wordOf);
  if (words.length > 0) return [...new Set(words)].join(', ');
  return table === 'nat'
    ? 'no translation'
    : actions.some(({ kind }) => kind === 'accept')
      ? 'accepted'
      : 'let through';
}

function wordOf(action: RuleAction): string[] {
  switch (action.kind) {
    case 'reject':
      return [`REJECT ${action.with}`];
    case 'drop':
      return ['DROP'];
    case 'dnat':
      return [`DNAT to ${hostAndPort(action.address, action.port)}`];
    case 'masquerade':
      return ["MASQUERADE: the source becomes the node's"];
    case 'jump':
    case 'goto':
    case 'accept':
    case 'return':
    case 'mark':
    case 'none':
      return [];
    default:
      return assertNever(action);
  }
}

/** A rule that rejects has its cause in what is wrong with the Service; one that translates in the port it was made for. */
function causesOf(deciding: RuleStep | undefined, tracing: Tracing): readonly HopCause[] {
  const cause = deciding?.cause;
  if (!deciding || !cause) return [];
  if (deciding.action.kind === 'dnat') return portCause(cause, tracing);
  const policy = trafficPolicyCause(deciding, cause, tracing);
  if (policy.length > 0) return policy;
  const troubles = troubleCauses(cause.service, tracing);
  if (troubles.length > 0) return troubles;
  if (cause.refusal === undefined) return portCause(cause, tracing);
  return serviceCause(cause.service, `has ${cause.refusal === 'source ranges' ? 'source ranges that leave the client out' : cause.refusal}`, tracing); // prettier-ignore
}

/** `Local` without an endpoint on this node drops what `Cluster` would deliver: then the policy is the cause. */
function trafficPolicyCause(deciding: RuleStep, cause: RuleCause, tracing: Tracing): HopCause[] {
  const field = droppingPolicy(deciding, tracing.context.simulation.controlPlane.service(cause.service));
  if (!field) return [];
  const text = `Service ${cause.service} has ${field}: Local, and no endpoint on ${deciding.node}`;
  return fieldCause(cause.service, ['spec', field], text, tracing);
}

/** The traffic policy for which a rule drops (IPVS: rejects) what other nodes have endpoints for. */
export function droppingPolicy(
  { action, cause, before }: RuleStep,
  service: Service | undefined,
): 'internalTrafficPolicy' | 'externalTrafficPolicy' | undefined {
  if ((action.kind !== 'drop' && action.kind !== 'reject') || cause?.refusal !== 'no local endpoints' || !service)
    return undefined;
  const isInternal = service.spec.clusterIP === before.destination || service.spec.clusterIPs?.includes(before.destination); // prettier-ignore
  const field = isInternal ? 'internalTrafficPolicy' : 'externalTrafficPolicy';
  return service.spec[field] === 'Local' ? field : undefined;
}

/** The last hop is where it failed: a rule, a policy, the way back, or else a place from which no way leads on. */
function withFailure(hops: Hop[], reason: string): Hop[] {
  const last = hops.at(-1);
  if (last?.state === 'failed') return hops;
  if (last?.kind === 'reply') {
    const lost = plainHop('reply', 'the answer goes another way', 'it never arrives', [reason], []);
    return [...hops.slice(0, -1), { ...lost, state: 'failed' }];
  }
  return [...hops, { ...plainHop('route', 'no way on', 'ends here', [reason], []), state: 'failed' }];
}

/** `10.244.2.7:41312 → 10.96.114.7:80`. */
export function printHeader(header: PacketHeader): string {
  return `${hostAndPort(header.source, header.sourcePort)} → ${hostAndPort(header.destination, header.destinationPort)}`;
}
