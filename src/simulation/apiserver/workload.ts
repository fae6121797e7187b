/** The objects that make pods from a template. */

import { isJsonObject, valueAt, type JsonObject, type JsonPath } from '#base/json';
import type { Labels, LabelSelector, ObjectMeta, PodSpec } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { FieldPath } from './field-path';
import { isEmpty, metadataOf } from './metadata';
import { withPodDefaults } from './pod-defaults';
import { count, isTrue, number, struct, text, textMap } from './pod-fields';
import { apiRelease } from './releases';
import { structSchema } from './schema/schema';
import type { StructSchema } from './schema/types';
import { workloadSpecWithDefaults } from './workload-defaults';
import { checkWorkload, isJob } from './workload-validation';

/** A workload with what decides about its pods. */
export interface Workload {
  readonly kind: string;
  readonly object: KubernetesObject;
  readonly metadata: ObjectMeta & { readonly namespace: string };
  /** Of a Job: how many run at a time. A DaemonSet has as many as there are nodes for it: 0 here. */
  readonly replicas: number;
  readonly selector?: LabelSelector;
  readonly template: { readonly labels: Labels; readonly annotations: Labels; readonly spec: PodSpec };
  /** Way to the template in the body. */
  readonly templatePath: JsonPath;
  /** A StatefulSet's governing Service. */
  readonly serviceName?: string;
  readonly ordinalsStart: number;
  /** A Job's; undefined where it has none. */
  readonly completions?: number;
  readonly completionMode?: 'NonIndexed' | 'Indexed';
  readonly suspended: boolean;
}

const nothing: Labels = {};

const specPath = FieldPath.of('spec');
const specOfJobs = FieldPath.of('spec', 'jobTemplate', 'spec');

const schemas: Readonly<Record<string, string>> = {
  Deployment: 'apps.Deployment',
  ReplicaSet: 'apps.ReplicaSet',
  StatefulSet: 'apps.StatefulSet',
  DaemonSet: 'apps.DaemonSet',
  ReplicationController: 'core.ReplicationController',
  Job: 'batch.Job',
  CronJob: 'batch.CronJob',
};

/** A kind that nobody knows is read as the plainest of them. */
function schemaOf(kind: string, settings: ClusterSettings): StructSchema {
  return structSchema(Object.hasOwn(schemas, kind) ? schemas[kind]! : 'apps.ReplicaSet', settings);
}

/** Models pkg/apis/apps, pkg/apis/batch: defaults and validation (v1.37) of all kinds that make pods. */
export function admitWorkload(object: KubernetesObject, settings: ClusterSettings): Admission<Workload> {
  const { kind } = object;
  const { value: decoded, refusal } = decode(object, schemaOf(kind, settings));
  if (refusal) return { value: undefined, refusal };
  const path = kind === 'CronJob' ? specOfJobs : specPath;
  const written = valueAt(decoded, path.steps());
  const spec = workloadSpecWithDefaults(kind, isJsonObject(written) ? written : {});
  const template = struct(spec, 'template');
  const labels = textMap(struct(template, 'metadata'), 'labels') ?? nothing;
  const annotations = textMap(struct(template, 'metadata'), 'annotations') ?? nothing;
  const selector = selectorOf(kind, spec, labels);
  const body = labelled(kind, decoded, labels);
  const labelsAt = body === decoded ? undefined : path.at('template', 'metadata', 'labels');
  const workload = { kind, spec, specPath: path, selector, ...(labelsAt && { labelsAt }) };
  const errors = new FieldErrors();
  checkWorkload(object, body, workload, apiRelease(settings, object.origin), errors);

  return admission(object, errors, () => {
    // The pods are made from the template, and what is filled in for them then.
    const podSpec = withPodDefaults(struct(template, 'spec') ?? {});
    const serviceName = text(spec, 'serviceName');
    return {
      kind,
      object,
      metadata: metadataOf(object, body),
      replicas: replicasOf(kind, spec),
      ...(selector && { selector }),
      template: { labels, annotations, spec: podSpec as unknown as PodSpec },
      templatePath: path.at('template').steps(),
      ...(kind === 'StatefulSet' && serviceName !== '' && { serviceName }),
      ordinalsStart: count(struct(spec, 'ordinals'), 'start'),
      ...(isJob(kind) && jobFieldsOf(spec)),
      suspended: isJob(kind) && (isTrue(spec, 'suspend') || isTrue(struct(body, 'spec'), 'suspend')),
    };
  });
}

/** Models SetDefaults_Job and SetDefaults_ReplicationController: one without labels is labelled as its pods are. */
function labelled(kind: string, body: JsonObject, labels: Labels): JsonObject {
  if ((kind !== 'Job' && kind !== 'ReplicationController') || isEmpty(labels)) return body;
  const metadata = struct(body, 'metadata');
  if (!isEmpty(textMap(metadata, 'labels') ?? nothing)) return body;
  return { ...body, metadata: { ...metadata, labels } };
}

function selectorOf(kind: string, spec: JsonObject, labels: Labels): LabelSelector | undefined {
  if (kind !== 'ReplicationController') return struct(spec, 'selector');
  const written = textMap(spec, 'selector');
  // The only kind whose selector comes from its template.
  return { matchLabels: written && !isEmpty(written) ? written : labels };
}

function replicasOf(kind: string, spec: JsonObject): number {
  if (kind === 'DaemonSet') return 0;
  return (isJob(kind) ? number(spec, 'parallelism') : number(spec, 'replicas')) ?? 1;
}

function jobFieldsOf(spec: JsonObject): Pick<Workload, 'completions' | 'completionMode'> {
  // A CronJob's template gets its defaults when the Job is made.
  const completions = number(spec, 'completions') ?? (number(spec, 'parallelism') === undefined ? 1 : undefined);
  const completionMode = text(spec, 'completionMode') === 'Indexed' ? 'Indexed' : 'NonIndexed';
  return { ...(completions !== undefined && { completions }), completionMode };
}
