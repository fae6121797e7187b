/** selector-matches-several-workloads: pods that run to completion among those that serve. */

import type { Labels, Service, ServicePort } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import { findPort, portContainers } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Fix } from '../types';
import { fixBy, fixInWords, putMember } from './edits';
import type { Rule } from './index';
import { relatedMember } from './report';
import { list, pair, printLabels, printPort } from './words';

export const selectorMatchesSeveralWorkloads: Rule = {
  codes: ['selector-matches-several-workloads'],
  check(object, context, report) {
    const name = `${object.namespace}/${object.name}`;
    const { controlPlane } = context.simulation;
    const targets = controlPlane.targets(name);
    if (targets.length < 2 || !targets.some(runsToCompletion) || targets.every(runsToCompletion)) return;
    const service = controlPlane.service(name);
    if (!service?.spec.selector) return;
    const serving = targets.filter((group) => !runsToCompletion(group));
    const ports = service.spec.ports ?? [];
    // A job that declares a port of the Service wants to be reached.
    const passing = targets.filter((group) => runsToCompletion(group) && !servesAny(group, ports));
    if (passing.length === 0) return;
    const [servers, jobs] = [namesOf(serving), namesOf(passing)];
    report.add({
      code: 'selector-matches-several-workloads',
      severity: 'warning',
      message: `${printReference(object)} also selects the pods of ${jobs}`,
      place: report.member(['spec', 'selector']),
      details: [
        { label: 'cause', text: `${printLabels(service.spec.selector)} matches ${servers} and ${jobs}` },
        { label: 'effect', text: effectOf(service, ports, serving, passing) },
        {
          label: 'note',
          text: "without a readiness probe a Job's pod is ready while it runs; it leaves when it completes",
        },
      ],
      related: passing.map((group) =>
        relatedMember(
          group.object,
          [...group.templatePath, 'metadata', 'labels'],
          `The pods of ${printReference(group.object)} match as well`,
          context,
        ),
      ),
      fixes: [fixOf(object, service.spec.selector, serving, targets, context)],
    });
  },
};

function runsToCompletion({ object }: PodGroup): boolean {
  return object.kind === 'Job' || object.kind === 'CronJob';
}

/** Whether a container declares one of the ports that the Service sends to. */
function servesAny(group: PodGroup, ports: readonly ServicePort[]): boolean {
  return ports.some((port) => {
    const number = findPort(group.spec, port);
    return portContainers(group.spec).some((container) =>
      container.ports?.some((declared) => declared.containerPort === number && declared.protocol === port.protocol),
    );
  });
}

function effectOf(
  service: Service,
  ports: readonly ServicePort[],
  serving: readonly PodGroup[],
  passing: readonly PodGroup[],
): string {
  const [many, all] = [replicasOf(passing), replicasOf(passing) + replicasOf(serving)];
  const share = many > 0 ? `about ${many} of ${all} connections` : 'a share of the connections';
  const at = ports.length === 0 ? service.metadata.name : `${service.metadata.name}:${ports.map(printPort).join(', ')}`;
  return `while ${namesOf(passing)} runs, ${share} to ${at} go to its pods and are refused there`;
}

function replicasOf(groups: readonly PodGroup[]): number {
  return groups.reduce((sum, group) => sum + group.replicas, 0);
}

function namesOf(groups: readonly PodGroup[]): string {
  return list(groups.map((group) => printReference(group.object)));
}

/** Adds a label that all the serving pods share and that the others lack. */
function fixOf(
  object: KubernetesObject,
  selector: Labels,
  serving: readonly PodGroup[],
  targets: readonly PodGroup[],
  context: AnalysisContext,
): Fix | undefined {
  const [first, ...others] = serving;
  const telling = Object.entries(first?.labels ?? {}).find(
    ([key, value]) =>
      !Object.hasOwn(selector, key) &&
      others.every(({ labels }) => labels[key] === value) &&
      targets.every((group) => serving.includes(group) || group.labels[key] !== value),
  );
  if (!telling) return fixInWords('Give the serving pods a label of their own and select it');
  const [key, value] = telling;
  return fixBy(`Add ${pair(key, value)} to the selector`, true, [
    putMember(object, ['spec', 'selector'], key, value, context),
  ]);
}
