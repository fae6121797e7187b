/** What it means for Services that the pods of a template never become ready. */

import type { Service } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { effectOfNoEndpoints } from './words';

/** What becomes of pods, of one and of those of a workload. */
const fates = {
  'not ready': ['the pod stays not ready', 'its pods stay not ready'],
  'not created': ['the pod is not created', 'its pods are not created'],
} as const;

/** What clients meet where a template's pods never become ready, or are not even created. */
export function effectOfNeverReady(
  group: PodGroup,
  context: AnalysisContext,
  fate: keyof typeof fates = 'not ready',
): string {
  const { controlPlane } = context.simulation;
  const [ofOne, ofMany] = fates[fate];
  const stays = group.object.kind === 'Pod' ? ofOne : ofMany;
  const services = servicesMissing(group, context);
  const isAlone = (service: Service) => controlPlane.targets(namespacedName(service)).length === 1;
  const alone = services.find(isAlone);
  if (alone) {
    const none = effectOfNoEndpoints(alone, alone.spec.ports ?? [], controlPlane.settings);
    return `${stays}, so no endpoint of Service ${namespacedName(alone)} is ready: ${none}`;
  }
  const [shared] = services;
  if (shared) return `${stays}, so Service ${namespacedName(shared)} sends them nothing; its other pods take all`;
  return group.object.kind === 'Pod' ? stays : `${stays}, so its rollout never completes`;
}

/** The Services that miss the pods while they are not ready. */
export function servicesMissing(group: PodGroup, { simulation }: AnalysisContext): readonly Service[] {
  return simulation.controlPlane
    .servicesTargeting(group.key)
    .filter(({ spec }) => spec.publishNotReadyAddresses !== true && spec.type !== 'ExternalName');
}
