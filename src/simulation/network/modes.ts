/** The rules of a node, of whatever mode, as a packet meets them. */

import { assertNever } from '#base/assert';
import type { Ruleset } from '../types';
import { iptablesNode } from './iptables';
import { ipvsNode } from './ipvs';
import { nftablesNode } from './nftables';
import type { NodeRules } from './node-rules';
import type { LocalAddresses } from './packet';
import type { Trail } from './trail';

/** `trail`: with what recording begins, where it is to be recorded what each rule does. */
export function nodeRulesOf(ruleset: Ruleset, addresses: LocalAddresses, trail?: Trail): NodeRules {
  switch (ruleset.mode) {
    case 'iptables':
      return iptablesNode(ruleset, addresses, trail);
    case 'nftables':
      return nftablesNode(ruleset, addresses, trail);
    case 'ipvs':
      return ipvsNode(ruleset, addresses, trail);
    default:
      return assertNever(ruleset);
  }
}
