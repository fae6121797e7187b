/** Short descriptions of objects, as their authors would write them. */

import type { JsonObject } from '#base/json';

type Labels = Readonly<Record<string, string>>;

const containers = [{ name: 'main', image: 'registry.example/app:1', ports: [{ name: 'http', containerPort: 8080 }] }];

export function service(name: string, spec: JsonObject, namespace = 'default'): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { ports: [{ port: 80, targetPort: 'http' }], ...spec },
  };
}

export function deployment(name: string, labels: Labels, replicas: number, namespace = 'default'): JsonObject {
  const template = { metadata: { labels }, spec: { containers } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
}

/** One that is labelled as its pods are. */
export function replicaSet(name: string, labels: Labels, replicas: number, namespace = 'default'): JsonObject {
  const { metadata, ...rest } = deployment(name, labels, replicas, namespace);
  return { ...rest, kind: 'ReplicaSet', metadata: { ...(metadata as JsonObject), labels } };
}

export function statefulSet(name: string, labels: Labels, replicas: number, namespace = 'default'): JsonObject {
  const template = { metadata: { labels }, spec: { containers } };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name, namespace },
    spec: { replicas, serviceName: name, selector: { matchLabels: labels }, template },
  };
}

export function daemonSet(name: string, labels: Labels, namespace = 'default'): JsonObject {
  const template = { metadata: { labels }, spec: { containers } };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace },
    spec: { selector: { matchLabels: labels }, template },
  };
}

/** The workload with more in its template's spec. */
export function withPodSpec(workload: JsonObject, podSpec: JsonObject): JsonObject {
  const spec = workload.spec as JsonObject;
  const template = spec.template as JsonObject;
  return {
    ...workload,
    spec: { ...spec, template: { ...template, spec: { ...(template.spec as JsonObject), ...podSpec } } },
  };
}

export function pod(name: string, labels: Labels, spec: JsonObject = {}, namespace = 'default'): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels }, spec: { containers, ...spec } };
}
