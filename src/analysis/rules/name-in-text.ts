/** name-…: host names in variables, arguments, commands and ConfigMaps that can only mean a Service, and do not reach it. */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import { isHeadless, namespacedName, type Service } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import type { PodGroup, Resolution } from '#simulation/types';
import { usersOfText } from '../names/config-map-users';
import { namesIn, type NameInText } from '../names/names-in';
import { placeOfName } from '../names/place';
import { serviceIndex } from '../names/service-index';
import { numberedPod, governingService } from '../names/pod-names';
import { namespacedNameOf, readingsOf, type ServiceName } from '../names/service-names';
import type { AnalysisContext, Dependency } from '../context';
import { symptomOf } from '../trace/words';
import type { Fix, Place, Severity } from '../types';
import { calledService } from './called-service';
import { changeValue, fixBy } from './edits';
import type { Rule } from './index';
import { meantPort, type MeantPort } from './meant-ports';
import { nearestName } from './near-names';
import { relatedMember, relatedName, type Report } from './report';
import { unappliedTo } from './unapplied';
import { operatorResource } from './unseen-objects';
import { list, printPort } from './words';
import { servicesOfPodsNamed, servicesOfWorkload, workloadKeys } from './workload-services';

export const nameInText: Rule = {
  codes: ['name-in-other-namespace', 'name-of-no-service', 'name-without-namespace', 'name-port'],
  check(object, context, report) {
    const names = namesIn(object);
    if (names.length === 0) return;
    const { controlPlane } = context.simulation;
    for (const name of names) {
      const readings = readingsOf(name.host, object.namespace, controlPlane.settings.clusterDomain);
      if (readings.length === 0) continue;
      const service = calledService(name, object, controlPlane, report);
      if (service) {
        checkPort({ object, name }, service, context, report);
      } else {
        report.dependsOn(...readings.flatMap((reading) => dependenciesOf(reading, object, context)));
        checkName({ object, name }, readings, context, report);
      }
    }
  },
};

/**
 * Whether there is a Service of this name anywhere, which ones the namespace has that is meant, and whether a workload of
 * it has this name: then also which Services send to that.
 */
function dependenciesOf(
  { service, namespace, pod }: ServiceName,
  object: KubernetesObject,
  context: AnalysisContext,
): readonly Dependency[] {
  const { controlPlane } = context.simulation;
  const home = namespace ?? object.namespace;
  const workloads = workloadKeys(service, home);
  const statefulSet = pod === undefined ? undefined : numberedPod(pod, home)?.statefulSet;
  const makers = statefulSet === undefined ? workloads : [...workloads, statefulSet];
  const isWorkload = makers.some((key) => controlPlane.podGroup(key));
  const extended = serviceIndex(context).extending(service, home).map(({ metadata }) => `/Service/${home}/${metadata.name}`); // prettier-ignore
  return [`named /Service ${service}`, `names /Service ${home}`, ...makers, ...extended, ...(isWorkload ? [`kind /Service ${home}`] : [])]; // prettier-ignore
}

interface NamedBy {
  readonly object: KubernetesObject;
  readonly name: NameInText;
}

function placeOf({ object, name }: NamedBy, part: 'host' | 'port', context: AnalysisContext, report: Report): Place {
  return placeOfName(object, name, part, context) ?? report.place(name.path);
}

/** What the name stands in: `DB_URL`, `args`. */
function whereOf({ variable, path }: NameInText): string {
  return variable ?? String(path.findLast((step) => typeof step === 'string') ?? '');
}

/** Whether what is written may be another text, or name something that no manifest shows. */
function isOpen({ object, name }: NamedBy, { scope }: AnalysisContext): boolean {
  return scope.incomplete.length > 0 || unappliedTo(object, [name.path.map(String)], scope).length > 0;
}

/** A finding about a ConfigMap that no pod here reads can only be a hint. */
function severityFor(severity: Severity, users: readonly PodGroup[]): Severity {
  return users.length === 0 ? 'hint' : severity;
}

