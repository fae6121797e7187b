/** Faults that people make in practice, beside broken references: where a program listens, whom it asks, what is forgotten. */

import { namesIn } from '#analysis/names/names-in';
import { placeOfName } from '#analysis/names/place';
import { serviceOfHost } from '#analysis/names/service-names';
import { isJsonObject, valueAt } from '#base/json';
import { isHeadless, namespacedName } from '#model/kubernetes';
import { objectKey } from '#model/object';
import { findPort } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import type { Application, HealthyService } from '../application';
import { host, ingressText, takesRequests } from '../ingress';
import type { FaultKind } from '../types';
import { misspelled } from '../typos';

/** A name in the text of a pod's own template that means a healthy Service. */
interface Call {
  readonly group: PodGroup;
  readonly service: HealthyService;
  readonly name: ReturnType<typeof namesIn>[number];
}

function* calls(app: Application): Iterable<Call> {
  const healthy = new Map([...app.services()].map((service) => [service.name, service]));
  for (const group of app.groups()) {
    const seen = new Set<string>();
    for (const name of namesIn(group.object)) {
      const found = serviceOfHost(name.host, group.namespace, app.controlPlane);
      const service = found && healthy.get(namespacedName(found));
      if (!service || seen.has(service.name) || isHeadless(service.service)) continue;
      seen.add(service.name);
      yield { group, service, name };
    }
  }
}

const idOf = ({ group, service }: Call) => `${group.key} ${service.name}`;
const makerOf = ({ object }: PodGroup) => `${object.kind.toLowerCase()}/${object.namespace}/${object.name}`;

function portOf({ name, service }: Call): number {
  return name.port ?? service.service.spec.ports?.[0]?.port ?? 80;
}

/** How the call ends, by what the text now says. */
function called(app: Application, call: Call): string {
  const now = namesIn(app.object(call.group.object.key) ?? call.group.object).find(({ path, range }) => path.join('.') === call.name.path.join('.') && range.start === call.name.range.start); // prettier-ignore
  return app.trace(makerOf(call.group), `http://${now?.host ?? 'localhost'}:${portOf(call)}/`);
}

function exchangeHost(app: Application, { group, name }: Call, newText: string) {
  const place = placeOfName(group.object, name, 'host', app.context);
  return place && [{ ...place, newText }];
}

const clusterDomain: FaultKind = {
  name: 'cluster domain of a Service’s name',
  codes: ['name-cluster-domain'],
  *candidates(application) {
    for (const call of calls(application)) {
      // A base says no namespace of one of its overlays.
      if (application.workspace.scopesOfFile(call.group.object.origin.file).length > 1) continue;
      const name = `${call.service.object.name}.${call.service.object.namespace}`;
      yield {
        id: idOf(call),
        spoil: (app, random) => exchangeHost(app, call, random.pick([`${name}.svc.cluster.loca`, `${name}.cluster.local`, `${name}.svc.local`, `${name}.svc.clutser.local`])), // prettier-ignore
        answer: (app) => called(app, call),
      };
    }
  },
};

const dnsPolicy: FaultKind = {
  name: 'DNS server of the node in place of the cluster’s',
  codes: ['name-outside-cluster-dns'],
  *candidates(application) {
    for (const call of calls(application)) {
      const { group } = call;
      if (group.spec.dnsPolicy !== 'ClusterFirst' || group.spec.hostNetwork === true) continue;
      yield {
        id: idOf(call),
        spoil: (app) => app.put(group.object, [...group.templatePath, 'spec'], 'dnsPolicy', 'Default'),
        answer: (app) => called(app, call),
      };
    }
  },
};

const localhost: FaultKind = {
  name: 'localhost in place of a Service',
  codes: ['localhost-of-other-pod'],
  *candidates(application) {
    for (const call of calls(application)) {
      const { group, name } = call;
      const text = valueAt(group.object.body, name.path);
      const [own, second] = group.spec.containers;
      // Where nothing but a port is left, nobody can say who was meant.
      const isSpoken = name.variable !== undefined && name.variable.toLowerCase().split(/[^a-z]+/).some((word) => word.length > 2 && call.service.object.name.split(/[^a-z]+/).includes(word)); // prettier-ignore
      if (typeof text !== 'string' || name.port === undefined || second || !own?.ports?.length || !isSpoken) continue;
      yield {
        id: idOf(call),
        spoil: (app) => exchangeHost(app, call, 'localhost'),
        answer: (app) => called(app, call),
      };
    }
  },
};

