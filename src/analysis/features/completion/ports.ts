/** Ports: of the pods behind a Service, of a container's own, of a Service behind a route, and node ports that are free. */

import { compareStrings } from '#base/compare';
import { isJsonObject, valueAt, type JsonValue } from '#base/json';
import type { ContainerPort, NamespacedName } from '#model/kubernetes';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { podsOfPolicyPort } from '../mentions/policy-pods';
import { templatePathOf } from '../mentions/workloads';
import { stringsOf } from './lines';
import type { Completion, Question } from './types';

export function completePorts(question: Question): readonly Completion[] {
  const { field, kind, group } = question;
  if (question.part !== 'value') return [];
  if (group === '' && kind === 'Service') {
    if (field === 'spec.ports.[].targetPort') return containerPorts(targetsInText(question));
    return field === 'spec.ports.[].nodePort' ? freeNodePorts(question) : [];
  }
  if (kind === 'NetworkPolicy' && /^spec\.(?:in|e)gress\.\[\]\.ports\.\[\]\.port$/.test(field))
    return containerPorts(podsOfPolicyPort(question, question.path, question.state.simulation.controlPlane));
  if (/\.(?:httpGet|tcpSocket)\.port$/.test(field) && templatePathOf(group, kind)) return ownPorts(question);
  return [];
}

/** The pods that the selector in the text matches, whether the API server would take the rest of it or not. */
function targetsInText({ body, namespace, state }: Question): readonly PodGroup[] {
  const selector = stringsOf(valueAt(body, ['spec', 'selector']));
  return Object.keys(selector).length === 0 ? [] : state.simulation.controlPlane.groupsMatching(selector, namespace);
}

/** Names first: they stay right when a number changes. */
function containerPorts(groups: readonly PodGroup[]): readonly Completion[] {
  const found = new Map<string, { insert: string; ports: Set<string>; owners: Set<string> }>();
  const add = (insert: string, { containerPort, protocol }: ContainerPort, owner: string) => {
    const known = found.get(insert) ?? { insert, ports: new Set(), owners: new Set() };
    known.ports.add(`${containerPort}/${protocol}`);
    known.owners.add(owner);
    found.set(insert, known);
  };
  for (const { spec, object } of groups)
    for (const port of spec.containers.flatMap((container) => container.ports ?? [])) {
      if (port.name !== undefined) add(port.name, port, `${object.kind} ${object.name}`);
      add(String(port.containerPort), port, `${object.kind} ${object.name}`);
    }
  const isNumber = ({ insert }: { insert: string }) => /^\d+$/.test(insert);
  return [...found.values()]
    .sort((a, b) => Number(isNumber(a)) - Number(isNumber(b)) || compareStrings(a.insert, b.insert))
    .map(({ insert, ports, owners }) => ({ label: insert, insert, detail: `${[...ports].join(', ')} of ${firstOf([...owners])}`, kind: 'port' })); // prettier-ignore
}

function firstOf(names: readonly string[]): string {
  return names.length > 2 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
}

/** A probe reaches its own container: the text has it. */
function ownPorts({ body, path }: Question): readonly Completion[] {
  const at = path.findIndex((step) => step === 'containers' || step === 'initContainers');
  const ports = at < 0 ? undefined : valueAt(body, [...path.slice(0, at + 2), 'ports']);
  if (!Array.isArray(ports)) return [];
  return ports.flatMap((port: JsonValue) => {
    if (!isJsonObject(port) || typeof port.containerPort !== 'number') return [];
    const number: Completion = { label: String(port.containerPort), insert: String(port.containerPort), detail: 'of this container', kind: 'port' }; // prettier-ignore
    if (typeof port.name !== 'string') return [number];
    return [{ label: port.name, insert: port.name, detail: `${port.containerPort} of this container`, kind: 'port' as const }, number]; // prettier-ignore
  });
}

/** How many of the free node ports are offered. */
const mostNodePorts = 8;

/** The lowest that no Service has in any of the file's scopes, those that the simulation gave out included. */
function freeNodePorts({ state, states, namespace, name }: Question): readonly Completion[] {
  const { from, to } = state.simulation.controlPlane.settings.nodePortRange;
  const taken = new Set<number>();
  for (const { simulation } of states)
    for (const { metadata, spec } of simulation.controlPlane.services()) {
      if (metadata.namespace === namespace && metadata.name === name) continue;
      for (const port of spec.ports ?? []) if (port.nodePort !== undefined) taken.add(port.nodePort);
      if (spec.healthCheckNodePort !== undefined) taken.add(spec.healthCheckNodePort);
    }
  const free: Completion[] = [];
  for (let port = from; port <= to && free.length < mostNodePorts; port++)
    if (!taken.has(port)) free.push({ label: String(port), insert: String(port), detail: 'free', kind: 'port' });
  return free;
}

/** Ports of a Service as a route names them: by number, by name, or by both. */
export function servicePorts(
  service: NamespacedName,
  by: 'number' | 'name',
  controlPlane: ControlPlane,
): readonly Completion[] {
  // prettier-ignore
  const ports = controlPlane.service(service)?.spec.ports ?? [];
  return ports.flatMap(({ name, port, protocol }) => {
    const other = by === 'number' ? name : String(port);
    const label = by === 'number' ? String(port) : name;
    if (label === undefined || protocol === 'UDP') return [];
    return { label, insert: label, detail: `${other === undefined ? '' : `${other} `}of Service ${service}`, kind: 'port' }; // prettier-ignore
  });
}