// ---------------------------------------------------------------- names

/** A Service that was most probably meant, and how it is called from here. */
interface Meant {
  readonly code: 'name-in-other-namespace' | 'name-of-no-service' | 'name-without-namespace';
  readonly severity: Severity;
  readonly services: readonly Service[];
  readonly cause: string;
}

function checkName(named: NamedBy, readings: readonly ServiceName[], context: AnalysisContext, report: Report): void {
  const { object, name } = named;
  const { controlPlane } = context.simulation;
  for (const reading of readings) {
    const wanted = namespacedNameOf(reading);
    // A Service that is refused says so itself.
    if (wanted !== undefined && controlPlane.refusal(`/Service/${wanted}`)) return;
    const meant = meantBy(reading, named, context);
    if (!meant) continue;
    const services = meant.services.filter((service) => fitsPort(name, service, context));
    if (services.length === 0) continue;
    report.searchedElsewhere();
    if (isOpen(named, context)) {
      report.leaveOpen(placeOf(named, 'host', context, report));
      continue;
    }
    if (!isNamespaceKnown(object, services, meant, context)) continue;
    if (operatorResource(reading.service, reading.namespace ?? object.namespace, context)) continue;
    const users = usersOfText(object, context.simulation.controlPlane);
    if (resolvesAnyway(name, reading, users, context)) continue;
    return reportName(named, reading, { ...meant, services }, users, context, report);
  }
  // Whoever is called may be of another overlay of the text, and that one knows.
  report.leaveOpen(placeOf(named, 'host', context, report));
}

function meantBy(reading: ServiceName, { object, name }: NamedBy, context: AnalysisContext): Meant | undefined {
  const { service, namespace, spelling } = reading;
  const index = serviceIndex(context);
  const sameName = index.named(service);
  if (namespace === undefined) {
    const own = sameName.filter(({ metadata }) => metadata.namespace === object.namespace);
    const services = own.length > 0 ? own : sameName;
    const cause = 'a name that ends with svc is NAME.NAMESPACE.svc';
    return { code: 'name-without-namespace', severity: 'error', services, cause };
  }
  if (namespace !== object.namespace && index.inNamespace(namespace).length === 0) {
    const near = nearestName(namespace, sameName.map(({ metadata }) => metadata.namespace), () => true); // prettier-ignore
    // What was written for the namespace where all begins is forgotten there, but the cluster may have it.
    const isLeft = near === undefined && namespace === 'default';
    const isRenamed = context.scope.renamedNamespaces?.includes(namespace) === true;
    const services = isLeft || isRenamed ? sameName : sameName.filter(({ metadata }) => metadata.namespace === near);
    return {
      code: 'name-of-no-service',
      severity: isLeft ? 'hint' : 'warning',
      services,
      cause: isRenamed ? `kustomize gives the Namespace ${namespace} another name here` : `nothing here is in namespace ${namespace}`, // prettier-ignore
    };
  }
  const cause = spelling === 'short' ? `a short name is one of the pod's own namespace, and ${namespace} has no Service ${service}` : `namespace ${namespace} has no Service ${service}`; // prettier-ignore
  if (sameName.length > 0) {
    // Who says the namespace may know of one that is not here.
    const sure = name.form !== 'variable' && reading.pod === undefined;
    const isTold = sure || name.port !== undefined || !/(?:service|svc)$/i.test(name.variable ?? '');
    return { code: 'name-in-other-namespace', severity: spelling === 'short' && isTold ? 'error' : 'warning', services: sameName, cause }; // prettier-ignore
  }
  const renamed = servicesOfWorkload(service, namespace, context.simulation.controlPlane).filter((other) =>
    hasPort(other, name.port),
  );
  const behind = renamed.length > 0 ? renamed : servicesOfPodsNamed(service, index.extending(service, namespace)).filter((other) => hasPort(other, name.port)); // prettier-ignore
  if (renamed.length === 0 && behind.length === 1) return { code: 'name-of-no-service', severity: 'warning', services: behind, cause: `${cause}; ${behind[0]!.metadata.name} selects pods of this name` }; // prettier-ignore
  const pod = reading.pod === undefined ? undefined : numberedPod(reading.pod, namespace);
  const governing = pod && governingService(pod.statefulSet, context.simulation.controlPlane);
  if (governing) return { code: 'name-of-no-service', severity: 'warning', services: [governing], cause: `${cause}; StatefulSet ${namespace}/${reading.pod!.replace(/-\d+$/, '')} names its pods below ${governing.metadata.name}` }; // prettier-ignore
  if (renamed.length > 0) return { code: 'name-of-no-service', severity: 'warning', services: renamed, cause: `${cause}, and the pods of this name are behind another` }; // prettier-ignore
  const near = index.nearest(service, namespace, name.port ?? usualPorts.get(name.scheme ?? ''));
  // A bare word with a number behind it is a name only where a Service has it, or the text is nothing else and both are near.
  const isAlone = valueAt(object.body, name.path) === `${name.host}:${name.port ?? ''}`;
  if (name.form === 'address' && spelling === 'short' && !(isAlone && near && hasPort(near, name.port)))
    return undefined;
  return { code: 'name-of-no-service', severity: 'warning', services: near ? [near] : [], cause };
}

