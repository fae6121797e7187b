/** What pods and the workloads that make them mention: labels, their own selector, named ports, the Service of their names. */

import type { JsonPath } from '#base/json';
import type { MentionWriter } from './writer';

interface WorkloadKind {
  /** Way to the pod (template). */
  readonly template: JsonPath;
}

const template: JsonPath = ['spec', 'template'];

const kinds = new Map<string, WorkloadKind>([
  ['/Pod', { template: [] }],
  ['apps/Deployment', { template }],
  ['apps/StatefulSet', { template }],
  ['apps/DaemonSet', { template }],
  ['apps/ReplicaSet', { template }],
  ['/ReplicationController', { template }],
  ['batch/Job', { template }],
  ['batch/CronJob', { template: ['spec', 'jobTemplate', 'spec', 'template'] }],
]);

/** The way to the pod (template) in objects of a kind; undefined where they have none. */
export function templatePathOf(group: string, kind: string): JsonPath | undefined {
  return kinds.get(`${group}/${kind}`)?.template;
}

export function mentionWorkload(writer: MentionWriter): void {
  const { group, kind, namespace } = writer.object;
  const known = kinds.get(`${group}/${kind}`);
  if (!known) return;
  writer.labels([...known.template, 'metadata', 'labels'], 'definition', { namespace });
  // A ReplicationController's selector is a plain mapping, as a Service's is.
  if (kind === 'ReplicationController') writer.labels(['spec', 'selector'], 'reference', { namespace });
  else if (kind !== 'Pod' && kind !== 'CronJob') writer.selector(['spec', 'selector'], { namespace });
  const spec = [...known.template, 'spec'];
  mentionSpreading(writer, spec);
  for (const list of ['containers', 'initContainers'])
    for (const { path } of writer.items([...spec, list])) mentionContainer(writer, path);
  const subdomain = writer.text([...spec, 'subdomain']);
  if (subdomain !== undefined) writer.service(`${namespace}/${subdomain}`, [...spec, 'subdomain']);
  const serviceName = kind === 'StatefulSet' ? writer.text(['spec', 'serviceName']) : undefined;
  if (serviceName !== undefined) writer.service(`${namespace}/${serviceName}`, ['spec', 'serviceName']);
}

const probes: readonly JsonPath[] = ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((probe) =>
  ['httpGet', 'tcpSocket'].map((handler) => [probe, handler, 'port']),
);
const hooks: readonly JsonPath[] = ['postStart', 'preStop'].flatMap((hook) =>
  ['httpGet', 'tcpSocket'].map((handler) => ['lifecycle', hook, handler, 'port']),
);

function mentionContainer(writer: MentionWriter, container: JsonPath): void {
  for (const { path } of writer.items([...container, 'ports'])) writer.containerPort([...path, 'name'], 'definition');
  for (const path of [...probes, ...hooks]) writer.containerPort([...container, ...path], 'reference');
}

/** Spread constraints, and affinity to pods of the own namespace. */
function mentionSpreading(writer: MentionWriter, spec: JsonPath): void {
  const { namespace } = writer.object;
  for (const { path } of writer.items([...spec, 'topologySpreadConstraints']))
    writer.selector([...path, 'labelSelector'], { namespace });
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const affinity = [...spec, 'affinity', kind];
    const required = writer.items([...affinity, 'requiredDuringSchedulingIgnoredDuringExecution']);
    const preferred = writer.items([...affinity, 'preferredDuringSchedulingIgnoredDuringExecution']);
    const terms = [...required.map(({ path }) => path), ...preferred.map(({ path }) => [...path, 'podAffinityTerm'])];
    for (const term of terms) {
      for (const { path } of writer.items([...term, 'namespaces'])) writer.namespace(path);
      writer.namespaceSelector([...term, 'namespaceSelector']);
      const isOwn = writer.at([...term, 'namespaces']) === undefined && writer.at([...term, 'namespaceSelector']) === undefined; // prettier-ignore
      if (isOwn) writer.selector([...term, 'labelSelector'], { namespace });
    }
  }
}
