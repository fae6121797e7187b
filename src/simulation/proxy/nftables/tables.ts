/** A node's table: base chains at the kernel's hooks, the fixed chains and sets, and what the Services contribute. */

import type { NodePortAddresses } from '../proxier';
import { ChainIndex, SetIndex, SharedSetOf } from './table-index';
import { sharedSets, type PortRules, type SharedSet } from './service-rules';
import {
  chain, drop, fromPodOf, isAddress, isInSet, jump, markChain, markForMasquerade, notLoopback, rejectChain,
  RuleMaker, toAddress, toPort, verdict,
  type NftablesContext,
} from './statements'; // prettier-ignore
import type { NftBase, NftChain, NftHook, NftKeyType, NftRule, NftSet, NftStatement, NftTable } from './types';

const comments: Readonly<Record<SharedSet, string>> = {
  'hairpin-connections': 'service hairpin connections',
  'cluster-ips': 'Active ClusterIPs',
  'no-endpoint-services': 'vmap to drop or reject packets to services with no endpoints',
  'no-endpoint-nodeports': 'vmap to drop or reject packets to service nodeports with no endpoints',
  'firewall-ips': 'destinations that are subject to LoadBalancerSourceRanges',
  'service-ips': 'ClusterIP, ExternalIP and LoadBalancer IP traffic',
  'service-nodeports': 'NodePort traffic',
};