function hasPort({ spec }: Service, port: number | undefined): boolean {
  return port === undefined ? (spec.ports ?? []).length > 0 : (spec.ports ?? []).some((known) => known.port === port);
}

/** What is called at another port is something else, of the same name. */
function fitsPort({ port }: NameInText, service: Service, { simulation }: AnalysisContext): boolean {
  if (port === undefined || isHeadless(service) || service.spec.type === 'ExternalName') return true;
  const ports = service.spec.ports ?? [];
  return ports.some((known) => known.port === port) || meantPort(port, service, simulation.controlPlane)?.because === 'target'; // prettier-ignore
}

function isNamespaceKnown(
  object: KubernetesObject,
  services: readonly Service[],
  { code }: Meant,
  { simulation }: AnalysisContext,
): boolean {
  if (code === 'name-of-no-service' && services.every(({ metadata }) => metadata.namespace === object.namespace))
    return true;
  const isGiven = (service: Service) =>
    simulation.controlPlane.serviceObject(namespacedName(service))?.namespaceGiven === true;
  return object.namespaceGiven && services.every(isGiven);
}

/** Whether the resolver of some pod that gets the name finds it, or asks somebody whom nobody here knows. */
function resolvesAnyway(
  { host }: NameInText,
  reading: ServiceName,
  users: readonly PodGroup[],
  { simulation }: AnalysisContext,
): boolean {
  const { controlPlane, dns } = simulation;
  const zone = `.svc.${controlPlane.settings.clusterDomain}.`;
  const ends = (resolution: Resolution) =>
    resolution.addresses.length > 0 ||
    resolution.hosts !== undefined ||
    resolution.tries.every(({ answer }) => answer.rcode === 'UNKNOWN') ||
    resolution.tries.some(({ name, answer }) => name.endsWith(zone) && answer.rcode === 'UNKNOWN');
  let isAsked = false;
  for (const group of users) {
    const [pod] = controlPlane.podsOf(group.key);
    if (!pod) continue;
    isAsked = true;
    if (ends(dns.resolve(namespacedName(pod), host))) return true;
  }
  if (isAsked || reading.namespace === undefined) return false;
  const answer = dns.query(`${reading.service}.${reading.namespace}${zone}`, 'A');
  return answer.answers.length > 0 || answer.rcode === 'UNKNOWN';
}

