/** target-port-name-unknown, -partial, target-port-protocol-mismatch: a named targetPort that containers do not have. */

import { editDistance } from '#base/edit-distance';
import type { Service, ServicePort } from '#model/kubernetes';
import { isHeadless } from '#model/kubernetes';
import type { UnappliedChange } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import { findPort } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Fix, Severity } from '../types';
import type { DeclaredPort } from './container-ports';
import { declaredPorts } from './container-ports';
import { changeValue, fixBy, fixInWords, putMember } from './edits';
import type { Rule } from './index';
import type { Report } from './report';
import { relatedMember, relatedName } from './report';
import { isWritten } from './service-fields';
import { printUnapplied, unappliedTo } from './unapplied';
import { count, dnsName, effectOfNoEndpoints, list, printPort } from './words';

/** A port of a Service whose target has a name. */
interface NamedPort {
  readonly object: KubernetesObject;
  readonly service: Service;
  readonly port: ServicePort;
  readonly index: number;
  readonly name: string;
  readonly targets: readonly PodGroup[];
}

export const targetPortName: Rule = {
  codes: ['target-port-name-unknown', 'target-port-protocol-mismatch', 'target-port-name-partial'],
  check(object, context, report) {
    const serviceName = `${object.namespace}/${object.name}`;
    const service = context.simulation.controlPlane.service(serviceName);
    if (!service) return;
    const targets = context.simulation.controlPlane.targets(serviceName);
    if (targets.length === 0) return;
    service.spec.ports?.forEach((port, index) => {
      if (typeof port.targetPort !== 'string' || targets.every((group) => findPort(group.spec, port) !== undefined))
        return;
      reportPort({ object, service, port, index, name: port.targetPort, targets }, context, report);
    });
  },
};

function reportPort(named: NamedPort, context: AnalysisContext, report: Report): void {
  const missing = named.targets.filter((group) => findPort(group.spec, named.port) === undefined);
  if (missing.length < named.targets.length) return reportPartial(named, missing, context, report);
  const changes = portChanges(named, context);
  if (changes.length > 0) return report.cannotKnow(cannotKnow(named, changes), report.member(placeOfTarget(named)));
  const declared = declaredPorts(named.targets);
  const other = declared.filter(({ port }) => port.name === named.name);
  if (other.length > 0) reportProtocol(named, other, context, report);
  else reportUnknown(named, declared, context, report);
}

/** What a kustomization would change about the ports on either side, and is not made here. */
function portChanges({ object, targets }: NamedPort, { scope }: AnalysisContext): readonly UnappliedChange[] {
  const changes = new Set(unappliedTo(object, [['spec', 'ports']], scope));
  for (const group of targets) {
    const containers = ['containers', 'initContainers'].map((list) => [
      ...group.templatePath.map(String),
      'spec',
      list,
      'ports',
    ]);
    for (const change of unappliedTo(group.object, containers, scope)) changes.add(change);
  }
  return [...changes];
}

function cannotKnow({ name, object }: NamedPort, changes: readonly UnappliedChange[]): string {
  return `Cannot know whether a container has the port ${name} of ${printReference(object)}: ${printUnapplied(changes)}`;
}

/** Some pods have the port: legal, and useful while a port is renamed. */
function reportPartial(named: NamedPort, missing: readonly PodGroup[], context: AnalysisContext, report: Report): void {
  const { port, name, targets } = named;
  const makers = list(missing.map((group) => printReference(group.object)));
  const have = missing.length === 1 ? 'has' : 'have';
  const where = missing.length === 1 ? makers : `${missing.length} of ${count(targets.length, 'workload')}`;
  report.add({
    code: 'target-port-name-partial',
    severity: 'info',
    message: `targetPort ${name} is missing in ${where}`,
    place: report.member(placeOfTarget(named)),
    details: [
      { label: 'cause', text: `${makers} ${have} no ${port.protocol} port of the name ${name}` },
      { label: 'effect', text: `port ${printPort(port)} sends no traffic to ${makers}, only to the others` },
    ],
    related: missing
      .slice(0, 4)
      .map((group) => relatedName(group.object, `No port ${name} in ${printReference(group.object)}`, context)),
  });
}

/** The name is there, but FindPort compares name and protocol. */
function reportProtocol(
  named: NamedPort,
  declared: readonly DeclaredPort[],
  context: AnalysisContext,
  report: Report,
): void {
  const { object, port, name, index } = named;
  const theirs = declared[0]!.port.protocol;
  const inService = fixBy(`Change the Service port's protocol to ${theirs}`, !isContainerDefault(declared), [
    isWritten(object, ['spec', 'ports', index, 'protocol'])
      ? changeValue(object, ['spec', 'ports', index, 'protocol'], theirs, context)
      : putMember(object, ['spec', 'ports', index], 'protocol', theirs, context),
  ]);
  const inContainers = fixBy(
    `Change the container port's protocol to ${port.protocol}`,
    isContainerDefault(declared),
    declared.map(({ group, path }) => putMember(group.object, path, 'protocol', port.protocol, context)),
  );
  const byDefault = isContainerDefault(declared) ? ` (the default)` : '';
  report.add({
    code: 'target-port-protocol-mismatch',
    severity: severityOf(named),
    message: `targetPort ${name} is ${port.protocol}, but the containers' port ${name} is ${theirs}`,
    place: report.member(placeOfTarget(named)),
    details: [
      {
        label: 'cause',
        text: `a named targetPort means a container port of that name and protocol; theirs is ${theirs}${byDefault}`,
      },
      { label: 'effect', text: effectOf(named, context) },
    ],
    related: declared
      .slice(0, 4)
      .map(({ group, path }) => relatedMember(group.object, [...path, 'name'], `${name} is ${theirs} here`, context)),
    fixes: isContainerDefault(declared) ? [inContainers, inService] : [inService, inContainers],
  });
}

