/** selector-matches-unrelated-workloads: one Service in front of programs that have nothing to do with each other. */

import { isHeadless, type Labels, type Service, type ServicePort } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import { portContainers } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Fix } from '../types';
import { fixBy, fixInWords, putMember } from './edits';
import type { Rule } from './index';
import { compareLabels, unrelatedCost } from './nearest';
import { relatedMember } from './report';
import { unappliedTo } from './unapplied';
import { list, pair, printLabels, printPort } from './words';

/** Labels that say which program it is; a version, a track or a role tells variants of one program apart. */
const identityKeys = ['app.kubernetes.io/name', 'app.kubernetes.io/component', 'k8s-app', 'app', 'component', 'run', 'name']; // prettier-ignore
const serving = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Pod']);

export const selectorUnrelated: Rule = {
  codes: ['selector-matches-unrelated-workloads'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const name = `${object.namespace}/${object.name}`;
    const targets = controlPlane.targets(name).filter((group) => serving.has(group.object.kind));
    const service = controlPlane.service(name);
    if (targets.length < 2 || !service?.spec.selector || controlPlane.object(object.key) !== object) return;
    // The names of a headless Service find its pods by themselves, and a named port means those that have it.
    const ports = (service.spec.ports ?? []).filter(({ targetPort }) => typeof targetPort !== 'string');
    if (isHeadless(service) || ports.length === 0 || ports.length < (service.spec.ports?.length ?? 0)) return;
    if (isPatched(object, targets, context)) return;
    const meant = meantGroup(service, targets, ports);
    const strangers = meant ? targets.filter((group) => areUnrelated(meant, group)) : [];
    if (!meant || strangers.length === 0) return;
    // Other Services of the strangers are a reason.
    report.dependsOn(`kind /Service ${object.namespace}`);
    const lacking = strangers.filter((group) => lacksAll(group, ports));
    const owned = strangers.filter((group) => hasOwnService(group, service, context));
    if (lacking.length === 0 && owned.length === 0) return;
    const [mine, theirs] = [printReference(meant.object), list(strangers.map((group) => printReference(group.object)))];
    const share = strangers.reduce((sum, { replicas }) => sum + replicas, 0);
    const all = targets.reduce((sum, { replicas }) => sum + replicas, 0);
    const part = share > 0 ? `about ${share} of ${all} connections` : 'a share of the connections';
    report.add({
      code: 'selector-matches-unrelated-workloads',
      severity: 'warning',
      message: `${printReference(object)} selects the pods of ${theirs} as well`,
      place: report.member(['spec', 'selector']),
      details: [
        { label: 'cause', text: `${printLabels(service.spec.selector)} matches ${mine} and ${theirs}, which are other programs` },
        {
          label: 'effect',
          text: `${part} to ${service.metadata.name}:${ports.map(printPort).join(', ')} go to ${theirs}${lacking.length === strangers.length ? ', where nothing is declared to listen: connection refused at times' : ': answers come from another program at times'}`,
        },
      ],
      related: strangers
        .slice(0, 4)
        .map((group) =>
          relatedMember(group.object, [...group.templatePath, 'metadata', 'labels'], `The pods of ${printReference(group.object)} match as well`, context),
        ),
      fixes: [narrow(object, service.spec.selector, meant, strangers, context)],
    }); // prettier-ignore
  },
};

/** The one that the Service is called after, else the only one that declares its ports. */
function meantGroup(
  { metadata }: Service,
  targets: readonly PodGroup[],
  ports: readonly ServicePort[],
): PodGroup | undefined {
  const named = targets.filter(({ object }) => isNamedAlike(metadata.name, object.name));
  if (named.length === 1) return named[0];
  const declaring = targets.filter((group) => declaresAny(group, ports));
  return declaring.length === 1 ? declaring[0] : undefined;
}

function isNamedAlike(service: string, workload: string): boolean {
  return service === workload || service.replace(/-(?:service|svc)$/, '') === workload;
}

/** Other images, and a label of identity whose values differ by more than a number. */
function areUnrelated(meant: PodGroup, other: PodGroup): boolean {
  const images = new Set(imagesOf(meant));
  if (imagesOf(other).some((image) => images.has(image))) return false;
  const key = identityKeys.find((candidate) => differs(meant.labels, other.labels, candidate));
  if (key === undefined) return false;
  return compareLabels({ [key]: meant.labels[key]! }, other.labels).differences.some(
    ({ cost }) => cost >= unrelatedCost,
  );
}

function differs(a: Labels, b: Labels, key: string): boolean {
  return a[key] !== undefined && b[key] !== undefined && a[key] !== b[key];
}

/** Without tags and digests: another version is the same program. */
function imagesOf({ spec }: PodGroup): readonly string[] {
  return portContainers(spec).map(({ image = '' }) => image.replace(/@.*$/, '').replace(/:[^/:]*$/, ''));
}

/** Whether the pods declare ports, and none of the Service's. */
function lacksAll(group: PodGroup, ports: readonly ServicePort[]): boolean {
  return portContainers(group.spec).some((container) => (container.ports ?? []).length > 0) && !declaresAny(group, ports);
} // prettier-ignore

function declaresAny({ spec }: PodGroup, ports: readonly ServicePort[]): boolean {
  return ports.some(({ port, targetPort, protocol }) =>
    portContainers(spec).some((container) =>
      container.ports?.some(
        (declared) => declared.containerPort === (targetPort ?? port) && declared.protocol === protocol,
      ),
    ),
  );
}

/** Whether the stranger has a Service of its own name: then this one was hardly meant for it. */
function hasOwnService(group: PodGroup, service: Service, { simulation }: AnalysisContext): boolean {
  return simulation.controlPlane
    .servicesTargeting(group.key)
    .some(({ metadata }) => metadata.name !== service.metadata.name && isNamedAlike(metadata.name, group.object.name));
}

function isPatched(object: KubernetesObject, targets: readonly PodGroup[], { scope }: AnalysisContext): boolean {
  if (unappliedTo(object, [['spec', 'selector']], scope).length > 0) return true;
  return targets.some(
    (group) => unappliedTo(group.object, [[...group.templatePath.map(String), 'metadata', 'labels']], scope).length > 0,
  );
}

/** Adds a label that the meant pods have and the strangers lack. */
function narrow(
  object: KubernetesObject,
  selector: Labels,
  meant: PodGroup,
  strangers: readonly PodGroup[],
  context: AnalysisContext,
): Fix | undefined {
  const keys = [...identityKeys, ...Object.keys(meant.labels)];
  const key = keys.find(
    (candidate) =>
      meant.labels[candidate] !== undefined &&
      !Object.hasOwn(selector, candidate) &&
      strangers.every(({ labels }) => labels[candidate] !== meant.labels[candidate]),
  );
  if (key === undefined) return fixInWords('Give the pods that are meant a label of their own and select it');
  const value = meant.labels[key]!;
  return fixBy(`Add ${pair(key, value)} to the selector`, true, [
    putMember(object, ['spec', 'selector'], key, value, context),
  ]);
}
