/** The rules of a node, of whatever mode, as a packet meets them. */

import { assertNever } from '#base/assert';
import type { Ruleset } from '../types';
import { iptablesNode } from './iptables';
import type { NodeRules } from './node-rules';
import type { LocalAddresses } from './packet';

/** Undefined for a mode whose packets are not simulated. */
export function nodeRulesOf(ruleset: Ruleset, addresses: LocalAddresses): NodeRules | undefined {
  switch (ruleset.mode) {
    case 'iptables':
      return iptablesNode(ruleset, addresses);
    case 'nftables':
    case 'ipvs':
      return undefined;
    default:
      return assertNever(ruleset);
  }
}
