/** What makes a hop come out as it does: the fields of the Service, the labels of the pod, the policy, with their places. */

import type { JsonPath } from '#base/json';
import { namespacedName, type NamespacedName, type Pod, type Service, type ServicePort } from '#model/kubernetes';
import { objectKey, printReference, type KubernetesObject } from '#model/object';
import type { PolicyVerdict, RuleCause } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { memberPlaceOf, namePlaceOf, placeOf } from '../places';
import type { Finding, HopCause, Severity } from '../types';

/** What was found out about an object, by whoever keeps the findings. */
export type FindingsOf = (object: KubernetesObject) => readonly Finding[];

export interface Tracing {
  readonly context: AnalysisContext;
  readonly findingsOf: FindingsOf;
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

/** `because Service shop/web selects no pod`: the Service's own findings say it best. */
export function troubleCauses(service: NamespacedName, tracing: Tracing): readonly HopCause[] {
  const object = tracing.context.simulation.controlPlane.serviceObject(service);
  if (!object) return [];
  return troublesOf(object, serious, tracing).map((finding) => ({ text: finding.message, place: finding.place }));
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

/** The policies that decided: the one that allows, or all that select the pod and do not. */
export function policyCauses(verdict: PolicyVerdict, tracing: Tracing): HopCause[] {
  const { allowedBy, direction } = verdict;
  if (allowedBy)
    return policyCause(allowedBy.policy, ['spec', direction, allowedBy.rule], `allows it by rule ${allowedBy.rule + 1}`, tracing); // prettier-ignore
  const words = `selects ${verdict.pod} and has no ${direction} rule that allows it`;
  return verdict.policies.flatMap((policy) => policyCause(policy, ['spec', direction], words, tracing));
}

function policyCause(policy: NamespacedName, path: JsonPath, words: string, tracing: Tracing): HopCause[] {
  const [namespace = '', name = ''] = policy.split('/');
  const key = objectKey('networking.k8s.io', 'NetworkPolicy', namespace, name);
  const object = tracing.context.simulation.controlPlane.object(key);
  return object ? [{ text: `NetworkPolicy ${policy} ${words}`, place: placeOf(object, path, tracing.context) }] : [];
}
