/** A node's tables: the kernel's chains with kube-proxy's jumps, its fixed chains, and what the Services contribute. */

import { compareStrings } from '#base/compare';
import type { IpFamily } from '#base/ip';
import type { Chain, Rule, RuleMatch, RuleTarget, Table } from '../../types';
import type { NodePortAddresses } from '../proxier';
import { NatChains } from './chain-index';
import { comment, type IptablesContext, type ServiceRules } from './service-rules';

const states = (...names: string[]): RuleMatch => ({ kind: 'connection-state', negated: false, states: names });
const portals = comment('kubernetes service portals');
const firewall = comment('kubernetes load balancer firewall');

function rule(target: RuleTarget | string, ...matches: readonly RuleMatch[]): Rule {
  return { matches, target: typeof target === 'string' ? { kind: 'jump', chain: target } : target, cause: undefined };
}

/**
 * The tables as iptables-save lists them. Models iptablesJumpChains and the fixed rules of syncProxyRules in
 * pkg/proxy/iptables/proxier.go (v1.37).
 */
export function assembleTables(
  parts: readonly ServiceRules[],
  context: IptablesContext,
  nodePorts: NodePortAddresses,
): readonly Table[] {
  return [mangleTable(), filterTable(parts, context), natTable(parts, context, nodePorts)];
}

function table(name: Table['name'], builtIn: readonly Chain[], own: Chain[]): Table {
  own.sort((a, b) => compareStrings(a.name, b.name));
  return { name, chains: new Map([...builtIn, ...own].map((chain) => [chain.name, chain])) };
}

function builtIn(name: string, ...rules: readonly Rule[]): Chain {
  return { name, policy: 'ACCEPT', rules };
}

function own(name: string, rules: readonly Rule[] = []): Chain {
  return { name, policy: undefined, rules };
}

function mangleTable(): Table {
  const chains = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
  return table('mangle', chains.map((name) => builtIn(name)), [own('KUBE-PROXY-CANARY')]); // prettier-ignore
}

function filterTable(parts: readonly ServiceRules[], context: IptablesContext): Table {
  const isNew = states('NEW');
  const externally = comment('kubernetes externally-visible service portals');
  const input = builtIn(
    'INPUT',
    rule('KUBE-FIREWALL'),
    rule('KUBE-PROXY-FIREWALL', isNew, firewall),
    rule('KUBE-NODEPORTS', comment('kubernetes health check service ports')),
    rule('KUBE-EXTERNAL-SERVICES', isNew, externally),
  );
  const forward = builtIn(
    'FORWARD',
    rule('KUBE-PROXY-FIREWALL', isNew, firewall),
    rule('KUBE-FORWARD', comment('kubernetes forwarding rules')),
    rule('KUBE-SERVICES', isNew, portals),
    rule('KUBE-EXTERNAL-SERVICES', isNew, externally),
  );
  const output = builtIn(
    'OUTPUT',
    rule('KUBE-FIREWALL'),
    rule('KUBE-PROXY-FIREWALL', isNew, firewall),
    rule('KUBE-SERVICES', isNew, portals),
  );
  return table(
    'filter',
    [input, forward, output],
    [
      own('KUBE-EXTERNAL-SERVICES', parts.flatMap((part) => part.filterExternalServices)),
      own('KUBE-FIREWALL', context.localhostNodePorts ? [blockLocalnet()] : []),
      own('KUBE-FORWARD', forwardRules(context)),
      own('KUBE-NODEPORTS', parts.flatMap((part) => part.filterNodePorts)),
      own('KUBE-PROXY-CANARY'),
      own('KUBE-PROXY-FIREWALL', parts.flatMap((part) => part.filterFirewall)),
      own('KUBE-SERVICES', parts.flatMap((part) => part.filterServices)),
    ],
  ); // prettier-ignore
}

