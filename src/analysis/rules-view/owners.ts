/** Whose the chains and sets of a ruleset are: those of one port of a Service, or shared by all. */

import { causeOf, type PrintedSubject } from '#simulation/proxy/printed';
import type { NftChain, NftRule, NftStatement } from '#simulation/proxy/nftables/types';
import type { Chain, RuleCause } from '#simulation/types';

/** kube-proxy's names for what belongs to one port: KUBE-SVC-…, service-…; its own chains have fixed names. */
const ofPort =
  /^(?:KUBE-(?:SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16}|(?:service|local|external|firewall|endpoint)-[A-Z2-7]{8}-.*)$/s;

/** The port that a chain was made for, with the endpoint where it is one's own; undefined for a shared chain. */
export function ownerOfChain(chain: Chain | NftChain): RuleCause | undefined {
  if (!ofPort.test(chain.name)) return undefined;
  for (const rule of chain.rules) {
    if (!rule.cause) continue;
    const isEndpoints = /^(?:KUBE-SEP|endpoint)-/.test(chain.name);
    const { service, portName, protocol } = rule.cause;
    return isEndpoints ? rule.cause : { service, portName, protocol };
  }
  return undefined;
}

/** Who made what a line is about: who made the rule, or whose chain it is. */
export function ownerOf(subject: PrintedSubject): RuleCause | undefined {
  if (subject.kind === 'chain' || subject.kind === 'nft-chain') return ownerOfChain(subject.chain);
  return causeOf(subject);
}

/** The ends that a rule of nftables draws one of, or its single one. */
export function causesOfRule(rule: NftRule): readonly RuleCause[] {
  const drawn = rule.statements.flatMap(causesOfStatement);
  return drawn.length > 0 ? drawn : rule.cause ? [rule.cause] : [];
}

function causesOfStatement(statement: NftStatement): readonly RuleCause[] {
  if (statement.kind === 'random-dnat') return statement.ends.map(({ cause }) => cause);
  if (statement.kind === 'random-verdict') return statement.verdicts.map(({ cause }) => cause);
  return [];
}
