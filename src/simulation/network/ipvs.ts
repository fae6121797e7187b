/**
 * A packet meets the rules of IPVS mode: iptables' marks and filters around, and between them ip_vs, which sends it on.
 * Models net/netfilter/ipvs/ip_vs_core.c (hooks of ip_vs_ops4, ip_vs_schedule, ip_vs_leave) of Linux 6.
 */

import type { Protocol } from '#model/kubernetes';
import { virtualServerName } from '../proxy/ipvs/print';
import {
  virtualServerKey,
  type IpSet,
  type IpvsRuleset,
  type RealServer,
  type VirtualServer,
} from '../proxy/ipvs/types';
import type { MetRule, RuleAction, RuleCause, RuleMatch, Table, WalkStep } from '../types';
import { passHook } from './iptables';
import type { Hook, NodeRules, Passage } from './node-rules';
import { isInPrefix, type LocalAddresses, type MatchContext, type Packet } from './packet';
import type { Trail } from './trail';

export type SetMatch = Extract<RuleMatch, { readonly kind: 'set' }>;
type Parts = SetMatch['parts'];

/**
 * A node with kube-proxy in IPVS mode. `addresses` are the node's own; those of kube-ipvs0 are local beside them.
 * ip_vs comes after the filter of INPUT, and in OUTPUT between the translation and the filter.
 */
export function ipvsNode(ruleset: IpvsRuleset, addresses: LocalAddresses, trail?: Trail): NodeRules {
  const context = ipvsContext(ruleset, addresses);
  const pass = (packet: Packet, hook: Hook, name: Table['name']): readonly Passage[] => {
    const table = ruleset.tables.find((candidate) => candidate.name === name);
    if (!table) return [];
    return passHook(packet, { node: ruleset.node, hook, table, context, trail }).map((passage) => ({
      ...passage,
      steps: passage.steps.map((step) => withSets(step, ruleset)),
    }));
  };
  return {
    addresses: context.addresses,
    translate: (packet, hook) => pass(packet, hook, 'nat'),
    filter: (packet, hook) => withRefused(pass(packet, hook, 'filter'), packet, hook, ruleset),
    leave: (packet) => pass(packet, 'POSTROUTING', 'nat'),
    schedule: (packet, hook) => schedule(packet, hook, ruleset),
  };
}

/** What the rules of the node's chains ask of: its sets, and its addresses with those of kube-ipvs0. */
export function ipvsContext(ruleset: IpvsRuleset, addresses: LocalAddresses): MatchContext {
  return {
    addresses: { isLocal: (address) => addresses.isLocal(address) || ruleset.addresses.has(address) },
    isInSet: (packet, name, parts) => {
      const set = ruleset.sets.get(name);
      return set !== undefined && entryOf(set, packet, parts) !== undefined;
    },
  };
}

/** How the packet's parts are written as an entry of a set: `10.96.0.10,tcp:80`. */
export function ipSetKey(set: IpSet, { header }: Packet, parts: Parts): string {
  const written = (part: 'src' | 'dst' | undefined, i: number) => {
    const isSource = part === 'src';
    if (i === 1) return `${protocolName(header.protocol)}:${isSource ? header.sourcePort : header.destinationPort}`;
    return isSource ? header.source : header.destination;
  };
  if (set.type === 'bitmap:port') return String(parts[0] === 'src' ? header.sourcePort : header.destinationPort);
  return parts.slice(0, set.type.split(',').length).map(written).join(',');
}

/** The entry of a set that a packet meets. */
function entryOf(set: IpSet, { header }: Packet, parts: Parts): { readonly cause: RuleCause | undefined } | undefined {
  const address = (part: 'src' | 'dst' | undefined) => (part === 'src' ? header.source : header.destination);
  const port = (part: 'src' | 'dst' | undefined) => (part === 'src' ? header.sourcePort : header.destinationPort);
  const find = (entry: string) => (set.entries.has(entry) ? { cause: set.entries.get(entry) } : undefined);
  const place = `${address(parts[0])},${protocolName(header.protocol)}:${port(parts[1])}`;
  switch (set.type) {
    case 'hash:ip':
      return find(address(parts[0]));
    case 'bitmap:port':
      return find(String(port(parts[0])));
    case 'hash:ip,port':
      return find(place);
    case 'hash:ip,port,ip':
      return find(`${place},${address(parts[2])}`);
    default: {
      const entry = netsOf(set)
        .get(place)
        ?.find((net) => isInPrefix(address(parts[2]), net.prefix));
      return entry && { cause: entry.cause };
    }
  }
}

function protocolName(protocol: Protocol): string {
  return protocol.toLowerCase();
}

interface Net {
  readonly prefix: string;
  readonly cause: RuleCause | undefined;
}

/** The nets of a set by their address and port, gathered when first asked for. */
const knownNets = new WeakMap<IpSet, ReadonlyMap<string, readonly Net[]>>();

function netsOf(set: IpSet): ReadonlyMap<string, readonly Net[]> {
  const known = knownNets.get(set);
  if (known) return known;
  const nets = new Map<string, Net[]>();
  for (const [entry, cause] of set.entries) {
    const comma = entry.lastIndexOf(',');
    const [place, prefix] = [entry.slice(0, comma), entry.slice(comma + 1)];
    const net = { prefix: prefix.includes('/') ? prefix : `${prefix}/${prefix.includes(':') ? 128 : 32}`, cause };
    const before = nets.get(place);
    if (before) before.push(net);
    else nets.set(place, [net]);
  }
  knownNets.set(set, nets);
  return nets;
}

