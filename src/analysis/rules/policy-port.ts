/** policy-port-of-service, policy-port-undeclared, policy-port-name-unknown: a NetworkPolicy that allows a port which no pod is called at. */

import type { JsonPath } from '#base/json';
import { namespacedName, type NetworkPolicy, type NetworkPolicyPort, type Service, type ServicePort } from '#model/kubernetes'; // prettier-ignore
import type { KubernetesObject } from '#model/object';
import { findPort, portContainers } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { DeclaredPort } from './container-ports';
import { declaredPorts } from './container-ports';
import { changeValue, fixBy, putMember } from './edits';
import type { Rule } from './index';
import { nearestName } from './near-names';
import { dependOnPods, groupsIn, groupsOfPeer, isolates, policyOf, selectsPods, writtenRules, type WrittenRule } from './policy-rules'; // prettier-ignore
import { relatedMember, type Report } from './report';
import { unappliedTo } from './unapplied';
import { list, printPort } from './words';

export const policyPort: Rule = {
  codes: ['policy-port-of-service', 'policy-port-undeclared', 'policy-port-name-unknown'],
  check(object, context, report) {
    const policy = policyOf(object, context, report);
    if (!policy) return;
    dependOnPods(policy, report);
    for (const rule of writtenRules(policy)) {
      if (rule.ports.length === 0) continue;
      if (rule.peers.some((peer) => peer.namespaceSelector)) report.dependsOn('kind /Service');
      const called = calledGroups(policy, rule, context);
      if (called.length === 0 || called.some((group) => arePortsPatched(group, context))) {
        report.leaveOpen(report.place([...rule.path, 'ports']));
        continue;
      }
      rule.ports.forEach((entry, index) => {
        const written = { object, policy, rule, entry, path: [...rule.path, 'ports', index, 'port'], called };
        if (typeof entry.port === 'string') checkName(written, entry.port, context, report);
        else if (entry.port !== undefined && entry.endPort === undefined)
          checkNumber(written, entry.port, context, report);
      });
    }
  },
};

interface WrittenPort {
  readonly object: KubernetesObject;
  readonly policy: NetworkPolicy;
  readonly rule: WrittenRule;
  readonly entry: NetworkPolicyPort;
  readonly path: JsonPath;
  /** Whose ports are meant. */
  readonly called: readonly PodGroup[];
}

/** The pods that the rule lets be called. Where it also means addresses, its ports may be theirs. */
function calledGroups(policy: NetworkPolicy, { direction, peers }: WrittenRule, { simulation }: AnalysisContext) {
  const { namespace } = policy.metadata;
  if (direction === 'ingress') return groupsIn(namespace, policy.spec.podSelector ?? {}, simulation.controlPlane);
  if (peers.length === 0 || peers.some(({ ipBlock }) => ipBlock)) return [];
  return [...new Set(peers.flatMap((peer) => groupsOfPeer(peer, namespace, simulation.controlPlane)))];
}

function arePortsPatched({ object, templatePath }: PodGroup, { scope }: AnalysisContext): boolean {
  return unappliedTo(object, [[...templatePath.map(String), 'spec', 'containers', 'ports']], scope).length > 0;
}

// ---------------------------------------------------------------- numbers

interface Translated {
  readonly group: PodGroup;
  readonly service: Service;
  readonly port: ServicePort;
  readonly target: number;
}

function checkNumber(written: WrittenPort, number: number, context: AnalysisContext, report: Report): void {
  const { called, entry } = written;
  const protocol = entry.protocol ?? 'TCP';
  if (declaredPorts(called).some(({ port }) => port.containerPort === number && port.protocol === protocol)) return;
  const { controlPlane } = context.simulation;
  const hits: Translated[] = [];
  for (const group of called)
    for (const service of controlPlane.servicesTargeting(group.key))
      for (const port of service.spec.ports ?? []) {
        if (port.protocol !== protocol) continue;
        const target = findPort(group.spec, port);
        // Some Service does send to this very port.
        if (target === number) return;
        if (port.port === number && target !== undefined) hits.push({ group, service, port, target });
      }
  const [hit] = hits;
  report.searchedElsewhere();
  if (!hit) return checkUndeclared(written, number, context, report);
  if (isAllowedElsewhere(written, hit, context)) return;
  const denied = deniedPair(written, hit, context);
  if (denied === 'allowed') return;
  reportServicePort(written, hit, denied, context, report);
}

