/** From who made a rule to the YAML that it comes from: the port of the Service, and what makes the pod an endpoint. */

import { namespacedName } from '#model/kubernetes';
import type { RuleCause } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { labelCauses, portCause, type Tracing } from '../trace/causes';
import type { Place } from '../types';

export interface CausePlace {
  /** `Service shop/web has the port http 80 → http`. */
  readonly text: string;
  readonly place: Place;
}

export function causePlaces(cause: RuleCause, context: AnalysisContext): readonly CausePlace[] {
  const tracing: Tracing = { context, findingsOf: () => [] };
  const pod = podOf(cause, context);
  const found = [...portCause(cause, tracing), ...(pod ? labelCauses(pod, cause.service, tracing) : [])];
  return found.flatMap(({ text, place }) => (place ? [{ text, place }] : []));
}

/** The pod that a rule sends to. */
export function podOf({ endpoint }: RuleCause, { simulation }: AnalysisContext) {
  const address = endpoint === undefined ? undefined : hostOf(endpoint);
  return address === undefined ? undefined : simulation.controlPlane.podByAddress(address);
}

/** `shop/web-1 on node-a`. */
export function podName(cause: RuleCause, context: AnalysisContext): string | undefined {
  const pod = podOf(cause, context);
  if (!pod) return undefined;
  const { nodeName } = pod.spec;
  return `${namespacedName(pod)}${nodeName === undefined ? '' : ` on ${nodeName}`}`;
}

/** Of `10.244.1.5:8080` or `[fd00:244:1::5]:8080`. */
function hostOf(endpoint: string): string {
  const host = endpoint.slice(0, endpoint.lastIndexOf(':'));
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
