/**
 * listens-on-loopback, localhost-of-other-pod: in a pod, 127.0.0.1 is that pod alone. Who listens there is reached by
 * nobody else, and who calls it reaches nobody else.
 */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import { namespacedName, type Container, type PodSpec, type Service } from '#model/kubernetes';
import { printReference } from '#model/object';
import { findPort, portContainers } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import type { AnalysisContext } from '../context';
import { textsOf, type TextOfObject } from '../names/names-in';
import { changeValue, fixBy } from './edits';
import type { Rule } from './index';
import { relatedMember, relatedName, type Report } from './report';
import { list } from './words';

export const loopback: Rule = {
  codes: ['listens-on-loopback', 'localhost-of-other-pod'],
  check(object, context, report) {
    const group = context.simulation.controlPlane.podGroup(object.key);
    if (!group || group.object !== object || group.spec.hostNetwork === true) return;
    for (const text of textsOf(object)) {
      const found = loopbackIn(text);
      if (!found) continue;
      if (isListening(found.variable)) checkListener(group, text, found, context, report);
      else if (found.port !== undefined) checkCall(group, text, { ...found, port: found.port }, context, report);
    }
  },
};

interface Loopback {
  /** The text up to the address, and what follows the address. */
  readonly before: string;
  readonly after: string;
  readonly host: string;
  readonly port: number | undefined;
  /** The flag or variable that says it, '' for none. */
  readonly variable: string;
}

/** What another one listens on. */
const elsewhere = /upstream|backend|target|remote|server|connect|advertise|peer|forward|proxy|endpoint|client/i;
/** What a program serves: words that stand beside an address of its own. */
const served = new Set(['http', 'https', 'grpc', 'tcp', 'web', 'metrics', 'health', 'healthz', 'probe', 'admin', 'debug', 'host']); // prettier-ignore

/** `--bind-address`, `web.listen-address`, `HTTP_ADDR`; `LEDGER_ADDR` is the address of somebody else. */
function isListening(variable: string): boolean {
  const words = variable.toLowerCase().split(/[^a-z]+/).filter((word) => word !== ''); // prettier-ignore
  if (words.some((word) => word === 'listen' || word === 'listener' || word === 'bind')) return true;
  const others = words.filter((word) => word !== 'addr' && word !== 'address');
  return others.length < words.length && others.every((word) => served.has(word));
}

