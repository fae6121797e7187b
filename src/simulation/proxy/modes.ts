/** kube-proxy's modes: who makes a node's rules in each, and how they print. */

import { assertNever } from '#base/assert';
import type { IpFamily } from '#base/ip';
import type { ClusterSettings, ProxyMode } from '#model/settings';
import type { ControlPlane, MetRule, Ruleset } from '../types';
import { printRule as printIptablesRule, printRuleset as printIptables } from './iptables/print';
import { iptablesWriter } from './iptables/writer';
import { printRealServer, printRuleset as printIpvs, printVirtualServer } from './ipvs/print';
import { ipvsWriter } from './ipvs/writer';
import {
  printRule as printNftRule, printRuleWith as printNftRuleWith, printTable as printNftables,
} from './nftables/print'; // prettier-ignore
import { nftablesWriter } from './nftables/writer';
import { Proxier } from './proxier';
import type { ServiceList } from './service-list';

/** The proxier of one node and family. */
export interface NodeProxier {
  rules(list: ServiceList, settings: ClusterSettings): Ruleset | undefined;
}

/** Undefined for a mode that is not simulated. */
export function createProxier(
  mode: ProxyMode,
  controlPlane: ControlPlane,
  node: string,
  family: IpFamily,
): NodeProxier | undefined {
  switch (mode) {
    case 'iptables':
      return new Proxier(controlPlane, node, family, iptablesWriter);
    case 'nftables':
      return new Proxier(controlPlane, node, family, nftablesWriter);
    case 'ipvs':
      return new Proxier(controlPlane, node, family, ipvsWriter);
    default:
      return assertNever(mode);
  }
}

/** As `iptables-save` prints it, without counters; as `nft list table`; as ipvsadm, ipset and iptables list theirs. */
export function printRuleset(ruleset: Ruleset): string {
  switch (ruleset.mode) {
    case 'iptables':
      return printIptables(ruleset);
    case 'nftables':
      return printNftables(ruleset.table);
    case 'ipvs':
      return printIpvs(ruleset);
    default:
      return assertNever(ruleset);
  }
}

/** One rule, as its tool prints it. */
export function printMetRule(met: MetRule, chain: string): string {
  switch (met.tool) {
    case 'iptables':
      return printIptablesRule(met.rule, chain);
    case 'nft':
      return met.element ? printNftRuleWith(met.rule, met.element) : printNftRule(met.rule);
    case 'ipvs':
      return met.realServer
        ? printRealServer(met.virtualServer, met.realServer)
        : printVirtualServer(met.virtualServer);
    default:
      return assertNever(met);
  }
}
