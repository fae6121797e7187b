/** References to a Service by name and port, as Ingresses and routes have them: what to say about one that leads nowhere. */

import type { JsonPath } from '#base/json';
import type { NamespacedName, Service } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import type { Finding, Fix, Severity } from '../types';
import { changeValue, fixBy, fixInWords, renameKey } from './edits';
import { meantPort, type MeantPort } from './meant-ports';
import { nearestName } from './near-names';
import type { Report } from './report';
import { relatedMember, relatedName } from './report';
import { printUnapplied, unappliedTo } from './unapplied';
import { whyServiceUnseen } from './unseen-objects';
import { list, printPort } from './words';
import { servicesOfWorkload } from './workload-services';

export interface ServiceReference {
  /** Who refers. */
  readonly object: KubernetesObject;
  readonly service: NamespacedName;
  readonly namePath: JsonPath;
  /** The member that says the port; its key is `number` or `name` in an Ingress. */
  readonly portPath: JsonPath;
  readonly port: number | string | undefined;
  /** What a client then sees. */
  readonly effect: string;
  readonly severity: Severity;
}

/** What a rule calls its findings. */
export interface ReferenceCodes {
  readonly missing: string;
  readonly port: string;
}

/** The Service is not in the namespace: says so where the scope would show it. */
export function reportMissingService(
  reference: ServiceReference,
  codes: ReferenceCodes,
  context: AnalysisContext,
  report: Report,
): void {
  const { object, service, namePath, effect, severity } = reference;
  const { controlPlane } = context.simulation;
  // A Service that is refused says so itself.
  if (controlPlane.refusal(`/Service/${service}`)) return;
  // Who it is that was meant, and who may make it unseen, may be anybody of the scope.
  report.searchedElsewhere();
  const [namespace = '', name = ''] = service.split('/');
  const likely = nearService(name, namespace, context) ?? serviceOfWorkload(reference, context);
  const near = likely ?? nearService(name, namespace, context, reference.port);
  const elsewhere = near ? [] : sameName(name, namespace, context);
  const why =
    whyServiceUnseen(name, namespace, near || elsewhere.length > 0 ? 'near' : 'nothing near', context) ??
    whyNamespaceUnknown(object, elsewhere, context);
  const changes = unappliedTo(object, [namePath.map(String)], context.scope);
  const reason = changes.length > 0 ? printUnapplied(changes) : why;
  if (reason !== undefined) {
    const message = `Cannot know whether ${printReference(object)} has its Service ${service}: ${reason}`;
    report.cannotKnow(message, report.member(namePath));
    return;
  }
  const cause: Finding['details'] =
    elsewhere.length > 0
      ? [{ label: 'cause', text: `${object.kind === 'Ingress' ? 'an Ingress refers to Services of its own namespace' : 'the reference means this namespace'}; namespace ${namespace} has no Service ${name}` }] // prettier-ignore
      : [{ label: 'cause', text: `namespace ${namespace} has ${listServices(namespace, context)}` }];
  const target = near ?? elsewhere[0];
  const targetObject = target && controlPlane.serviceObject(`${target.metadata.namespace}/${target.metadata.name}`);
  report.add({
    code: codes.missing,
    // What comes near nothing here may well be applied from elsewhere.
    severity: likely || elsewhere.length > 0 ? severity : 'warning',
    message: `Service ${service} does not exist`,
    place: report.member(namePath),
    details: [
      ...cause,
      ...elsewhere.map((found) => ({
        label: 'nearest' as const,
        text: `Service ${printService(found)} has this name`,
      })),
      ...(near ? [{ label: 'nearest' as const, text: `Service ${printService(near)} is there` }] : []),
      { label: 'effect', text: effect },
    ],
    related: [targetObject && relatedName(targetObject, `${printReference(targetObject)} is here`, context)],
    fixes: near
      ? [fixBy(`Change the name to ${near.metadata.name}`, true, [changeValue(object, namePath, near.metadata.name, context)])] // prettier-ignore
      : elsewhere.map((found) => fixElsewhere(reference, found)),
  });
}

function fixElsewhere({ object }: ServiceReference, { metadata }: Service): Fix {
  return object.kind === 'Ingress'
    ? fixInWords(`Put the Ingress for it into namespace ${metadata.namespace}, beside the Service`)
    : fixInWords(`Set the namespace of the reference to ${metadata.namespace}, and allow it there by a ReferenceGrant`);
}