const listening: FaultKind = {
  name: 'program that listens on 127.0.0.1',
  codes: ['listens-on-loopback'],
  *candidates(application) {
    for (const { name, groups, service } of application.services()) {
      const [group, second] = groups;
      const [container, other] = group?.spec.containers ?? [];
      const port = container?.ports?.[0]?.containerPort;
      if (!group || second || !container || other || port === undefined || group.templatePath.length === 0) continue;
      // A Service that leads to another port has a fault already.
      if (!service.spec.ports?.some((each) => findPort(group.spec, each) === port)) continue;
      const path = [...group.templatePath, 'spec', 'containers', 0];
      const written = valueAt(group.object.body, path);
      if (!isJsonObject(written) || written.args !== undefined || written.command !== undefined) continue;
      yield {
        id: name,
        prepare: (app) => app.put(group.object, path, 'args', [`--listen-address=0.0.0.0:${port}`]),
        spoil: (app) => app.exchange(group.object.origin.file, `=0.0.0.0:${port}`, `=127.0.0.1:${port}`),
        // What a program does with its arguments is known to no cluster.
        answer: (app) => JSON.stringify(valueAt(app.object(group.object.key)?.body, [...path, 'args'])),
      };
    }
  },
};

// ---------------------------------------------------------------- Ingresses

const wildcard: FaultKind = {
  name: 'wildcard in a path of an Ingress',
  codes: ['ingress-path-wildcard'],
  *candidates(application) {
    for (const service of [...application.services()].filter(takesRequests))
      yield {
        id: service.name,
        prepare: (app) =>
          app.append(service.object, ingressText(service, { name: `${service.object.name}-fault`, path: '/fault' })),
        spoil: (app) => app.exchange(service.object.origin.file, 'path: /fault\n', 'path: /fault/*\n'),
        answer: (app) => app.trace('outside', `http://${host}/fault/x`),
      };
  },
};

const pathTwice: FaultKind = {
  name: 'path that another Ingress has',
  codes: ['ingress-path-twice'],
  *candidates(application) {
    const services = [...application.services()].filter(takesRequests);
    for (const [index, service] of services.entries()) {
      const rival = services[(index + 1) % services.length]!;
      if (rival === service || rival.object.namespace !== service.object.namespace) continue;
      yield {
        id: service.name,
        prepare: (app) =>
          app.append(service.object, ingressText(service, { name: `${service.object.name}-fault`, path: '/fault' })),
        spoil: (app) => app.append(service.object, ingressText(rival, { name: 'a-fault', path: '/fault' })),
        answer: (app) => app.trace('outside', `http://${host}/fault`),
      };
    }
  },
};

const certificate: FaultKind = {
  name: 'host of a certificate of an Ingress',
  codes: ['ingress-tls-host'],
  *candidates(application) {
    for (const service of [...application.services()].filter(takesRequests)) {
      const name = `${service.object.name}-fault`;
      yield {
        id: service.name,
        prepare: (app) => app.append(service.object, ingressText(service, { name, path: '/fault', tls: true })),
        spoil: (app, random) => {
          const ingress = app.object(objectKey('networking.k8s.io', 'Ingress', service.object.namespace, name));
          const other = misspelled('fault', new Set(), random);
          return ingress && other !== undefined ? app.set(ingress, ['spec', 'tls', 0, 'hosts', 0], `${other}.example`) : undefined; // prettier-ignore
        },
        // Which certificate a controller shows is said beside the trace.
        answer: (app) => app.assumptions('outside', `https://${host}/fault`),
      };
    }
  },
};

// ---------------------------------------------------------------- policies

