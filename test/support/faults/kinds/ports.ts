/** Faults between a Service's ports and those of its containers, and in probes. */

import { declaredPorts } from '#analysis/rules/container-ports';
import { valueAt, type JsonPath } from '#base/json';
import { isHeadless, type ServicePort } from '#model/kubernetes';
import { together, type Application, type HealthyService } from '../application';
import type { FaultKind } from '../types';
import { misspelled, otherCase, otherPort } from '../typos';

const ofNames = ['target-port-name-unknown', 'target-port-name-partial', 'probe-port-name-unknown', 'policy-port-name-unknown']; // prettier-ignore
const ofNumbers = ['target-port-undeclared', 'probe-port-undeclared', 'headless-target-port', 'policy-port-of-service', 'service-and-pod-port']; // prettier-ignore
const ofProtocols = ['target-port-protocol-mismatch', 'target-port-undeclared', 'policy-port-name-unknown'];

interface PortOfService {
  readonly service: HealthyService;
  readonly port: ServicePort;
  readonly path: JsonPath;
}

function* portsOf(application: Application): Iterable<PortOfService> {
  for (const service of application.services())
    for (const [index, port] of (service.service.spec.ports ?? []).entries())
      yield { service, port, path: ['spec', 'ports', index] };
}

/** The places of the ports that the Service's containers declare. */
function containerPortPlaces(app: Application, { groups }: HealthyService) {
  const now = groups.flatMap(({ key }) => app.controlPlane.podGroup(key) ?? []);
  return declaredPorts(now).map(({ group, path }) => app.place(group.object, path));
}

function servicePortPlace(app: Application, { service, path }: PortOfService) {
  return app.place(app.controlPlane.serviceObject(service.name), path);
}

function declaredNumbers({ groups }: HealthyService): ReadonlySet<number> {
  return new Set(declaredPorts(groups).map(({ port }) => port.containerPort));
}

const targetPortNumber: FaultKind = {
  name: 'targetPort by number',
  codes: ['target-port-undeclared', 'headless-target-port'],
  *candidates(application) {
    for (const { service, port, path } of portsOf(application)) {
      if (typeof port.targetPort !== 'number' || isHeadless(service.service)) continue;
      const declared = declaredNumbers(service);
      // What declares nothing says nothing about what it listens on.
      if (!declared.has(port.targetPort)) continue;
      yield {
        id: `${service.name} ${port.port}`,
        spoil: (app, random) => app.put(service.object, path, 'targetPort', otherPort(Number(port.targetPort), declared, random)), // prettier-ignore
        answer: (app) => app.endpoints(service.name),
        otherSides: (app) => containerPortPlaces(app, service),
      };
    }
  },
};

const targetPortName: FaultKind = {
  name: 'targetPort by name',
  codes: ['target-port-name-unknown'],
  *candidates(application) {
    for (const { service, port, path } of portsOf(application)) {
      const name = port.targetPort;
      if (typeof name !== 'string' && !namesOf(service).length) continue;
      yield {
        id: `${service.name} ${port.port}`,
        prepare: typeof name === 'string' ? undefined : (app) => byName(app, service, path, name),
        spoil: (app, random) => {
          const object = app.controlPlane.serviceObject(service.name)!;
          const now = valueAt(object.body, [...path, 'targetPort']);
          const other = typeof now === 'string' ? misspelled(now, new Set(namesOf(service)), random)?.slice(0, 15) : undefined; // prettier-ignore
          return other === undefined ? undefined : app.set(object, [...path, 'targetPort'], other);
        },
        answer: (app) => app.endpoints(service.name),
        otherSides: (app) => containerPortPlaces(app, service),
      };
    }
  },
};

function namesOf({ groups }: HealthyService): readonly string[] {
  return declaredPorts(groups).flatMap(({ port }) => port.name ?? []);
}

