/** Which sets a rule asks for a packet, by which key, and what they have for it. */

import { printElement } from '../proxy/nftables/print';
import type { NftRule, NftablesRuleset } from '../proxy/nftables/types';
import type { AskedSet, MetRule, Rule, Ruleset } from '../types';
import { ipSetKey, ipvsContext } from './ipvs';
import { elementOf, keyOf } from './nftables-match';
import type { LocalAddresses, Packet } from './packet';

export function askedSets(
  ruleset: Ruleset,
  met: MetRule,
  packet: Packet,
  addresses: LocalAddresses,
): readonly AskedSet[] {
  if (met.tool === 'nft') return ruleset.mode === 'nftables' ? setsOfNft(met.rule, packet, ruleset, addresses) : [];
  return met.tool === 'iptables' ? setsOfIptables(met.rule, packet, ruleset, addresses) : [];
}

function setsOfNft(
  { statements }: NftRule,
  packet: Packet,
  { table }: NftablesRuleset,
  addresses: LocalAddresses,
): readonly AskedSet[] {
  return statements.flatMap((statement) => {
    if (statement.kind !== 'in-set' && statement.kind !== 'verdict-map') return [];
    const name = statement.kind === 'in-set' ? statement.set : statement.map;
    const element = elementOf(packet, statement.key, name, { addresses, sets: table.sets });
    const size = table.sets.get(name)?.elements.size ?? 0;
    return { name: `@${name}`, key: keyOf(packet, statement.key), found: element && printElement(element), size };
  });
}

function setsOfIptables(
  { matches }: Rule,
  packet: Packet,
  ruleset: Ruleset,
  addresses: LocalAddresses,
): readonly AskedSet[] {
  return matches.flatMap((match): AskedSet[] => {
    // Nobody has connected before: who is remembered by whom is known only for the packet at hand.
    if (match.kind === 'recent') return [{ name: match.list, key: packet.header.source, found: undefined, size: 0 }];
    const set = match.kind === 'set' && ruleset.mode === 'ipvs' ? ruleset.sets.get(match.set) : undefined;
    if (match.kind !== 'set' || ruleset.mode !== 'ipvs' || !set) return [];
    const key = ipSetKey(set, packet, match.parts);
    const isIn = ipvsContext(ruleset, addresses).isInSet?.(packet, match.set, match.parts) ?? false;
    return [{ name: set.name, key, found: isIn ? key : undefined, size: set.entries.size }];
  });
}