/** A rule that many Services share was met for the one whose entry of the rule's set the packet is. */
function withSets(step: WalkStep, ruleset: IpvsRuleset): WalkStep {
  if (step.kind !== 'rule' || step.met.tool !== 'iptables') return step;
  return { ...step, ruleset, cause: step.cause ?? causeOf(step, ruleset) };
}

function causeOf(step: Extract<WalkStep, { readonly kind: 'rule' }>, ruleset: IpvsRuleset): RuleCause | undefined {
  if (step.met.tool !== 'iptables') return undefined;
  const packet: Packet = { header: step.before, ...step.state };
  for (const match of step.met.rule.matches) {
    const set = match.kind === 'set' && !match.negated ? ruleset.sets.get(match.set) : undefined;
    const entry = set && entryOf(set, packet, (match as SetMatch).parts);
    if (entry) return entry.cause;
  }
  // What no source range lets pass is dropped by the chain's last rule, which asks nothing.
  const firewall = step.action.kind === 'drop' && step.chain === 'KUBE-SOURCE-RANGES-FIREWALL' && firewallOf(ruleset);
  const guarded = firewall && entryOf(firewall, packet, ['dst', 'dst']);
  return guarded && guarded.cause ? { ...guarded.cause, refusal: 'source ranges' } : undefined;
}

function firewallOf({ sets, family }: IpvsRuleset): IpSet | undefined {
  return sets.get(family === 'IPv4' ? 'KUBE-LOAD-BALANCER-FW' : 'KUBE-6-LOAD-BALANCER-FW');
}

/** Tells of source ranges that are not kept, as the kernel refused the rules for them. */
function withRefused(
  passages: readonly Passage[],
  packet: Packet,
  hook: Hook,
  ruleset: IpvsRuleset,
): readonly Passage[] {
  if (ruleset.filterRefused === undefined || hook !== 'INPUT') return passages;
  const firewall = firewallOf(ruleset);
  if (!firewall || !entryOf(firewall, packet, ['dst', 'dst'])) return passages;
  const message = `the Service's source ranges are not looked at: ${ruleset.filterRefused}`;
  const told: WalkStep = { kind: 'route', node: ruleset.node, message, header: packet.header };
  return passages.map((passage) => ({ ...passage, steps: [...passage.steps, told] }));
}

/**
 * Sends a connection's first packet on to a real server: each is as likely as its weight says, since nobody knows where
 * the scheduler stands or in which order kube-proxy added them. Without one that takes connections, the sender is told
 * that the port is unreachable (ip_vs_leave).
 */
function schedule(packet: Packet, hook: Hook, ruleset: IpvsRuleset): readonly Passage[] | undefined {
  const { protocol, destination, destinationPort } = packet.header;
  const key = virtualServerKey(protocol, destination, destinationPort);
  const server = ruleset.virtualServers.get(key);
  if (!server) return undefined;
  const open = server.realServers.filter(({ weight }) => weight > 0);
  if (open.length === 0) return [refused(packet, hook, server, ruleset)];
  const total = open.reduce((sum, { weight }) => sum + weight, 0);
  return open.map((realServer) =>
    sent(packet, hook, { server, key, realServer, share: realServer.weight / total }, ruleset),
  );
}

interface Choice {
  readonly server: VirtualServer;
  readonly key: string;
  readonly realServer: RealServer;
  readonly share: number;
}

function sent(packet: Packet, hook: Hook, { server, key, realServer, share }: Choice, ruleset: IpvsRuleset): Passage {
  const { address, port } = realServer;
  const header = { ...packet.header, destination: address, destinationPort: port };
  const met: MetRule = { tool: 'ipvs', virtualServer: server, realServer };
  const action: RuleAction = { kind: 'dnat', address, port };
  const after = { ...packet, header, virtualServer: key };
  const step = stepOf({ packet, after, hook, met, action, cause: realServer.cause, probability: share }, ruleset);
  return { probability: share, packet: after, verdict: 'accept', masquerade: false, steps: [step] };
}

function refused(packet: Packet, hook: Hook, server: VirtualServer, ruleset: IpvsRuleset): Passage {
  const action: RuleAction = {
    kind: 'reject',
    with: ruleset.family === 'IPv4' ? 'icmp-port-unreachable' : 'icmp6-port-unreachable',
  };
  const met: MetRule = { tool: 'ipvs', virtualServer: server };
  const cause: RuleCause = { ...server.cause, refusal: server.cause.refusal ?? 'no endpoints' };
  const step = stepOf({ packet, after: packet, hook, met, action, cause, probability: 1 }, ruleset);
  return { probability: 1, packet, verdict: 'reject', masquerade: false, steps: [step] };
}

function stepOf(
  at: {
    readonly packet: Packet;
    readonly after: Packet;
    readonly hook: Hook;
    readonly met: Extract<MetRule, { readonly tool: 'ipvs' }>;
    readonly action: RuleAction;
    readonly cause: RuleCause;
    readonly probability: number;
  },
  ruleset: IpvsRuleset,
): WalkStep {
  const { mark, translated, from } = at.packet;
  return {
    kind: 'rule',
    node: ruleset.node,
    hook: at.hook,
    table: 'ipvs',
    chain: virtualServerName(at.met.virtualServer),
    rules: [],
    met: at.met,
    action: at.action,
    cause: at.cause,
    index: 0,
    passedOver: 0,
    probability: at.probability,
    before: at.packet.header,
    after: at.after.header,
    state: { mark, translated, from },
    ruleset,
  };
}