function reportName(
  named: NamedBy,
  reading: ServiceName,
  { code, severity, services, cause }: Meant,
  users: readonly PodGroup[],
  context: AnalysisContext,
  report: Report,
): void {
  const { object, name } = named;
  const service = services[0]!;
  const written = context.simulation.controlPlane.serviceObject(namespacedName(service));
  const domain = context.simulation.controlPlane.settings.clusterDomain;
  report.add({
    code,
    severity: severityFor(severity, users),
    message: `${whereOf(name)}: ${name.host} does not resolve in namespace ${object.namespace}`,
    place: placeOf(named, 'host', context, report),
    details: [
      { label: 'cause', text: cause },
      { label: 'nearest', text: `Service ${list(services.map(namespacedName))} is there` },
      { label: 'effect', text: `could not resolve host (NXDOMAIN): no connection is tried${users.length === 0 ? '; no pod here reads the text' : ''}` }, // prettier-ignore
    ],
    related: [written && relatedName(written, `${printReference(written)} is here`, context)],
    fixes: services.map((found) => nameFix(named, reading, found, services.length === 1, domain, context)),
  });
}

/** The name as it is spelled, with the right parts; another namespace has to be said. */
function nameFix(
  named: NamedBy,
  reading: ServiceName,
  { metadata }: Service,
  preferred: boolean,
  domain: string,
  context: AnalysisContext,
): Fix | undefined {
  const { object, name } = named;
  const pod = reading.pod === undefined ? '' : `${reading.pod}.`;
  const isOwn = metadata.namespace === object.namespace && reading.spelling === 'short';
  const suffix = new RegExp(`\\.svc(?:\\.${domain.replace(/[.]/g, '\\.')})?\\.?$`, 'i').exec(name.host)?.[0] ?? '';
  const spelled = `${pod}${metadata.name}${isOwn ? '' : `.${metadata.namespace}`}${suffix}`;
  const place = placeOfName(object, name, 'host', context);
  return place && { title: `Change the name to ${spelled}`, edits: [{ ...place, newText: spelled }], preferred };
}

// ---------------------------------------------------------------- ports

function checkPort(named: NamedBy, service: Service, context: AnalysisContext, report: Report): void {
  const { object, name } = named;
  const usual = name.scheme === undefined ? undefined : usualPorts.get(name.scheme);
  const paired = name.port === undefined ? pairedPort(named) : undefined;
  const port = name.port ?? paired?.port ?? usual;
  if (port === undefined || isHeadless(service) || service.spec.type === 'ExternalName') return;
  const ports = service.spec.ports ?? [];
  if (ports.length === 0 || ports.some((known) => known.port === port)) return;
  report.searchedElsewhere();
  const written = context.simulation.controlPlane.serviceObject(namespacedName(service));
  if (!written) return;
  if (isOpen(named, context) || unappliedTo(written, [['spec', 'ports']], context.scope).length > 0)
    return report.leaveOpen(placeOf(named, 'host', context, report));
  const meant = meantPort(port, service, context.simulation.controlPlane);
  const users = usersOfText(object, context.simulation.controlPlane);
  const index = ports.findIndex((known) => known === meant?.port);
  // Without a port in the text, a program may still add one to it.
  const isUsual = name.port === undefined && !paired;
  report.add({
    code: 'name-port',
    severity: isUsual ? 'hint' : severityFor(meant?.because === 'target' ? 'error' : 'warning', users),
    message: `${paired?.variable ?? whereOf(name)}: port ${port} is no port of Service ${namespacedName(service)}`,
    place: paired ? report.place(paired.path) : placeOf(named, isUsual ? 'host' : 'port', context, report),
    details: [
      { label: 'cause', text: `${isUsual ? `${name.scheme ?? ''} without a port means ${port}; ` : ''}the Service has ${ports.length === 1 ? 'port' : 'ports'} ${list(ports.map(printPort))}${meant?.because === 'target' ? `; ${port} is the targetPort of port ${printPort(meant.port)}` : ''}` }, // prettier-ignore
      ...effectOf(service, port, users, context),
    ],
    related: [relatedMember(written, index < 0 ? ['spec', 'ports'] : ['spec', 'ports', index], `The ports of ${printReference(written)}`, context)], // prettier-ignore
    fixes: [meant && (paired ? pairedFix(object, paired, meant, context) : portFix(named, meant, context))],
  });
}

