/** Faults in NetworkPolicies, in those of the manifests and in right ones that are added to them. */

import { declaredPorts } from '#analysis/rules/container-ports';
import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import { namesIn } from '#analysis/names/names-in';
import { serviceOfHost } from '#analysis/names/service-names';
import { isHeadless, namespacedName, type Labels, type Service } from '#model/kubernetes';
import type { PodGroup } from '#simulation/types';
import type { TextEdit } from '#analysis/types';
import type { Application, HealthyService } from '../application';
import type { Random } from '../random';
import type { FaultKind } from '../types';
import { misspelled, misspelledText, otherPort } from '../typos';

/** A Service and somebody who may call it, with what policies would say of both. */
interface Pair {
  readonly service: HealthyService;
  readonly client: PodGroup;
  readonly port: number;
  readonly portName: string | undefined;
  readonly target: number;
  readonly selector: Labels;
  readonly clientLabels: Labels;
  /** Who else calls the Service by name, and whom else the client calls: right policies let them, too. */
  readonly otherClients: readonly Peer[];
  readonly otherServers: readonly Peer[];
}

function* pairs(app: Application): Iterable<Pair> {
  const groups = [...app.groups()].filter(({ object, templatePath }) => templatePath.length > 0 && object.kind !== 'Job' && object.kind !== 'CronJob'); // prettier-ignore
  for (const service of app.services()) {
    const { ports = [], selector = {} } = service.service.spec;
    const [server, second] = service.groups;
    if (!server || second || !app.isPlain(service.object) || isHeadless(service.service) || app.controlPlane.networkPolicies(service.object.namespace).length > 0) continue; // prettier-ignore
    for (const { port, targetPort, protocol } of ports) {
      const declared = declaredPorts([server]).find((each) => each.port.protocol === 'TCP' && (each.port.containerPort === targetPort || each.port.name === targetPort)); // prettier-ignore
      const client = groups.find(({ key, namespace, labels }) => key !== server.key && namespace === service.object.namespace && labelsOf(labels)); // prettier-ignore
      if (!declared || protocol !== 'TCP' || !client) continue;
      yield { service, client, port, portName: declared.port.name, target: declared.port.containerPort, selector, clientLabels: labelsOf(client.labels)!, ...othersOf(app, service, client) }; // prettier-ignore
      break;
    }
  }
}

/** Pods by a label, of another namespace where one is said. */
interface Peer {
  readonly labels: Labels;
  readonly namespace: string | undefined;
}

function othersOf(app: Application, service: HealthyService, client: PodGroup) {
  const { controlPlane } = app;
  const called = ({ object }: PodGroup) => namesIn(object).flatMap(({ host }) => serviceOfHost(host, object.namespace, controlPlane) ?? []); // prettier-ignore
  // Another Service may lead to the same pods, and policies are about these.
  const [server] = service.groups;
  const isOurs = (each: Service) => controlPlane.targets(namespacedName(each)).some(({ key }) => key === server?.key);
  const peer = (labels: Labels | undefined, namespace: string, own: string): readonly Peer[] =>
    labels ? [{ labels, namespace: namespace === own ? undefined : namespace }] : [];
  const otherClients = [...app.groups()]
    .filter((group) => group.key !== client.key && called(group).some(isOurs))
    .flatMap(({ labels, namespace }) => peer(labelsOf(labels), namespace, service.object.namespace));
  const otherServers = called(client)
    .filter((each) => !isOurs(each))
    .flatMap(({ spec, metadata }) => peer(spec.selector, metadata.namespace, client.namespace));
  return { otherClients, otherServers };
}

/** A label that tells the pods from others. */
function labelsOf(labels: Labels): Labels | undefined {
  const key = ['app', 'app.kubernetes.io/name', 'name', 'k8s-app', 'component'].find((known) => /^[a-z][a-z0-9-]+$/.test(labels[known] ?? '')); // prettier-ignore
  return key === undefined ? undefined : { [key]: labels[key]! };
}

const block = (labels: Labels, indent: number) =>
  Object.entries(labels).map(([key, value]) => `\n${' '.repeat(indent)}${key}: "${value}"`).join(''); // prettier-ignore

const peers = (all: readonly Peer[]) =>
  all
    .map(({ labels, namespace }) => {
      const pods = `podSelector:\n            matchLabels:${block(labels, 14)}`;
      if (namespace === undefined) return `\n        - ${pods}`;
      return `\n        - namespaceSelector:\n            matchLabels:${block({ 'kubernetes.io/metadata.name': namespace }, 14)}\n          ${pods}`; // prettier-ignore
    })
    .join('');

