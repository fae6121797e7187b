/**
 * external-name-address, -unknown, -incomplete, -port-mapping, -selector: an ExternalName Service is another name for a
 * host and nothing else.
 */

import { familyOf } from '#base/ip';
import type { Service, ServicePort } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { objectKey, printReference } from '#model/object';
import type { AnalysisContext, Dependency } from '../context';
import type { Fix, TextEdit } from '../types';
import { changeValue, dropMember, fixBy, fixInWords } from './edits';
import { addSlice } from './new-slice';
import type { Rule } from './index';
import type { Report } from './report';
import { relatedName } from './report';
import { isWritten } from './service-fields';
import { unappliedTo } from './unapplied';
import { nearestService, whyServiceUnknown } from './unseen-services';
import { count, dnsName, list, printLabels, printPort } from './words';

const field = ['spec', 'externalName'];

export const externalName: Rule = {
  codes: [
    'external-name-address', 'external-name-unknown', 'external-name-incomplete', 'external-name-port-mapping',
    'external-name-selector',
  ], // prettier-ignore
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const service = controlPlane.service(namespacedNameOf(object));
    if (service?.spec.type !== 'ExternalName' || controlPlane.object(object.key) !== object) return;
    // A patch that is not applied may say another name.
    if (unappliedTo(object, [field, ['spec', 'type']], context.scope).length > 0)
      return report.leaveOpen(report.place(['spec']), 'object');
    const host = (service.spec.externalName ?? '').replace(/\.$/, '');
    const family = familyOf(host);
    if (family) return reportAddress(object, service, host, family, context, report);
    reportHost(object, service, host, context, report);
    reportPorts(object, service, host, context, report);
    reportSelector(object, service, host, context, report);
  },
};

function namespacedNameOf({ namespace, name }: KubernetesObject): string {
  return `${namespace}/${name}`;
}

// ---------------------------------------------------------------- an address

function reportAddress(
  object: KubernetesObject,
  service: Service,
  address: string,
  family: 'IPv4' | 'IPv6',
  context: AnalysisContext,
  report: Report,
): void {
  const { dns, controlPlane } = context.simulation;
  const name = dnsName(service, controlPlane.settings);
  const mapped = mappedPorts(object, service);
  report.add({
    code: 'external-name-address',
    severity: 'error',
    message: `externalName ${address} is an address, and only a name can stand here`,
    place: report.member(field),
    details: [
      { label: 'cause', text: `${dns.query(name, 'A').cause}: the Service is a CNAME record, and nothing but a name` },
      { label: 'effect', text: `${name} does not resolve (${dns.query(name, 'A').rcode}), so nothing is connected to` },
      ...(mapped.length > 0 ? [{ label: 'note', text: causeOfPorts(mapped) } as const] : []),
    ],
    fixes: [fixByASlice(object, service, address, family, context)],
  });
}

/** A Service without a selector, and a slice that holds the address: what the manifest wants to say. */
function fixByASlice(
  object: KubernetesObject,
  { spec: { ports = [], selector } }: Service,
  address: string,
  family: 'IPv4' | 'IPv6',
  context: AnalysisContext,
): Fix {
  const words = fixInWords(`Make it a Service without a selector, with an EndpointSlice that has ${address}`);
  const numbers = ports.flatMap(({ name, protocol, targetPort }) =>
    typeof targetPort === 'number' ? [{ name, protocol, port: targetPort }] : [],
  );
  if (ports.length === 0 || numbers.length < ports.length || selector) return words;
  const edits: readonly (TextEdit | undefined)[] = [
    changeValue(object, ['spec', 'type'], 'ClusterIP', context),
    dropMember(object, ['spec'], 'externalName', context),
    addSlice(object, { addressType: family, addresses: [address], ports: numbers }, context),
  ];
  return fixBy(`Make it a ClusterIP Service with an EndpointSlice for ${address}`, true, edits) ?? words;
}

// ---------------------------------------------------------------- a host that is not there

function reportHost(
  object: KubernetesObject,
  service: Service,
  host: string,
  context: AnalysisContext,
  report: Report,
): void {
  const { controlPlane, dns } = context.simulation;
  const domain = controlPlane.settings.clusterDomain;
  if (!host.endsWith(`.${domain}`)) return reportIncomplete(object, service, host, context, report);
  const name = dnsName(service, controlPlane.settings);
  const [wanted = '', namespace = '', ...rest] = host.slice(0, -domain.length - 1).split('.');
  // The Service that decides, and for the name of a pod the one above it.
  report.dependsOn(serviceKey(wanted, namespace), serviceKey(namespace, rest[0] ?? ''));
  if (dns.query(host, 'A').rcode !== 'NXDOMAIN') {
    if (host !== name) return;
    report.add({
      code: 'external-name-unknown',
      severity: 'error',
      message: `externalName ${host} is the Service itself`,
      place: report.member(field),
      details: [{ label: 'effect', text: `${dns.query(name, 'A').cause}: there is no address at the end` }],
    });
    return;
  }
  report.searchedElsewhere();
  const near = rest.join('.') === 'svc' ? nearestService({ namespace, name: wanted }, context) : undefined;
  const reason =
    rest.join('.') === 'svc' ? whyServiceUnknown(object, { namespace, name: wanted }, near, context) : undefined;
  if (reason !== undefined) {
    const message = `Cannot know whether Service ${namespace}/${wanted} exists, which ${printReference(object)} stands for`;
    report.cannotKnow(`${message}: ${reason}`, report.member(field));
    return;
  }
  const meant = near && dnsName(near, controlPlane.settings);
  report.add({
    code: 'external-name-unknown',
    severity: near || rest.join('.') !== 'svc' ? 'error' : 'warning',
    message: `externalName ${host} is no name of the cluster`,
    place: report.member(field),
    details: [
      { label: 'cause', text: dns.query(host, 'A').cause },
      ...(near ? [{ label: 'nearest', text: `Service ${namespacedName(near)}` } as const] : []),
      { label: 'effect', text: `${name} leads to ${host}, which does not resolve (NXDOMAIN)` },
    ],
    related: [near && relatedService(near, 'This Service is there', context)],
    fixes: [
      meant === undefined
        ? fixInWords('Name a Service that is there: NAME.NAMESPACE.svc.CLUSTER-DOMAIN')
        : fixBy(`Change externalName to ${meant}`, true, [changeValue(object, field, meant, context)]),
    ],
  });
}

