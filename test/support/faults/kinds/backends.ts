/** Faults in what sends requests on to Services: Ingresses, routes of the Gateway API, ExternalNames, written slices. */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { Application, HealthyService } from '../application';
import { host, ingressText, takesRequests } from '../ingress';
import type { Candidate, FaultKind } from '../types';
import { misspelled, otherPort } from '../typos';

/** A reference to a Service, with how a request that goes by it ends. */
interface Reference {
  readonly object: KubernetesObject;
  /** Made for the fault, where the manifests have none. */
  readonly prepare?: Candidate['prepare'];
  readonly name: JsonPath;
  readonly port: JsonPath;
  readonly url: string;
}

/** An object that is appended is known by its key alone. */
function keyed(group: string, kind: string, { object }: HealthyService, name: string): KubernetesObject {
  return { ...object, group, kind, name, key: `${group}/${kind}/${object.namespace}/${name}` };
}

function* madeIngresses(app: Application): Iterable<Reference & { readonly service: HealthyService }> {
  for (const service of [...app.services()].filter(takesRequests)) {
    const name = `${service.object.name}-fault`;
    const backend = ['spec', 'rules', 0, 'http', 'paths', 0, 'backend', 'service'];
    yield {
      service,
      object: keyed('networking.k8s.io', 'Ingress', service, name),
      prepare: (a) => a.append(service.object, ingressText(service, { name, path: '/' })),
      name: [...backend, 'name'],
      port: [...backend, 'port', 'number'],
      url: `http://${host}/`,
    };
  }
}

function* writtenIngresses(app: Application): Iterable<Reference & { readonly service: HealthyService }> {
  const healthy = new Map([...app.services()].map((service) => [service.name, service]));
  for (const object of app.objectsOf('networking.k8s.io', 'Ingress')) {
    const rules = valueAt(object.body, ['spec', 'rules']);
    if (!Array.isArray(rules)) continue;
    for (const [index, rule] of rules.entries()) {
      const paths = valueAt(rule, ['http', 'paths']);
      for (const [at, path] of (Array.isArray(paths) ? paths : []).entries()) {
        const backend = ['spec', 'rules', index, 'http', 'paths', at, 'backend', 'service'];
        const service = healthy.get(`${object.namespace}/${String(valueAt(path, ['backend', 'service', 'name']))}`);
        if (!service) continue;
        const isNamed = valueAt(path, ['backend', 'service', 'port', 'name']) !== undefined;
        const [ruleHost, place] = [valueAt(rule, ['host']), valueAt(path, ['path'])];
        yield {
          service,
          object,
          name: [...backend, 'name'],
          port: [...backend, 'port', isNamed ? 'name' : 'number'],
          url: `http://${typeof ruleHost === 'string' ? ruleHost.replace('*', 'any') : 'any.example'}${typeof place === 'string' ? place : '/'}`,
        };
      }
    }
  }
}

function* madeRoutes(app: Application): Iterable<Reference & { readonly service: HealthyService }> {
  for (const service of app.services()) {
    const [port] = service.service.spec.ports ?? [];
    if (!port || service.service.spec.type === 'ExternalName') continue;
    const name = `${service.object.name}-fault`;
    const backend = ['spec', 'rules', 0, 'backendRefs', 0];
    const text = (namespace: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: ${name}${namespace}
spec:
  gatewayClassName: example
  listeners:
    - name: http
      protocol: HTTP
      port: 80
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: ${name}${namespace}
spec:
  parentRefs:
    - name: ${name}
      sectionName: http
  hostnames:
    - ${host}
  rules:
    - backendRefs:
        - name: ${service.object.name}
          port: ${port.port}`;
    yield {
      service,
      object: keyed('gateway.networking.k8s.io', 'HTTPRoute', service, name),
      prepare: (a) => a.append(service.object, text),
      name: [...backend, 'name'],
      port: [...backend, 'port'],
      url: `http://${host}/`,
    };
  }
}