/** Models setupNFTables in pkg/proxy/nftables/proxier.go (v1.37), and those of v1.32 and v1.33. */
export function assembleTable(
  parts: readonly PortRules[],
  context: NftablesContext,
  nodePorts: NodePortAddresses,
): NftTable {
  const nodeIPs = nodePorts === 'all' ? undefined : nodePorts.filter((address) => !isLoopback(address));
  const fixed = [...baseChains(context), ...fixedChains(context, nodeIPs !== undefined)];
  return {
    family: context.nftFamily,
    name: 'kube-proxy',
    comment: 'rules for kube-proxy',
    sets: new SetIndex(fixedSets(parts, context, nodeIPs), parts),
    chains: new ChainIndex(fixed, parts),
  };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

// ---------------------------------------------------------------- sets

function fixedSets(
  parts: readonly PortRules[],
  { family, release }: NftablesContext,
  nodeIPs: readonly string[] | undefined,
): NftSet[] {
  const address: NftKeyType = family === 'IPv4' ? 'ipv4_addr' : 'ipv6_addr';
  const sets: NftSet[] = [];
  for (const name of sharedSets) {
    if (name === 'hairpin-connections' && release.nftables === 'chains') continue;
    sets.push(new SharedSetOf(name, keyTypes(name, address), comments[name], parts));
    if (name === 'cluster-ips' && nodeIPs) sets.push(nodePortSet(address, nodeIPs));
  }
  return sets;
}

function keyTypes(set: SharedSet, address: NftKeyType): readonly NftKeyType[] {
  switch (set) {
    case 'cluster-ips':
      return [address];
    case 'hairpin-connections':
      return [address, address, 'inet_proto', 'inet_service'];
    case 'no-endpoint-nodeports':
    case 'service-nodeports':
      return ['inet_proto', 'inet_service'];
    default:
      return [address, 'inet_proto', 'inet_service'];
  }
}

/** It is not there where all of the node's addresses take node ports. */
function nodePortSet(address: NftKeyType, nodeIPs: readonly string[]): NftSet {
  const elements = nodeIPs.map((key) => ({ key, verdict: undefined, comment: undefined, cause: undefined }));
  return {
    name: 'nodeport-ips',
    kind: 'set',
    keyTypes: [address],
    comment: 'IPs that accept NodePort traffic',
    elements: new Map(elements.map((element) => [element.key, element])),
  };
}

// ---------------------------------------------------------------- chains

function base(type: NftBase['type'], hook: NftHook, priority: number): NftBase {
  return { type, hook, priority, priorityText: priorityText(hook, priority) };
}

/** nft has names for priorities, which differ from hook to hook; it prints one where the number is near it. */
function priorityText(hook: NftHook, priority: number): string {
  if (priority === 0) return 'filter';
  if (hook === 'postrouting' && priority === 100) return 'srcnat';
  if (hook === 'prerouting' && priority === -100) return 'dstnat';
  if (hook === 'prerouting' && priority === -110) return 'dstnat - 10';
  return `${priority}`;
}

type BaseChain = readonly [name: string, base: NftBase, ...jumps: readonly string[]];

/** Models nftablesBaseChains and nftablesJumpChains. */
const chainsByLayout: Readonly<Record<'early' | 'late', readonly BaseChain[]>> = {
  late: [
    ['filter-prerouting-pre-dnat', base('filter', 'prerouting', -110), 'firewall-check'],
    ['filter-output-pre-dnat', base('filter', 'output', -110), 'firewall-check'],
    ['filter-input', base('filter', 'input', 0), 'nodeport-endpoints-check', 'service-endpoints-check'],
    ['filter-forward', base('filter', 'forward', 0), 'service-endpoints-check', 'cluster-ips-check'],
    ['filter-output', base('filter', 'output', 0), 'service-endpoints-check', 'cluster-ips-check'],
    ['nat-prerouting', base('nat', 'prerouting', -100), 'services'],
    ['nat-output', base('nat', 'output', -100), 'services'],
    ['nat-postrouting', base('nat', 'postrouting', 100), 'masquerading'],
  ],
  early: [
    ['filter-prerouting', base('filter', 'prerouting', -110), 'firewall-check'],
    ['filter-input', base('filter', 'input', -110), 'nodeport-endpoints-check', 'service-endpoints-check'],
    ['filter-forward', base('filter', 'forward', -110), 'service-endpoints-check', 'cluster-ips-check'],
    ['filter-output', base('filter', 'output', -110), 'service-endpoints-check', 'firewall-check'],
    ['filter-output-post-dnat', base('filter', 'output', -90), 'cluster-ips-check'],
    ['nat-prerouting', base('nat', 'prerouting', -100), 'services'],
    ['nat-output', base('nat', 'output', -100), 'services'],
    ['nat-postrouting', base('nat', 'postrouting', 100), 'masquerading'],
  ],
};

function baseChains({ nftFamily, release }: NftablesContext): NftChain[] {
  const maker = new RuleMaker(nftFamily, undefined);
  const isNew: NftStatement = { kind: 'connection-state', states: ['new'] };
  return chainsByLayout[release.filtersLate ? 'late' : 'early'].map(([name, at, ...targets]) => ({
    name,
    comment: undefined,
    base: at,
    rules: targets.map((target) =>
      at.type === 'filter' ? maker.rule(isNew, jump(target)) : maker.rule(jump(target)),
    ),
  })); // prettier-ignore
}

function fixedChains(context: NftablesContext, hasNodePortSet: boolean): NftChain[] {
  const maker = new RuleMaker(context.nftFamily, undefined);
  const lookUp = (map: SharedSet): NftStatement => ({ kind: 'verdict-map', key: toAddress, map });
  const lookUpPort = (map: SharedSet): NftStatement => ({ kind: 'verdict-map', key: toPort, map });
  const isNodePortAddress = hasNodePortSet ? isInSet('destination', 'nodeport-ips') : notLoopback(context);
  const isLocal: NftStatement[] = hasNodePortSet ? [] : [{ kind: 'address-type', side: 'destination', type: 'local' }];
  const chains = [
    chain('nodeport-endpoints-check', [maker.rule(isNodePortAddress, lookUpPort('no-endpoint-nodeports'))]),
    chain('service-endpoints-check', [maker.rule(lookUp('no-endpoint-services'))]),
    chain('firewall-check', [maker.rule(lookUp('firewall-ips'))]),
    chain('services', [
      ...maskRules(context, maker),
      maker.rule(lookUp('service-ips')),
      maker.rule(...isLocal, isNodePortAddress, lookUpPort('service-nodeports')),
    ]),
    chain('masquerading', masqueradingRules(context, maker)),
    chain('cluster-ips-check', clusterIPsRules(context, maker)),
  ];
  if (context.release.nftables === 'chains')
    chains.push(chain(markChain, [maker.rule({ kind: 'set-mark', operator: 'or', value: context.masqueradeMark })]));
  const comment = 'helper for @no-endpoint-services / @no-endpoint-nodeports';
  return [...chains, { ...chain(rejectChain, [maker.rule({ kind: 'reject' })]), comment }];
}

/** Since 1.36: packets to ClusterIPs that are not a pod's leave with the node's address. */
function maskRules(context: NftablesContext, maker: RuleMaker): NftRule[] {
  const { release, masqueradeAll, detector } = context;
  if (release.nftables === 'chains') return [];
  const toClusterIP = isInSet('destination', 'cluster-ips');
  const mark = markForMasquerade(context);
  if (masqueradeAll) return [maker.told('masquerade all clusterIP traffic', toClusterIP, mark)];
  if (!detector) return [];
  return [
    maker.told('masquerade clusterIP traffic from outside cluster', toClusterIP, fromPodOf(detector, true), mark),
  ];
}

function masqueradingRules({ release, masqueradeMark: value }: NftablesContext, maker: RuleMaker): NftRule[] {
  const unmark: NftStatement = { kind: 'set-mark', operator: 'xor', value };
  const masquerade: NftStatement = { kind: 'masquerade' };
  if (release.nftables === 'chains') {
    const isUnmarked: NftStatement = { kind: 'mark', mask: value, negated: false, value: 0 };
    return [maker.rule(isUnmarked, verdict({ kind: 'return' })), maker.rule(unmark), maker.rule(masquerade)];
  }
  const isMarked: NftStatement = { kind: 'mark', mask: value, negated: true, value: 0 };
  const isHairpin: NftStatement = {
    kind: 'in-set',
    key: ['source', ...toAddress],
    negated: false,
    set: 'hairpin-connections',
  };
  const isTranslated: NftStatement = { kind: 'connection-status', status: 'dnat' };
  return [maker.rule(isMarked, unmark, masquerade), maker.rule(isTranslated, isHairpin, masquerade)];
}

function clusterIPsRules({ serviceCIDRs }: NftablesContext, maker: RuleMaker): NftRule[] {
  const unknownPort = maker.told(
    'Reject traffic to invalid ports of ClusterIPs',
    isInSet('destination', 'cluster-ips'),
    { kind: 'reject' },
  );
  if (serviceCIDRs.length === 0) return [unknownPort];
  const inRanges = isAddress('destination', ...serviceCIDRs);
  return [unknownPort, maker.told('Drop traffic to unallocated ClusterIPs', inRanges, drop)];
}
