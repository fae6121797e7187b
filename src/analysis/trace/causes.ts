/** What makes a hop come out as it does: the fields of the Service, the labels of the pod, the policy, with their places. */

import type { JsonPath } from '#base/json';
import { namespacedName, type NamespacedName, type Pod, type Service, type ServicePort } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import type { RuleCause } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { memberPlaceOf, namePlaceOf, placeOf } from '../places';
import type { Finding, HopCause, Severity } from '../types';

/** What was found out about an object, by whoever keeps the findings. */
export type FindingsOf = (object: KubernetesObject) => readonly Finding[];

export interface Tracing {
  readonly context: AnalysisContext;
  readonly findingsOf: FindingsOf;
  /** Whether hops tell why each rule that was passed over did not match. */
  readonly explain?: boolean;
  /** Whether walks tell what each rule did, and hops which walk they are of. */
  readonly record?: boolean;
}

/** What can explain a refusal: hints and remarks cannot. */
export const serious: readonly Severity[] = ['error', 'warning'];
export const anySeverity: readonly Severity[] = ['error', 'warning', 'info', 'hint'];

export function troublesOf(
  object: KubernetesObject,
  severities: readonly Severity[],
  tracing: Tracing,
): readonly Finding[] {
  return tracing.findingsOf(object).filter(({ severity }) => severities.includes(severity));
}

/** What was found out about a Service; where that is nothing, about the workloads whose pods it targets. */
export function troublesOfService(
  service: NamespacedName,
  severities: readonly Severity[],
  tracing: Tracing,
): readonly Finding[] {
  const { controlPlane } = tracing.context.simulation;
  const object = controlPlane.serviceObject(service);
  const own = object ? troublesOf(object, severities, tracing) : [];
  if (own.length > 0) return own;
  return controlPlane.targets(service).flatMap((group) => troublesOf(group.object, ['error'], tracing));
}

/** `because Service shop/web selects no pod`: the findings say it best. */
export function troubleCauses(service: NamespacedName, tracing: Tracing): readonly HopCause[] {
  return troublesOfService(service, serious, tracing).map(({ message, place }) => ({ text: message, place }));
}

/** A field of the Service that decides here: `externalTrafficPolicy: Local`. */
export function fieldCause(service: NamespacedName, path: JsonPath, text: string, tracing: Tracing): HopCause[] {
  const object = tracing.context.simulation.controlPlane.serviceObject(service);
  return object ? [{ text, place: placeOf(object, path, tracing.context) }] : [];
}

/** `Service shop/web has this name`, with the place of its own name. */
export function serviceCause(service: NamespacedName, words: string, tracing: Tracing): HopCause[] {
  const object = tracing.context.simulation.controlPlane.serviceObject(service);
  return object ? [{ text: `Service ${service} ${words}`, place: namePlaceOf(object, tracing.context) }] : [];
}

/** The port of a Service that a rule was made for, and where it sends to. */
export function portCause(cause: RuleCause, tracing: Tracing): HopCause[] {
  const service = tracing.context.simulation.controlPlane.service(cause.service);
  const found = service && portOf(service, cause);
  if (!found) return serviceCause(cause.service, 'made the rule', tracing);
  const text = `Service ${cause.service} has the port ${describePort(found.port)}`;
  return fieldCause(cause.service, ['spec', 'ports', found.index], text, tracing);
}

/** `http 80 → http`: name, port and target as the Service has them. */
export function describePort(port: ServicePort): string {
  return `${port.name === undefined ? '' : `${port.name} `}${port.port} → ${port.targetPort}`;
}

function portOf(service: Service, cause: RuleCause): { port: ServicePort; index: number } | undefined {
  for (const [index, port] of (service.spec.ports ?? []).entries())
    if ((port.name ?? '') === cause.portName && port.protocol === cause.protocol) return { port, index };
  return undefined;
}

/** Why this pod is an endpoint of the Service: the first label of the selector, where the pod (template) writes it. */
export function labelCauses(pod: Pod, service: NamespacedName | undefined, tracing: Tracing): HopCause[] {
  const { controlPlane } = tracing.context.simulation;
  const group = controlPlane.groupOfPod(namespacedName(pod));
  if (!group) return [];
  const selector = service === undefined ? undefined : controlPlane.service(service)?.spec.selector;
  const [key] = Object.keys(selector ?? {});
  const path = [...group.templatePath, 'metadata', 'labels', key ?? ''];
  const place = key === undefined ? undefined : memberPlaceOf(group.object, path, tracing.context);
  const owner = printReference(group.object);
  if (key !== undefined && place) return [{ text: `${owner} has the label ${key}: ${group.labels[key] ?? ''}`, place }];
  return [{ text: `${owner} makes it`, place: namePlaceOf(group.object, tracing.context) }];
}

/** Where the containers of a pod declare a port; undefined where none does. */
export function containerPortCause(pod: Pod, port: number, protocol: string, tracing: Tracing): HopCause | undefined {
  const group = tracing.context.simulation.controlPlane.groupOfPod(namespacedName(pod));
  if (!group) return undefined;
  for (const list of ['containers', 'initContainers'] as const) {
    const containers = list === 'containers' ? group.spec.containers : (group.spec.initContainers ?? []);
    for (const [c, container] of containers.entries()) {
      if (list === 'initContainers' && container.restartPolicy !== 'Always') continue;
      for (const [p, declared] of (container.ports ?? []).entries()) {
        if (declared.containerPort !== port || declared.protocol !== protocol) continue;
        const path = [...group.templatePath, 'spec', list, c, 'ports', p];
        const name = declared.name === undefined ? '' : ` (${declared.name})`;
        const text = `container ${container.name} declares port ${port}/${protocol}${name}`;
        return { text, place: placeOf(group.object, path, tracing.context) };
      }
    }
  }
  return undefined;
}
