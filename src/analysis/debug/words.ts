/** What rules do and where ways end, in a few plain words. */

import { assertNever } from '#base/assert';
import type { RuleAction, RuleCause } from '#simulation/types';
import { hostAndPort } from '../trace/host-and-port';
import type { TraceOutcome } from '../types';

export function actionWords(action: RuleAction): string {
  switch (action.kind) {
    case 'jump':
    case 'goto':
      return `goes on in ${action.chain}`;
    case 'accept':
      return 'is accepted';
    case 'drop':
      return 'is dropped: the client hears nothing';
    case 'return':
      return 'goes back to the chain that it came from';
    case 'none':
      return 'goes on: the rule only counts';
    case 'reject':
      return `is refused with ${action.with}`;
    case 'mark':
      return action.mask === 0
        ? `has the mark 0x${action.value.toString(16)} taken off`
        : `gets the mark 0x${action.value.toString(16)}: its source will be hidden`;
    case 'masquerade':
      return "gets the node's address as its source";
    case 'dnat':
      return `goes to ${hostAndPort(action.address, action.port)} from now on`;
    default:
      return assertNever(action);
  }
}

/** `shop/web http → 10.244.1.5:8080`. */
export function ownerWords({ service, portName, endpoint }: RuleCause): string {
  return [service, portName, endpoint === undefined ? '' : `→ ${endpoint}`].filter((part) => part !== '').join(' ');
}

export function endWords(outcome: TraceOutcome): string {
  if (outcome.kind === 'delivered') return `${outcome.pod}:${outcome.port}`;
  return `${outcome.kind}: ${outcome.reason}`;
}
