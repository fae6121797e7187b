/** The objects that make pods from a template. */

import { isJsonObject, valueAt, type JsonObject, type JsonPath } from '#base/json';
import type { Labels, LabelSelector, ObjectMeta, PodSpec } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { any, bool, decode, int32, list, open, string, stringMap, type Schema, type StructSchema } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import {
  checkAnnotations, checkLabels, checkMetadata, checkSelector, isEmpty, labelSelector, metadataOf, objectMeta,
  selectorMatches, selectsAll,
} from './metadata'; // prettier-ignore
import { dnsLabel, dnsSubdomain, type Check } from './names';
import { checkPodSpec, podSpecOf, podSpecSchema, type WrittenPodSpec } from './pod';

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

const template = open('PodTemplateSpec', { metadata: objectMeta, spec: podSpecSchema });

function workloadSchema(kind: string, spec: Readonly<Record<string, Schema>>): StructSchema {
  return open(kind, {
    metadata: objectMeta,
    spec: open(`${kind}Spec`, { selector: labelSelector, template, ...spec }),
    status: any,
  });
}

const jobFields = {
  parallelism: int32,
  completions: int32,
  completionMode: string,
  suspend: bool,
  backoffLimit: int32,
};

const schemas: Readonly<Record<string, StructSchema>> = {
  Deployment: workloadSchema('Deployment', { replicas: int32, paused: bool, minReadySeconds: int32 }),
  ReplicaSet: workloadSchema('ReplicaSet', { replicas: int32, minReadySeconds: int32 }),
  ReplicationController: workloadSchema('ReplicationController', { replicas: int32, selector: stringMap }),
  StatefulSet: workloadSchema('StatefulSet', {
    replicas: int32,
    serviceName: string,
    podManagementPolicy: string,
    ordinals: open('StatefulSetOrdinals', { start: int32 }),
    volumeClaimTemplates: list(any),
  }),
  DaemonSet: workloadSchema('DaemonSet', { minReadySeconds: int32 }),
  Job: workloadSchema('Job', jobFields),
  CronJob: open('CronJob', {
    metadata: objectMeta,
    spec: open('CronJobSpec', {
      schedule: string,
      suspend: bool,
      concurrencyPolicy: string,
      jobTemplate: open('JobTemplateSpec', {
        metadata: objectMeta,
        spec: open('JobSpec', { selector: labelSelector, template, ...jobFields }),
      }),
    }),
    status: any,
  }),
};

const unknownKind = workloadSchema('Workload', {});

interface WrittenWorkloadSpec {
  readonly replicas?: number;
  readonly selector?: LabelSelector | Labels;
  readonly template?: { readonly metadata?: Partial<ObjectMeta>; readonly spec?: JsonObject };
  readonly serviceName?: string;
  readonly ordinals?: { readonly start?: number };
  readonly parallelism?: number;
  readonly completions?: number;
  readonly completionMode?: string;
  readonly suspend?: boolean;
}

const nothing: Labels = {};

/** Models pkg/apis/apps, pkg/apis/batch: defaults and validation (v1.37) of all kinds that make pods. */
export function admitWorkload(object: KubernetesObject, _settings: ClusterSettings): Admission<Workload> {
  const { kind } = object;
  const { value: body, refusal } = decode(object, Object.hasOwn(schemas, kind) ? schemas[kind]! : unknownKind);
  if (refusal) return { value: undefined, refusal };
  const specPath: JsonPath = kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec'] : ['spec'];
  const written = valueAt(body, specPath);
  const spec = (isJsonObject(written) ? written : {}) as unknown as WrittenWorkloadSpec;
  const podSpec = podSpecOf(spec.template?.spec);
  const labels = spec.template?.metadata?.labels ?? nothing;
  const annotations = spec.template?.metadata?.annotations ?? nothing;
  const selector = selectorOf(kind, spec, labels);
  const templatePath = [...specPath, 'template'];

  const errors = new FieldErrors();
  checkMetadata(object, body, nameCheckOf(kind), errors);
  checkCounts(kind, spec, specPath, errors);
  checkWorkloadSelector(kind, selector, labels, specPath, errors);
  checkLabels(labels, [...templatePath, 'metadata', 'labels'], errors);
  checkAnnotations(annotations, [...templatePath, 'metadata', 'annotations'], errors);
  checkPodSpec(podSpec, [...templatePath, 'spec'], errors);
  checkRestartPolicy(kind, podSpec, [...templatePath, 'spec', 'restartPolicy'], errors);

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

function isJob(kind: string): boolean {
  return kind === 'Job' || kind === 'CronJob';
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

function nameCheckOf(kind: string): Check {
  if (kind === 'StatefulSet') return dnsLabel;
  if (kind !== 'CronJob') return dnsSubdomain;
  return (name) => [
    ...dnsSubdomain(name),
    // The controller appends eleven characters to the names of the Jobs.
    ...(name.length > 52 ? ['must be no more than 52 characters'] : []),
  ];
}

function checkCounts(kind: string, spec: WrittenWorkloadSpec, path: JsonPath, errors: FieldErrors): void {
  for (const field of ['replicas', 'parallelism', 'completions'] as const) {
    const count = spec[field];
    if (count !== undefined && count < 0) errors.invalid([...path, field], count, 'must be greater than or equal to 0');
  }
  const start = spec.ordinals?.start ?? 0;
  if (start < 0) errors.invalid([...path, 'ordinals', 'start'], start, 'must be greater than or equal to 0');
  if (!isJob(kind) || !spec.completionMode) return;
  if (spec.completionMode !== 'Indexed' && spec.completionMode !== 'NonIndexed')
    errors.notSupported([...path, 'completionMode'], spec.completionMode, ['Indexed', 'NonIndexed']);
  if (spec.completionMode === 'Indexed' && spec.completions === undefined && spec.parallelism !== undefined)
    errors.required([...path, 'completions'], 'when completion mode is Indexed');
}

/** Models ValidateDeploymentSpec and its likes: a selector is wanted, and it must select the template's pods. */
function checkWorkloadSelector(
  kind: string,
  selector: LabelSelector | undefined,
  labels: Labels,
  specPath: JsonPath,
  errors: FieldErrors,
): void {
  // A Job's selector is made by the server.
  if (isJob(kind)) return;
  const path = [...specPath, 'selector'];
  const before = errors.causes.length;
  if (!selector) errors.required(path);
  else if (kind === 'ReplicationController') {
    if (selectsAll(selector)) errors.required(path);
    checkLabels(selector.matchLabels, path, errors);
  } else {
    checkSelector(selector, path, errors);
    if (selectsAll(selector)) {
      errors.invalid(path, selector, `empty selector is invalid for ${kind.toLowerCase()}`);
      return;
    }
  }
  const malformed = selector && errors.causes.length > before;
  if (!malformed && (!selector || !selectorMatches(selector, labels)))
    errors.invalid(
      [...specPath, 'template', 'metadata', 'labels'],
      labels,
      '`selector` does not match template `labels`',
    );
}

function checkRestartPolicy(kind: string, spec: WrittenPodSpec, path: JsonPath, errors: FieldErrors): void {
  const { restartPolicy = '' } = spec;
  if (!['Always', 'OnFailure', 'Never'].includes(restartPolicy)) return;
  if (isJob(kind)) {
    if (restartPolicy === 'Always') errors.required(path, 'valid values: "OnFailure", "Never"');
  } else if (restartPolicy !== 'Always') errors.notSupported(path, restartPolicy, ['Always']);
}