/** `web.shop.svc` is taken as it is: the search list of a pod is for the name that it asks for, not for a CNAME. */
function reportIncomplete(
  object: KubernetesObject,
  service: Service,
  host: string,
  context: AnalysisContext,
  report: Report,
): void {
  const { controlPlane } = context.simulation;
  const { clusterDomain } = controlPlane.settings;
  const [wanted = '', namespace = object.namespace, ...rest] = host.split('.');
  if (rest.length > 1 || (rest.length === 1 && rest[0] !== 'svc')) return;
  report.dependsOn(serviceKey(wanted, namespace));
  const target = controlPlane.service(`${namespace}/${wanted}`);
  const isSvc = rest[0] === 'svc';
  if (!isSvc && (!target || target === service)) return;
  const whole = `${wanted}.${namespace}.svc.${clusterDomain}`;
  report.add({
    code: 'external-name-incomplete',
    severity: isSvc && target ? 'error' : 'warning',
    message: `externalName ${host} lacks ${whole.slice(host.length + 1)}`,
    place: report.member(field),
    details: [
      {
        label: 'cause',
        text: `the DNS server answers with a CNAME to ${host}. as it is written; a client completes only the name that it asks for`,
      },
      {
        label: 'effect',
        text: `${dnsName(service, controlPlane.settings)} leads to ${host}., which no server of the cluster knows: it does not resolve`,
      },
    ],
    related: [target && relatedService(target, 'The Service that is meant', context)],
    fixes: [fixBy(`Change externalName to ${whole}`, true, [changeValue(object, field, whole, context)])],
  });
}

function serviceKey(name: string, namespace: string): Dependency {
  return objectKey('', 'Service', namespace, name);
}

function relatedService(service: Service, message: string, context: AnalysisContext) {
  const object = context.simulation.controlPlane.serviceObject(namespacedName(service));
  return object && relatedName(object, message, context);
}

// ---------------------------------------------------------------- what is not used

function mappedPorts(object: KubernetesObject, { spec }: Service): readonly { port: ServicePort; index: number }[] {
  return (spec.ports ?? []).flatMap((port, index) =>
    isWritten(object, ['spec', 'ports', index, 'targetPort']) && port.targetPort !== port.port ? [{ port, index }] : [],
  );
}

function causeOfPorts(mapped: readonly { port: ServicePort }[]): string {
  const pairs = list(mapped.map(({ port }) => `${printPort(port)} to ${port.targetPort}`));
  return `no packet goes by the Service, so nothing maps port ${pairs}`;
}

function reportPorts(
  object: KubernetesObject,
  service: Service,
  host: string,
  context: AnalysisContext,
  report: Report,
): void {
  const { settings } = context.simulation.controlPlane;
  for (const { port, index } of mappedPorts(object, service))
    report.add({
      code: 'external-name-port-mapping',
      severity: 'warning',
      message: `port ${printPort(port)} of an ExternalName is not mapped to ${port.targetPort}`,
      place: report.member(['spec', 'ports', index, 'targetPort']),
      details: [
        { label: 'cause', text: `an ExternalName is a CNAME record alone: ${causeOfPorts([{ port }])}` },
        {
          label: 'effect',
          text: `a client of ${dnsName(service, settings)}:${port.port} connects to port ${port.port} of ${host}`,
        },
      ],
      fixes: [
        fixBy('Remove targetPort, which does nothing', false, [
          dropMember(object, ['spec', 'ports', index], 'targetPort', context),
        ]),
      ],
    });
}

/** Silent unless there are such pods: then somebody may mean to reach them. */
function reportSelector(
  object: KubernetesObject,
  { spec: { selector = {} } }: Service,
  host: string,
  context: AnalysisContext,
  report: Report,
): void {
  if (Object.keys(selector).length === 0) return;
  report.dependsOn(`pods ${object.namespace}`);
  const groups = context.simulation.controlPlane.groupsMatching(selector, object.namespace);
  if (groups.length === 0) return;
  const pods = groups.length === 1 ? printReference(groups[0]!.object) : count(groups.length, 'workload');
  report.add({
    code: 'external-name-selector',
    severity: 'info',
    message: `the selector of an ExternalName does nothing: it leads to ${host}`,
    place: report.member(['spec', 'selector']),
    details: [
      { label: 'cause', text: `${printLabels(selector)} would select the pods of ${pods}` },
      { label: 'effect', text: `no request goes to these pods by this Service: its name stands for ${host}` },
    ],
    fixes: [fixBy('Remove the selector', false, [dropMember(object, ['spec'], 'selector', context)])],
  });
}
