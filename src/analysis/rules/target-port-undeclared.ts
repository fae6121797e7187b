/** target-port-undeclared: a numeric targetPort that no container of the targets declares. Works where one listens there. */

import type { Service, ServicePort } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import { portContainers } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Fix } from '../types';
import type { DeclaredPort } from './container-ports';
import { declaredPorts } from './container-ports';
import { changeValue, fixBy, fixInWords, putMember } from './edits';
import type { Rule } from './index';
import type { Report } from './report';
import { relatedMember } from './report';
import { isWritten } from './service-fields';
import { list } from './words';

export const targetPortUndeclared: Rule = {
  codes: ['target-port-undeclared'],
  check(object, context, report) {
    const name = `${object.namespace}/${object.name}`;
    const service = context.simulation.controlPlane.service(name);
    if (!service) return;
    const targets = context.simulation.controlPlane.targets(name);
    if (targets.length === 0) return;
    service.spec.ports?.forEach((port, index) => {
      if (isUndeclared(port, targets)) reportPort(object, service, port, index, targets, context, report);
    });
  },
};

/** Whether ports of the protocol are declared, but not this one: pods that declare none at all say nothing. */
function isUndeclared({ targetPort, protocol }: ServicePort, targets: readonly PodGroup[]): boolean {
  if (typeof targetPort !== 'number') return false;
  let declaring = false;
  for (const group of targets)
    for (const container of portContainers(group.spec))
      for (const declared of container.ports ?? []) {
        if (declared.protocol !== protocol) continue;
        if (declared.containerPort === targetPort) return false;
        declaring = true;
      }
  return declaring;
}

function reportPort(
  object: KubernetesObject,
  service: Service,
  port: ServicePort,
  index: number,
  targets: readonly PodGroup[],
  context: AnalysisContext,
  report: Report,
): void {
  const declared = declaredPorts(targets).filter((candidate) => candidate.port.protocol === port.protocol);
  const numbers = [...new Set(declared.map((candidate) => candidate.port.containerPort))].sort((a, b) => a - b);
  const makers = [...new Set(targets.map((group) => printReference(group.object)))];
  const field = [
    'spec',
    'ports',
    index,
    isWritten(object, ['spec', 'ports', index, 'targetPort']) ? 'targetPort' : 'port',
  ];
  const what = field[3] === 'port' ? `port ${port.port}, the targetPort as well,` : `targetPort ${port.targetPort}`;
  report.add({
    code: 'target-port-undeclared',
    severity: 'hint',
    message: `${what} is declared by no container of ${makers.length === 1 ? makers[0]! : `${makers.length} workloads`}`,
    place: report.member(field),
    details: [
      {
        label: 'cause',
        text: `declared: ${list(numbers.map(String), 8)}${makers.length > 1 ? ` in ${list(makers)}` : ''}`,
      },
      {
        label: 'effect',
        text:
          `packets reach the pods at port ${port.targetPort} all the same (containerPort is information only); ` +
          'where nothing listens there, the pod answers: connection refused, with endpoints in place',
      },
    ],
    related: declared
      .slice(0, 4)
      .map(({ group, path, port: { containerPort } }) =>
        relatedMember(group.object, [...path, 'containerPort'], `${containerPort} is declared here`, context),
      ),
    fixes: [fixOf(object, service, index, declared, field[3] === 'targetPort', context)],
  });
}

/** The one declared port that no other port of the Service leads to is meant, or the one with the Service port's name. */
function fixOf(
  object: KubernetesObject,
  service: Service,
  index: number,
  declared: readonly DeclaredPort[],
  written: boolean,
  context: AnalysisContext,
): Fix | undefined {
  const { name } = service.spec.ports?.[index] ?? {};
  const free = declared
    .map(({ port }) => port)
    .filter(({ containerPort }) => !service.spec.ports?.some((port) => port.targetPort === containerPort));
  const named = free.filter((port) => name !== undefined && port.name === name);
  const numbers = new Set((named.length > 0 ? named : free).map(({ containerPort }) => containerPort));
  const [only] = numbers;
  if (only === undefined || numbers.size > 1)
    return fixInWords('Declare the port in the container, or set targetPort to one that is declared');
  const edit = written
    ? changeValue(object, ['spec', 'ports', index, 'targetPort'], only, context)
    : putMember(object, ['spec', 'ports', index], 'targetPort', only, context);
  return fixBy(`Change targetPort to ${only}`, true, [edit]);
}