/** Whether another entry lets the pods be called at the right port, whoever it is that may. */
function isAllowedElsewhere({ policy, rule, entry }: WrittenPort, hit: Translated, { simulation }: AnalysisContext) {
  const { direction } = rule;
  return simulation.controlPlane
    .networkPolicies(policy.metadata.namespace)
    .filter((other) => isolates(other, direction) && (direction === 'egress' || selectsPods(other, hit.group)))
    .some((other) =>
      writtenRules(other).some(
        (candidate) =>
          candidate.direction === direction &&
          (candidate.ports.length === 0 || candidate.ports.some((port) => port !== entry && allows(port, hit))),
      ),
    );
}

function allows(
  { protocol = 'TCP', port, endPort }: NetworkPolicyPort,
  { group, port: servicePort, target }: Translated,
) {
  if (protocol !== servicePort.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return target >= port && target <= (endPort ?? port);
  return portContainers(group.spec).some((container) =>
    (container.ports ?? []).some((known) => known.name === port && known.containerPort === target),
  );
}

/** Two pods between which the policy was to allow a connection and does not; undefined where the scope has none. */
function deniedPair(
  { policy, rule }: WrittenPort,
  { group, target, port }: Translated,
  { simulation }: AnalysisContext,
) {
  const { controlPlane, dataPlane } = simulation;
  const { namespace } = policy.metadata;
  const callers =
    rule.direction === 'egress'
      ? groupsIn(namespace, policy.spec.podSelector ?? {}, controlPlane)
      : rule.peers.flatMap((peer) => groupsOfPeer(peer, namespace, controlPlane));
  const [to] = controlPlane.podsOf(group.key);
  if (!to) return undefined;
  for (const caller of callers) {
    const [from] = controlPlane.podsOf(caller.key);
    if (!from || namespacedName(from) === namespacedName(to)) continue;
    const verdict = dataPlane.policy({
      from: { pod: namespacedName(from) },
      to: { pod: namespacedName(to) },
      port: target,
      protocol: port.protocol,
    })[rule.direction];
    return verdict?.allowed === false ? { from: namespacedName(from), to: namespacedName(to) } : 'allowed';
  }
  return undefined;
}

function reportServicePort(
  { object, rule, path, called }: WrittenPort,
  { group, service, port, target }: Translated,
  denied: { readonly from: string; readonly to: string } | undefined,
  context: AnalysisContext,
  report: Report,
): void {
  const name = namespacedName(service);
  const serviceObject = context.simulation.controlPlane.serviceObject(name);
  const index = (service.spec.ports ?? []).indexOf(port);
  const isDeclared = called.every(({ spec }) => portContainers(spec).some(({ ports }) => (ports ?? []).length > 0));
  const who = denied ? `${denied.from} calls Service ${name}, and the connection to ${denied.to}:${target} times out` : `connections to Service ${name} time out`; // prettier-ignore
  const value = typeof port.targetPort === 'string' ? port.targetPort : target;
  report.add({
    code: 'policy-port-of-service',
    severity: denied && isDeclared ? 'error' : 'warning',
    message: `port ${printPort(port)} is the Service's; policies see the pods' port ${target}`,
    place: report.member(path),
    details: [
      { label: 'cause', text: `Service ${name} sends port ${printPort(port)} to ${target} before any policy is asked, and no ${rule.direction} rule allows ${target}` }, // prettier-ignore
      { label: 'effect', text: who },
    ],
    related: [
      serviceObject &&
        relatedMember(serviceObject, ['spec', 'ports', index], `Service ${name} has the port here`, context),
      declaredPlace(group, target, context),
    ],
    fixes: [fixBy(`Change the port to ${value}`, true, [changeValue(object, path, value, context)])],
  });
}

function declaredPlace(group: PodGroup, target: number, context: AnalysisContext) {
  const found = declaredPorts([group]).find(({ port }) => port.containerPort === target);
  return found && relatedMember(group.object, [...found.path, 'containerPort'], 'The port of the pods', context);
}

// ---------------------------------------------------------------- numbers that nobody declares

/**
 * That a port is not declared says little by itself: but where no other rule lets anybody call what the pods' Services
 * send to, the rule was to do so.
 */
function checkUndeclared(written: WrittenPort, number: number, context: AnalysisContext, report: Report): void {
  const { called, entry, object, path, rule } = written;
  const { controlPlane } = context.simulation;
  if (!called.every((group) => declaredPorts([group]).length > 0)) return;
  const served = called.flatMap((group) =>
    controlPlane.servicesTargeting(group.key).flatMap((service) =>
      (service.spec.ports ?? []).flatMap((port): readonly Translated[] => {
        const target = findPort(group.spec, port);
        return target === undefined ? [] : [{ group, service, port, target }];
      }),
    ),
  );
  const [first] = served;
  if (!first || served.some((hit) => isAllowedElsewhere(written, hit, context))) return;
  const denied = deniedPair(written, first, context);
  if (denied === 'allowed') return;
  const declared = declaredPorts(called);
  const protocol = entry.protocol ?? 'TCP';
  const sameNumber = declared.find(({ port }) => port.containerPort === number);
  const wanted = printPort({ port: number, protocol });
  const to = denied ? `the connection from ${denied.from} to ${denied.to}:${first.target}` : `connections to Service ${namespacedName(first.service)}`; // prettier-ignore
  report.add({
    code: 'policy-port-undeclared',
    severity: denied ? 'warning' : 'hint',
    message: `port ${wanted} is no port of the pods that are called`,
    place: report.member(path),
    details: [
      { label: 'cause', text: `they declare ${list([...new Set(declared.map(printDeclared))], 6)}, and no ${rule.direction} rule allows any port that a Service sends to` }, // prettier-ignore
      { label: 'effect', text: `${to} is dropped: the client sees a timeout` },
    ],
    related: [declaredPlace(first.group, first.target, context)],
    fixes: [undeclaredFix(object, path, sameNumber, declared, context)],
  });
}

/** The protocol of the number, else the only port that there is. */
function undeclaredFix(
  object: KubernetesObject,
  path: JsonPath,
  sameNumber: DeclaredPort | undefined,
  declared: readonly DeclaredPort[],
  context: AnalysisContext,
) {
  const entry = path.slice(0, -1);
  const protocol = sameNumber?.port.protocol;
  if (protocol) return fixBy(`Change the protocol to ${protocol}`, true, [putMember(object, entry, 'protocol', protocol, context)]); // prettier-ignore
  const [only, second] = new Set(declared.map(({ port }) => port.containerPort));
  if (only === undefined || second !== undefined) return undefined;
  return fixBy(`Change the port to ${only}`, true, [changeValue(object, path, only, context)]);
}

// ---------------------------------------------------------------- names

function checkName(written: WrittenPort, name: string, context: AnalysisContext, report: Report): void {
  const { object, rule, entry, path, called } = written;
  const protocol = entry.protocol ?? 'TCP';
  const declared = declaredPorts(called);
  if (declared.length === 0 || declared.some(({ port }) => port.name === name && port.protocol === protocol)) return;
  const sameProtocol = declared.filter(({ port }) => port.protocol === protocol);
  const meant = meantPort(name, sameProtocol, called, context);
  const value = meant?.port.name ?? meant?.port.containerPort;
  report.add({
    code: 'policy-port-name-unknown',
    severity: 'warning',
    message: `port ${name} is a ${protocol} port of none of the pods that are called`,
    place: report.member(path),
    details: [
      { label: 'cause', text: `${rule.direction === 'ingress' ? 'the selected pods' : 'the pods of the peers'} declare ${list([...new Set(declared.map(printDeclared))], 6)}` }, // prettier-ignore
      { label: 'effect', text: 'the entry allows nothing: connections that only it would allow time out' },
    ],
    related: [
      meant && relatedMember(meant.group.object, meant.path, `${printDeclared(meant)} is declared here`, context),
    ],
    fixes:
      value === undefined
        ? []
        : [fixBy(`Change the port to ${value}`, true, [changeValue(object, path, value, context)])],
  });
}

/** By its name, by a Service port of this name, or the only one. */
function meantPort(
  name: string,
  declared: readonly DeclaredPort[],
  called: readonly PodGroup[],
  { simulation }: AnalysisContext,
): DeclaredPort | undefined {
  const near = nearestName(name, declared.flatMap(({ port }) => port.name ?? [])); // prettier-ignore
  if (near !== undefined) return declared.find(({ port }) => port.name === near);
  for (const group of called)
    for (const service of simulation.controlPlane.servicesTargeting(group.key)) {
      const port = service.spec.ports?.find((known) => known.name === name);
      const target = port && findPort(group.spec, port);
      const found = declared.find((candidate) => candidate.port.containerPort === target);
      if (found) return found;
    }
  return new Set(declared.map(printDeclared)).size === 1 ? declared[0] : undefined;
}

function printDeclared({ port }: DeclaredPort): string {
  const number = printPort({ port: port.containerPort, protocol: port.protocol });
  return port.name === undefined ? number : `${port.name} (${number})`;
}
