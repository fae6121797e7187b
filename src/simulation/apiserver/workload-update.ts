/** What a later document for a workload must not change. */

import { compareStrings } from '#base/compare';
import { isJsonObject, valueAt, type JsonObject, type JsonValue } from '#base/json';
import type { LabelSelector } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { FieldErrors } from './field-errors';
import { behindMetadata, immutable, isUnchanged, type UpdateCheck } from './updates';

/**
 * Models ValidateDeploymentUpdate, ValidateReplicaSetUpdate, ValidateDaemonSetUpdate and ValidateStatefulSetUpdate of
 * pkg/apis/apps/validation, and ValidateJobSpecUpdate of pkg/apis/batch/validation (v1.37). A ReplicationController's
 * and a CronJob's fields may all change. Where the server prints its own form of a whole template, this prints what the
 * manifest has. A Job's selector and the labels that go with it are the server's, as `kubectl apply` leaves them.
 */
export const checkWorkloadUpdate: UpdateCheck = (before, after, own) => {
  const errors = new FieldErrors();
  switch (after.kind) {
    case 'Deployment':
    case 'ReplicaSet':
      checkSelector(before, after, errors);
      return [...own, ...errors.causes];
    case 'DaemonSet':
      checkSelector(before, after, errors);
      return behindMetadata(errors.causes, own);
    case 'StatefulSet':
      checkSelector(before, after, errors);
      for (const field of ['volumeClaimTemplates', 'serviceName', 'podManagementPolicy'])
        checkField(before, after, field, errors);
      return [...own, ...errors.causes];
    case 'Job':
      checkJob(before, after, errors);
      return [...own, ...errors.causes];
    default:
      return own;
  }
};

function checkSelector(before: KubernetesObject, after: KubernetesObject, errors: FieldErrors): void {
  const [old, now] = [before, after].map((object) => normalSelector(written(object, 'selector')));
  if (!isUnchanged(before, old, now)) errors.invalid(['spec', 'selector'], now, immutable);
}

/** As Go prints it: keys in their order, nothing that is empty. */
function normalSelector(value: JsonValue): JsonValue {
  if (!isJsonObject(value)) return null;
  const { matchLabels, matchExpressions } = value as LabelSelector & JsonObject;
  const labels = Object.entries(matchLabels ?? {}).sort(([a], [b]) => compareStrings(a, b));
  const expressions = (matchExpressions ?? []).map(({ key, operator, values }) => ({
    key,
    operator,
    ...(values && { values }),
  }));
  return {
    ...(labels.length > 0 && { matchLabels: Object.fromEntries(labels) }),
    ...(expressions.length > 0 && { matchExpressions: expressions }),
  };
}

/** Values that a field has where the manifest does not say. */
const defaults: Readonly<Record<string, JsonValue>> = {
  serviceName: '',
  podManagementPolicy: 'OrderedReady',
  completionMode: 'NonIndexed',
};

function checkField(before: KubernetesObject, after: KubernetesObject, field: string, errors: FieldErrors): void {
  const [old, now] = [before, after].map((object) => written(object, field));
  if (!isUnchanged(before, old, now)) errors.invalid(['spec', field], now, immutable);
}

function written({ body }: KubernetesObject, field: string): JsonValue {
  return valueAt(body, ['spec', field]) ?? defaults[field] ?? null;
}

/** Models ValidateJobSpecUpdate. */
function checkJob(before: KubernetesObject, after: KubernetesObject, errors: FieldErrors): void {
  checkCompletions(before, after, errors);
  checkField(before, after, 'selector', errors);
  checkTemplate(before, after, errors);
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'])
    checkField(before, after, field, errors);
}

/** Models validateCompletions: an Indexed Job may grow and shrink together with its parallelism. */
function checkCompletions(before: KubernetesObject, after: KubernetesObject, errors: FieldErrors): void {
  const [old, now] = [before, after].map(completionsOf);
  const path = ['spec', 'completions'];
  if (old === now) return;
  if (written(after, 'completionMode') !== 'Indexed') errors.invalid(path, now, immutable);
  else if (now !== null && now !== (valueAt(after.body, ['spec', 'parallelism']) ?? 1))
    errors.invalid(path, now, 'can only be modified in tandem with spec.parallelism');
}

/** Without either number a Job runs one pod once; with parallelism alone it is a work queue. */
function completionsOf({ body }: KubernetesObject): JsonValue {
  const [completions, parallelism] = ['completions', 'parallelism'].map((field) => valueAt(body, ['spec', field]));
  return completions ?? (parallelism === undefined || parallelism === null ? 1 : null);
}

/** A suspended Job's template may change where pods are placed and which labels they carry. */
function checkTemplate(before: KubernetesObject, after: KubernetesObject, errors: FieldErrors): void {
  const [old, now] = [before, after].map((object) => written(object, 'template'));
  const compare = written(before, 'suspend') === true ? withoutPlacement : (value: JsonValue | undefined) => value;
  if (!isUnchanged(before, compare(old), compare(now))) errors.invalid(['spec', 'template'], now, immutable);
}

const placement = ['affinity', 'nodeSelector', 'tolerations', 'schedulingGates'];

function withoutPlacement(template: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(template)) return template;
  const { metadata: _, spec, ...rest } = template;
  if (!isJsonObject(spec)) return rest;
  return { ...rest, spec: Object.fromEntries(Object.entries(spec).filter(([key]) => !placement.includes(key))) };
}
