/** The program behind an Ingress class or a Gateway: its pods, where the scope has them, and the request's way to it. */

import { namespacedName, type Pod, type Service } from '#model/kubernetes';
import { isSchedulable, printEntry } from '#simulation/index';
import { controllerPods } from '#simulation/http/controller-pods';
import type { HttpAnswer } from '#simulation/http/types';
import type { ControlPlane } from '#simulation/types';
import type { Hop, Trace, TraceError, TracePath, TraceRequest } from '../types';
import type { Tracing } from './causes';
import type { Source } from './source';

/** How a request goes on inside the cluster: the trace itself. */
export type TraceOn = (request: TraceRequest, tracing: Tracing) => Trace | TraceError;

export interface Controller {
  /** As a trace's source. */
  readonly from: string;
  readonly pod: Pod | undefined;
  readonly note: string;
}

/** A pod that says by a well-known label that it is the controller's; else any node stands for it. */
export function controllerOf({ entry }: HttpAnswer, controlPlane: ControlPlane): Controller {
  for (const { group, label } of entry ? controllerPods(entry, controlPlane) : []) {
    const [pod] = controlPlane.podsOf(group.key);
    if (!pod) continue;
    const name = namespacedName(pod);
    const note = `pod ${name} is taken for the controller, since it has the label ${label.join(': ')}`;
    return { from: `pod ${name}`, pod, note };
  }
  const node = controlPlane.nodes().find(isSchedulable) ?? controlPlane.nodes()[0];
  const name = node?.metadata.name ?? '';
  const note = `the controller's pods are not known: ${name} stands for one; network policies would see a pod of the controller instead`; // prettier-ignore
  return { from: `node ${name}`, pod: undefined, note };
}

/** One way of the requests to a pod of the controller. */
export interface Leg {
  readonly probability: number;
  readonly hops: readonly Hop[];
  /** The controller's pod, as a trace's source. */
  readonly from: string;
}

export interface WayIn {
  readonly legs: readonly Leg[];
  /** What ends before it comes to the controller. */
  readonly lost: readonly TracePath[];
  /** Undefined where the way is not known. */
  readonly trace: Trace | undefined;
  readonly note: string;
}

/**
 * From outside to the controller by the Service that leads to its pods, where the scope has both; else the request is
 * taken to be there.
 */
export function wayIn(
  request: TraceRequest,
  source: Source,
  answer: HttpAnswer,
  controller: Controller,
  tracing: Tracing,
  traceOn: TraceOn,
): WayIn {
  const { host, port } = answer.request;
  const service = source.packet.kind === 'outside' ? doorService(controller, port, tracing) : undefined;
  const name = service && namespacedName(service);
  const trace = name === undefined ? undefined : traceOn({ ...request, to: `service ${name}`, port, protocol: 'TCP' }, tracing); // prettier-ignore
  if (!trace || 'error' in trace) {
    const entry = answer.entry ? printEntry(answer.entry) : 'the Gateway';
    const note = `how ${host} leads to ${entry} (DNS, load balancer, the controller's own Service) is not followed`;
    return { legs: [{ probability: 1, hops: [], from: controller.from }], lost: [], trace: undefined, note };
  }
  const legs = trace.paths.flatMap(({ outcome, probability, hops }): Leg[] =>
    outcome.kind === 'delivered' ? [{ probability, hops: hops.flatMap(onItsWay), from: `pod ${outcome.pod}` }] : [],
  );
  const lost = trace.paths.filter(({ outcome }) => outcome.kind !== 'delivered');
  const note = `${host} is taken to lead to Service ${name}, which leads to the controller's pods`;
  return { legs, lost, trace, note };
}

/** The Service by which a controller's pods are called from outside, with this port. */
function doorService({ pod }: Controller, port: number, { context }: Tracing): Service | undefined {
  const { controlPlane } = context.simulation;
  const group = pod && controlPlane.groupOfPod(namespacedName(pod));
  if (!group) return undefined;
  const fitting = controlPlane
    .servicesTargeting(group.key)
    .filter(({ spec }) => (spec.ports ?? []).some((known) => known.port === port && known.protocol === 'TCP'));
  return (
    fitting.find(({ spec }) => spec.type === 'LoadBalancer') ??
    fitting.find(({ spec }) => spec.type === 'NodePort' || (spec.externalIPs ?? []).length > 0)
  );
}

/** The controller's pod is not the end: the answer's way back is told at the end alone. */
function onItsWay(hop: Hop): Hop[] {
  if (hop.kind === 'reply') return [];
  return [hop.state === 'ended' ? { ...hop, state: 'passed' } : hop];
}
