/** What the API server finds wrong with the objects that make pods. */

import { printPath, valueAt, type JsonObject, type JsonPath } from '#base/json';
import type { Labels, LabelSelector, ObjectMeta } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { FieldErrors } from './field-errors';
import { checkAnnotations, checkLabels, checkMetadata, checkSelector, isEmpty, selectorMatches, selectsAll } from './metadata'; // prettier-ignore
import { dnsLabel, dnsSubdomain, type Check } from './names';
import type { WrittenPodSpec } from './pod';
import { checkPodSpec } from './pod-validation';
import type { ApiRelease } from './releases';

export interface WrittenWorkloadSpec {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly progressDeadlineSeconds?: number;
  readonly podManagementPolicy?: string;
  readonly selector?: LabelSelector | Labels;
  readonly template?: { readonly metadata?: Partial<ObjectMeta>; readonly spec?: JsonObject };
  readonly serviceName?: string;
  readonly ordinals?: { readonly start?: number };
  readonly parallelism?: number;
  readonly completions?: number;
  readonly completionMode?: string;
  readonly suspend?: boolean;
  readonly manualSelector?: boolean;
}

/** A decoded workload with its defaults. */
export interface WrittenWorkload {
  readonly kind: string;
  readonly spec: WrittenWorkloadSpec;
  readonly specPath: JsonPath;
  readonly podSpec: WrittenPodSpec;
  readonly selector: LabelSelector | undefined;
}

export function isJob(kind: string): boolean {
  return kind === 'Job' || kind === 'CronJob';
}

