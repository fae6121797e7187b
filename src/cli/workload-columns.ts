/** The columns of `kubectl get -o wide` for pods and for what makes them. */

import { valueAt, type JsonObject } from '#base/json';
import type { LabelSelector, Labels, Pod } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { isReady } from '#simulation/index';
import type { ControlPlane } from '#simulation/types';
import type { Columns } from './kubectl-columns';
import { ageOf, labelsText, none, objectOf, objectsOf, selectorText, since, textOf } from './kubectl-text';

/** Models printPod. What a status does not say of the containers follows from the pod's conditions. */
export const podColumns: Columns<Pod> = {
  header: ['NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE', 'IP', 'NODE', 'NOMINATED NODE', 'READINESS GATES'],
  row: (pod, now) => {
    const { metadata, spec, status } = pod;
    const { ready, reason, restarts } = containersOf(pod);
    const total = spec.containers.length + (spec.initContainers ?? []).filter(isSidecar).length;
    return [
      metadata.name,
      `${ready}/${total}`,
      reason,
      String(restarts),
      ageOf(metadata, now),
      status.podIPs?.[0]?.ip ?? status.podIP ?? none,
      spec.nodeName || none,
      textOf((status as { readonly nominatedNodeName?: unknown }).nominatedNodeName) || none,
      readinessGates(pod),
    ];
  },
};

interface ContainerSummary {
  readonly ready: number;
  readonly reason: string;
  readonly restarts: number;
}

function containersOf(pod: Pod): ContainerSummary {
  const { conditions = [], phase = 'Pending' } = pod.status;
  const status = pod.status as unknown as JsonObject;
  const gated = conditions.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated');
  const start = gated ? 'SchedulingGated' : textOf(status.reason) || phase;
  const summary = Array.isArray(status.containerStatuses)
    ? summaryOfStatuses(pod, status, start)
    : { ready: isReady(pod) ? containerCount(pod) : 0, reason: start, restarts: 0 };
  const going = pod.metadata.deletionTimestamp !== undefined;
  if (going && status.reason === 'NodeLost') return { ...summary, reason: 'Unknown' };
  return going && phase !== 'Succeeded' && phase !== 'Failed' ? { ...summary, reason: 'Terminating' } : summary;
}

function containerCount({ spec }: Pod): number {
  return spec.containers.length + (spec.initContainers ?? []).filter(isSidecar).length;
}

function isSidecar({ restartPolicy }: { readonly restartPolicy?: string }): boolean {
  return restartPolicy === 'Always';
}

function summaryOfStatuses(pod: Pod, status: JsonObject, start: string): ContainerSummary {
  const init = summaryOfInit(pod, objectsOf(status.initContainerStatuses), start);
  const initialized = pod.status.conditions?.some(({ type, status: is }) => type === 'Initialized' && is === 'True');
  if (init.initializing && !initialized) return init;
  let { reason, ready } = init;
  let restarts = init.sidecarRestarts;
  let running = false;
  let error = '';
  for (const container of objectsOf(status.containerStatuses).toReversed()) {
    const { waiting, terminated } = objectOf(container.state);
    restarts += Number(container.restartCount ?? 0);
    if (textOf(objectOf(waiting).reason) !== '') reason = textOf(objectOf(waiting).reason);
    else if (terminated) {
      reason = terminationOf(objectOf(terminated));
      if (objectOf(terminated).exitCode !== 0) error = reason;
    } else if (container.ready === true && objectOf(container.state).running) {
      running = true;
      ready++;
    }
  }
  if (reason === 'Completed') {
    if (running) reason = isReady(pod) ? 'Running' : error || 'NotReady';
    else reason = error || reason;
  }
  return { ready, reason, restarts };
}

