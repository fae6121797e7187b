/**
 * adopted-by-controller, removed-by-controller, stateful-set-pod-name-taken: a Pod or ReplicaSet of the files that a
 * controller takes for its own, or that is in its way.
 */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import { printReference, type KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import { fixInWords } from './edits';
import type { Rule } from './index';
import { relatedMember, relatedName, type Report } from './report';
import { unappliedTo } from './unapplied';

const selectorPath = ['spec', 'selector'];

export const adopted: Rule = {
  codes: ['adopted-by-controller', 'removed-by-controller'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    if (controlPlane.object(object.key) !== object) return;
    const adoption = controlPlane.adoptionOf(object.key);
    if (!adoption) return;
    const { by, kept } = adoption;
    const place = report.member(matchedLabel(object, by));
    if (unappliedTo(by, [selectorPath], context.scope).length > 0) return report.leaveOpen(place);
    const [who, what] = [printReference(by), printReference(object)];
    const { message, effect } = kept ? whatStays(object, by) : whatGoes(object, by);
    report.add({
      code: kept ? 'adopted-by-controller' : 'removed-by-controller',
      severity: kept ? 'info' : 'warning',
      message,
      place,
      details: [
        { label: 'cause', text: `the selector of ${who} matches the labels of ${what}, which has no owner` },
        { label: 'effect', text: effect },
      ],
      related: [relatedMember(by, selectorPath, `Selector of ${who}`, context)],
      fixes: [fixInWords(`Give it a label that the selector of ${who} does not match, or take it out of the files`)],
    });
  },
};

interface Words {
  readonly message: string;
  readonly effect: string;
}

function whatStays(object: KubernetesObject, by: KubernetesObject): Words {
  const [who, what] = [printReference(by), printReference(object)];
  if (object.kind === 'ReplicaSet')
    return {
      message: `${who} adopts ${what}, whose template is its own`,
      effect: `it is scaled to the replicas of ${who}, which makes no other ReplicaSet`,
    };
  return {
    message: `${who} adopts ${what} as one of its replicas`,
    effect: `${who} makes one pod less, and deletes this one as any of its own when it is scaled down or deleted`,
  };
}

function whatGoes(object: KubernetesObject, by: KubernetesObject): Words {
  const [who, what] = [printReference(by), printReference(object)];
  if (object.kind === 'ReplicaSet')
    return {
      message: `${who} adopts ${what} and scales it to 0`,
      effect: 'it is taken for an old revision: its pods are deleted as soon as those of the new one are ready',
    };
  if (by.kind === 'StatefulSet' || by.kind === 'DaemonSet')
    return {
      message: `${who} adopts ${what} and replaces it`,
      effect: 'it is deleted, and where the controller wants a pod, it makes one from its template',
    };
  return {
    message: `${who} adopts ${what} and deletes it`,
    effect: `${who} has all its replicas without it: the Pod is deleted as soon as it is there`,
  };
}

/** A label of the object that the selector asks for. */
function matchedLabel(object: KubernetesObject, by: KubernetesObject): JsonPath {
  const selector = valueAt(by.body, selectorPath);
  const pairs = by.kind === 'ReplicationController' ? selector : valueAt(by.body, [...selectorPath, 'matchLabels']);
  const labels = valueAt(object.body, ['metadata', 'labels']);
  const key =
    isJsonObject(pairs) && isJsonObject(labels) ? Object.keys(pairs).find((each) => each in labels) : undefined;
  return key === undefined ? ['metadata', 'name'] : ['metadata', 'labels', key];
}

export const statefulSetNameTaken: Rule = {
  codes: ['stateful-set-pod-name-taken'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const pod = controlPlane.object(object.key) === object ? controlPlane.obstacleOf(object.key) : undefined;
    if (pod) reportTaken(object, pod, context, report);
  },
};

function reportTaken(object: KubernetesObject, pod: KubernetesObject, context: AnalysisContext, report: Report): void {
  const waits = valueAt(object.body, ['spec', 'podManagementPolicy']) !== 'Parallel';
  report.add({
    code: 'stateful-set-pod-name-taken',
    severity: 'error',
    message: `${printReference(object)} cannot make pod ${pod.name}: another Pod has this name`,
    place: report.member(['metadata', 'name']),
    details: [
      { label: 'cause', text: `the pods of a StatefulSet have fixed names, and ${printReference(pod)} is not its own: the API server answers that it already exists` },
      { label: 'effect', text: `the controller tries again and again${waits ? ', and makes no pod after it' : ''}` },
    ],
    related: [relatedName(pod, `${printReference(pod)} is here`, context)],
    fixes: [fixInWords('Rename the Pod, or take it out of the files')],
  }); // prettier-ignore
}
