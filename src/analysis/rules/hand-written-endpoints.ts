/**
 * endpoints-without-service, endpoints-port-name, slice-address-type, endpoints-overwritten: hand-written EndpointSlices
 * and Endpoints that do not come to a Service.
 */

import { editDistance } from '#base/edit-distance';
import { valueAt } from '#base/json';
import type { Service, ServicePort } from '#model/kubernetes';
import { isHeadless, namespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import { effectiveSelector, serviceNameLabel } from '#simulation/index';
import type { AnalysisContext } from '../context';
import type { Fix } from '../types';
import { changeValue, fixBy, fixInWords, putMember } from './edits';
import type { Rule } from './index';
import type { Report } from './report';
import { relatedMember, relatedName } from './report';
import { nearestService, whyServiceUnknown } from './unseen-services';
import { effectOfNoEndpoints, list, printLabels, printPort } from './words';
import type { WrittenPort } from './written-endpoints';
import {
  hasAddresses, isFamily, isMadeByController, joins, namedService, portsWithoutEndpoints, waitingServices, writtenPorts,
} from './written-endpoints'; // prettier-ignore

export const handWrittenEndpoints: Rule = {
  codes: [
    'endpoints-without-service',
    'endpoints-port-name',
    'slice-address-type',
    'endpoints-overwritten',
    'slice-beside-selector',
  ],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    if (isMadeByController(object) || controlPlane.object(object.key) !== object) return;
    // The Service comes, goes and changes without it.
    report.searchedElsewhere();
    const name = namedService(object);
    const service = name === undefined ? undefined : controlPlane.service(`${object.namespace}/${name}`);
    if (service) return checkAgainst(service, object, context, report);
    if (name !== undefined && controlPlane.serviceObject(`${object.namespace}/${name}`)) return;
    const meant = reportUnbound(object, name, context, report);
    if (meant) checkPorts(meant, object, context, report);
  },
};

function checkAgainst(service: Service, object: KubernetesObject, context: AnalysisContext, report: Report): void {
  if (object.kind === 'Endpoints' && effectiveSelector(service))
    return reportOverwritten(service, object, context, report);
  if (effectiveSelector(service)) return reportBeside(service, object, context, report);
  if (checkFamily(service, object, context, report)) checkPorts(service, object, context, report);
}

// ---------------------------------------------------------------- no Service

/** Gives the Service that was meant, where there is one. */
function reportUnbound(
  object: KubernetesObject,
  name: string | undefined,
  context: AnalysisContext,
  report: Report,
): Service | undefined {
  const meant = meantService(object, name, context);
  const missing = { namespace: object.namespace, name: name ?? object.name };
  const place =
    object.kind === 'Endpoints'
      ? report.member(['metadata', 'name'])
      : name === undefined
        ? report.place(['metadata', 'name'])
        : report.member(['metadata', 'labels', serviceNameLabel]);
  const what = name ?? '';
  if (name !== undefined) {
    const reason = whyServiceUnknown(object, missing, meant, context);
    if (reason !== undefined) {
      const message = `Cannot know whether Service ${object.namespace}/${what} exists, which ${printReference(object)} is for`;
      report.cannotKnow(`${message}: ${reason}`, place);
      return undefined;
    }
  } else if (!meant) {
    // Somebody else may read it: a controller that knows it by another label.
    return undefined;
  }
  report.add({
    code: 'endpoints-without-service',
    severity: meant ? 'error' : 'warning',
    message:
      name === undefined
        ? `${printReference(object)} belongs to no Service: it has no label ${serviceNameLabel}`
        : `${printReference(object)} is for Service ${what}, which does not exist`,
    place,
    details: [
      { label: 'cause', text: causeOfUnbound(object, name) },
      ...(meant
        ? [{ label: 'nearest', text: `Service ${namespacedName(meant)} has no selector and no endpoints` } as const]
        : []),
      { label: 'effect', text: meant ? effectOn(meant, context) : 'no request is sent to its addresses' },
    ],
    related: [meant && relatedService(meant, 'The Service that is meant', context)],
    fixes: [fixOfUnbound(object, name, meant, context)],
  });
  return meant;
}

function causeOfUnbound(object: KubernetesObject, name: string | undefined): string {
  if (object.kind === 'Endpoints') return 'an Endpoints belongs to the Service of the same name in the same namespace';
  const label =
    name === undefined
      ? 'which it lacks; its own name says nothing'
      : `and there is no Service ${name} in namespace ${object.namespace}`;
  return `a slice belongs to the Service that its label ${serviceNameLabel} names, ${label}`;
}