function summaryOfInit(
  pod: Pod,
  statuses: readonly JsonObject[],
  start: string,
): ContainerSummary & { readonly initializing: boolean; readonly sidecarRestarts: number } {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name));
  let [ready, restarts, sidecarRestarts] = [0, 0, 0];
  for (const [index, container] of statuses.entries()) {
    const { waiting, terminated } = objectOf(container.state);
    const isSidecarStatus = sidecars.has(textOf(container.name));
    restarts += Number(container.restartCount ?? 0);
    if (isSidecarStatus) sidecarRestarts += Number(container.restartCount ?? 0);
    if (terminated && objectOf(terminated).exitCode === 0) continue;
    if (isSidecarStatus && container.started === true) {
      if (container.ready === true) ready++;
      continue;
    }
    const wait = textOf(objectOf(waiting).reason);
    const what = terminated
      ? terminationOf(objectOf(terminated))
      : wait !== '' && wait !== 'PodInitializing'
        ? wait
        : `${index}/${(pod.spec.initContainers ?? []).length}`;
    return { ready, reason: `Init:${what}`, restarts, initializing: true, sidecarRestarts };
  }
  return { ready, reason: start, restarts, initializing: false, sidecarRestarts };
}

function terminationOf({ reason, signal, exitCode }: JsonObject): string {
  if (textOf(reason) !== '') return textOf(reason);
  return signal ? `Signal:${String(signal)}` : `ExitCode:${String(exitCode ?? 0)}`;
}

function readinessGates({ spec, status }: Pod): string {
  const gates = objectsOf((spec as { readonly readinessGates?: unknown }).readinessGates);
  if (gates.length === 0) return none;
  const met = gates.filter(
    ({ conditionType }) => status.conditions?.find(({ type }) => type === conditionType)?.status === 'True',
  );
  return `${met.length}/${gates.length}`;
}

/** A workload's pods: how many are wanted, are there and are ready. */
interface PodCounts {
  readonly desired: number;
  readonly current: number;
  readonly ready: number;
}

function countsOf({ key, body }: KubernetesObject, controlPlane: ControlPlane): PodCounts {
  const pods = controlPlane.podsOf(key);
  const wanted = valueAt(body, ['spec', 'replicas']);
  return {
    desired: typeof wanted === 'number' ? wanted : 1,
    current: pods.length,
    ready: pods.filter(isReady).length,
  };
}

/** The containers of the template, their names and their images. Models layoutContainerCells. */
function containerCells({ body }: KubernetesObject, path: readonly string[] = ['spec', 'template']): readonly string[] {
  const containers = objectsOf(valueAt(body, [...path, 'spec', 'containers']));
  return [containers.map(({ name }) => textOf(name)).join(','), containers.map(({ image }) => textOf(image)).join(',')];
}

function selectorCell({ body }: KubernetesObject): string {
  return selectorText(objectOf(valueAt(body, ['spec', 'selector'])) as unknown as LabelSelector);
}

const behind = ['CONTAINERS', 'IMAGES'];