/** The name that all containers give the number. */
function byName(app: Application, service: HealthyService, path: JsonPath, number: number) {
  const names = new Set(declaredPorts(service.groups).flatMap(({ port }) => port.containerPort === number ? (port.name ?? []) : [])); // prettier-ignore
  const [name] = names;
  return name === undefined || names.size > 1 ? undefined : app.put(service.object, path, 'targetPort', name);
}

const targetPortCase: FaultKind = {
  name: 'targetPort in the wrong case',
  codes: ['refused-by-api-server', 'target-port-name-unknown'],
  follows: ['name-of-no-service', 'ingress-backend-missing', 'route-backend-missing', 'stateful-set-service-missing'],
  *candidates(application) {
    for (const { service, port, path } of portsOf(application)) {
      const name = port.targetPort;
      const other = typeof name === 'string' ? otherCase(name) : undefined;
      if (other === undefined) continue;
      yield {
        id: `${service.name} ${port.port}`,
        spoil: (app) => app.set(service.object, [...path, 'targetPort'], other),
        answer: (app) => app.endpoints(service.name),
        otherSides: (app) => containerPortPlaces(app, service),
      };
    }
  },
};

const containerPortName: FaultKind = {
  name: 'name of a container’s port',
  codes: ofNames,
  *candidates(application) {
    for (const port of portsOf(application)) {
      const { service } = port;
      const declared = declaredPorts(service.groups).filter((each) => each.port.name === port.port.targetPort);
      const [only] = declared;
      if (!only || declared.length > 1) continue;
      const name = String(port.port.targetPort);
      yield {
        id: `${service.name} ${port.port.port}`,
        spoil: (app, random) => {
          const other = misspelled(name, new Set(namesOf(service)), random)?.slice(0, 15);
          return other === undefined ? undefined : app.set(only.group.object, [...only.path, 'name'], other);
        },
        answer: (app) => app.endpoints(service.name),
        otherSides: (app) => [servicePortPlace(app, port)],
      };
    }
  },
};

const containerPortNumber: FaultKind = {
  name: 'containerPort',
  codes: ofNumbers,
  *candidates(application) {
    for (const port of portsOf(application)) {
      const { service } = port;
      if (isHeadless(service.service)) continue;
      const declared = declaredPorts(service.groups);
      const meant = declared.filter((each) => each.port.containerPort === port.port.targetPort);
      const [only] = meant;
      if (!only || meant.length > 1) continue;
      const taken = declaredNumbers(service);
      yield {
        id: `${service.name} ${port.port.port}`,
        spoil: (app, random) => app.set(only.group.object, [...only.path, 'containerPort'], otherPort(only.port.containerPort, taken, random)), // prettier-ignore
        // The containers listen where they say, so a Service that sends elsewhere is not heard.
        answer: (app) => String(listensAt(app, service, Number(port.port.targetPort))),
        otherSides: (app) => [servicePortPlace(app, port)],
      };
    }
  },
};

function listensAt(app: Application, { groups }: HealthyService, number: number): boolean {
  const now = groups.flatMap(({ key }) => app.controlPlane.podGroup(key) ?? []);
  return declaredPorts(now).some(({ port }) => port.containerPort === number);
}

const serviceProtocol: FaultKind = {
  name: 'protocol of a Service’s port',
  codes: ofProtocols,
  *candidates(application) {
    for (const { service, port, path } of portsOf(application)) {
      const declared = declaredPorts(service.groups).map((each) => each.port);
      const isServed = declared.some(({ containerPort, name, protocol }) => protocol === port.protocol && (containerPort === port.targetPort || name === port.targetPort)); // prettier-ignore
      if (!isServed || service.service.spec.type === 'LoadBalancer') continue;
      yield {
        id: `${service.name} ${port.port}`,
        spoil: (app) => app.put(service.object, path, 'protocol', port.protocol === 'TCP' ? 'UDP' : 'TCP'),
        answer: (app) => app.endpoints(service.name),
        otherSides: (app) => containerPortPlaces(app, service),
      };
    }
  },
};

