/** probe-port-name-unknown, probe-port-undeclared: a probe that asks at a port that its container does not have. */

import { editDistance } from '#base/edit-distance';
import { type JsonPath } from '#base/json';
import type { Container } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import { hasPortName, portContainers, probePorts, type ProbeField } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Fix } from '../types';
import { changeValue, fixBy, fixInWords } from './edits';
import type { Rule } from './index';
import { effectOfNeverReady, servicesMissing } from './never-ready';
import type { Report } from './report';
import { relatedMember } from './report';
import { printUnapplied, unappliedTo } from './unapplied';
import { list } from './words';

/** A probe that connects to a port, with what it takes to speak of it. */
interface PortProbe {
  readonly field: ProbeField;
  readonly container: Container;
  /** From the object's root to the container. */
  readonly containerPath: JsonPath;
  /** From the object's root to the port. */
  readonly path: JsonPath;
  readonly port: number | string;
}

const probeFields: readonly ProbeField[] = ['readinessProbe', 'startupProbe', 'livenessProbe'];
/** Kinds whose pods are there to stay; of a Job nobody waits for the readiness. */
const lastingKinds = new Set(['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController']);

export const readinessProbe: Rule = {
  codes: ['probe-port-name-unknown', 'probe-port-undeclared'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    if (!lastingKinds.has(object.kind) || controlPlane.object(object.key) !== object) return;
    const group = controlPlane.podGroup(object.key);
    if (!group) return;
    for (const probe of portProbes(group)) {
      if (typeof probe.port === 'number') reportNumber(probe, group, report);
      else if (!hasPortName(probe.container, probe.port)) reportName(probe, probe.port, group, context, report);
    }
  },
};

/** Only containers that run for as long as the pod are probed: init containers that end are not. */
function* portProbes(group: PodGroup): Iterable<PortProbe> {
  const spec = [...group.templatePath, 'spec'];
  const lists = { containers: group.spec.containers, initContainers: group.spec.initContainers ?? [] };
  for (const [key, containers] of Object.entries(lists))
    for (const [index, container] of containers.entries()) {
      if (key === 'initContainers' && container.restartPolicy !== 'Always') continue;
      const containerPath = [...spec, key, index];
      for (const field of probeFields) yield* portsOf(field, container, containerPath);
    }
}

function* portsOf(field: ProbeField, container: Container, containerPath: JsonPath): Iterable<PortProbe> {
  for (const { action, port } of probePorts(container, field))
    yield { field, container, containerPath, path: [...containerPath, field, action, 'port'], port };
}

/**
 * The kubelet throws away the result of a probe that it cannot make, so what it took in the beginning stays: not ready,
 * not started, alive. Models pkg/kubelet/prober/worker.go doProbe (v1.37).
 */
function reportName(probe: PortProbe, name: string, group: PodGroup, context: AnalysisContext, report: Report): void {
  const { field, container, containerPath } = probe;
  const { object } = group;
  const changes = unappliedTo(object, [fieldOf(probe.path), fieldOf([...containerPath, 'ports'])], context.scope);
  if (changes.length > 0) {
    const message = `Cannot know whether container ${container.name} of ${printReference(object)} has the port ${name}`;
    report.cannotKnow(`${message}: ${printUnapplied(changes)}`, report.member(probe.path));
    return;
  }
  // The Services that the pods are missing in may be other ones tomorrow.
  report.searchedElsewhere();
  const isAlive = field === 'livenessProbe';
  const names = (container.ports ?? []).flatMap((port) => port.name ?? []);
  const elsewhere = portContainers(group.spec).find((other) => other !== container && hasPortName(other, name));
  report.add({
    code: 'probe-port-name-unknown',
    severity: isAlive ? 'warning' : 'error',
    message: `${field} port ${name} is no port of container ${container.name}${isAlive ? '' : ': never ready'}`,
    place: report.member(probe.path),
    details: [
      {
        label: 'cause',
        text: elsewhere
          ? `a probe looks a name up in its own container alone: container ${elsewhere.name} has the port, ${container.name} has ${namesOrNone(names)}`
          : `container ${container.name} has ${namesOrNone(names)}, so the kubelet has no port to probe and counts each probe as failed`,
      },
      {
        label: 'effect',
        text: isAlive
          ? 'no probe is ever made, so the container counts as alive: it is never restarted, however it hangs'
          : effectOfNeverReady(group, context),
      },
      ...(isAlive || servicesMissing(group, context).length === 0 ? [] : [peersNote]),
    ],
    related: (container.ports ?? []).slice(0, 4).map((port, index) => {
      const message = `Container ${container.name} has the port ${port.name ?? port.containerPort}`;
      return relatedMember(object, [...containerPath, 'ports', index], message, context);
    }),
    fixes: [fixOf(probe, name, elsewhere, object, context)],
  });
}

const peersNote = {
  label: 'note',
  text: 'peers that have to find each other before they are ready need publishNotReadyAddresses: true in their Service',
} as const;

function namesOrNone(names: readonly string[]): string {
  return names.length === 0 ? 'no named port' : list(names);
}

/** The name that comes nearest, else the container's only port; a port of a neighbour is known by its number alone. */
function fixOf(
  { container, path }: PortProbe,
  name: string,
  elsewhere: Container | undefined,
  object: KubernetesObject,
  context: AnalysisContext,
): Fix | undefined {
  const ports = container.ports ?? [];
  const neighbour = elsewhere?.ports?.find((port) => port.name === name)?.containerPort;
  const near = ports
    .flatMap((port) => (port.name === undefined ? [] : [{ name: port.name, distance: editDistance(name, port.name) }]))
    .sort((a, b) => a.distance - b.distance)[0];
  const [only] = ports;
  const value =
    neighbour ??
    (near && near.distance <= Math.max(1, Math.floor(name.length / 3)) ? near.name : undefined) ??
    (ports.length === 1 && only ? (only.name ?? only.containerPort) : undefined);
  if (value === undefined) return fixInWords(`Name a port of container ${container.name} ${name}, or give the number`);
  return fixBy(`Change the probe's port to ${value}`, true, [changeValue(object, path, value, context)]);
}

/**
 * Of what decides whether the pod gets requests. The containers of a pod share their addresses, so a port that a
 * neighbour declares is as good.
 */
function reportNumber({ field, container, path, port }: PortProbe, group: PodGroup, report: Report): void {
  if (!container.ports?.length || field === 'livenessProbe') return;
  const declared = portContainers(group.spec).flatMap((other) => other.ports ?? []);
  if (declared.some(({ containerPort }) => containerPort === port)) return;
  const numbers = [...new Set(declared.map(({ containerPort }) => String(containerPort)))];
  report.add({
    code: 'probe-port-undeclared',
    severity: 'hint',
    message: `${field} port ${port} is declared by no container of ${printReference(group.object)}`,
    place: report.member(path),
    details: [
      { label: 'cause', text: `declared: ${list(numbers, 8)}` },
      {
        label: 'effect',
        text: `the kubelet asks at port ${port} all the same (containerPort is information only); where nothing listens there, ${effectOfFailing(field)}`,
      },
    ],
  });
}

function effectOfFailing(field: ProbeField): string {
  return field === 'readinessProbe'
    ? 'the pod stays not ready and gets no traffic of its Services'
    : 'the container is restarted again and again';
}

function fieldOf(path: JsonPath): readonly string[] {
  return path.map(String);
}
