/** The stage at which policies decide: by which rule, or what keeps the nearest rule from allowing it. */

import type { JsonPath } from '#base/json';
import type { ObjectKey } from '#model/object';
import type { PolicyRuleReference, PolicyVerdict } from '#simulation/types';
import { placeOf } from '../places';
import type { Hop, HopCause } from '../types';
import type { Tracing } from './causes';
import { printRule, printVerdict, verdictLines } from './policy-words';

export function policyHop(verdict: PolicyVerdict, tracing: Tracing): Hop {
  return {
    kind: 'policy',
    title: `${verdict.direction} of ${verdict.pod}`,
    result: printVerdict(verdict),
    lines: verdictLines(verdict),
    before: undefined,
    after: undefined,
    causes: causesOf(verdict, tracing),
    state: verdict.allowed ? 'passed' : 'failed',
    topics: ['network-policy'],
  };
}

/** The rule that decided; where none allows it, the policies that would have to. */
function causesOf(verdict: PolicyVerdict, tracing: Tracing): HopCause[] {
  const { decidedBy, nearest, direction } = verdict;
  if (decidedBy) {
    const words = `${decidedBy.action === 'Allow' ? 'allows' : 'denies'} it by rule ${decidedBy.rule + 1}`;
    return ruleCause(decidedBy, words, tracing);
  }
  if (verdict.allowed) return [];
  const isolating = verdict.policies.flatMap((policy) => {
    const words = `NetworkPolicy ${policy} selects ${verdict.pod} and has no ${direction} rule that allows it`;
    return cause(`networking.k8s.io/NetworkPolicy/${policy}`, ['spec', direction], words, tracing);
  });
  if (!nearest) return isolating;
  return [...isolating, ...cause(nearest.object, nearest.path, `the nearest is ${printRule(nearest)}`, tracing)];
}

function ruleCause(reference: PolicyRuleReference, words: string, tracing: Tracing): HopCause[] {
  return cause(reference.object, reference.path, `${reference.kind} ${reference.policy} ${words}`, tracing);
}

function cause(key: ObjectKey, path: JsonPath, text: string, { context }: Tracing): HopCause[] {
  const object = context.simulation.controlPlane.object(key);
  return object ? [{ text, place: placeOf(object, path, context) }] : [];
}
