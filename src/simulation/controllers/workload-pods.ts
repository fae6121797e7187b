/** The workload controllers: how the pods of a Deployment, StatefulSet, Job and so on are named and labelled. */

import { isJsonObject, valueAt } from '#base/json';
import type { Labels, ObjectMeta, OwnerReference, PodSpec } from '#model/kubernetes';
import type { Workload } from '../apiserver/admission';
import { behaves } from '../releases';
import type { PodGroup } from '../types';
import { derivedUid, generatedName, generatedNames, maxGeneratedBase, revisionHash } from './generated-names';

export const zoneLabel = 'topology.kubernetes.io/zone';
const regionLabel = 'topology.kubernetes.io/region';
const templateHashLabel = 'pod-template-hash';
const revisionLabel = 'controller-revision-hash';
const podNameLabel = 'statefulset.kubernetes.io/pod-name';
const podIndexLabel = 'apps.kubernetes.io/pod-index';
const completionIndexLabel = 'batch.kubernetes.io/job-completion-index';
const controllerUidLabels = ['batch.kubernetes.io/controller-uid', 'controller-uid'];
const jobNameLabels = ['batch.kubernetes.io/job-name', 'job-name'];
const generationLabel = 'pod-template-generation';

/** Keys of labels that some controller gives each of its pods with a value of its own. */
export const podOwnLabelKeys: ReadonlySet<string> = new Set([
  zoneLabel, regionLabel, templateHashLabel, revisionLabel, podNameLabel, podIndexLabel, completionIndexLabel,
  generationLabel, ...controllerUidLabels, ...jobNameLabels,
]); // prettier-ignore

/** What a controller decides about one of its pods; its node and addresses come later. */
export interface PlannedPod {
  readonly metadata: ObjectMeta & { readonly namespace: string; readonly labels: Labels };
  readonly hostname: string | undefined;
  /** Empty where the controller takes that of the template away. */
  readonly subdomain: string | undefined;
}

/** Labels that the topology admission gives a bound pod, whatever its author has written. */
export function topologyLabelKeys(minor: number): readonly string[] {
  return behaves(minor, 'labelsPodsWithTopology') ? [zoneLabel, regionLabel] : [];
}

/** How many pods run at a time; a DaemonSet has as many as there are nodes for it, which is not known here. */
export function plannedReplicas(workload: Workload): number {
  if (workload.suspended || isLeftAlone(workload)) return 0;
  return workload.completions === undefined ? workload.replicas : Math.min(workload.replicas, workload.completions);
}

/** A Deployment that is paused from the start gets no ReplicaSet, and a Job may be left to another controller. */
function isLeftAlone({ kind, object }: Workload): boolean {
  const spec = isJsonObject(object.body.spec) ? object.body.spec : {};
  if (kind === 'Deployment') return spec.paused === true;
  return kind === 'Job' && typeof spec.managedBy === 'string' && spec.managedBy !== 'kubernetes.io/job-controller';
}

/** Whether the next pod only comes once the one before runs. */
export function isOneByOne({ kind, object }: Workload): boolean {
  return kind === 'StatefulSet' && valueAt(object.body, ['spec', 'podManagementPolicy']) !== 'Parallel';
}

/** The group of a workload's pods. `minor` is 37 for 1.37. */
export function groupOfWorkload(workload: Workload, replicas: number, minor: number): PodGroup {
  const variableLabels = [...ownLabelKeys(workload), ...topologyLabelKeys(minor)];
  const labels: Record<string, string> = {};
  for (const key in workload.template.labels) {
    if (!variableLabels.includes(key)) labels[key] = workload.template.labels[key]!;
  }
  if (workload.kind === 'Job' && !selectsByHand(workload))
    for (const key of jobNameLabels) labels[key] = workload.metadata.name;
  return {
    key: workload.object.key,
    object: workload.object,
    namespace: workload.metadata.namespace,
    labels,
    variableLabels,
    templatePath: workload.templatePath,
    spec: workload.template.spec,
    replicas,
  };
}

function ownLabelKeys(workload: Workload): readonly string[] {
  const indexed = workload.completionMode === 'Indexed' ? [completionIndexLabel] : [];
  switch (workload.kind) {
    case 'Deployment':
      return [templateHashLabel];
    case 'StatefulSet':
      return [podNameLabel, podIndexLabel, revisionLabel];
    case 'DaemonSet':
      return [revisionLabel, generationLabel];
    case 'Job':
      return [...(selectsByHand(workload) ? [] : controllerUidLabels), ...indexed];
    case 'CronJob':
      return [...(selectsByHand(workload) ? [] : [...controllerUidLabels, ...jobNameLabels]), ...indexed];
    default:
      return [];
  }
}

/** Such a Job's pods do not get the labels of the Job. Models pkg/registry/batch/job generateSelector (v1.37). */
export function selectsByHand({ object, templatePath }: Workload): boolean {
  return valueAt(object.body, [...templatePath.slice(0, -1), 'manualSelector']) === true;
}

/**
 * Whether one of the group's pods may carry this value in a label that varies. Values that follow from the name and
 * the number of replicas are known, those that a cluster draws or that depend on the node are not.
 */
export function mayCarry(group: PodGroup, key: string, value: string): boolean {
  if (!group.variableLabels.includes(key)) return false;
  if (key !== podNameLabel && key !== podIndexLabel && key !== completionIndexLabel) return true;
  const prefix = key === podNameLabel ? `${group.object.name}-` : '';
  if (!value.startsWith(prefix)) return false;
  const digits = value.slice(prefix.length);
  const start = key === completionIndexLabel ? 0 : ordinalsStart(group);
  return /^(0|[1-9]\d*)$/.test(digits) && Number(digits) >= start && Number(digits) < start + group.replicas;
}

