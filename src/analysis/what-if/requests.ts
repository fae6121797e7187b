/** How a request ends at a moment, with what has failed and is in none of the API's objects. */

import { namespacedName, type Pod } from '#model/kubernetes';
import type { Simulation } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { isError } from '../trace/lookup';
import { resolveSource } from '../trace/source';
import { trace } from '../trace/trace';
import { sumOutcomes, symptomOf, verdictOf, type WeightedOutcome } from '../trace/words';
import type { TraceRequest } from '../types';
import type { Reality } from './types';

export interface RequestOutcome {
  readonly request: TraceRequest;
  /** `DELIVERED 2/3, TIMES OUT 1/3`; the error's text where it cannot be asked. */
  readonly verdict: string;
  /** What the client sees. */
  readonly symptom: string;
  /** Where it ends: `shop/web-1:8080 1/3`, or the reason, the most probable first. */
  readonly ends: readonly { readonly text: string; readonly share: number; readonly delivered: boolean }[];
  readonly failed: boolean;
}

/** Traces the request on the moment's own rules. */
export function requestOutcome(
  request: TraceRequest,
  simulation: Simulation,
  reality: Reality,
  context: AnalysisContext,
): RequestOutcome {
  const source = resolveSource(request.from, simulation.controlPlane);
  if (isError(source)) return notAsked(request, source.error);
  const lost = lostSource(source.packet, simulation, reality);
  const from = lost === undefined ? request.from : otherPod(request.from, source.pod, simulation, reality);
  if (from === undefined) return notAsked(request, lost!);
  const result = trace({ ...request, from }, { context: { ...context, simulation }, findingsOf: () => [] });
  if (isError(result)) return notAsked(request, result.error);
  const outcomes = sumOutcomes(result.outcomes.map((outcome) => realOutcome(outcome, simulation, reality)));
  const ends = outcomes.map((outcome) => ({
    text: outcome.kind === 'delivered' ? `${outcome.pod}:${outcome.port}` : outcome.reason,
    share: outcome.probability,
    delivered: outcome.kind === 'delivered',
  }));
  return {
    request,
    verdict: verdictOf(outcomes),
    symptom: symptomOf(outcomes, result.called?.protocol ?? 'TCP'),
    ends: ends.toSorted((a, b) => b.share - a.share || (a.text < b.text ? -1 : 1)),
    failed: outcomes.some(({ kind }) => kind !== 'delivered'),
  };
}

function notAsked(request: TraceRequest, error: string): RequestOutcome {
  return { request, verdict: error, symptom: '', ends: [], failed: true };
}

/** Of a workload any pod may ask: one that can. */
function otherPod(
  from: string,
  pod: Pod | undefined,
  { controlPlane }: Simulation,
  reality: Reality,
): string | undefined {
  if (!pod || /^(pods?|po)[ /]/i.test(from.trim())) return undefined;
  const group = controlPlane.groupOfPod(namespacedName(pod));
  const alive = group && controlPlane.podsOf(group.key).find((each) => isAlive(each, reality));
  return alive && `pod ${namespacedName(alive)}`;
}

function isAlive(pod: Pod, { downNodes, deadPods }: Reality): boolean {
  const node = pod.spec.nodeName;
  return node !== undefined && !downNodes.has(node) && !deadPods.has(namespacedName(pod)) && pod.status.phase === 'Running';
} // prettier-ignore

/** Why nobody is there to ask. */
function lostSource(
  packet: { readonly kind: string; readonly pod?: string; readonly node?: string },
  { controlPlane }: Simulation,
  { downNodes, deadPods }: Reality,
): string | undefined {
  const { pod, node } = packet;
  if (pod === undefined) return node !== undefined && downNodes.has(node) ? `node ${node} is down: nothing starts there, and nothing comes in through it` : undefined; // prettier-ignore
  if (deadPods.has(pod)) return `the client itself, pod ${pod}, does not run`;
  const home = controlPlane.pod(pod)?.spec.nodeName;
  return home !== undefined && downNodes.has(home)
    ? `the client itself, pod ${pod}, is on node ${home}, which is down`
    : undefined;
}

/** A packet that the rules deliver may still find nobody there. */
function realOutcome(outcome: WeightedOutcome, { controlPlane }: Simulation, reality: Reality): WeightedOutcome {
  if (outcome.kind !== 'delivered') return outcome;
  const { pod, probability } = outcome;
  const node = controlPlane.pod(pod)?.spec.nodeName;
  if (node !== undefined && reality.downNodes.has(node))
    return { kind: 'timeout', reason: `pod ${pod} is on node ${node}, which is down`, probability };
  if (reality.deadPods.has(pod))
    return { kind: 'refused', reason: `nothing listens in pod ${pod}: its process has ended`, probability };
  return outcome;
}
