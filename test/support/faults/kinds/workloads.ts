/** Faults in what makes the pods: probes, and the Service that a StatefulSet names. */

import { declaredPorts } from '#analysis/rules/container-ports';
import { isJsonObject, valueAt, type JsonPath, type JsonValue } from '#base/json';
import type { PodGroup } from '#simulation/types';
import type { Application } from '../application';
import type { FaultKind } from '../types';
import { misspelled, otherPort } from '../typos';

interface Probe {
  readonly group: PodGroup;
  readonly path: JsonPath;
  readonly port: JsonValue;
  readonly container: number;
}

function* readinessProbes(app: Application): Iterable<Probe> {
  for (const group of app.groups()) {
    if (app.controlPlane.servicesTargeting(group.key).length === 0) continue;
    for (const container of group.spec.containers.keys())
      for (const probe of ['readinessProbe', 'startupProbe'])
        for (const action of ['httpGet', 'tcpSocket']) {
          const path = [...group.templatePath, 'spec', 'containers', container, probe, action, 'port'];
          const port = valueAt(group.object.body, path);
          if (typeof port === 'string' || typeof port === 'number') yield { group, path, port, container };
        }
  }
}

function containerPorts(app: Application, { group, container }: Probe) {
  const path = [...group.templatePath, 'spec', 'containers', container, 'ports'];
  return app.place(app.object(group.object.key), path);
}

/** Whether the kubelet finds what the probe asks for, and so whether the pods become ready. */
function isMade(app: Application, { group, path }: Probe): string {
  const now = app.controlPlane.podGroup(group.key);
  const port = now && valueAt(now.object.body, path);
  if (!now) return 'no pods';
  return String(declaredPorts([now]).some((each) => each.port.name === port || each.port.containerPort === port));
}

const probePortName: FaultKind = {
  name: 'port of a readiness probe by name',
  codes: ['probe-port-name-unknown'],
  *candidates(application) {
    for (const probe of readinessProbes(application)) {
      const { group, path, port } = probe;
      const names = declaredPorts([group]).flatMap((each) => (each.container === group.spec.containers[probe.container] ? (each.port.name ?? []) : [])); // prettier-ignore
      const name = typeof port === 'string' ? port : nameOf(probe);
      if (name === undefined) continue;
      yield {
        id: `${group.key} ${path.join('.')}`,
        prepare: typeof port === 'string' ? undefined : (app) => app.put(group.object, path.slice(0, -1), 'port', name),
        spoil: (app, random) => {
          const other = misspelled(name, new Set(names), random)?.slice(0, 15);
          const object = app.object(group.object.key);
          return other === undefined || !object ? undefined : app.set(object, path, other);
        },
        answer: (app) => isMade(app, probe),
        otherSides: (app) => [containerPorts(app, probe)],
      };
    }
  },
};

function nameOf({ group, container, port }: Probe): string | undefined {
  return group.spec.containers[container]?.ports?.find((known) => known.containerPort === port)?.name;
}

const probePortNumber: FaultKind = {
  name: 'port of a readiness probe by number',
  codes: ['probe-port-undeclared'],
  *candidates(application) {
    for (const probe of readinessProbes(application)) {
      const { group, path, port } = probe;
      const declared = new Set(declaredPorts([group]).map((each) => each.port.containerPort));
      if (typeof port !== 'number' || !declared.has(port)) continue;
      yield {
        id: `${group.key} ${path.join('.')}`,
        spoil: (app, random) => app.set(group.object, path, otherPort(port, declared, random)),
        answer: (app) => isMade(app, probe),
        otherSides: (app) => [containerPorts(app, probe)],
      };
    }
  },
};

const serviceName: FaultKind = {
  name: 'serviceName of a StatefulSet',
  codes: ['stateful-set-service-missing', 'stateful-set-service-selects-others'],
  *candidates(application) {
    for (const object of application.objectsOf('apps', 'StatefulSet')) {
      const written = valueAt(object.body, ['spec', 'serviceName']);
      const group = application.controlPlane.podGroup(object.key);
      if (!group) continue;
      const [service] = application.controlPlane.servicesTargeting(group.key);
      const name = typeof written === 'string' && written !== '' ? written : service?.metadata.name;
      if (name === undefined || !application.controlPlane.service(`${object.namespace}/${name}`)) continue;
      yield {
        id: object.key,
        prepare: (app) => app.put(object, ['spec'], 'serviceName', name),
        spoil: (app, random) => {
          const other = misspelled(name, app.serviceNames(), random);
          const now = app.object(object.key);
          return other === undefined || !now ? undefined : app.set(now, ['spec', 'serviceName'], other);
        },
        answer: (app) => app.state.simulation.dns.query(`${object.name}-0.${name}.${object.namespace}.svc.cluster.local.`, 'A').rcode, // prettier-ignore
        otherSides: (app) => [app.place(app.controlPlane.serviceObject(`${object.namespace}/${name}`), ['metadata', 'name'])], // prettier-ignore
      };
    }
  },
};

const initContainer: FaultKind = {
  name: 'init container that never ends',
  codes: ['init-container-endless'],
  follows: ['endpoints-not-ready'],
  *candidates(application) {
    for (const service of application.services()) {
      const [group, second] = service.groups;
      if (!group || second) continue;
      const spec = [...group.templatePath, 'spec'];
      if (!isJsonObject(valueAt(group.object.body, spec)) || group.spec.initContainers?.length) continue;
      const wait = (command: readonly string[]) => [{ name: 'wait', image: 'registry.example/wait:1', command }];
      yield {
        id: group.key,
        prepare: (app) => app.put(group.object, spec, 'initContainers', wait(['sh', '-c', 'sleep 5'])),
        spoil: (app) => {
          const object = app.object(group.object.key);
          const end = group.object.origin.file;
          return object && app.exchange(end, 'sleep 5', 'sleep infinity');
        },
        answer: (app) => app.endpoints(service.name),
      };
    }
  },
};

export const workloadFaults: readonly FaultKind[] = [probePortName, probePortNumber, serviceName, initContainer];
