/** The Markdown of hovers. Values from manifests are escaped: they are text, never markup. */

import { compareStrings } from '#base/compare';
import { isHeadless, namespacedName, type ContainerPort, type Service, type ServicePort } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { countEndpoints, endpointsOf, endpointsOfPort, readiness, type EndpointFact } from '../topology/endpoints';
import { numbersOf, targetLabel } from '../topology/service-text';
import type { Finding, Unknown } from '../types';
import { code, escape } from '../markdown';
import { few } from './few';

export interface Said {
  readonly findings: readonly Finding[];
  readonly unknowns: readonly Unknown[];
  /** Whether the editor shows it at this very place as a diagnostic: then it is not told a second time. */
  readonly isToldHere: (said: Finding | Unknown) => boolean;
}

export function hoverOfService(service: Service, about: Said, controlPlane: ControlPlane): string {
  const { unknowns } = about;
  const name = namespacedName(service);
  const { spec } = service;
  const dns = `${service.metadata.name}.${service.metadata.namespace}.svc.${controlPlane.settings.clusterDomain}`;
  const head = `**Service ${escape(name)}** · ${addressText(service, controlPlane)}  \n${code(dns)}`;
  const ports = spec.ports ?? [];
  const parts = [
    head,
    ports.length > 0 && spec.type !== 'ExternalName' ? portTable(service, ports, controlPlane) : '',
    spec.type === 'ExternalName' || unknowns.length > 0 ? '' : endpointText(endpointsOf(service, controlPlane)),
    problemText(about),
  ];
  return parts.filter(Boolean).join('\n\n');
}

function problemText({ findings, unknowns, isToldHere }: Said): string {
  const problems = findings.filter((finding) => !isToldHere(finding)).flatMap(problemRows);
  const open = unknowns.filter((unknown) => !isToldHere(unknown)).map(({ message }) => `- ${escape(message)}`);
  return [...problems, ...open].slice(0, 3).join('\n');
}

/** The finding, and the nearest candidate where it knows one. */
function problemRows(finding: Finding): string[] {
  const nearest = finding.details.filter(({ label }) => label === 'nearest').slice(0, 1);
  const problem = `- **${finding.severity}** ${escape(finding.message)}`;
  return [problem, ...nearest.map(({ text }) => `- nearest: ${escape(text)}`)];
}

/** What the API server says to a Service that it does not take. */
export function hoverOfRefusal(name: string, message: string): string {
  return `**Service ${escape(name)}** is refused by the API server\n\n${escape(message)}`.trimEnd();
}

/** `ClusterIP 10.96.114.7 (assigned by the simulation)`. */
function addressText(service: Service, controlPlane: ControlPlane): string {
  const { spec } = service;
  if (spec.type === 'ExternalName') return `another name for ${code(spec.externalName ?? '')}`;
  if (isHeadless(service)) return 'headless: its name stands for the addresses of its pods';
  const addresses = spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP]);
  const isAssigned = addresses.some((address) => controlPlane.isAssigned(service, address));
  return `${spec.type} ${addresses.map(code).join(', ')}${isAssigned ? ' (assigned by the simulation)' : ''}`;
}

function portTable(service: Service, ports: readonly ServicePort[], controlPlane: ControlPlane): string {
  const targets = controlPlane.targets(namespacedName(service));
  const rows = ports.map((port) => {
    const name = [port.name, `${port.port}`].filter((text) => text !== undefined).join(' ');
    const nodePort = port.nodePort === undefined ? '' : `, node port ${port.nodePort}`;
    const protocol = port.protocol === 'TCP' ? '' : `/${port.protocol}`;
    return `| ${escape(name)}${protocol}${nodePort}${gap}| ${escape(targetLabel(port, targets))}${gap}| ${whoListens(port, targets)} |`;
  });
  const head = [`| port${gap}| target${gap}| who listens |`, '| :-- | :-- | :-- |'];
  return [...head, ...few(rows, (more) => `| ${more} | | |`)].join('\n');
}

/** Editors draw tables without space between the columns. */
const gap = '&nbsp;&nbsp;&nbsp; ';

/** The containers that declare the target; a declaration is all that a manifest can say about listening. */
function whoListens(port: ServicePort, targets: readonly PodGroup[]): string {
  if (targets.length === 0) return 'no pod';
  const texts = targets.flatMap((group) => {
    const [number] = numbersOf(port, group);
    const containers = [...group.spec.containers, ...(group.spec.initContainers ?? [])];
    const container = containers.find((each) => each.ports?.some((declared) => declared.containerPort === number && declared.protocol === port.protocol)); // prettier-ignore
    return container ? `container ${container.name} of ${printReference(group.object)}` : [];
  });
  return texts.length === 0 ? 'no container declares it' : listed(texts);
}

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, 2).map(escape).join(', ');
  return texts.length > 2 ? `${shown} and ${texts.length - 2} more` : shown;
}

