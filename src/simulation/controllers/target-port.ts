/** How a Service port's targetPort becomes a number of a pod. */

import type { Container, PodSpec, Protocol } from '#model/kubernetes';

/**
 * The pod's port that a targetPort means: a number stands for itself, a name is looked up in the containers and then
 * in the sidecars (init containers that restart always), with the Service port's protocol. Undefined where no
 * container has it.
 * Models pkg/api/v1/pod FindPort (v1.37).
 */
export function findPort(
  spec: PodSpec,
  port: { readonly targetPort: number | string; readonly protocol: Protocol },
): number | undefined {
  if (typeof port.targetPort === 'number') return port.targetPort;
  for (const container of portContainers(spec)) {
    for (const candidate of container.ports ?? []) {
      if (candidate.name === port.targetPort && candidate.protocol === port.protocol) return candidate.containerPort;
    }
  }
  return undefined;
}

/** The containers whose ports a name may mean, in the order in which they are searched. */
export function portContainers(spec: PodSpec): readonly Container[] {
  const sidecars = (spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  return sidecars.length === 0 ? spec.containers : [...spec.containers, ...sidecars];
}
