/** The Markdown of a container's port where others call it by its name: a probe, a policy. */

import type { JsonPath } from '#base/json';
import type { ContainerPort } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { code, escape } from '../markdown';
import { few } from './few';
import { podsOfPolicyPort } from './mentions/policy-pods';

/** The port of a container that its own probe or hook names. */
export function portNamed(
  name: string,
  path: JsonPath,
  object: KubernetesObject,
  controlPlane: ControlPlane,
): { readonly group: PodGroup; readonly port: ContainerPort } | undefined {
  const group = controlPlane.podGroup(object.key);
  const [list, index] = path.slice((group?.templatePath.length ?? 0) + 1);
  if (!group || (list !== 'containers' && list !== 'initContainers') || typeof index !== 'number') return undefined;
  const port = group.spec[list]?.[index]?.ports?.find((each) => each.name === name);
  return port && { group, port };
}

/** Which port it is at each of the pods that the rule is about; who has none of that name is not reached by it. */
export function hoverOfPolicyPort(
  object: KubernetesObject,
  path: JsonPath,
  name: string,
  controlPlane: ControlPlane,
): string {
  const pods = podsOfPolicyPort(object, path, controlPlane);
  const head = `**Port ${escape(name)}** of ${escape(printReference(object))}`;
  if (pods.length === 0) return `${head} is a port of no pod that is known`;
  const rows = pods.map((group) => {
    const numbers = portsOf(group).flatMap((port) => (port.name === name ? `${port.containerPort}/${port.protocol}` : [])); // prettier-ignore
    const text = numbers.length === 0 ? 'has no port of this name' : numbers.map(code).join(', ');
    return `- ${escape(printReference(group.object))}: ${text}`;
  });
  return [`${head}:`, ...few(rows)].join('\n');
}

function portsOf({ spec }: PodGroup): readonly ContainerPort[] {
  return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ ports }) => ports ?? []);
}