function* writtenRoutes(app: Application): Iterable<Reference & { readonly service: HealthyService }> {
  const healthy = new Map([...app.services()].map((service) => [service.name, service]));
  for (const object of app.objectsOf('gateway.networking.k8s.io', 'HTTPRoute')) {
    const rules = valueAt(object.body, ['spec', 'rules']);
    const backends = (rule: unknown) => (isJsonObject(rule) && Array.isArray(rule.backendRefs) ? rule.backendRefs : []);
    for (const [index, rule] of (Array.isArray(rules) ? rules : []).entries())
      for (const [at, backend] of backends(rule).entries()) {
        if (!isJsonObject(backend) || backend.namespace !== undefined) continue;
        const service = healthy.get(`${object.namespace}/${String(backend.name)}`);
        const hostname = valueAt(object.body, ['spec', 'hostnames', 0]);
        const path = valueAt(rule, ['matches', 0, 'path', 'value']);
        if (!service) continue;
        const way = ['spec', 'rules', index, 'backendRefs', at];
        yield { service, object, name: [...way, 'name'], port: [...way, 'port'], url: `http://${typeof hostname === 'string' ? hostname.replace('*', 'any') : 'any.example'}${typeof path === 'string' ? path : '/'}` }; // prettier-ignore
      }
  }
}

type References = (app: Application) => Iterable<Reference & { readonly service: HealthyService }>;

function referenceFaults(
  what: string,
  codes: { readonly name: string; readonly port: string },
  sources: readonly References[],
): readonly FaultKind[] {
  // prettier-ignore
  const fault = (name: string, code: string, spoil: (app: Application, object: KubernetesObject, reference: Reference & { readonly service: HealthyService }, random: Parameters<Candidate['spoil']>[1]) => ReturnType<Application['set']>): FaultKind => ({ // prettier-ignore
    name: `${name} ${what}`,
    codes: [code],
    *candidates(application) {
      for (const source of sources)
        for (const reference of source(application)) {
          const { object, service, prepare, url } = reference;
          yield {
            id: `${object.key} ${reference.name.join('.')}`,
            prepare,
            spoil: (app, random) => {
              const now = app.object(object.key);
              return now && spoil(app, now, reference, random);
            },
            answer: (app) => app.trace('outside', url),
            otherSides: (app) => [
              app.place(app.controlPlane.serviceObject(service.name), ['metadata', 'name']),
              app.place(app.controlPlane.serviceObject(service.name), ['spec', 'ports']),
            ],
          };
        }
    },
  });
  return [
    fault('Service’s name in', codes.name, (app, object, { name, service }, random) => {
      const other = misspelled(service.object.name, app.serviceNames(), random);
      return other === undefined ? undefined : app.set(object, name, other);
    }),
    fault('Service’s port in', codes.port, (app, object, { port, service }, random) => {
      const ports = service.service.spec.ports ?? [];
      const written = valueAt(object.body, port);
      if (typeof written === 'string') {
        const other = misspelled(written, new Set(ports.flatMap(({ name }) => name ?? [])), random)?.slice(0, 15);
        return other === undefined ? undefined : app.set(object, port, other);
      }
      if (typeof written !== 'number') return undefined;
      const taken = new Set(ports.map((known) => known.port));
      const target = ports.find((known) => known.port === written)?.targetPort;
      // Half of the time the mistake that is made most: the port of the pods.
      const isTarget = typeof target === 'number' && !taken.has(target) && random.below(2) === 0;
      return app.set(object, port, isTarget ? target : otherPort(written, taken, random));
    }),
  ];
}

/** What a route needs beside its backends. */
function routeFault(name: string, codes: readonly string[], path: JsonPath): FaultKind {
  return {
    name,
    codes,
    *candidates(application) {
      for (const { object, prepare, url } of madeRoutes(application))
        yield {
          id: object.key,
          prepare,
          spoil: (app, random) => {
            const now = app.object(object.key);
            const written = now && valueAt(now.body, path);
            const other = typeof written === 'string' ? misspelled(written.replace('.example', ''), new Set(), random) : undefined; // prettier-ignore
            if (!now || other === undefined) return undefined;
            return app.set(now, path, String(written).endsWith('.example') ? `${other}.example` : other);
          },
          answer: (app) => app.trace('outside', url),
        };
    },
  };
}

