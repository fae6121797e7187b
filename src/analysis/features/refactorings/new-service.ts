/** A Service for a workload that has none. */

import { valueAt, type JsonObject } from '#base/json';
import type { ContainerPort } from '#model/kubernetes';
import type { PodGroup } from '#simulation/types';
import { appendDocument } from './new-document';
import type { Refactor } from './types';

/** A document of its own behind the others: the pods' labels as selector, a port for each that they declare. */
export const serviceForWorkload: Refactor = ({ object, path, state }, workspace) => {
  // Offered where the workload says who it is, not at each line of it.
  if (path[0] !== 'kind' && path[0] !== 'metadata') return undefined;
  const { controlPlane } = state.simulation;
  const group = controlPlane.podGroup(object.key);
  if (!group || object.origin.kind !== 'manifest') return undefined;
  const selector = selectorOf(group);
  const ports = portsOf(group);
  const isTaken = controlPlane.serviceObject(`${object.namespace}/${object.name}`) !== undefined;
  const makesOwnPods = object.kind !== 'Job' && object.kind !== 'CronJob';
  if (Object.keys(selector).length === 0 || ports.length === 0 || isTaken || !makesOwnPods) return undefined;
  if (!/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(object.name)) return undefined;
  const body = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: object.name, ...(object.namespaceGiven ? { namespace: object.namespace } : {}) },
    spec: { selector, ports: ports.map((port) => servicePort(port, ports.length)) },
  };
  const edit = appendDocument(object.origin.file, body, workspace);
  return edit && { title: `Make a Service for ${object.kind} ${object.name}`, kind: 'extract', edits: [edit] };
};

/** What the workload itself tells its pods by, else the labels that are written of a bare pod or a Job's. */
export function selectorOf({
  object,
  templatePath,
  labels,
  variableLabels,
}: PodGroup): Readonly<Record<string, string>> {
  const own = valueAt(object.body, ['spec', 'selector', 'matchLabels']);
  const written = Object.entries(own ?? valueAt(object.body, [...templatePath, 'metadata', 'labels']) ?? {});
  const isCarried = ([key]: readonly [string, unknown]) => !variableLabels.includes(key);
  return Object.fromEntries(written.filter(isCarried).flatMap(([key, value]) => (typeof value === 'string' && labels[key] === value ? [[key, value] as const] : []))); // prettier-ignore
}

function portsOf({ spec }: PodGroup): readonly ContainerPort[] {
  const seen = new Set<string>();
  return spec.containers
    .flatMap((container) => container.ports ?? [])
    .filter((port) => {
      const id = `${port.containerPort}/${port.protocol}`;
      if (seen.has(id)) return false;
      seen.add(id);
      return true;
    });
}

/** Several ports need names; a container's port may be one of several without a name. */
function servicePort({ name, containerPort, protocol }: ContainerPort, count: number): JsonObject {
  const own = name ?? (count > 1 ? `${protocol.toLowerCase()}-${containerPort}` : undefined);
  return {
    port: containerPort,
    targetPort: name ?? containerPort,
    ...(own === undefined ? {} : { name: own }),
    ...(protocol === 'TCP' ? {} : { protocol }),
  };
}