/** Lets those who call the server's pods call them, and nobody else. */
function ingressPolicy(
  { service, selector, clientLabels, otherClients, target }: Pair,
  port: number | string = target,
) {
  return (namespace: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: fault-${service.object.name}${namespace}
spec:
  podSelector:
    matchLabels:${block(selector, 6)}
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector:
            matchLabels:${block(clientLabels, 14)}${peers(otherClients)}
      ports:
        - protocol: TCP
          port: ${port}`;
}

const dnsRule = `
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53`;

/** Lets the client call those whom it calls and the DNS server, and nobody else. */
function egressPolicy({ service, selector, clientLabels, otherServers, target }: Pair) {
  return (namespace: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: fault-${service.object.name}${namespace}
spec:
  podSelector:
    matchLabels:${block(clientLabels, 6)}
  policyTypes: [Egress]
  egress:
    - to:
        - podSelector:
            matchLabels:${block(selector, 14)}
      ports:
        - protocol: TCP
          port: ${target}${dnsRule}${otherServers.length === 0 ? '' : `\n    - to:${peers(otherServers)}`}`;
}

type Spoil = (app: Application, pair: Pair, random: Random) => readonly TextEdit[] | undefined;

function policyFault(
  name: string,
  codes: readonly string[],
  text: (pair: Pair) => ((namespace: string) => string) | undefined,
  spoil: Spoil,
): FaultKind {
  // prettier-ignore
  return {
    name,
    codes,
    *candidates(application) {
      for (const pair of pairs(application)) {
        const { service, client, port } = pair;
        const written = text(pair);
        if (!written) continue;
        const { kind, namespace, name: maker } = client.object;
        const stranger = [...application.groups()].find((group) => group.key !== client.key && group.namespace === namespace && !service.groups.includes(group)); // prettier-ignore
        yield {
          id: service.name,
          prepare: (app) => app.append(service.object, written),
          spoil: (app, random) => spoil(app, pair, random),
          answer: (app) =>
            [`${kind.toLowerCase()}/${namespace}/${maker}`, ...(stranger ? [`${stranger.object.kind.toLowerCase()}/${namespace}/${stranger.object.name}`] : [])] // prettier-ignore
              .map((from) => app.trace(from, `http://${service.object.name}.${service.object.namespace}:${port}/`))
              .join(' | '),
          otherSides: (app) => [app.place(policyOf(app, pair), ['spec'])],
        };
      }
    },
  };
}

function policyOf(app: Application, { service }: Pair) {
  return app.object(`networking.k8s.io/NetworkPolicy/${service.object.namespace}/fault-${service.object.name}`);
}

function change(app: Application, pair: Pair, path: JsonPath, value: string | number | undefined) {
  const policy = policyOf(app, pair);
  return policy && value !== undefined ? app.set(policy, path, value) : undefined;
}

/** Misspells one value of the labels at the path. */
function misspellLabel(app: Application, pair: Pair, path: JsonPath, random: Random) {
  const labels = valueAt(policyOf(app, pair)?.body, path);
  if (!isJsonObject(labels)) return undefined;
  const [key, value] = random.pick(Object.entries(labels));
  return change(app, pair, [...path, key], misspelledText(String(value), random));
}

const firstPort = ['spec', 'ingress', 0, 'ports', 0, 'port'];

export const policyFaults: readonly FaultKind[] = [
  policyFault('Service’s port in a NetworkPolicy', ['policy-port-of-service'], (pair) => (pair.port === pair.target ? undefined : ingressPolicy(pair)), (app, pair) => change(app, pair, firstPort, pair.port)), // prettier-ignore
  policyFault('port in a NetworkPolicy by number', ['policy-port-undeclared', 'policy-port-of-service'], (pair) => ingressPolicy(pair), (app, pair, random) =>
    change(app, pair, firstPort, otherPort(pair.target, new Set(declaredPorts(pair.service.groups).map((each) => each.port.containerPort)), random)),
  ), // prettier-ignore
  policyFault('port in a NetworkPolicy by name', ['policy-port-name-unknown'], (pair) => pair.portName === undefined ? undefined : ingressPolicy(pair, pair.portName), (app, pair, random) =>
    change(app, pair, firstPort, misspelled(pair.portName!, new Set(), random)?.slice(0, 15)),
  ), // prettier-ignore
  policyFault('protocol in a NetworkPolicy', ['policy-port-protocol', 'policy-port-undeclared', 'policy-port-name-unknown'], (pair) => ingressPolicy(pair), (app, pair) =>
    change(app, pair, ['spec', 'ingress', 0, 'ports', 0, 'protocol'], 'UDP'),
  ), // prettier-ignore
  policyFault('label of a peer in a NetworkPolicy', ['policy-peer-selects-nothing'], (pair) => ingressPolicy(pair), (app, pair, random) =>
    misspellLabel(app, pair, ['spec', 'ingress', 0, 'from', 0, 'podSelector', 'matchLabels'], random),
  ), // prettier-ignore
  policyFault('podSelector of a NetworkPolicy', ['policy-selects-nothing'], (pair) => ingressPolicy(pair), (app, pair, random) =>
    misspellLabel(app, pair, ['spec', 'podSelector', 'matchLabels'], random),
  ), // prettier-ignore
  policyFault('label of a called peer in a NetworkPolicy', ['policy-peer-selects-nothing'], (pair) => egressPolicy(pair), (app, pair, random) =>
    misspellLabel(app, pair, ['spec', 'egress', 0, 'to', 0, 'podSelector', 'matchLabels'], random),
  ), // prettier-ignore
  policyFault('DNS forgotten in a NetworkPolicy', ['policy-forgets-dns'], (pair) => egressPolicy(pair), (app, pair) =>
    app.exchange(pair.service.object.origin.file, dnsRule, ''),
  ), // prettier-ignore
  policyFault('namespace of a peer in a NetworkPolicy', ['policy-namespace-label', 'policy-forgets-dns'], (pair) => egressPolicy(pair), (app, pair) =>
    app.exchange(pair.service.object.origin.file, 'kubernetes.io/metadata.name: kube-system', 'kubernetes.io/metadata.name: kubesystem'),
  ), // prettier-ignore
];
