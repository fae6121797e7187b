/** kube-proxy's modes: who makes a node's rules in each, and how they print. */

import { assertNever } from '#base/assert';
import type { IpFamily } from '#base/ip';
import type { ClusterSettings, ProxyMode } from '#model/settings';
import type { ControlPlane, MetRule, Ruleset } from '../types';
import {
  printRule as printIptablesRule, printRuleset as printIptables, writeRuleset as writeIptables,
} from './iptables/print'; // prettier-ignore
import { iptablesWriter } from './iptables/writer';
import {
  printRealServer, printRuleset as printIpvs, printVirtualServer, writeRuleset as writeIpvs,
} from './ipvs/print'; // prettier-ignore
import { ipvsWriter } from './ipvs/writer';
import {
  printRule as printNftRule, printRuleWith as printNftRuleWith, printTable as printNftables, writeTable as writeNftables,
} from './nftables/print'; // prettier-ignore
import { nftablesWriter } from './nftables/writer';
import { linesOf, type PrintedLine } from './printed';
import { Proxier } from './proxier';
import type { ServiceList } from './service-list';

/** The proxier of one node and family. */
export interface NodeProxier {
  rules(list: ServiceList, settings: ClusterSettings): Ruleset | undefined;
}

/** What kube-proxy makes on a node in this mode. */
export function createProxier(
  mode: ProxyMode,
  controlPlane: ControlPlane,
  node: string,
  family: IpFamily,
): NodeProxier {
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

/** The same text line by line, each with what it is about. */
export function printedLines(ruleset: Ruleset): readonly PrintedLine[] {
  return linesOf((write) => {
    switch (ruleset.mode) {
      case 'iptables':
        return writeIptables(ruleset, write);
      case 'nftables':
        return writeNftables(ruleset.table, write);
      case 'ipvs':
        return writeIpvs(ruleset, write);
      default:
        return assertNever(ruleset);
    }
  });
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