/** A Service that waits for endpoints and has the object's name, that name with a suffix, or nearly. */
function meantService(
  object: KubernetesObject,
  name: string | undefined,
  context: AnalysisContext,
): Service | undefined {
  const waiting = [...waitingServices(object.namespace, context)];
  const wanted = name ?? object.name;
  const byPrefix = waiting
    .filter(({ metadata }) => object.name === metadata.name || object.name.startsWith(`${metadata.name}-`))
    .sort((a, b) => b.metadata.name.length - a.metadata.name.length)[0];
  if (byPrefix) return byPrefix;
  const near = nearestService({ namespace: object.namespace, name: wanted }, context);
  return waiting.find((service) => service === near);
}

function fixOfUnbound(
  object: KubernetesObject,
  name: string | undefined,
  meant: Service | undefined,
  context: AnalysisContext,
): Fix | undefined {
  if (!meant) return fixInWords(`Add a Service ${name ?? ''} without a selector, or name one that is there`);
  const target = meant.metadata.name;
  if (object.kind === 'Endpoints')
    return fixBy(`Rename it ${target}`, true, [changeValue(object, ['metadata', 'name'], target, context)]);
  const labels = ['metadata', 'labels'];
  return fixBy(`${name === undefined ? 'Add' : 'Change'} the label ${serviceNameLabel}: ${target}`, true, [
    putMember(object, labels, serviceNameLabel, target, context),
  ]);
}

function effectOn(service: Service, { simulation }: AnalysisContext): string {
  const { settings } = simulation.controlPlane;
  return `Service ${namespacedName(service)} has no endpoints: ${effectOfNoEndpoints(service, service.spec.ports ?? [], settings)}`;
}

// ---------------------------------------------------------------- families

/** Whether the slice holds addresses of a family that the Service has. */
function checkFamily(service: Service, object: KubernetesObject, context: AnalysisContext, report: Report): boolean {
  const { addressType } = object.body;
  const families = service.spec.ipFamilies ?? [];
  if (typeof addressType !== 'string' || (isFamily(addressType) && families.includes(addressType))) return true;
  // Who writes slices of both families leaves it to the cluster which of them is used.
  const without = portsWithoutEndpoints(namespacedName(service), context);
  if (without.length === 0 || !hasAddresses(object)) return false;
  const isName = addressType === 'FQDN';
  report.add({
    code: 'slice-address-type',
    severity: 'warning',
    message: `addressType ${addressType}: kube-proxy takes no such endpoints for Service ${namespacedName(service)}`,
    place: report.member(['addressType']),
    details: [
      {
        label: 'cause',
        text: isName
          ? 'kube-proxy sends packets to addresses alone and leaves out slices that hold names'
          : `the Service has ${list(families)} alone (ipFamilies), and each family has slices of its own`,
      },
      { label: 'effect', text: effectOfNoEndpoints(service, without, context.simulation.controlPlane.settings) },
    ],
    related: [relatedService(service, `It has ${list(families)}`, context)],
    fixes: [
      fixInWords(
        isName
          ? 'Write the addresses, or use a Service of type ExternalName'
          : `Write ${list(families)} addresses, or give the Service ipFamilies with ${addressType}`,
      ),
    ],
  });
  return false;
}

// ---------------------------------------------------------------- ports

/** Ports that join none of the Service's, while the Service has one that nothing joins. */
function checkPorts(service: Service, object: KubernetesObject, context: AnalysisContext, report: Report): void {
  if (isHeadless(service) || !hasAddresses(object)) return;
  const ports = writtenPorts(object);
  const lonely = portsWithoutEndpoints(namespacedName(service), context).filter(
    // A slice that is not bound yet may have them.
    (port) => !ports.some((written) => joins(written, port)),
  );
  if (lonely.length === 0) return;
  const free = ports.filter((port) => !service.spec.ports?.some((other) => joins(port, other)));
  for (const port of free) {
    const meant = meantPort(port, free, lonely);
    report.add({
      code: 'endpoints-port-name',
      severity: 'error',
      message: `port ${port.name === '' ? '"" (no name)' : port.name} is no port name of Service ${namespacedName(service)}`,
      place: report.member(
        valueAt(object.body, [...port.path, 'name']) === undefined ? port.path : [...port.path, 'name'],
      ),
      details: [
        {
          label: 'cause',
          text: `kube-proxy joins ports by name and protocol, not by number; the Service has ${list((service.spec.ports ?? []).map(printNamed))}`,
        },
        { label: 'effect', text: effectOfNoEndpoints(service, lonely, context.simulation.controlPlane.settings) },
      ],
      related: [relatedPort(service, meant ?? lonely[0]!, context)],
      fixes: [fixOfPort(port, meant, object, context)],
    });
  }
}

