/** The rows of the Services view from the Service down: Services, ports, endpoints, problems. */

import { isHeadless, namespacedName, type Service, type ServicePort } from '#model/kubernetes';
import { topicOfService } from '../learn/topics';
import { namePlaceOf, placeOf } from '../places';
import { countEndpoints, endpointsOf, endpointsOfPort, readiness, type EndpointFact } from '../topology/endpoints';
import { assignedText, describeService, portLabel } from '../topology/service-text';
import type { Finding, TreeItem, Unknown } from '../types';
import { countProblems, joinId, worst, type Problems, type View } from './view';

export function serviceRow(service: Service, problems: Problems | undefined, view: View): TreeItem {
  const { controlPlane } = view.state.simulation;
  const name = namespacedName(service);
  const findings = problems?.findings ?? [];
  const what = describeService(service);
  const endpoints = endpointsText(service, endpointsOf(service, controlPlane), view);
  const ports = (service.spec.ports ?? []).map((port) => portLabel(port, controlPlane.targets(name)));
  const [onlyPort] = service.spec.ports?.length === 1 ? service.spec.ports : [];
  return {
    id: joinId('service', view.state.scope.id, service.metadata.namespace, service.metadata.name),
    kind: 'service',
    label: service.metadata.name,
    description: [endpoints, what].filter(Boolean).join(' · '),
    accessibleLabel: [`Service ${service.metadata.name}`, what, endpoints, countProblems(findings)].filter(Boolean).join(', '), // prettier-ignore
    tooltip: [`Service ${name}`, what, assignedText(service, controlPlane), ...ports, endpoints, ...findings.map(({ message }) => message)].filter(Boolean).join('\n'), // prettier-ignore
    severity: worst(findings),
    place: problems && namePlaceOf(problems.object, view.workspace),
    service: name,
    topic: topicOfService(service),
    ...(onlyPort ? { port: onlyPort.port } : {}),
    scope: view.state.scope.name,
    hasChildren: true,
  };
}

/** `2 endpoints`; where it cannot be known which pods there are, none seen is not none. */
function endpointsText(service: Service, facts: readonly EndpointFact[], view: View): string {
  if (service.spec.type === 'ExternalName') return '';
  const object = view.state.simulation.controlPlane.serviceObject(namespacedName(service));
  const isUnknown = facts.length === 0 && object !== undefined && view.about.unknowns(object).length > 0;
  return isUnknown ? 'endpoints unknown' : countEndpoints(facts);
}

/** A Service that the API server would not take; what is wrong stands below it. */
export function refusedRow({ object, findings }: Problems, view: View): TreeItem {
  const what = 'refused by the API server';
  return {
    id: joinId('service', view.state.scope.id, object.namespace, object.name),
    kind: 'service',
    label: object.name,
    description: what,
    accessibleLabel: [`Service ${object.name}`, what, countProblems(findings)].filter(Boolean).join(', '),
    tooltip: [`Service ${object.namespace}/${object.name}`, what, ...findings.map(({ message }) => message)].join('\n'),
    severity: worst(findings),
    place: namePlaceOf(object, view.workspace),
    service: `${object.namespace}/${object.name}`,
    scope: view.state.scope.name,
    hasChildren: findings.length > 0,
  };
}

export function portRow(service: Service, port: ServicePort, index: number, view: View): TreeItem {
  const { controlPlane } = view.state.simulation;
  const name = namespacedName(service);
  const object = controlPlane.serviceObject(name);
  const label = portLabel(port, controlPlane.targets(name));
  const nodePort = port.nodePort === undefined ? '' : `node port ${port.nodePort}`;
  const ends = endpointsText(service, endpointsOfPort(service, port, controlPlane), view);
  return {
    ...leaf(joinId('port', view.state.scope.id, name, `${index}`), view),
    kind: 'port',
    label,
    description: [nodePort, ends].filter(Boolean).join(' · '),
    accessibleLabel: ['Port ' + label, nodePort, ends].filter(Boolean).join(', '),
    tooltip: [`Port ${port.name ?? port.port} of Service ${name}`, label, nodePort, ends, port.protocol].filter(Boolean).join('\n'), // prettier-ignore
    place: object && placeOf(object, ['spec', 'ports', index], view.workspace),
    service: name,
    port: port.port,
  };
}

/** More endpoints than this are only counted. */
const mostEndpoints = 50;

export function endpointRows(service: Service, view: View): TreeItem[] {
  const facts = endpointsOf(service, view.state.simulation.controlPlane);
  const rows = facts.slice(0, mostEndpoints).map((fact) => endpointRow(service, fact, view));
  const more = facts.length - rows.length;
  if (more === 0) return rows;
  const label = `and ${more} more endpoints`;
  const id = joinId('endpoint', view.state.scope.id, namespacedName(service), 'more');
  return [
    ...rows,
    { ...leaf(id, view), kind: 'endpoint', label, description: '', accessibleLabel: label, tooltip: label },
  ];
}

function endpointRow(service: Service, fact: EndpointFact, view: View): TreeItem {
  const { controlPlane } = view.state.simulation;
  const group = fact.pod === undefined ? undefined : controlPlane.groupOfPod(fact.pod);
  const label = fact.pod?.slice(fact.pod.indexOf('/') + 1) ?? fact.address;
  const address = fact.port === undefined || isHeadless(service) ? fact.address : `${printHost(fact.address)}:${fact.port}`; // prettier-ignore
  const where = fact.node === undefined ? '' : `on ${fact.node}`;
  const state = readiness(fact);
  const description = [[fact.pod === undefined ? '' : address, where].filter(Boolean).join(' '), state];
  return {
    ...leaf(joinId('endpoint', view.state.scope.id, namespacedName(service), fact.address), view),
    kind: 'endpoint',
    topic: 'endpoint-slice',
    label,
    description: description.filter(Boolean).join(' · '),
    accessibleLabel: [`Endpoint ${label}`, address, where, state].filter(Boolean).join(', '),
    tooltip: [fact.pod === undefined ? 'Endpoint' : `Pod ${fact.pod}`, address, where, state]
      .filter(Boolean)
      .join('\n'),
    place: group && namePlaceOf(group.object, view.workspace),
    ...(fact.pod !== undefined && { subject: `pod ${fact.pod}` }),
  };
}

function printHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** `key` tells findings of one Service or namespace apart. */
export function problemRow(finding: Finding, key: string, view: View): TreeItem {
  const details = finding.details.map(({ label, text }) => `${label}: ${text}`);
  return {
    ...leaf(joinId('problem', view.state.scope.id, key), view),
    kind: 'problem',
    label: finding.message,
    description: finding.code,
    accessibleLabel: `${severityWord[finding.severity]}: ${finding.message}`,
    tooltip: [finding.message, ...details].join('\n'),
    severity: finding.severity,
    place: finding.place,
  };
}

const severityWord = { error: 'Error', warning: 'Warning', info: 'Information', hint: 'Hint' } as const;

export function unknownRow(unknown: Unknown, key: string, view: View): TreeItem {
  return {
    ...leaf(joinId('unknown', view.state.scope.id, key), view),
    kind: 'unknown',
    label: unknown.message,
    description: '',
    accessibleLabel: `Unknown: ${unknown.message}`,
    tooltip: unknown.message,
    place: unknown.place,
  };
}

function leaf(id: string, view: View) {
  return { id, severity: undefined, place: undefined, scope: view.state.scope.name, hasChildren: false };
}
