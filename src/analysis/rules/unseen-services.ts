/** Services that an object names and that are not there: the nearest one by name, and why one may exist all the same. */

import type { Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import { nearestName } from './near-names';
import { whyServiceUnseen } from './unseen-objects';
import { scopeName } from './words';

/** A Service that an object names and that is not there. */
export interface MissingService {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Why the Service may exist although no manifest of the scope has it, as the end of a sentence; undefined where it
 * certainly does not. `near` is the one that was most probably meant.
 */
export function whyServiceUnknown(
  object: KubernetesObject,
  missing: MissingService,
  near: Service | undefined,
  context: AnalysisContext,
): string | undefined {
  return (
    namespaceNotSaid(object, missing, context) ??
    inOtherScope(missing, context) ??
    whyServiceUnseen(missing.name, missing.namespace, near ? 'near' : 'nothing near', context)
  );
}

function namespaceNotSaid(
  object: KubernetesObject,
  { name }: MissingService,
  { simulation }: AnalysisContext,
): string | undefined {
  if (object.namespaceGiven) return undefined;
  for (const { metadata } of simulation.controlPlane.services())
    if (metadata.name === name && metadata.namespace !== object.namespace)
      return `${object.kind} ${object.name} does not say its namespace, and Service ${metadata.namespace}/${name} is there`;
  return undefined;
}

function inOtherScope({ namespace, name }: MissingService, context: AnalysisContext): string | undefined {
  for (const { scope, simulation } of context.others())
    if (simulation.controlPlane.serviceObject(`${namespace}/${name}`))
      return `${scopeName(scope)} has Service ${namespace}/${name}`;
  return undefined;
}

/** The Service of the namespace whose name is but a slip away. */
export function nearestService(
  { namespace, name }: MissingService,
  { simulation }: AnalysisContext,
): Service | undefined {
  const { controlPlane } = simulation;
  const names: string[] = [];
  for (const { metadata } of controlPlane.services()) if (metadata.namespace === namespace) names.push(metadata.name);
  const near = nearestName(
    name,
    names.filter((other) => other !== name),
  );
  return near === undefined ? undefined : controlPlane.service(`${namespace}/${near}`);
}
