/**
 * target-port-undeclared, target-port-protocol-mismatch: a numeric targetPort that no container of the targets declares, or
 * with another protocol only. Works where one listens there.
 */

import { valueAt } from '#base/json';
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
  codes: ['target-port-undeclared', 'target-port-protocol-mismatch'],
  check(object, context, report) {
    const name = `${object.namespace}/${object.name}`;
    const service = context.simulation.controlPlane.service(name);
    if (!service) return;
    const targets = context.simulation.controlPlane.targets(name);
    if (targets.length === 0) return;
    service.spec.ports?.forEach((port, index) => {
      const others = declaredForOthers(port, service, targets);
      if (others.length > 0) reportProtocol({ object, port, index }, others, context, report);
      else if (isUndeclared(port, targets)) reportPort(object, service, port, index, targets, context, report);
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

/**
 * The declared ports of the number, where all of them have another protocol. A port that the Service has for both (DNS) is
 * mostly declared for one alone.
 */
function declaredForOthers(
  { port: number, targetPort, protocol }: ServicePort,
  { spec }: Service,
  targets: readonly PodGroup[],
): readonly DeclaredPort[] {
  const same = declaredPorts(targets).filter(({ port }) => port.containerPort === targetPort);
  if (same.some(({ port }) => port.protocol === protocol)) return [];
  const isForBoth = spec.ports?.some((other) => other.protocol !== protocol && other.port === number && other.targetPort === targetPort); // prettier-ignore
  return isForBoth ? [] : same;
}

/** A container that says TCP says more than one that says nothing: that is how UDP ports are forgotten. */
function reportProtocol(
  { object, port, index }: { readonly object: KubernetesObject; readonly port: ServicePort; readonly index: number },
  declared: readonly DeclaredPort[],
  context: AnalysisContext,
  report: Report,
): void {
  const theirs = declared[0]!.port.protocol;
  const isSaid = declared.some(({ group, path }) => isWritten(group.object, [...path, 'protocol']));
  const inService = putMember(object, ['spec', 'ports', index], 'protocol', theirs, context);
  const inContainers = declared.map(({ group, path }) =>
    putMember(group.object, path, 'protocol', port.protocol, context),
  );
  report.add({
    code: 'target-port-protocol-mismatch',
    severity: isSaid ? 'warning' : 'hint',
    message: `targetPort ${port.targetPort} is ${port.protocol}, but the containers' port ${port.targetPort} is ${theirs}`,
    place: report.member(['spec', 'ports', index, isWritten(object, ['spec', 'ports', index, 'protocol']) ? 'protocol' : 'port']), // prettier-ignore
    details: [
      {
        label: 'cause',
        text: `the containers declare ${port.targetPort} for ${theirs}${isSaid ? '' : ' (the default)'}`,
      },
      {
        label: 'effect',
        text: `${port.protocol} packets reach the pods at ${port.targetPort}; where a program listens for ${theirs} alone, the pod refuses them`,
      },
    ],
    related: declared.slice(0, 4).map(({ group, path }) => relatedMember(group.object, [...path, 'containerPort'], `${theirs} is declared here`, context)), // prettier-ignore
    fixes: [
      fixBy(`Change the Service port's protocol to ${theirs}`, isSaid, [inService]),
      fixBy(`Change the container port's protocol to ${port.protocol}`, !isSaid, inContainers),
    ],
  });
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
    // A field that a template left empty is where the number should be.
    place: report.member(valueAt(object.body, [...field.slice(0, 3), 'targetPort']) === null ? [...field.slice(0, 3), 'targetPort'] : field), // prettier-ignore
    details: [
      {
        label: 'cause',
        text: `${list(makers)} ${makers.length === 1 ? 'declares' : 'declare'} ${list(numbers.map(String), 8)}`,
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