function printNamed(port: ServicePort): string {
  return `${port.name ?? '"" (no name)'} ${printPort(port)}`;
}

/** The only one left over on both sides, or the nearest name of the same protocol. */
function meantPort(
  port: WrittenPort,
  free: readonly WrittenPort[],
  lonely: readonly ServicePort[],
): ServicePort | undefined {
  const [only, ...more] = lonely;
  if (free.length === 1 && more.length === 0) return only;
  return lonely.find(({ name = '', protocol }) => protocol === port.protocol && editDistance(name, port.name, 3) <= 2);
}

function fixOfPort(
  port: WrittenPort,
  meant: ServicePort | undefined,
  object: KubernetesObject,
  context: AnalysisContext,
): Fix | undefined {
  if (!meant) return fixInWords('Give the port the name and protocol that the Service has');
  const edits = [
    ...((meant.name ?? '') === port.name ? [] : [putMember(object, port.path, 'name', meant.name ?? '', context)]),
    ...(meant.protocol === port.protocol ? [] : [putMember(object, port.path, 'protocol', meant.protocol, context)]),
  ];
  return fixBy(`Make it ${printNamed({ ...meant, port: port.number ?? meant.port })}`, true, edits);
}

function relatedPort(service: Service, port: ServicePort, context: AnalysisContext) {
  const object = context.simulation.controlPlane.serviceObject(namespacedName(service));
  const index = service.spec.ports?.indexOf(port) ?? -1;
  const message = `Port ${printPort(port)} has no endpoints`;
  return (
    object &&
    relatedMember(object, ['spec', 'ports', index, port.name === undefined ? 'port' : 'name'], message, context)
  );
}

function relatedService(service: Service, message: string, context: AnalysisContext) {
  const object = context.simulation.controlPlane.serviceObject(namespacedName(service));
  return object && relatedName(object, message, context);
}

// ---------------------------------------------------------------- a controller that overwrites

function reportOverwritten(service: Service, object: KubernetesObject, context: AnalysisContext, report: Report): void {
  if (!hasAddresses(object)) return;
  const selector = service.spec.selector ?? {};
  const serviceObject = context.simulation.controlPlane.serviceObject(namespacedName(service));
  report.add({
    code: 'endpoints-overwritten',
    severity: 'warning',
    message: `${printReference(object)} is overwritten: its Service has a selector`,
    place: report.place(['metadata', 'name']),
    details: [
      {
        label: 'cause',
        text: `the endpoint controller writes the Endpoints of each Service with a selector (${printLabels(selector)})`,
      },
      {
        label: 'effect',
        text: 'these addresses get no request, and are gone when the Service or a pod of it changes next; kube-proxy follows the EndpointSlices of the selected pods',
      },
    ],
    related: [serviceObject && relatedMember(serviceObject, ['spec', 'selector'], 'The selector', context)],
    fixes: [fixInWords('Remove the selector from the Service, or delete the Endpoints')],
  });
}

/**
 * The controller leaves slices alone that it has not made, and kube-proxy follows all of them.
 * Models pkg/controller/endpointslice syncService (v1.37), which lists its own slices by the label managed-by.
 */
function reportBeside(service: Service, object: KubernetesObject, context: AnalysisContext, report: Report): void {
  const { controlPlane } = context.simulation;
  const name = namespacedName(service);
  if (!hasAddresses(object) || controlPlane.targets(name).length === 0) return;
  const serviceObject = controlPlane.serviceObject(name);
  report.add({
    code: 'slice-beside-selector',
    severity: 'info',
    message: `${printReference(object)} stands beside the pods that its Service selects`,
    place: report.member(['metadata', 'labels', serviceNameLabel]),
    details: [
      {
        label: 'cause',
        text: `Service ${name} selects ${printLabels(service.spec.selector ?? {})}; the controller makes slices for these pods and leaves this one alone`,
      },
      { label: 'effect', text: 'requests are spread over the pods and over these addresses alike' },
    ],
    related: [serviceObject && relatedMember(serviceObject, ['spec', 'selector'], 'The selector', context)],
  });
}