/** Models pkg/apis/apps/validation and pkg/apis/batch/validation (v1.37), as far as pods depend on it. */
export function checkWorkload(
  object: KubernetesObject,
  body: JsonObject,
  workload: WrittenWorkload,
  release: ApiRelease,
  errors: FieldErrors,
): void {
  const { kind, spec, specPath } = workload;
  checkMetadata(object, body, nameCheckOf(kind), errors);
  if (kind === 'CronJob') checkSchedule(body, errors);
  checkCounts(workload, errors);
  if (isJob(kind)) checkCompletions(spec, specPath, errors);
  if (kind === 'StatefulSet') checkStatefulSet(spec, specPath, errors);
  const next = checkWorkloadSelector(workload, errors);
  if (kind === 'ReplicationController' && !spec.template) errors.required([...specPath, 'template']);
  else if (next !== 'nothing') {
    if (next === 'match') checkMatch(workload, errors);
    checkTemplate(workload, release, errors);
  }
  if (kind === 'Deployment') checkDeadline(spec, specPath, errors);
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

function checkSchedule(body: JsonObject, errors: FieldErrors): void {
  if (!valueAt(body, ['spec', 'schedule'])) errors.required(['spec', 'schedule']);
  const policy = valueAt(body, ['spec', 'concurrencyPolicy']);
  const policies = ['Allow', 'Forbid', 'Replace'];
  if (typeof policy === 'string' && policy !== '' && !policies.includes(policy))
    errors.notSupported(['spec', 'concurrencyPolicy'], policy, policies);
}

const counts = [
  'minReadySeconds', 'replicas', 'parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit',
  'ttlSecondsAfterFinished', 'revisionHistoryLimit', 'progressDeadlineSeconds',
]; // prettier-ignore

function checkCounts({ kind, spec, specPath }: WrittenWorkload, errors: FieldErrors): void {
  const written = spec as Readonly<Record<string, unknown>>;
  for (const field of counts) {
    const count = written[field];
    // Of a StatefulSet's history nobody asks.
    const asked = kind !== 'StatefulSet' || field !== 'revisionHistoryLimit';
    if (asked && typeof count === 'number' && count < 0)
      errors.invalid([...specPath, field], count, 'must be greater than or equal to 0');
  }
}

function checkDeadline(
  { progressDeadlineSeconds, minReadySeconds = 0 }: WrittenWorkloadSpec,
  path: JsonPath,
  errors: FieldErrors,
): void {
  if (progressDeadlineSeconds !== undefined && progressDeadlineSeconds <= minReadySeconds)
    errors.invalid(
      [...path, 'progressDeadlineSeconds'],
      progressDeadlineSeconds,
      'must be greater than minReadySeconds',
    );
}

function checkCompletions(
  { completionMode, completions, parallelism }: WrittenWorkloadSpec,
  path: JsonPath,
  errors: FieldErrors,
): void {
  if (completionMode === undefined || completionMode === 'NonIndexed') return;
  if (completionMode !== 'Indexed')
    errors.notSupported([...path, 'completionMode'], completionMode, ['NonIndexed', 'Indexed']);
  // A Job without either number gets one completion by default; a CronJob's template does not.
  else if (completions === undefined && (parallelism !== undefined || path.length > 1))
    errors.required([...path, 'completions'], 'when completion mode is Indexed');
}

function checkStatefulSet(spec: WrittenWorkloadSpec, path: JsonPath, errors: FieldErrors): void {
  const { podManagementPolicy: policy, ordinals, serviceName } = spec;
  if (policy && policy !== 'OrderedReady' && policy !== 'Parallel')
    errors.invalid([...path, 'podManagementPolicy'], policy, `must be 'OrderedReady' or 'Parallel'`);
  const start = ordinals?.start ?? 0;
  if (start < 0) errors.invalid([...path, 'ordinals', 'start'], start, 'must be greater than or equal to 0');
  if (serviceName) errors.invalidAll([...path, 'serviceName'], serviceName, dnsLabel(serviceName));
}

type Next = 'match' | 'template' | 'nothing';

/** What is looked at next: the template and whether it matches, the template alone, or nothing. Models ValidateDeploymentSpec, ValidateStatefulSetSpec and their likes. */
function checkWorkloadSelector({ kind, selector, spec, specPath }: WrittenWorkload, errors: FieldErrors): Next {
  const path = [...specPath, 'selector'];
  // The server makes a Job's selector itself.
  if (isJob(kind)) {
    const manual = spec.manualSelector === true && kind === 'Job';
    if (manual && !selector) errors.required(path);
    return manual ? 'match' : 'template';
  }
  if (kind === 'ReplicationController') {
    if (!selector || selectsAll(selector)) errors.required(path);
    return 'match';
  }
  if (!selector) {
    if (kind !== 'DaemonSet') errors.required(path);
    return 'match';
  }
  const before = errors.causes.length;
  checkSelector(selector, path, errors);
  const malformed = errors.causes.length > before;
  const printed = withoutEmpties(selector);
  if (selectsAll(selector)) errors.invalid(path, printed, `empty selector is invalid for ${wordOf(kind)}`);
  if (!malformed) return 'match';
  if (kind === 'StatefulSet') errors.invalid(path, printed, '');
  else if (kind !== 'DaemonSet') errors.invalid(path, printed, 'invalid label selector');
  return kind === 'DaemonSet' ? 'template' : 'nothing';
}

/** The server calls a ReplicaSet a deployment here. */
function wordOf(kind: string): string {
  return kind === 'ReplicaSet' ? 'deployment' : kind.toLowerCase();
}

function withoutEmpties({ matchLabels, matchExpressions }: LabelSelector): LabelSelector {
  return {
    ...(matchLabels && !isEmpty(matchLabels) && { matchLabels }),
    ...(matchExpressions && matchExpressions.length > 0 && { matchExpressions }),
  };
}

const templateOwners: Readonly<Record<string, string>> = { Deployment: 'ReplicaSet' };

/** Models ValidatePodTemplateSpecForReplicaSet and its likes. */
function checkTemplate(workload: WrittenWorkload, release: ApiRelease, errors: FieldErrors): void {
  const { kind, spec, specPath, podSpec } = workload;
  const path = [...specPath, 'template'];
  const { labels, annotations } = spec.template?.metadata ?? {};
  // The server leaves `metadata` out of these.
  checkLabels(labels, [...path, 'metadata', 'labels'], errors, printPath([...path, 'labels']));
  checkAnnotations(annotations, [...path, 'metadata', 'annotations'], errors, printPath([...path, 'annotations']));
  // A StatefulSet's controller sets both.
  const { hostname: _hostname, subdomain: _subdomain, ...rest } = podSpec;
  checkPodSpec(kind === 'StatefulSet' ? rest : podSpec, [...path, 'spec'], release, errors);
  checkRestartPolicy(kind, podSpec, [...path, 'spec', 'restartPolicy'], errors);
  if (!isJob(kind) && podSpec.activeDeadlineSeconds !== undefined) {
    const owner = templateOwners[kind] ?? kind;
    const detail = `activeDeadlineSeconds in ${owner} is not Supported`;
    errors.forbidden([...path, 'spec', 'activeDeadlineSeconds'], detail);
  }
}

function checkMatch({ selector, spec, specPath }: WrittenWorkload, errors: FieldErrors): void {
  const labels = spec.template?.metadata?.labels;
  if (selector && (selectsAll(selector) || selectorMatches(selector, labels ?? {}))) return;
  const path = [...specPath, 'template', 'metadata', 'labels'];
  errors.invalid(path, labels ?? null, '`selector` does not match template `labels`');
}

function checkRestartPolicy(
  kind: string,
  { restartPolicy = '' }: WrittenPodSpec,
  path: JsonPath,
  errors: FieldErrors,
): void {
  const supported = isJob(kind) ? ['OnFailure', 'Never'] : ['Always'];
  if (supported.includes(restartPolicy)) return;
  if (isJob(kind) && restartPolicy === 'Always') errors.required(path, 'valid values: "OnFailure", "Never"');
  else errors.notSupported(path, restartPolicy, supported);
}