const externalName: FaultKind = {
  name: 'externalName',
  codes: ['external-name-unknown', 'external-name-incomplete'],
  *candidates(application) {
    for (const { object, name: target } of application.services()) {
      // A base says no namespace of one of its overlays.
      if (application.workspace.scopesOfFile(object.origin.file).length > 1) continue;
      const name = `${object.name}-alias`;
      const whole = `${object.name}.${object.namespace}.svc.cluster.local`;
      const text = (namespace: string) => `apiVersion: v1
kind: Service
metadata:
  name: ${name}${namespace}
spec:
  type: ExternalName
  externalName: ${whole}`;
      const key = `/Service/${object.namespace}/${name}`;
      yield {
        id: target,
        prepare: (app) => app.append(object, text),
        spoil: (app, random) => {
          const now = app.object(key);
          const other = misspelled(object.name, app.serviceNames(), random);
          if (!now || other === undefined) return undefined;
          return app.set(now, ['spec', 'externalName'], random.pick([`${other}.${object.namespace}.svc.cluster.local`, `${object.name}.${object.namespace}.svc`])); // prettier-ignore
        },
        answer: (app) => app.state.simulation.dns.query(`${name}.${object.namespace}.svc.cluster.local.`, 'A').answers.map(({ type }) => type).join(' '), // prettier-ignore
        otherSides: (app) => [app.place(app.controlPlane.serviceObject(target), ['metadata', 'name'])],
      };
    }
  },
};

function sliceFault(
  name: string,
  codes: readonly string[],
  spoil: (app: Application, slice: KubernetesObject, name: string) => ReturnType<Application['set']>,
): FaultKind {
  // prettier-ignore
  return {
    name,
    codes,
    follows: ['service-without-endpoints'],
    *candidates(application) {
      for (const { object } of application.services()) {
        if (!application.isPlain(object)) continue;
        const outer = `${object.name}-outer`;
        const text = (namespace: string) => `apiVersion: v1
kind: Service
metadata:
  name: ${outer}${namespace}
spec:
  ports:
    - name: http
      port: 80
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: ${outer}-1${namespace}
  labels:
    kubernetes.io/service-name: ${outer}
addressType: IPv4
ports:
  - name: http
    port: 8080
endpoints:
  - addresses: [192.0.2.10]`;
        yield {
          id: object.key,
          prepare: (app) => app.append(object, text),
          spoil: (app) => {
            const slice = app.object(`discovery.k8s.io/EndpointSlice/${object.namespace}/${outer}-1`);
            return slice && spoil(app, slice, outer);
          },
          answer: (app) => app.endpoints(`${object.namespace}/${outer}`),
          otherSides: (app) => [app.place(app.controlPlane.serviceObject(`${object.namespace}/${outer}`), ['metadata', 'name'])], // prettier-ignore
        };
      }
    },
  };
}

export const backendFaults: readonly FaultKind[] = [
  ...referenceFaults('an Ingress', { name: 'ingress-backend-missing', port: 'ingress-backend-port' }, [writtenIngresses, madeIngresses]), // prettier-ignore
  ...referenceFaults('an HTTPRoute', { name: 'route-backend-missing', port: 'route-backend-port' }, [writtenRoutes, madeRoutes]), // prettier-ignore
  routeFault('Gateway of a route', ['route-parent-missing'], ['spec', 'parentRefs', 0, 'name']),
  routeFault('listener of a route', ['route-listener-missing'], ['spec', 'parentRefs', 0, 'sectionName']),
  externalName,
  sliceFault('Service’s name in a written EndpointSlice', ['endpoints-without-service'], (app, slice, name) =>
    app.set(slice, ['metadata', 'labels', 'kubernetes.io/service-name'], `${name}s`),
  ),
  sliceFault('port’s name in a written EndpointSlice', ['endpoints-port-name'], (app, slice) =>
    app.set(slice, ['ports', 0, 'name'], 'web'),
  ),
];
