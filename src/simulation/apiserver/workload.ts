/** The objects that make pods from a template. */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import type { Labels, LabelSelector, ObjectMeta, PodSpec } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { isEmpty, metadataOf } from './metadata';
import { podSpecOf } from './pod';
import { apiRelease } from './releases';
import { workloadSchemaOf } from './workload-schema';
import { checkWorkload, isJob, type WrittenWorkload, type WrittenWorkloadSpec } from './workload-validation';

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
  readonly nodeSelector?: Labels;
}

const nothing: Labels = {};

/** Models pkg/apis/apps, pkg/apis/batch: defaults and validation (v1.37) of all kinds that make pods. */
export function admitWorkload(object: KubernetesObject, settings: ClusterSettings): Admission<Workload> {
  const { kind } = object;
  const { value: body, refusal } = decode(object, workloadSchemaOf(kind));
  if (refusal) return { value: undefined, refusal };
  const specPath: JsonPath = kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec'] : ['spec'];
  const written = valueAt(body, specPath);
  const spec = (isJsonObject(written) ? written : {}) as unknown as WrittenWorkloadSpec;
  const podSpec = podSpecOf(spec.template?.spec);
  const labels = spec.template?.metadata?.labels ?? nothing;
  const annotations = spec.template?.metadata?.annotations ?? nothing;
  const selector = selectorOf(kind, spec, labels);
  const templatePath = [...specPath, 'template'];

  const workload: WrittenWorkload = { kind, spec, specPath, podSpec, selector };
  const errors = new FieldErrors();
  checkWorkload(object, body, workload, apiRelease(settings, object.origin), errors);

  return admission(object, errors, () => ({
    kind,
    object,
    metadata: metadataOf(object, body),
    replicas: replicasOf(kind, spec),
    ...(selector && { selector }),
    template: { labels, annotations, spec: podSpec as PodSpec },
    templatePath,
    ...(kind === 'StatefulSet' && spec.serviceName && { serviceName: spec.serviceName }),
    ordinalsStart: spec.ordinals?.start ?? 0,
    ...(isJob(kind) && jobFieldsOf(spec)),
    suspended: isJob(kind) && (spec.suspend === true || valueAt(body, ['spec', 'suspend']) === true),
    ...(podSpec.nodeSelector && !isEmpty(podSpec.nodeSelector) && { nodeSelector: podSpec.nodeSelector }),
  }));
}

function selectorOf(kind: string, spec: WrittenWorkloadSpec, labels: Labels): LabelSelector | undefined {
  if (kind !== 'ReplicationController') return spec.selector as LabelSelector | undefined;
  const written = spec.selector as Labels | undefined;
  // The only kind whose selector comes from its template.
  return { matchLabels: written && !isEmpty(written) ? written : labels };
}

function replicasOf(kind: string, spec: WrittenWorkloadSpec): number {
  if (kind === 'DaemonSet') return 0;
  return isJob(kind) ? (spec.parallelism ?? 1) : (spec.replicas ?? 1);
}

function jobFieldsOf(spec: WrittenWorkloadSpec): Pick<Workload, 'completions' | 'completionMode'> {
  // Without either number a Job runs one pod once; with parallelism alone it is a work queue.
  const completions = spec.completions ?? (spec.parallelism === undefined ? 1 : undefined);
  const completionMode = spec.completionMode === 'Indexed' ? 'Indexed' : 'NonIndexed';
  return { ...(completions !== undefined && { completions }), completionMode };
}