/** Node ports on 127.0.0.1 need route_localnet; this keeps others on the segment from using it (CVE-2020-8558). */
function blockLocalnet(): Rule {
  return rule(
    { kind: 'drop' },
    { kind: 'source', negated: true, prefix: '127.0.0.0/8' },
    { kind: 'destination', negated: false, prefix: '127.0.0.0/8' },
    comment('block incoming localnet connections'),
    { kind: 'connection-state', negated: true, states: ['RELATED', 'ESTABLISHED', 'DNAT'] },
  );
}

function forwardRules({ countsPackets, masqueradeMark }: IptablesContext): Rule[] {
  const counted: RuleMatch[] = countsPackets ? [{ kind: 'accounting', name: 'ct_state_invalid_dropped_pkts' }] : [];
  return [
    rule({ kind: 'drop' }, states('INVALID'), ...counted),
    rule({ kind: 'accept' }, comment('kubernetes forwarding rules'), marked(masqueradeMark, false)),
    rule({ kind: 'accept' }, comment('kubernetes forwarding conntrack rule'), states('RELATED', 'ESTABLISHED')),
  ];
}

function marked(mark: number, negated: boolean): RuleMatch {
  return { kind: 'mark', negated, value: mark, mask: mark };
}

function natTable(parts: readonly ServiceRules[], context: IptablesContext, nodePorts: NodePortAddresses): Table {
  const { masqueradeMark } = context;
  const services = [...parts.flatMap((part) => part.natServices), ...nodePortJumps(context, nodePorts)];
  const chains: Chain[] = [
    own('KUBE-MARK-MASQ', [rule({ kind: 'mark', value: masqueradeMark, mask: masqueradeMark })]),
    own('KUBE-NODEPORTS', parts.flatMap((part) => part.natNodePorts)),
    own('KUBE-POSTROUTING', [
      rule({ kind: 'return' }, marked(masqueradeMark, true)),
      rule({ kind: 'mark', value: masqueradeMark, mask: 0 }),
      rule({ kind: 'masquerade' }, comment('kubernetes service traffic requiring SNAT')),
    ]),
    own('KUBE-PROXY-CANARY'),
    own('KUBE-SERVICES', services),
  ]; // prettier-ignore
  const builtInChains = [
    builtIn('PREROUTING', rule('KUBE-SERVICES', portals)),
    builtIn('INPUT'),
    builtIn('OUTPUT', rule('KUBE-SERVICES', portals)),
    builtIn('POSTROUTING', rule('KUBE-POSTROUTING', comment('kubernetes postrouting rules'))),
  ];
  return { name: 'nat', chains: new NatChains(builtInChains, chains, parts) };
}

/** The last rules of KUBE-SERVICES: whatever goes to the node itself may be for a node port. */
function nodePortJumps({ family, localhostNodePorts }: IptablesContext, nodePorts: NodePortAddresses): Rule[] {
  const note = comment('kubernetes service nodeports; NOTE: this must be the last rule in this chain');
  if (nodePorts !== 'all') {
    const bits = family === 'IPv4' ? 32 : 128;
    return nodePorts
      .filter((address) => localhostNodePorts || !address.startsWith('127.'))
      .map((address) =>
        rule('KUBE-NODEPORTS', { kind: 'destination', negated: false, prefix: `${address}/${bits}` }, note),
      );
  }
  const local: RuleMatch = { kind: 'destination-type', negated: false, type: 'LOCAL' };
  return [rule('KUBE-NODEPORTS', ...loopbackKeptOut(family, localhostNodePorts), note, local)];
}

/** There is no route_localnet for IPv6, and kube-proxy may be told not to set it for IPv4. */
function loopbackKeptOut(family: IpFamily, localhostNodePorts: boolean): readonly RuleMatch[] {
  if (family === 'IPv6') return [{ kind: 'destination', negated: true, prefix: '::1/128' }];
  return localhostNodePorts ? [] : [{ kind: 'destination', negated: true, prefix: '127.0.0.0/8' }];
}