/** Whose policy isolates pods that call others, before and after the fault. */
function callFault(
  name: string,
  before: (call: Call) => string | undefined,
  exchange: readonly [string, string],
): FaultKind {
  // prettier-ignore
  return {
    name,
    codes: ['call-denied-by-policy'],
    *candidates(application) {
      for (const call of calls(application)) {
        const { group, service } = call;
        const namespaces = new Set([group.namespace, service.object.namespace]);
        const hasPolicies = [...namespaces].some((each) => application.controlPlane.networkPolicies(each).length > 0);
        const text = before(call);
        if (hasPolicies || namespaces.size > 1 || !application.isPlain(service.object) || text === undefined) continue;
        if (service.groups.length > 1 || service.groups.includes(group) || group.spec.hostNetwork === true) continue;
        const policy = objectKey('networking.k8s.io', 'NetworkPolicy', group.namespace, 'fault');
        yield {
          id: idOf(call),
          prepare: (app) => app.append(service.object, (namespace) => policyText(namespace, text)),
          spoil: (app) => app.exchange(service.object.origin.file, ...exchange),
          answer: (app) => called(app, call),
          otherSides: (app) => [app.place(app.object(policy), ['spec'])],
        };
      }
    },
  };
}

function policyText(namespace: string, spec: string): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: fault${namespace}\nspec:\n${spec}`;
}

const labelOf = (labels: PodGroup['labels']) => Object.entries(labels).find(([key, value]) => ['app', 'app.kubernetes.io/name', 'name'].includes(key) && /^[a-z][a-z0-9-]+$/.test(value)); // prettier-ignore

const selector = (pair: readonly [string, string], indent: string) => `matchLabels:\n${indent}  ${pair[0]}: ${pair[1]}`;

const clientForgotten = callFault(
  'client that a NetworkPolicy forgets',
  ({ group, service }) => {
    const server = labelOf(service.groups[0]?.labels ?? {});
    if (!server || !labelOf(group.labels)) return undefined;
    return `  podSelector:\n    ${selector(server, '    ')}\n  ingress:\n    - {} # all`;
  },
  ['- {} # all', '- from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: fault-ingress}}}]'],
);

const egressWithoutRules = callFault(
  'Egress in policyTypes without a rule',
  ({ group }) => {
    const client = labelOf(group.labels);
    return (
      client && `  podSelector:\n    ${selector(client, '    ')}\n  policyTypes: [Ingress]\n  ingress:\n    - {} # all`
    );
  },
  ['policyTypes: [Ingress]', 'policyTypes: [Ingress, Egress]'],
);

const controllerText = `apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: fault
spec:
  controller: example.com/fault-controller
---
apiVersion: v1
kind: Pod
metadata:
  name: controller
  namespace: fault-ingress
  labels:
    app.kubernetes.io/name: fault-controller
spec:
  containers:
    - name: controller
      image: registry.example/controller:1`;

const controllerForgotten: FaultKind = {
  name: 'Ingress controller that a NetworkPolicy forgets',
  codes: ['ingress-denied-by-policy'],
  // Callers from other namespaces are left out, too.
  follows: ['call-denied-by-policy'],
  *candidates(application) {
    for (const service of [...application.services()].filter(takesRequests)) {
      const { object, groups } = service;
      const [server, second] = groups;
      const label = labelOf(server?.labels ?? {});
      const hasPolicies = application.controlPlane.networkPolicies(object.namespace).length > 0;
      if (!label || second || hasPolicies || !application.isPlain(object) || server?.spec.hostNetwork === true)
        continue;
      const ingress = ingressText(service, { name: `${object.name}-fault`, path: '/fault', className: 'fault' });
      const policy = `  podSelector:\n    ${selector(label, '    ')}\n  ingress:\n    - {} # all`;
      const key = objectKey('networking.k8s.io', 'NetworkPolicy', object.namespace, 'fault');
      yield {
        id: service.name,
        prepare: (app) => app.append(object, (namespace) => [ingress(namespace), policyText(namespace, policy), controllerText].join('\n---\n')), // prettier-ignore
        spoil: (app) => app.exchange(object.origin.file, '- {} # all', '- from: [{podSelector: {}}]'),
        answer: (app) => app.trace('outside', `http://${host}/fault`),
        otherSides: (app) => [app.place(app.object(key), ['spec'])],
      };
    }
  },
};

export const practiceFaults: readonly FaultKind[] = [
  clusterDomain,
  dnsPolicy,
  localhost,
  listening,
  wildcard,
  pathTwice,
  certificate,
  clientForgotten,
  egressWithoutRules,
  controllerForgotten,
];
