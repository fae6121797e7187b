/** endpoints-not-ready, selects-no-replicas, scales-to-no-replicas: a Service whose pods are there on paper and take no request. */

import { valueAt } from '#base/json';
import type { NamespacedName, Pod, Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import { isReady } from '#simulation/index';
import type { ControlPlane, PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Fix } from '../types';
import { autoscalerKind, autoscalerOf, leastReplicas } from './autoscalers';
import { changeValue, dropMember, fixBy } from './edits';
import { knownNodes } from './nodes-known';
import type { Rule } from './index';
import type { Report } from './report';
import { relatedMember, relatedName } from './report';
import { unappliedTo } from './unapplied';
import { effectOfNoEndpoints, list } from './words';

export const unreadyEndpoints: Rule = {
  codes: ['endpoints-not-ready', 'selects-no-replicas', 'scales-to-no-replicas'],
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
    reportIdle(object, service, targets, context, report);
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
  const autoscalers = targets.flatMap((group) => autoscalerOf(group, controlPlane) ?? []);
  // One that may go down to nothing also comes back from there.
  if (autoscalers.some((autoscaler) => leastReplicas(autoscaler) === 0)) return;
  const makers = list(targets.map((group) => printReference(group.object)));
  const [only, ...more] = targets;
  const [autoscaler] = autoscalers;
  report.add({
    code: 'selects-no-replicas',
    // Somebody who gives it an autoscaler expects pods.
    severity: autoscaler ? 'warning' : 'hint',
    message: `${printReference(object)} selects pods that are never made: replicas is 0`,
    place: report.member(['spec', 'selector']),
    details: [
      {
        label: 'cause',
        text: `${makers} ${targets.length === 1 ? 'has' : 'have'} replicas: 0, ${autoscaler ? `which switches ${printReference(autoscaler)} off (ScalingDisabled): it does not bring them to ${leastReplicas(autoscaler)}` : 'and a HorizontalPodAutoscaler leaves that alone'}`,
      },
      { label: 'effect', text: effectOfNoEndpoints(service, service.spec.ports ?? [], controlPlane.settings) },
    ],
    related: [
      ...targets.map((group) => relatedMember(group.object, ['spec', 'replicas'], 'No replicas', context)),
      autoscaler && relatedName(autoscaler, `${printReference(autoscaler)} is switched off by it`, context),
    ],
    fixes: only && more.length === 0 ? fixesOf(only.object, autoscaler, context) : [],
  });
}

function fixesOf(
  maker: KubernetesObject,
  autoscaler: KubernetesObject | undefined,
  context: AnalysisContext,
): readonly (Fix | undefined)[] {
  const field = ['spec', 'replicas'];
  const least = autoscaler ? leastReplicas(autoscaler) : 1;
  return [
    autoscaler &&
      fixBy('Leave replicas to the HorizontalPodAutoscaler', true, [dropMember(maker, ['spec'], 'replicas', context)]),
    fixBy(`Change replicas to ${least}`, false, [changeValue(maker, field, least, context)]),
  ];
}

/** An autoscaler that may take the last pod away: nothing holds a request until there is one again. */
function reportIdle(
  object: KubernetesObject,
  service: Service,
  targets: readonly PodGroup[],
  context: AnalysisContext,
  report: Report,
): void {
  const { controlPlane } = context.simulation;
  if (!targets.every((group) => scaledKinds.has(group.object.kind))) return;
  report.dependsOn(`kind ${autoscalerKind} ${object.namespace}`);
  const autoscalers = targets.map((group) => autoscalerOf(group, controlPlane));
  if (!autoscalers.every((autoscaler) => autoscaler && leastReplicas(autoscaler) === 0)) return;
  const [first] = autoscalers;
  report.add({
    code: 'scales-to-no-replicas',
    severity: 'hint',
    message: `${printReference(object)} has no endpoints while ${printReference(first!)} wants no pods`,
    place: report.member(['spec', 'selector']),
    details: [
      {
        label: 'cause',
        text: 'minReplicas: 0 lets the autoscaler take the last pod away (gate HPAScaleToZero, on by default since 1.37)',
      },
      { label: 'effect', text: `in the meantime ${effectOfNoEndpoints(service, service.spec.ports ?? [], controlPlane.settings)}` }, // prettier-ignore
      {
        label: 'note',
        text: 'it wakes up by its metric, not by a request: nothing holds requests until a pod is ready',
      },
    ],
    related: autoscalers.map((autoscaler) => autoscaler && relatedMember(autoscaler, ['spec', 'minReplicas'], 'No pods at least', context)), // prettier-ignore
    fixes: [
      ...(targets.length === 1
        ? [fixBy('Keep a pod: change minReplicas to 1', false, [changeValue(first!, ['spec', 'minReplicas'], 1, context)])] // prettier-ignore
        : []),
    ],
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
