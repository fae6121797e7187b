/** HorizontalPodAutoscalers, where they decide whether a workload has pods at all. */

import type { KubernetesObject } from '#model/object';
import { numberOf, objectOf, specOf, textOf } from '#simulation/http/read';
import type { ControlPlane, PodGroup } from '#simulation/types';

export const autoscalerKind = 'autoscaling/HorizontalPodAutoscaler';

/** The autoscaler that scales the workload. */
export function autoscalerOf({ object }: PodGroup, controlPlane: ControlPlane): KubernetesObject | undefined {
  for (const autoscaler of controlPlane.objectsOfKind('autoscaling', 'HorizontalPodAutoscaler')) {
    if (autoscaler.namespace !== object.namespace || controlPlane.refusal(autoscaler.key)) continue;
    const target = objectOf(specOf(autoscaler).scaleTargetRef);
    const [group = ''] = (textOf(target.apiVersion) ?? '').split('/');
    if (target.kind === object.kind && target.name === object.name && group === object.group) return autoscaler;
  }
  return undefined;
}

/** What it keeps at least: one, unless it says otherwise. */
export function leastReplicas(autoscaler: KubernetesObject): number {
  return numberOf(specOf(autoscaler).minReplicas) ?? 1;
}
