/** The objects that make pods, as they are decoded. */

import {
  any, bool, closed, int32, int64, list, open, string, stringMap, word, type Schema, type StructSchema,
} from './decode'; // prettier-ignore
import { labelSelector, objectMeta, topLevel } from './metadata';
import { podTemplateSchema as template } from './pod-schema';

function workloadSchema(kind: string, spec: Readonly<Record<string, Schema>>): StructSchema {
  return topLevel(kind, { spec: closed(`${kind}Spec`, { selector: labelSelector, template, ...spec }), status: any });
}

const jobFields = {
  selector: labelSelector,
  template,
  parallelism: int32,
  completions: int32,
  completionMode: word('CompletionMode'),
  suspend: bool,
  activeDeadlineSeconds: int64,
  podFailurePolicy: open('PodFailurePolicy', {}),
  successPolicy: open('SuccessPolicy', {}),
  backoffLimit: int32,
  backoffLimitPerIndex: int32,
  maxFailedIndexes: int32,
  manualSelector: bool,
  ttlSecondsAfterFinished: int32,
  podReplacementPolicy: word('PodReplacementPolicy'),
  managedBy: string,
  scheduling: open('JobSchedulingConfiguration', {}),
};

const schemas: Readonly<Record<string, StructSchema>> = {
  Deployment: workloadSchema('Deployment', {
    replicas: int32,
    strategy: open('DeploymentStrategy', {}),
    minReadySeconds: int32,
    revisionHistoryLimit: int32,
    paused: bool,
    progressDeadlineSeconds: int32,
  }),
  ReplicaSet: workloadSchema('ReplicaSet', { replicas: int32, minReadySeconds: int32 }),
  ReplicationController: workloadSchema('ReplicationController', {
    replicas: int32,
    minReadySeconds: int32,
    selector: stringMap,
  }),
  StatefulSet: workloadSchema('StatefulSet', {
    replicas: int32,
    volumeClaimTemplates: list(open('PersistentVolumeClaim', {})),
    serviceName: string,
    podManagementPolicy: word('PodManagementPolicyType'),
    updateStrategy: open('StatefulSetUpdateStrategy', {}),
    revisionHistoryLimit: int32,
    minReadySeconds: int32,
    persistentVolumeClaimRetentionPolicy: open('StatefulSetPersistentVolumeClaimRetentionPolicy', {}),
    ordinals: closed('StatefulSetOrdinals', { start: int32 }),
  }),
  DaemonSet: workloadSchema('DaemonSet', {
    updateStrategy: open('DaemonSetUpdateStrategy', {}),
    minReadySeconds: int32,
    revisionHistoryLimit: int32,
  }),
  Job: workloadSchema('Job', jobFields),
  CronJob: topLevel('CronJob', {
    spec: closed('CronJobSpec', {
      schedule: string,
      timeZone: string,
      startingDeadlineSeconds: int64,
      concurrencyPolicy: word('ConcurrencyPolicy'),
      suspend: bool,
      jobTemplate: closed('JobTemplateSpec', { metadata: objectMeta, spec: closed('JobSpec', jobFields) }),
      successfulJobsHistoryLimit: int32,
      failedJobsHistoryLimit: int32,
    }),
    status: any,
  }),
};

const unknownKind = open('Workload', {
  metadata: objectMeta,
  spec: open('WorkloadSpec', { selector: labelSelector, template }),
});

export function workloadSchemaOf(kind: string): StructSchema {
  return Object.hasOwn(schemas, kind) ? schemas[kind]! : unknownKind;
}