function ordinalsStart(group: PodGroup): number {
  const start = valueAt(group.object.body, ['spec', 'ordinals', 'start']);
  return typeof start === 'number' ? start : 0;
}

/** The names of the first `count` pods, without all the rest of them. */
export function plannedPodNames(workload: Workload, count: number): readonly string[] {
  // Only these have their index in the name.
  if (workload.kind === 'StatefulSet' || workload.completionMode === 'Indexed') {
    return Array.from({ length: count }, (_, index) => plannedPodName(workload, index));
  }
  return generatedNames(generateNameOf(workload, 0), workload.object.key, count);
}

function plannedPodName(workload: Workload, index: number): string {
  const { name } = workload.metadata;
  if (workload.kind === 'StatefulSet') return `${name}-${workload.ordinalsStart + index}`;
  return generatedName(generateNameOf(workload, index), workload.object.key, index);
}

/** Models the ReplicaSet, StatefulSet, DaemonSet, Job and CronJob controllers' pods (v1.37). */
export function planPod(workload: Workload, index: number): PlannedPod {
  const name = plannedPodName(workload, index);
  const owner = ownerOf(workload);
  const { labels, annotations, spec } = workload.template;
  const metadata = {
    name,
    generateName: generateNameOf(workload, index),
    namespace: workload.metadata.namespace,
    labels: { ...labels, ...controllerLabels(workload, owner, name, index) },
    ownerReferences: [owner],
  };
  const completion: Labels = workload.completionMode === 'Indexed' ? { [completionIndexLabel]: String(index) } : {};
  const allAnnotations = { ...annotations, ...completion };
  const annotated = Object.keys(allAnnotations).length > 0 ? { ...metadata, annotations: allAnnotations } : metadata;
  if (workload.kind === 'StatefulSet')
    return { metadata: annotated, hostname: name, subdomain: workload.serviceName ?? '' };
  const hostname = workload.completionMode === 'Indexed' ? `${owner.name}-${index}` : spec.hostname;
  return { metadata: annotated, hostname, subdomain: spec.subdomain };
}

function controllerLabels(workload: Workload, owner: OwnerReference, name: string, index: number): Labels {
  const { kind, object, ordinalsStart } = workload;
  switch (kind) {
    case 'Deployment':
      return { [templateHashLabel]: revisionHash(object.key) };
    case 'StatefulSet':
      return {
        [podNameLabel]: name,
        [podIndexLabel]: String(ordinalsStart + index),
        [revisionLabel]: `${workload.metadata.name}-${revisionHash(object.key)}`,
      };
    case 'DaemonSet':
      return { [revisionLabel]: revisionHash(object.key), [generationLabel]: '1' };
    case 'Job':
    case 'CronJob':
      return {
        ...(!selectsByHand(workload) && jobLabels(object.key, owner.name)),
        ...(workload.completionMode === 'Indexed' && { [completionIndexLabel]: String(index) }),
      };
    default:
      return {};
  }
}

function jobLabels(key: string, name: string): Labels {
  return Object.fromEntries([
    ...controllerUidLabels.map((label) => [label, derivedUid(key)]),
    ...jobNameLabels.map((label) => [label, name]),
  ]) as Labels;
}

/** Models pkg/controller/job podGenerateNameWithIndex (v1.37): the index stays, however long the name. */
function generateNameOf(workload: Workload, index: number): string {
  const owner = ownerName(workload);
  if (workload.completionMode !== 'Indexed') return `${owner}-`;
  const indexed = `-${index}-`;
  return owner.slice(0, maxGeneratedBase - indexed.length) + indexed;
}

/** Who creates the pods: a Deployment and a CronJob do it through an object of their own. */
export function ownerOf(workload: Workload): OwnerReference {
  const { group, version } = workload.object;
  const kind = workload.kind === 'Deployment' ? 'ReplicaSet' : workload.kind === 'CronJob' ? 'Job' : workload.kind;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  return { apiVersion, kind, name: ownerName(workload), controller: true, blockOwnerDeletion: true };
}

function ownerName(workload: Workload): string {
  const { name } = workload.metadata;
  if (workload.kind === 'Deployment') return `${name}-${revisionHash(workload.object.key)}`;
  // A CronJob's Job carries the minute of its start, which nobody knows beforehand.
  if (workload.kind === 'CronJob')
    return `${name}-${29_000_000 + (Number.parseInt(derivedUid(workload.object.key).slice(0, 5), 16) % 1_000_000)}`;
  return name;
}

/** Whether an observed pod looks as the workload would make it today: such pods are its replicas. */
export function fitsTemplate(group: PodGroup, pod: { readonly labels: Labels; readonly spec: PodSpec }): boolean {
  const expected = Object.entries(group.labels);
  if (expected.some(([key, value]) => pod.labels[key] !== value)) return false;
  const variable = Object.keys(pod.labels).filter((key) => group.labels[key] === undefined);
  return variable.every((key) => group.variableLabels.includes(key)) && samePorts(group.spec, pod.spec);
}

function samePorts(a: PodSpec, b: PodSpec): boolean {
  return JSON.stringify(portsOf(a)) === JSON.stringify(portsOf(b));
}

/** What of a pod's spec decides where a Service's ports lead. */
export function portsOf(spec: PodSpec): unknown {
  const ports = (containers: PodSpec['containers']) =>
    containers.flatMap((container) =>
      (container.ports ?? []).map((port) => [port.name, port.containerPort, port.protocol]),
    );
  const sidecars = (spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  return [ports(spec.containers), ports(sidecars), spec.hostNetwork === true];
}