/** The port of a host that another variable says: `DB_PORT` beside `DB_HOST`. */
interface PairedPort {
  readonly variable: string;
  readonly path: JsonPath;
  readonly port: number;
}

function pairedPort({ object, name }: NamedBy): PairedPort | undefined {
  const { variable, path, host } = name;
  if (variable === undefined || valueAt(object.body, path) !== host) return undefined;
  const sibling = variable.replace(/(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER|SERVICE|SVC|ENDPOINT)$/i, portLike);
  if (sibling === variable) return undefined;
  if (path[0] === 'data') return portAt(object, ['data', sibling], sibling);
  if (path.at(-3) !== 'env') return undefined;
  const list = path.slice(0, -2);
  const variables = valueAt(object.body, list);
  if (!Array.isArray(variables)) return undefined;
  const index = variables.findIndex((other) => isJsonObject(other) && other.name === sibling);
  return index < 0 ? undefined : portAt(object, [...list, index, 'value'], sibling);
}

/** `PORT` for `HOST`, `Port` for `Host`, `port` for `host`. */
function portLike(word: string): string {
  if (word === word.toUpperCase()) return 'PORT';
  return word === word.toLowerCase() ? 'port' : 'Port';
}

function portAt(object: KubernetesObject, path: JsonPath, variable: string): PairedPort | undefined {
  const value = valueAt(object.body, path);
  return typeof value === 'string' && /^[1-9]\d{0,4}$/.test(value)
    ? { variable, path, port: Number(value) }
    : undefined;
}

function pairedFix(
  object: KubernetesObject,
  paired: PairedPort,
  { port, because }: MeantPort,
  context: AnalysisContext,
) {
  const edit = changeValue(object, paired.path, String(port.port), context);
  return fixBy(`Change ${paired.variable} to ${port.port}`, because !== 'only', [edit]);
}

/** The ports that a client takes where a URL says none. */
const usualPorts: ReadonlyMap<string, number> = new Map([['http', 80], ['ws', 80], ['https', 443], ['wss', 443]]); // prettier-ignore

function portFix({ object, name }: NamedBy, { port, because }: MeantPort, context: AnalysisContext): Fix | undefined {
  const preferred = because !== 'only';
  if (name.port !== undefined) {
    const place = placeOfName(object, name, 'port', context);
    return (
      place && {
        title: `Change the port to ${port.port}`,
        edits: [{ ...place, newText: String(port.port) }],
        preferred,
      }
    );
  }
  const host = placeOfName(object, name, 'host', context);
  if (!host) return undefined;
  const range = { start: host.range.end, end: host.range.end };
  return {
    title: `Say the port, ${port.port}`,
    edits: [{ file: host.file, range, newText: `:${port.port}` }],
    preferred,
  };
}

/** What a packet to the Service's address and this port meets. */
function effectOf(
  service: Service,
  port: number,
  users: readonly PodGroup[],
  { simulation }: AnalysisContext,
): readonly { readonly label: 'effect'; readonly text: string }[] {
  const { controlPlane, dataPlane } = simulation;
  const address = service.spec.clusterIP;
  const mode = controlPlane.settings.proxyMode;
  const [pod] = users.flatMap((group) => controlPlane.podsOf(group.key).slice(0, 1));
  if (!pod || address === undefined) return [];
  const source = { kind: 'pod', pod: namespacedName(pod) } as const;
  const { paths } = dataPlane.walk(source, { address, port, protocol: 'TCP' }, mode);
  const outcomes = paths.map(({ outcome, probability }) => ({ ...outcome, probability }));
  const target = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return [{ label: 'effect', text: `${target} from ${namespacedName(pod)}: ${symptomOf(outcomes, 'TCP')}` }];
}