/** A text that is a loopback address, alone or as a flag's value or in a URL. */
function loopbackIn({ text, variable }: TextOfObject): Loopback | undefined {
  const match = /^(?<before>(?:--?(?<flag>[A-Za-z][\w.-]*)=)?(?:[a-z][a-z0-9+.-]*:\/\/(?:[^\s/"'<>]*@)?)?)(?<host>localhost|127\.0\.0\.1|\[::1\])(?::(?<port>\d{1,5}))?(?<after>$|\/[^\s]*$)/i.exec(text); // prettier-ignore
  if (!match?.groups) return undefined;
  const { before = '', flag, host = '', port, after = '' } = match.groups;
  const said = flag ?? variable ?? '';
  return { before, after, host, port: port === undefined ? undefined : Number(port), variable: said };
}

// ---------------------------------------------------------------- who listens there

function checkListener(
  group: PodGroup,
  { path, text }: TextOfObject,
  { before, host, port, variable, after }: Loopback,
  context: AnalysisContext,
  report: Report,
): void {
  if (before.includes('://') || after !== '' || elsewhere.test(variable)) return;
  const { controlPlane } = context.simulation;
  const place = containerOf(group, path);
  const declared = place?.container.ports ?? [];
  const number = port ?? (declared.length === 1 ? declared[0]!.containerPort : undefined);
  if (!place || number === undefined) return;
  // Another container may take what comes from outside, and pass it on.
  const others = portContainers(group.spec).filter((container) => container !== place.container);
  if (others.some((container) => container.ports?.some(({ containerPort }) => containerPort === number))) return;
  report.dependsOn(`kind /Service ${group.namespace}`);
  const services = controlPlane.servicesTargeting(group.key).filter((service) => sendsTo(service, group.spec, number));
  const [service] = services;
  if (!service) return;
  const open = text.replace(host, host === '[::1]' ? '[::]' : '0.0.0.0');
  const written = controlPlane.serviceObject(namespacedName(service));
  report.add({
    code: 'listens-on-loopback',
    severity: 'warning',
    message: `container ${place.container.name} listens on ${host} alone: no Service reaches port ${number}`,
    place: report.place(path),
    details: [
      { label: 'cause', text: `${variable} says ${host}, which is the pod itself, and requests arrive at the pod's own address` }, // prettier-ignore
      { label: 'effect', text: `Service ${list(services.map(namespacedName))} ${services.length === 1 ? 'sends' : 'send'} to port ${number}, where the pod answers: connection refused; kubectl port-forward works, and so do probes by exec` }, // prettier-ignore
    ],
    related: [written && relatedMember(written, ['spec', 'ports'], 'It sends requests to the port', context)],
    fixes: [fixBy(`Listen on all addresses: ${open}`, true, [changeValue(group.object, path, open, context)])],
  });
}

function sendsTo(service: Service, spec: PodSpec, number: number): boolean {
  return (service.spec.ports ?? []).some((port) => findPort(spec, port) === number);
}

/** The container in which a text stands, where it runs beside the others. */
function containerOf(group: PodGroup, path: JsonPath): { readonly container: Container } | undefined {
  const at = path.findIndex((step, index) => step === 'containers' && typeof path[index + 1] === 'number');
  const index = path[at + 1];
  const container = typeof index !== 'number' ? undefined : group.spec.containers[index];
  return container && { container };
}

// ---------------------------------------------------------------- who calls it

/** A pod of one container that says of itself where it listens calls another port of its own: another pod is meant. */
function checkCall(
  group: PodGroup,
  { path, text }: TextOfObject,
  { before, after, host, variable, port }: Loopback & { readonly port: number },
  context: AnalysisContext,
  report: Report,
): void {
  const { controlPlane } = context.simulation;
  const { object, spec } = group;
  const containers = portContainers(spec);
  const [own] = containers;
  if (containers.length !== 1 || !own?.ports?.length || isInjected(group)) return;
  if (own.ports.some(({ containerPort }) => containerPort === port)) return;
  report.dependsOn('kind /Service');
  const words = wordsOf(`${variable} ${before}`);
  const anywhere = [...controlPlane.services()].filter(
    (service) =>
      service.spec.ports?.some((each) => each.port === port) &&
      wordsOf(service.metadata.name).some((word) => words.some((other) => isSameWord(word, other))) &&
      controlPlane.targets(namespacedName(service)).every(({ key }) => key !== group.key),
  );
  const near = anywhere.filter(({ metadata }) => metadata.namespace === object.namespace);
  const [service, second] = near.length > 0 ? near : anywhere;
  if (!service || second) return;
  const { name, namespace } = service.metadata;
  const called = namespace === object.namespace ? name : `${name}.${namespace}`;
  const scheme = before.replace(/^--?[^=]*=/, '');
  const spelled = `${before}${called}:${port}${after}`;
  const written = controlPlane.serviceObject(namespacedName(service));
  report.add({
    code: 'localhost-of-other-pod',
    severity: 'warning',
    message: `${variable === '' ? 'a text' : variable}: ${scheme}${host}:${port} is the pod itself`,
    place: report.place(path),
    details: [
      { label: 'cause', text: `each pod has a localhost of its own, and the one container of ${printReference(object)} has port ${list(own.ports.map(({ containerPort }) => String(containerPort)))}` }, // prettier-ignore
      { label: 'nearest', text: `Service ${namespacedName(service)} has port ${port}` },
      { label: 'effect', text: 'connection refused, at once: nothing listens there in this pod' },
    ],
    related: [written && relatedName(written, `${printReference(written)} is here`, context)],
    fixes: [spelled === text ? undefined : fixBy(`Change it to ${spelled}`, true, [changeValue(object, path, spelled, context)])], // prettier-ignore
  });
}

/** Meshes and operators add containers to pods that ask for it. */
function isInjected({ object, templatePath }: PodGroup): boolean {
  const annotations = valueAt(object.body, [...templatePath, 'metadata', 'annotations']);
  const labels = valueAt(object.body, [...templatePath, 'metadata', 'labels']);
  return [annotations, labels].some((map) => isJsonObject(map) && Object.keys(map).some((key) => /inject|sidecar|dapr/i.test(key))); // prettier-ignore
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().split(/[^a-z]+/).filter((word) => word.length > 1 && !common.has(word)); // prettier-ignore
}

/** Words of names that tell nobody apart. */
const common = new Set(['url', 'uri', 'host', 'addr', 'address', 'http', 'https', 'tcp', 'service', 'svc', 'port', 'server', 'app', 'client', 'endpoint']); // prettier-ignore

/** `postgres` and `postgresql`, `db` and `database` are the same thing. */
function isSameWord(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short === long || (short.length > 3 && long.startsWith(short)) || (short === 'db' && long === 'database');
}
