/** endpoints-not-ready, selects-no-replicas: a Service whose pods are there on paper and take no request. */

import { valueAt } from '#base/json';
import type { NamespacedName, Pod, Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import { isReady } from '#simulation/index';
import type { ControlPlane, PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { changeValue, fixBy } from './edits';
import { knownNodes } from './nodes-known';
import type { Rule } from './index';
import type { Report } from './report';
import { relatedMember, relatedName } from './report';
import { unappliedTo } from './unapplied';
import { effectOfNoEndpoints, list } from './words';

export const unreadyEndpoints: Rule = {
  codes: ['endpoints-not-ready', 'selects-no-replicas'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const name = `${object.namespace}/${object.name}`;
    const service = controlPlane.service(name);
    const targets = service ? controlPlane.targets(name) : [];
    if (!service || targets.length === 0 || controlPlane.object(object.key) !== object) return;
    if (targets.every((group) => isScaledToNothing(group, context))) {
      if (!isUsed(name, controlPlane)) reportNoReplicas(object, service, targets, context, report);
      return;
    }
    // Other pods are taken to be ready: nothing is made for a Service about which nothing can be said.
    if (knownNodes(controlPlane).length === 0 && !targets.some(hasStatus)) return;
    if (!isUsed(name, controlPlane)) reportNotReady(object, service, targets, context, report);
  },
};

/** Whether kube-proxy sends anything to one of the Service's endpoints, be it by hand. */
function isUsed(name: NamespacedName, controlPlane: ControlPlane): boolean {
  return controlPlane
    .endpointSlices(name)
    .some(({ endpoints }) => endpoints?.some(({ conditions }) => conditions.ready !== false));
}

function hasStatus({ object }: PodGroup): boolean {
  return object.kind === 'Pod' && object.body.status !== undefined;
}

const scaledKinds = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']);

/** Whether the manifest itself says `replicas: 0`. */
function isScaledToNothing({ object }: PodGroup, { scope }: AnalysisContext): boolean {
  const field = ['spec', 'replicas'];
  return (
    scaledKinds.has(object.kind) &&
    valueAt(object.body, field) === 0 &&
    unappliedTo(object, [field], scope).length === 0
  );
}

function reportNoReplicas(
  object: KubernetesObject,
  service: Service,
  targets: readonly PodGroup[],
  context: AnalysisContext,
  report: Report,
): void {
  const { controlPlane } = context.simulation;
  // Whoever scales from nothing may come and go.
  report.searchedElsewhere();
  if (isScaledFromNothing(controlPlane, object.namespace)) return;
  const makers = list(targets.map((group) => printReference(group.object)));
  const [only, ...more] = targets;
  report.add({
    code: 'selects-no-replicas',
    severity: 'hint',
    message: `${printReference(object)} selects pods that are never made: replicas is 0`,
    place: report.member(['spec', 'selector']),
    details: [
      {
        label: 'cause',
        text: `${makers} ${targets.length === 1 ? 'has' : 'have'} replicas: 0, and a HorizontalPodAutoscaler leaves that alone`,
      },
      { label: 'effect', text: effectOfNoEndpoints(service, service.spec.ports ?? [], controlPlane.settings) },
    ],
    related: targets.map((group) => relatedMember(group.object, ['spec', 'replicas'], 'No replicas', context)),
    fixes:
      only && more.length === 0
        ? [fixBy('Change replicas to 1', false, [changeValue(only.object, ['spec', 'replicas'], 1, context)])]
        : [],
  });
}

/** KEDA and Knative make the first pod when there is something to do. */
function isScaledFromNothing(controlPlane: ControlPlane, namespace: string): boolean {
  for (const [group, kind] of scalers)
    for (const object of controlPlane.objectsOfKind(group, kind)) if (object.namespace === namespace) return true;
  return false;
}

const scalers = [
  ['keda.sh', 'ScaledObject'],
  ['http.keda.sh', 'HTTPScaledObject'],
  ['autoscaling.internal.knative.dev', 'PodAutoscaler'],
] as const;

function reportNotReady(
  object: KubernetesObject,
  service: Service,
  targets: readonly PodGroup[],
  context: AnalysisContext,
  report: Report,
): void {
  if (service.spec.publishNotReadyAddresses === true) return;
  const { controlPlane } = context.simulation;
  const pods = targets.flatMap((group) => controlPlane.podsOf(group.key));
  const reasons = pods.map((pod) => whyNotReady(pod, controlPlane));
  if (pods.length === 0 || reasons.some((reason) => reason === undefined)) return;
  const makers = [...new Set(targets.map((group) => group.object))];
  report.add({
    code: 'endpoints-not-ready',
    severity: 'warning',
    message: `${pods.length === 1 ? 'the only pod' : `none of the ${pods.length} pods`} of ${printReference(object)} is ${pods.length === 1 ? 'not ' : ''}ready`,
    place: report.member(['spec', 'selector']),
    details: [
      { label: 'cause', text: list(pods.map((pod, i) => `${pod.metadata.name}: ${reasons[i]!}`)) },
      { label: 'effect', text: effectOfNoEndpoints(service, service.spec.ports ?? [], controlPlane.settings) },
    ],
    related: makers.slice(0, 4).map((maker) => relatedName(maker, `${printReference(maker)} is not ready`, context)),
  });
}

/** By its own status, or its node's; undefined where it is not known, since the nodes are made up. */
function whyNotReady(pod: Pod, controlPlane: ControlPlane): string | undefined {
  if (isReady(pod)) return undefined;
  const { phase, conditions = [] } = pod.status;
  if (phase === 'Succeeded' || phase === 'Failed') return `it has ended (${phase})`;
  const scheduled = conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    if (knownNodes(controlPlane).length === 0 && !isStatusWritten(pod, controlPlane)) return undefined;
    return `no node takes it${scheduled.message === undefined ? '' : ` (${scheduled.message})`}`;
  }
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (isStatusWritten(pod, controlPlane)) {
    const words = ready?.message ?? ready?.reason;
    return `its status says not ready${words === undefined ? '' : ` (${words})`}`;
  }
  const { nodeName } = pod.spec;
  return nodeName !== undefined && knownNodes(controlPlane).includes(nodeName)
    ? `its node ${nodeName} is not ready`
    : undefined;
}

function isStatusWritten(pod: Pod, controlPlane: ControlPlane): boolean {
  const group = controlPlane.groupOfPod(`${pod.metadata.namespace}/${pod.metadata.name}`);
  return group?.object.kind === 'Pod' && valueAt(group.object.body, ['status', 'conditions']) !== undefined;
}
