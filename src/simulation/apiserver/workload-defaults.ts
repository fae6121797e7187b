/** What the API server fills in where an object that makes pods says nothing. */

import type { JsonObject, JsonValue } from '#base/json';
import { number, struct, structs, text } from './pod-fields';
import { claimWithDefaults, podSpecWithDefaults } from './pod-defaults';

/** A template with its defaults; a missing one is empty, as in Go. */
function templateOf(spec: JsonObject): JsonObject {
  const template = struct(spec, 'template') ?? {};
  return { ...template, spec: podSpecWithDefaults(struct(template, 'spec') ?? {}) };
}

type Change = (spec: JsonObject) => Readonly<Record<string, JsonValue | undefined>>;

const changes: Readonly<Record<string, Change>> = {
  Deployment: (spec) => ({
    replicas: spec.replicas ?? 1,
    strategy: deploymentStrategy(struct(spec, 'strategy') ?? {}),
    revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
    progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
  }),
  ReplicaSet: (spec) => ({ replicas: spec.replicas ?? 1 }),
  ReplicationController: (spec) => ({ replicas: spec.replicas ?? 1 }),
  StatefulSet: (spec) => ({
    replicas: spec.replicas ?? 1,
    podManagementPolicy: text(spec, 'podManagementPolicy') || 'OrderedReady',
    updateStrategy: statefulStrategy(struct(spec, 'updateStrategy') ?? {}),
    revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
    persistentVolumeClaimRetentionPolicy: retention(struct(spec, 'persistentVolumeClaimRetentionPolicy') ?? {}),
    ...(spec.volumeClaimTemplates !== undefined && {
      volumeClaimTemplates: structs(spec, 'volumeClaimTemplates').map((claim) => ({
        ...claim,
        spec: claimWithDefaults(struct(claim, 'spec') ?? {}),
      })),
    }),
  }),
  DaemonSet: (spec) => ({
    updateStrategy: daemonStrategy(struct(spec, 'updateStrategy') ?? {}),
    revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
  }),
  Job: (spec) => ({
    // Without either number a Job runs one pod once; with parallelism alone it is a work queue.
    ...(number(spec, 'completions') === undefined && number(spec, 'parallelism') === undefined && { completions: 1 }),
    parallelism: spec.parallelism ?? 1,
    ...templateOfJob(spec),
    completionMode: spec.completionMode ?? 'NonIndexed',
    suspend: spec.suspend ?? false,
    manualSelector: spec.manualSelector ?? false,
    podReplacementPolicy: spec.podReplacementPolicy ?? (spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'),
  }),
  // The templates of CronJobs are defaulted when the Job is made.
  CronJob: templateOfJob,
};

function templateOfJob(spec: JsonObject): Readonly<Record<string, JsonValue | undefined>> {
  const policy = struct(spec, 'podFailurePolicy');
  if (!policy) return {};
  const rules = structs(policy, 'rules').map((rule) =>
    rule.onPodConditions === undefined
      ? rule
      : { ...rule, onPodConditions: structs(rule, 'onPodConditions').map((each) => ({ ...each, status: text(each, 'status') || 'True' })) },
  ); // prettier-ignore
  return { podFailurePolicy: { ...policy, rules } };
}

/**
 * The spec of a workload, or of the Jobs that a CronJob makes, with the template in it. Models pkg/apis/apps/v1 and
 * pkg/apis/batch/v1 SetDefaults_Deployment and its likes (v1.37).
 */
export function workloadSpecWithDefaults(kind: string, spec: JsonObject): JsonObject {
  const draft: Record<string, JsonValue | undefined> = {
    ...spec,
    ...(Object.hasOwn(changes, kind) && changes[kind]!(spec)),
  };
  // The only kind that may have no template.
  if (kind !== 'ReplicationController' || spec.template !== undefined) draft.template = templateOf(spec);
  return draft;
}

function deploymentStrategy(strategy: JsonObject): JsonObject {
  const type = text(strategy, 'type') || 'RollingUpdate';
  if (type !== 'RollingUpdate') return { ...strategy, type };
  const rolling = struct(strategy, 'rollingUpdate') ?? {};
  const rollingUpdate = { ...rolling, maxUnavailable: rolling.maxUnavailable ?? '25%', maxSurge: rolling.maxSurge ?? '25%' }; // prettier-ignore
  return { ...strategy, type, rollingUpdate };
}

function daemonStrategy(strategy: JsonObject): JsonObject {
  const type = text(strategy, 'type') || 'RollingUpdate';
  if (type !== 'RollingUpdate') return { ...strategy, type };
  const rolling = struct(strategy, 'rollingUpdate') ?? {};
  const rollingUpdate = { ...rolling, maxUnavailable: rolling.maxUnavailable ?? 1, maxSurge: rolling.maxSurge ?? 0 };
  return { ...strategy, type, rollingUpdate };
}

function statefulStrategy(strategy: JsonObject): JsonObject {
  const type = text(strategy, 'type');
  const rolling = struct(strategy, 'rollingUpdate') ?? (type === '' ? {} : undefined);
  if ((type !== '' && type !== 'RollingUpdate') || !rolling) return strategy;
  const rollingUpdate = { ...rolling, partition: rolling.partition ?? 0, maxUnavailable: rolling.maxUnavailable ?? 1 };
  return { ...strategy, type: 'RollingUpdate', rollingUpdate };
}

function retention(policy: JsonObject): JsonObject {
  return { ...policy, whenDeleted: text(policy, 'whenDeleted') || 'Retain', whenScaled: text(policy, 'whenScaled') || 'Retain' }; // prettier-ignore
}