/** Models printDeployment. */
export const deploymentColumns: Columns<KubernetesObject> = {
  header: ['NAME', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE', ...behind, 'SELECTOR'],
  row: (object, now, controlPlane) => {
    const { desired, current, ready } = countsOf(object, controlPlane);
    const age = ageOf(objectOf(object.body.metadata), now);
    const numbers = [`${ready}/${desired}`, String(current), String(ready)];
    return [object.name, ...numbers, age, ...containerCells(object), selectorCell(object)];
  },
};

/** Models printStatefulSet. */
export const statefulSetColumns: Columns<KubernetesObject> = {
  header: ['NAME', 'READY', 'AGE', ...behind],
  row: (object, now, controlPlane) => {
    const { desired, ready } = countsOf(object, controlPlane);
    return [object.name, `${ready}/${desired}`, ageOf(objectOf(object.body.metadata), now), ...containerCells(object)];
  },
};

/** Models printDaemonSet. */
export const daemonSetColumns: Columns<KubernetesObject> = {
  header: [
    'NAME', 'DESIRED', 'CURRENT', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'NODE SELECTOR', 'AGE', ...behind, 'SELECTOR',
  ], // prettier-ignore
  row: (object, now, controlPlane) => {
    const { current, ready } = countsOf(object, controlPlane);
    const nodeSelector = objectOf(valueAt(object.body, ['spec', 'template', 'spec', 'nodeSelector'])) as Labels;
    return [
      object.name,
      ...[current, current, ready, current, ready].map(String),
      labelsText(nodeSelector),
      ageOf(objectOf(object.body.metadata), now),
      ...containerCells(object),
      selectorCell(object),
    ];
  },
};

/** Models printReplicaSet and printReplicationController. */
export const replicaSetColumns: Columns<KubernetesObject> = {
  header: ['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE', ...behind, 'SELECTOR'],
  row: (object, now, controlPlane) => {
    const { desired, current, ready } = countsOf(object, controlPlane);
    const age = ageOf(objectOf(object.body.metadata), now);
    const numbers = [desired, current, ready].map(String);
    return [object.name, ...numbers, age, ...containerCells(object), replicaSelector(object)];
  },
};

/** A ReplicationController's selector is that of its template where it has none. */
function replicaSelector(object: KubernetesObject): string {
  if (object.kind !== 'ReplicationController') return selectorCell(object);
  const own = valueAt(object.body, ['spec', 'selector']);
  return labelsText(objectOf(own ?? valueAt(object.body, ['spec', 'template', 'metadata', 'labels'])) as Labels);
}

/** Models printJob; the selector is generated, and the times are the status'. */
export const jobColumns: Columns<KubernetesObject> = {
  header: ['NAME', 'STATUS', 'COMPLETIONS', 'DURATION', 'AGE', ...behind, 'SELECTOR'],
  row: (object, now, controlPlane) => {
    const { spec, status, metadata } = object.body;
    const { startTime, completionTime } = objectOf(status);
    const end = typeof completionTime === 'string' ? Date.parse(completionTime) : now;
    const pods = controlPlane.podsOf(object.key);
    const uid = pods[0]?.metadata.labels?.['batch.kubernetes.io/controller-uid'];
    return [
      object.name,
      jobStatus(objectOf(spec), objectOf(status), objectOf(metadata)),
      completions(objectOf(spec), objectOf(status)),
      typeof startTime === 'string' ? since(startTime, end) : '',
      ageOf(objectOf(metadata), now),
      ...containerCells(object),
      objectOf(spec).selector || !uid ? selectorCell(object) : `batch.kubernetes.io/controller-uid=${uid}`,
    ];
  },
};

function jobStatus(spec: JsonObject, status: JsonObject, metadata: JsonObject): string {
  const holds = (wanted: string) =>
    objectsOf(status.conditions).some(({ type, status: is }) => type === wanted && is === 'True');
  if (holds('Complete')) return 'Complete';
  if (holds('Failed')) return 'Failed';
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  if (holds('Suspended') || spec.suspend === true) return 'Suspended';
  if (holds('FailureTarget')) return 'FailureTarget';
  return holds('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completions(spec: JsonObject, status: JsonObject): string {
  const succeeded = Number(status.succeeded ?? 0);
  if (typeof spec.completions === 'number') return `${succeeded}/${spec.completions}`;
  const parallelism = typeof spec.parallelism === 'number' ? spec.parallelism : 1;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

/** Models printCronJob. */
export const cronJobColumns: Columns<KubernetesObject> = {
  header: ['NAME', 'SCHEDULE', 'TIMEZONE', 'SUSPEND', 'ACTIVE', 'LAST SCHEDULE', 'AGE', ...behind, 'SELECTOR'],
  row: (object, now, controlPlane) => {
    const { spec, status, metadata } = object.body;
    const { schedule, timeZone, suspend, jobTemplate } = objectOf(spec);
    const { lastScheduleTime } = objectOf(status);
    return [
      object.name,
      textOf(schedule),
      typeof timeZone === 'string' ? timeZone : none,
      suspend === true ? 'True' : 'False',
      String(controlPlane.podsOf(object.key).length > 0 ? 1 : 0),
      typeof lastScheduleTime === 'string' ? since(lastScheduleTime, now) : none,
      ageOf(objectOf(metadata), now),
      ...containerCells(object, ['spec', 'jobTemplate', 'spec', 'template']),
      selectorText(objectOf(valueAt(jobTemplate, ['spec', 'selector'])) as unknown as LabelSelector),
    ];
  },
};
