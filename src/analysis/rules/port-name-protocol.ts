/** port-name-protocol: a Service port whose name says another protocol than the port has. */

import type { ServicePort } from '#model/kubernetes';
import { printReference, type KubernetesObject } from '#model/object';
import { portContainers, findPort } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { fixBy, fixInWords, putMember } from './edits';
import type { Rule } from './index';
import type { Report } from './report';
import { isWritten } from './service-fields';
import { unappliedTo } from './unapplied';
import { list, printPort } from './words';

export const portNameProtocol: Rule = {
  codes: ['port-name-protocol', 'port-name-app-protocol'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const name = `${object.namespace}/${object.name}`;
    const service = controlPlane.service(name);
    if (!service || controlPlane.object(object.key) !== object) return;
    (service.spec.ports ?? []).forEach((port, index) => {
      const said = transportIn(port.name);
      if (said !== undefined && said !== port.protocol)
        reportTransport({ object, port, index, said }, controlPlane.targets(name), context, report);
      reportApplication(object, port, index, report);
    });
  },
};

interface NamedPort {
  readonly object: KubernetesObject;
  readonly port: ServicePort;
  readonly index: number;
  readonly said: ServicePort['protocol'];
}

const transports: ReadonlyMap<string, ServicePort['protocol']> = new Map([
  ['tcp', 'TCP'],
  ['udp', 'UDP'],
  ['sctp', 'SCTP'],
]);

/** The protocol that a word of the name is: `dns-udp`. A name with two of them, or with another word for TLS, says none. */
function transportIn(name: string | undefined): ServicePort['protocol'] | undefined {
  const words = (name ?? '').split('-').flatMap((word) => transports.get(word) ?? []);
  return words.length === 1 ? words[0] : undefined;
}

function reportTransport(
  { object, port, index, said }: NamedPort,
  targets: readonly PodGroup[],
  context: AnalysisContext,
  report: Report,
): void {
  const path = ['spec', 'ports', index];
  if (unappliedTo(object, [path.map(String)], context.scope).length > 0) return;
  // What the containers declare with the port's own protocol is meant, and with another one it is said of that.
  if (targets.some((group) => declares(group, port, port.protocol) || declares(group, port, said))) return;
  const written = isWritten(object, [...path, 'protocol']);
  report.add({
    code: 'port-name-protocol',
    severity: 'hint',
    message: `port ${port.name ?? ''} of ${printReference(object)} is ${port.protocol}, not ${said}`,
    place: report.member([...path, 'name']),
    details: [
      {
        label: 'cause',
        text: `${written ? `protocol says ${port.protocol}` : 'a port without protocol is TCP'}; the name means nothing to Kubernetes`,
      },
      {
        label: 'effect',
        text: `clients that call port ${port.port} by ${said} meet no rule for it: the Service has ${printPort({ port: port.port, protocol: port.protocol })}${port.protocol === 'TCP' ? '/TCP' : ''} alone`,
      },
    ],
    fixes: [fixBy(`Set protocol: ${said}`, false, [putMember(object, path, 'protocol', said, context)])],
  });
}

function declares({ spec }: PodGroup, port: ServicePort, protocol: ServicePort['protocol']): boolean {
  const number = findPort(spec, { ...port, protocol });
  return portContainers(spec).some((container) =>
    container.ports?.some((declared) => declared.containerPort === number && declared.protocol === protocol),
  );
}

const encrypted = new Set(['https', 'tls', 'wss', 'grpcs', 'kubernetes.io/wss']);
const plain = new Set(['http', 'http2', 'h2c', 'grpc', 'ws', 'kubernetes.io/h2c', 'kubernetes.io/ws']);

/** `name: https` beside `appProtocol: http`, or the other way round. Meshes read the first word of the name. */
function reportApplication(object: KubernetesObject, port: ServicePort, index: number, report: Report): void {
  const { appProtocol, name = '' } = port as ServicePort & { readonly appProtocol?: string };
  if (appProtocol === undefined) return;
  const [word = ''] = name.split('-');
  const [named, said] = [kindOf(word), kindOf(appProtocol.toLowerCase())];
  if (named === undefined || said === undefined || named === said) return;
  report.add({
    code: 'port-name-app-protocol',
    severity: 'info',
    message: `port ${name} of ${printReference(object)} says ${word}, and appProtocol says ${appProtocol}`,
    place: report.member(['spec', 'ports', index, 'appProtocol']),
    details: [
      {
        label: 'cause',
        text: `gateways and meshes go by appProtocol, which hides what the name says; one of ${list([word, appProtocol])} is encrypted, and the other is not`,
      },
      {
        label: 'effect',
        text: `where the pods speak ${word}, whoever reads appProtocol calls them by ${appProtocol}, and its requests fail (mostly with 502 or 400)`,
      },
    ],
    fixes: [fixInWords('Give the port the name and the appProtocol of what the pods speak')],
  });
}

function kindOf(word: string): 'encrypted' | 'plain' | undefined {
  return encrypted.has(word) ? 'encrypted' : plain.has(word) ? 'plain' : undefined;
}