function endpointText(facts: readonly EndpointFact[]): string {
  const rows = facts.map((fact) => `- ${endpointRow(fact)}`);
  return [`${countEndpoints(facts)}${facts.length > 0 ? ':' : ''}`, ...few(rows)].join('\n');
}

function endpointRow(fact: EndpointFact): string {
  const pod = fact.pod === undefined ? '' : ` ${escape(fact.pod)}`;
  const node = fact.node === undefined ? '' : ` on ${escape(fact.node)}`;
  return `${code(fact.address)}${pod}${node}, ${readiness(fact)}`;
}

/** The whole way of a port: who calls it, what it leads to, who is there. */
export function hoverOfPort(
  service: Service,
  port: ServicePort,
  callers: readonly KubernetesObject[],
  controlPlane: ControlPlane,
): string {
  const name = namespacedName(service);
  const targets = controlPlane.targets(name);
  const facts = endpointsOfPort(service, port, controlPlane);
  const rows = facts.map((fact) => {
    const host = fact.address.includes(':') ? `[${fact.address}]` : fact.address;
    return `- ${endpointRow({ ...fact, address: `${host}:${fact.port ?? '?'}` })}`;
  });
  const head = `**Port ${escape([port.name, `${port.port}`].filter((text) => text !== undefined).join(' '))}/${port.protocol}** of Service ${escape(name)} → ${escape(targetLabel(port, targets))}`; // prettier-ignore
  const headless = isHeadless(service) && port.targetPort !== port.port ? 'The Service is headless: clients have to call the target port themselves.' : ''; // prettier-ignore
  const listens = `Who listens: ${whoListens(port, targets)}`;
  return [head, callersText(port, callers), headless, listens, [`${countEndpoints(facts)}${facts.length > 0 ? ':' : ''}`, ...few(rows)].join('\n')].filter(Boolean).join('\n\n').trimEnd(); // prettier-ignore
}

/** `Called by node port 30080, Ingress shop/web`; empty where nobody is known. */
function callersText({ nodePort }: ServicePort, callers: readonly KubernetesObject[]): string {
  const doors = nodePort === undefined ? [] : [`node port ${nodePort}`];
  const names = [...doors, ...callers.map(printReference).sort(compareStrings)];
  return names.length === 0 ? '' : `Called by ${listed(names)}`;
}

/** `''` asks for the labels as a whole. */
export function hoverOfLabel(group: PodGroup, key: string, controlPlane: ControlPlane): string {
  const targeting = sortedServices(group, controlPlane);
  const owner = escape(printReference(group.object));
  if (key === '') return servicesText(`Services that select the pods of ${owner}`, targeting);
  const using = targeting.filter((service) => service.spec.selector?.[key] !== undefined);
  const label = code(`${key}: ${group.labels[key] ?? ''}`);
  const rest = targeting.length - using.length;
  const services = rest === 1 ? '1 Service selects' : `${rest} Services select`;
  const others = rest === 0 ? '' : `\n\n${services} the pods by other labels.`;
  return `${servicesText(`Services that select the pods of ${owner} by ${label}`, using)}${others}`;
}

export function hoverOfGroup(group: PodGroup, controlPlane: ControlPlane): string {
  const pods = group.object.kind === 'Pod' ? '' : `, ${group.replicas} ${group.replicas === 1 ? 'pod' : 'pods'}`;
  const head = `**${escape(printReference(group.object))}**${pods}`;
  return `${head}\n\n${servicesText('Services that select its pods', sortedServices(group, controlPlane))}`;
}

function sortedServices(group: PodGroup, controlPlane: ControlPlane): Service[] {
  const services = [...controlPlane.servicesTargeting(group.key)];
  return services.sort((a, b) => compareStrings(namespacedName(a), namespacedName(b)));
}

function servicesText(title: string, services: readonly Service[]): string {
  if (services.length === 0) return `${title}: none`;
  const rows = services.map((service) => {
    const selector = Object.entries(service.spec.selector ?? {}).map(([key, value]) => `${key}: ${value}`);
    return `- ${escape(namespacedName(service))} (${code(selector.join(', '))})`;
  });
  return [`${title}:`, ...few(rows)].join('\n');
}

export function hoverOfContainerPort(group: PodGroup, port: ContainerPort, controlPlane: ControlPlane): string {
  const title = `Service ports that reach ${code(`${port.containerPort}/${port.protocol}`)} of ${escape(printReference(group.object))}`;
  const rows = sortedServices(group, controlPlane).flatMap(
    (service) =>
    (service.spec.ports ?? [])
      .filter((known) => known.protocol === port.protocol && numbersOf(known, group).includes(port.containerPort))
      .map((known) => `- ${escape(namespacedName(service))}, port ${escape([known.name, `${known.port}`].filter((text) => text !== undefined).join(' '))}`), // prettier-ignore
  );
  return rows.length === 0 ? `${title}: none` : [`${title}:`, ...few(rows)].join('\n');
}
