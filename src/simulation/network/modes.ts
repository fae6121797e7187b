/** The rules of a node, of whatever mode, as a packet meets them. */

import { assertNever } from '#base/assert';
import type { Ruleset } from '../types';
import { iptablesNode } from './iptables';
import { ipvsNode } from './ipvs';
import { nftablesNode } from './nftables';
import type { NodeRules } from './node-rules';
import type { LocalAddresses } from './packet';

/** Undefined for a mode whose packets are not simulated. */
export function nodeRulesOf(ruleset: Ruleset, addresses: LocalAddresses): NodeRules | undefined {
  switch (ruleset.mode) {
    case 'iptables':
      return iptablesNode(ruleset, addresses);
    case 'nftables':
      return nftablesNode(ruleset, addresses);
    case 'ipvs':
      return ipvsNode(ruleset, addresses);
    default:
      return assertNever(ruleset);
  }
}