const containerProtocol: FaultKind = {
  name: 'protocol of a container’s port',
  codes: [...ofProtocols, 'target-port-name-unknown'],
  follows: ['probe-port-name-unknown', 'probe-port-undeclared'],
  *candidates(application) {
    for (const port of portsOf(application)) {
      const { service } = port;
      if (typeof port.port.targetPort !== 'string') continue;
      const meant = declaredPorts(service.groups).filter((each) => each.port.name === port.port.targetPort);
      const [only] = meant;
      if (!only || meant.length > 1) continue;
      yield {
        id: `${service.name} ${port.port.port}`,
        spoil: (app) => app.put(only.group.object, only.path, 'protocol', only.port.protocol === 'TCP' ? 'UDP' : 'TCP'),
        answer: (app) => app.endpoints(service.name),
        otherSides: (app) => [servicePortPlace(app, port)],
      };
    }
  },
};

const headless: FaultKind = {
  name: 'headless Service whose port is not the pods’',
  codes: ['headless-target-port'],
  follows: ['session-affinity-per-node'],
  *candidates(application) {
    for (const { service, port } of portsOf(application)) {
      const { type, ports = [] } = service.service.spec;
      if (type !== 'ClusterIP' || isHeadless(service.service) || ports.length > 1) continue;
      const declared = declaredPorts(service.groups).map((each) => each.port);
      const target = declared.find((each) => each.containerPort === port.targetPort || each.name === port.targetPort);
      // Where the pods listen at the Service's number as well, somebody answers.
      if (!target || declared.some((each) => each.containerPort === port.port) || port.protocol !== 'TCP') continue;
      const client = [...application.groups()].find((group) => group.namespace === service.object.namespace);
      if (!client) continue;
      const from = `${client.object.kind.toLowerCase()}/${client.namespace}/${client.object.name}`;
      yield {
        id: `${service.name} ${port.port}`,
        spoil: (app) => app.put(service.object, ['spec'], 'clusterIP', 'None'),
        answer: (app) => app.trace(from, `http://${service.object.name}.${service.object.namespace}:${port.port}/`),
        otherSides: (app) => [servicePortPlace(app, { service, port, path: ['spec', 'ports', 0] })],
      };
    }
  },
};

const nodePortTwice: FaultKind = {
  name: 'nodePort of another Service',
  codes: ['refused-by-api-server'],
  follows: ['name-of-no-service', 'ingress-backend-missing', 'route-backend-missing'],
  *candidates(application) {
    const services = [...application.services()].filter(({ service }) => !isHeadless(service) && service.spec.type === 'ClusterIP' && service.spec.ports?.length === 1); // prettier-ignore
    for (const [index, first] of services.entries()) {
      const second = services[index + 1];
      if (!second || index % 2 === 1) continue;
      const expose = (app: Application, { object }: HealthyService, nodePort: number) =>
        together(app.put(object, ['spec', 'ports', 0], 'nodePort', nodePort), app.put(object, ['spec'], 'type', 'NodePort')); // prettier-ignore
      yield {
        id: `${first.name} ${second.name}`,
        prepare: (app) => together(expose(app, first, 31080), expose(app, second, 31081)),
        spoil: (app) => {
          const object = app.controlPlane.serviceObject(second.name);
          return object && app.set(object, ['spec', 'ports', 0, 'nodePort'], 31080);
        },
        answer: (app) => `${app.endpoints(first.name)}; ${app.endpoints(second.name)}`,
        otherSides: (app) => [app.place(app.controlPlane.serviceObject(first.name), ['spec', 'ports', 0, 'nodePort'])],
      };
    }
  },
};

export const portFaults: readonly FaultKind[] = [
  targetPortNumber,
  targetPortName,
  targetPortCase,
  containerPortName,
  containerPortNumber,
  serviceProtocol,
  containerProtocol,
  headless,
  nodePortTwice,
];