/** The Service has no such port. */
export function reportMissingPort(
  reference: ServiceReference,
  codes: ReferenceCodes,
  context: AnalysisContext,
  report: Report,
): void {
  const { object, service: name, portPath, port: wanted, effect, severity } = reference;
  const { controlPlane } = context.simulation;
  const service = controlPlane.service(name);
  const serviceObject = controlPlane.serviceObject(name);
  if (!service || !serviceObject || wanted === undefined) return;
  const changes = [
    ...unappliedTo(object, [portPath.map(String)], context.scope),
    ...unappliedTo(serviceObject, [['spec', 'ports']], context.scope),
  ];
  if (changes.length > 0) {
    const message = `Cannot know whether Service ${name} has port ${wanted}: ${printUnapplied([...new Set(changes)])}`;
    report.cannotKnow(message, report.member(portPath));
    return;
  }
  const meant = meantPort(wanted, service, controlPlane);
  const index = (service.spec.ports ?? []).findIndex((port) => port === meant?.port);
  report.add({
    code: codes.port,
    severity,
    message: `port ${wanted} is no port of Service ${name}`,
    place: report.member(portPath),
    details: [
      { label: 'cause', text: `${causeOfPort(service, wanted, meant)}` },
      { label: 'effect', text: effect },
    ],
    related: [
      relatedMember(serviceObject, index < 0 ? ['spec', 'ports'] : ['spec', 'ports', index], `The ports of Service ${name}`, context), // prettier-ignore
    ],
    fixes: meant ? [portFix(reference, meant, context)] : [],
  });
}

function causeOfPort(service: Service, wanted: number | string, meant: MeantPort | undefined): string {
  const ports = service.spec.ports ?? [];
  const there = `Service ${printService(service)} has ${ports.length === 1 ? 'port' : 'ports'} ${list(ports.map((port) => `${printPort(port)}${port.name === undefined ? '' : ` (${port.name})`}`))}`; // prettier-ignore
  return meant?.because === 'target' ? `${there}; ${wanted} is the targetPort of port ${printPort(meant.port)}` : there;
}

function portFix(
  { object, portPath, port: wanted }: ServiceReference,
  { port, because }: MeantPort,
  context: AnalysisContext,
): Fix | undefined {
  // prettier-ignore
  const preferred = because !== 'only';
  if (typeof wanted === 'number' || port.name === undefined) {
    const key = portPath.at(-1) === 'name' ? [renameKey(object, portPath, 'number', context)] : [];
    return fixBy(`Change the port to ${port.port}`, preferred, [
      ...key,
      changeValue(object, portPath, port.port, context),
    ]);
  }
  return fixBy(`Change the port to ${port.name}`, preferred, [changeValue(object, portPath, port.name, context)]);
}

// ---------------------------------------------------------------- who was meant

/** By the letters of its name; of a short one only where it has the port that is asked for. */
function nearService(
  name: string,
  namespace: string,
  { simulation }: AnalysisContext,
  port?: number | string,
): Service | undefined {
  const services = [...simulation.controlPlane.services()].filter(({ metadata }) => metadata.namespace === namespace);
  const found = nearestName(
    name,
    services.map(({ metadata }) => metadata.name),
    (other) => services.some((service) => service.metadata.name === other && hasPort(service, port)),
  );
  return services.find(({ metadata }) => metadata.name === found);
}

/** The one behind which are the pods of a workload of this name: it was renamed. */
function serviceOfWorkload({ service, port }: ServiceReference, { simulation }: AnalysisContext): Service | undefined {
  const [namespace = '', name = ''] = service.split('/');
  const found = servicesOfWorkload(name, namespace, simulation.controlPlane).filter((other) => hasPort(other, port));
  return found.length === 1 ? found[0] : undefined;
}

function hasPort({ spec }: Service, port: number | string | undefined): boolean {
  return port !== undefined && (spec.ports ?? []).some((known) => known.port === port || known.name === port);
}

/** Services of the same name in other namespaces. */
export function sameName(name: string, namespace: string, { simulation }: AnalysisContext): readonly Service[] {
  return [...simulation.controlPlane.services()].filter(
    ({ metadata }) => metadata.name === name && metadata.namespace !== namespace,
  );
}

/** A manifest that does not say its namespace goes to whichever `kubectl -n` says. */
export function whyNamespaceUnknown(
  object: KubernetesObject,
  elsewhere: readonly Service[],
  { simulation }: AnalysisContext,
): string | undefined {
  if (elsewhere.length === 0) return undefined;
  if (!object.namespaceGiven) return `it does not say its namespace, and Service ${printService(elsewhere[0]!)} exists`;
  const silent = elsewhere.find((found) => simulation.controlPlane.serviceObject(printService(found))?.namespaceGiven !== true); // prettier-ignore
  return silent && `Service ${silent.metadata.name} does not say its namespace`;
}

function listServices(namespace: string, { simulation }: AnalysisContext): string {
  const names = [...simulation.controlPlane.services()].flatMap(({ metadata }) =>
    metadata.namespace === namespace ? metadata.name : [],
  );
  return names.length === 0 ? 'no Service' : `the Service${names.length === 1 ? '' : 's'} ${list(names.sort(), 6)}`;
}

function printService({ metadata }: Service): NamespacedName {
  return `${metadata.namespace}/${metadata.name}`;
}
