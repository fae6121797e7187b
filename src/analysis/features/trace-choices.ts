/** What a request can be traced between, and what the cursor already says about it. */

import { compareStrings } from '#base/compare';
import { valueAt } from '#base/json';
import type { Position } from '#base/text';
import { isHeadless, namespacedName, type NamespacedName, type Service } from '#model/kubernetes';
import type { ControlPlane, PodGroup } from '#simulation/types';
import type { ScopeState } from '../context';
import { ingressBackends } from '../topology/ingresses';
import { describeService, portLabel } from '../topology/service-text';
import type { Workspace } from '../workspace';
import { containerPortAt, objectAt, servicePortAt, startsWith, type ObjectAt } from './object-at';

export interface TraceChoice {
  /** For `TraceRequest.from` or `to`. */
  readonly value: string;
  readonly label: string;
  readonly description: string;
}

export interface DestinationChoice extends TraceChoice {
  readonly ports: readonly { readonly port: number; readonly label: string }[];
}

export interface TraceChoices {
  readonly sources: readonly TraceChoice[];
  readonly destinations: readonly DestinationChoice[];
}

/** Everything in a scope that can call, and that can be called; workloads before single nodes and the outside. */
export function traceChoices({ simulation }: ScopeState): TraceChoices {
  const { controlPlane } = simulation;
  const namespaces = [...controlPlane.namespaces().keys()].sort(compareStrings);
  const groups = namespaces.flatMap((namespace) => [...controlPlane.podGroups(namespace)]);
  const withPods = groups.filter((group) => group.replicas > 0).sort((a, b) => compareStrings(nameOf(a), nameOf(b)));
  const nodes = controlPlane.nodes().map((node) => node.metadata.name);
  return {
    sources: [
      ...withPods.map(groupChoice),
      ...nodes.map((node) => choice(`node ${node}`, node, 'a process of the node itself')),
      ...nodes.map((node) => choice(`outside via ${node}`, `outside via ${node}`, 'a client outside of the cluster')),
    ],
    destinations: [
      ...[...controlPlane.services()].map((service) => serviceChoice(service, controlPlane)).sort((a, b) => compareStrings(a.label, b.label)), // prettier-ignore
      ...withPods.map((group) => ({ ...groupChoice(group), ports: containerPortsOf(group) })),
    ],
  };
}

/** With those of a namespace first: who calls a Service is most often its neighbour. */
export function neighboursFirst(sources: readonly TraceChoice[], service: NamespacedName): readonly TraceChoice[] {
  const namespace = service.slice(0, service.indexOf('/') + 1);
  const isNear = ({ label }: TraceChoice) => label.startsWith(namespace);
  return [...sources.filter(isNear), ...sources.filter((source) => !isNear(source))];
}

/** The first workload that a Service selects, as `traceChoices` call it. */
export function workloadBehind(service: NamespacedName, { simulation }: ScopeState): string | undefined {
  const [group] = simulation.controlPlane.targets(service);
  return group && valueOf(group);
}

function choice(value: string, label: string, description: string): TraceChoice {
  return { value, label, description };
}

function nameOf(group: PodGroup): string {
  return `${group.namespace}/${group.object.name}`;
}

function valueOf(group: PodGroup): string {
  return `${group.object.kind.toLowerCase()} ${nameOf(group)}`;
}

function groupChoice(group: PodGroup): TraceChoice {
  const pods = group.object.kind === 'Pod' ? '' : `, ${group.replicas} ${group.replicas === 1 ? 'pod' : 'pods'}`;
  return choice(valueOf(group), nameOf(group), `${group.object.kind}${pods}`);
}

function serviceChoice(service: Service, controlPlane: ControlPlane): DestinationChoice {
  const name = namespacedName(service);
  const targets = controlPlane.targets(name);
  const ports = (service.spec.ports ?? []).map((port) => ({ port: port.port, label: portLabel(port, targets) }));
  return { ...choice(`service ${name}`, name, `Service, ${describeService(service)}`), ports };
}

function containerPortsOf({ spec }: PodGroup): DestinationChoice['ports'] {
  const declared = spec.containers.flatMap((container) => container.ports ?? []);
  return declared.map(({ name, containerPort, protocol }) => {
    const label = [name, `${containerPort}`].filter((text) => text !== undefined).join(' ');
    return { port: containerPort, label: protocol === 'TCP' ? label : `${label}/${protocol}` };
  });
}

export interface TraceSuggestion {
  /** The scope's name. */
  readonly scope: string;
  /** The Service at the position, `NS/NAME`. */
  readonly service?: string;
  readonly from?: string;
  readonly to?: string;
  readonly port?: number;
}

/** What stands at a position as an end of a request: a Service (or an Ingress' backend) as `to`, what has pods as `from`. */
export function traceSuggestion(workspace: Workspace, file: string, position: Position): TraceSuggestion | undefined {
  const at = objectAt(workspace, file, position);
  if (!at) return undefined;
  const { controlPlane } = at.state.simulation;
  const scope = at.state.scope.name;
  if (at.object.kind === 'Service' && at.object.group === '') return towards(`${at.object.namespace}/${at.object.name}`, at, servicePortAt(at.path)); // prettier-ignore
  const backend = at.object.kind === 'Ingress' ? backendAt(at) : undefined;
  if (backend !== undefined) return towards(`${at.object.namespace}/${backend}`, at, undefined);
  const group = controlPlane.podGroup(at.object.key);
  if (!group) return { scope };
  const port = containerPortAt(at.path, group);
  return port ? { scope, to: valueOf(group), port: port.containerPort } : { scope, from: valueOf(group) };
}

function backendAt({ object, path }: ObjectAt): string | undefined {
  const backends = ingressBackends(object);
  return (backends.find((backend) => startsWith(path, ...backend.path.slice(0, -1))) ?? backends[0])?.name;
}

/** The port at the cursor, else the only one; a headless Service is called on the pods' own port. */
function towards(name: string, { state, object }: ObjectAt, index: number | undefined): TraceSuggestion {
  const scope = state.scope.name;
  const service = state.simulation.controlPlane.service(name);
  if (!service) return object.kind === 'Service' ? { scope, service: name } : { scope };
  const ports = service.spec.ports ?? [];
  const port = index === undefined ? (ports.length === 1 ? ports[0] : undefined) : ports[index];
  const written = index === undefined ? undefined : valueAt(object.body, ['spec', 'ports', index, 'targetPort']);
  const number = isHeadless(service) && typeof written === 'number' ? written : port?.port;
  return { scope, service: name, to: `service ${name}`, ...(number === undefined ? {} : { port: number }) };
}
