/** The stage at which a packet arrives: which pod has it, which source that sees, and whether it listens at all. */

import type { NamespacedName } from '#model/kubernetes';
import type { Outcome, PacketHeader, RuleCause, WalkStep } from '#simulation/types';
import type { Hop } from '../types';
import { containerPortCause, labelCauses, type Tracing } from './causes';
import { printPod } from './lookup';
import { containerPorts } from './port';

type Delivered = Extract<Outcome, { kind: 'delivered' }>;

export function podHop(
  outcome: Delivered,
  header: PacketHeader | undefined,
  steps: readonly WalkStep[],
  tracing: Tracing,
): Hop {
  const pod = tracing.context.simulation.controlPlane.pod(outcome.pod);
  const protocol = (header ?? lastHeader(steps))?.protocol ?? 'TCP';
  const declared = pod && containerPortCause(pod, outcome.port, protocol, tracing);
  const declares = pod ? containerPorts(pod).map((port) => `${port.containerPort}/${port.protocol}`) : [];
  const others = declares.length === 0 ? '' : ` (they declare ${declares.join(', ')})`;
  const remark = `no container declares port ${outcome.port}/${protocol}${others}: nothing says that the port is served`;
  return {
    kind: 'pod',
    title: pod ? printPod(pod) : `pod ${outcome.pod}`,
    result: `arrives at port ${outcome.port}`,
    lines: [`it sees the request come from ${outcome.source}`, ...(declared || !pod ? [] : [remark])],
    before: undefined,
    after: undefined,
    causes: [...(declared ? [declared] : []), ...(pod ? labelCauses(pod, serviceOf(steps), tracing) : [])],
    state: 'ended',
    topics: serviceOf(steps) === undefined ? [] : ['selector'],
  };
}

function lastHeader(steps: readonly WalkStep[]): PacketHeader | undefined {
  const last = steps.at(-1);
  return last && ('after' in last ? last.after : last.header);
}

/** The Service that led the packet here. */
export function serviceOf(steps: readonly WalkStep[]): NamespacedName | undefined {
  return causeOfTranslation(steps)?.service;
}

function causeOfTranslation(steps: readonly WalkStep[]): RuleCause | undefined {
  for (const step of steps) if (step.kind === 'rule' && step.action.kind === 'dnat' && step.cause) return step.cause;
  return undefined;
}