/** Whether no container says its protocol: TCP is then nobody's decision. */
function isContainerDefault(declared: readonly DeclaredPort[]): boolean {
  return declared.every(({ group, path }) => !isWritten(group.object, [...path, 'protocol']));
}

function reportUnknown(
  named: NamedPort,
  declared: readonly DeclaredPort[],
  context: AnalysisContext,
  report: Report,
): void {
  const { port, name, targets } = named;
  const candidates = declared.filter((candidate) => candidate.port.protocol === port.protocol);
  const best = nearestPort(name, candidates);
  const makers = [...new Set(targets.map((group) => printReference(group.object)))];
  report.add({
    code: 'target-port-name-unknown',
    severity: severityOf(named),
    message: `targetPort ${name} is a port of no container of ${makers.length === 1 ? makers[0]! : `${makers.length} workloads`}`,
    place: report.member(placeOfTarget(named)),
    details: [
      {
        label: 'cause',
        text: `${list(makers)} ${makers.length === 1 ? 'declares' : 'declare'} ${printDeclared(declared)}`,
      },
      ...(best && new Set(declared.map(printDeclaredPort)).size > 1
        ? [{ label: 'nearest', text: `${printReference(best.group.object)} has ${printDeclaredPort(best)}` } as const]
        : []),
      { label: 'effect', text: effectOf(named, context) },
    ],
    related: [
      best &&
        relatedMember(
          best.group.object,
          [...best.path, best.port.name === undefined ? 'containerPort' : 'name'],
          `${printDeclaredPort(best)} is declared here`,
          context,
        ),
    ],
    fixes: fixesOfUnknown(named, candidates, best, context),
  });
}

function fixesOfUnknown(
  named: NamedPort,
  candidates: readonly DeclaredPort[],
  best: DeclaredPort | undefined,
  context: AnalysisContext,
): (Fix | undefined)[] {
  if (!best) return [fixInWords(`Name a container port ${named.name}, or set targetPort to a number`)];
  const target = best.port.name ?? best.port.containerPort;
  const inService = fixBy(`Change targetPort to ${target}`, true, [
    changeValue(named.object, placeOfTarget(named), target, context),
  ]);
  if (candidates.length !== 1) return [inService];
  const inContainer = fixBy(`Change the container port's name to ${named.name}`, false, [
    putMember(best.group.object, best.path, 'name', named.name, context),
  ]);
  return [inService, inContainer];
}

/** The one that was meant: the only port, else one with a near name, else one with the Service port's number. */
function nearestPort(name: string, candidates: readonly DeclaredPort[]): DeclaredPort | undefined {
  const distinct = new Map(
    candidates.map((candidate) => [`${candidate.port.name ?? ''} ${candidate.port.containerPort}`, candidate]),
  );
  if (distinct.size === 1) return candidates[0];
  let best: DeclaredPort | undefined;
  let least = Math.max(1, Math.floor(name.length / 2)) + 1;
  for (const candidate of candidates) {
    if (candidate.port.name === undefined) continue;
    const related = candidate.port.name.startsWith(name) || name.startsWith(candidate.port.name);
    const distance = related ? 1 : editDistance(name, candidate.port.name, least);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function printDeclared(declared: readonly DeclaredPort[]): string {
  const texts = [...new Set(declared.map(printDeclaredPort))];
  return texts.length === 0 ? 'no port at all' : list(texts, 6);
}

function printDeclaredPort({ port }: DeclaredPort): string {
  const number = printPort({ port: port.containerPort, protocol: port.protocol });
  return port.name === undefined ? number : `${port.name} (${number})`;
}

/** Without a proxy a headless Service needs no port: only its SRV records are lost. */
function severityOf({ service }: NamedPort): Severity {
  return isHeadless(service) ? 'warning' : 'error';
}

function effectOf({ service, port }: NamedPort, context: AnalysisContext): string {
  const { settings } = context.simulation.controlPlane;
  if (!isHeadless(service)) return effectOfNoEndpoints(service, [port], settings);
  const srv = port.name === undefined ? 'SRV records' : `_${port.name}._${port.protocol.toLowerCase()} SRV records`;
  return `${dnsName(service, settings)} still gives the pods' addresses, but has no ${srv}`;
}

function placeOfTarget({ index }: NamedPort): readonly (string | number)[] {
  return ['spec', 'ports', index, 'targetPort'];
}
