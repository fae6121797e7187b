/** port-number-twice: one port number for two protocols, which `kubectl apply` takes for one and the same port. */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import type { Protocol } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { writtenContainers } from './container-ports';
import type { Rule } from './index';
import type { Report } from './report';
import { fixInWords } from './edits';
import { list } from './words';

interface NumberedPort {
  readonly number: number;
  readonly protocol: Protocol;
  readonly index: number;
}

export const servicePortTwice: Rule = {
  codes: ['port-number-twice'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const service = controlPlane.service(`${object.namespace}/${object.name}`);
    const ports = (service?.spec.ports ?? []).map(({ port, protocol }, index) => ({ number: port, protocol, index }));
    reportTwice(ports, ['spec', 'ports'], 'port', object, report);
  },
};

export const containerPortTwice: Rule = {
  codes: ['port-number-twice'],
  check(object, context, report) {
    for (const { container, path } of writtenContainers(object, context.simulation.controlPlane)) {
      const ports = (container.ports ?? []).map(({ containerPort, protocol }, index) => ({
        number: containerPort,
        protocol,
        index,
      }));
      reportTwice(ports, [...path, 'ports'], 'containerPort', object, report);
    }
  },
};

/** Once for each number, at the last port that has it: it is the one that an apply merges into another. */
function reportTwice(
  ports: readonly NumberedPort[],
  path: JsonPath,
  key: 'port' | 'containerPort',
  object: KubernetesObject,
  report: Report,
): void {
  if (ports.length < 2) return;
  const reported = new Set<number>();
  for (const { number } of ports) {
    const same = ports.filter((port) => port.number === number);
    const protocols = [...new Set(same.map(({ protocol }) => protocol))];
    if (protocols.length < 2 || reported.has(number)) continue;
    reported.add(number);
    const last = same.at(-1)!;
    report.add({
      code: 'port-number-twice',
      severity: 'info',
      message: `${key} ${number} is there for ${list(protocols)}: a later apply may lose one`,
      place: isWrittenIn(object, [...path, last.index])
        ? report.member([...path, last.index, key])
        : report.place(path),
      details: [
        {
          label: 'cause',
          text: `valid, but client-side kubectl apply (and a strategic merge patch) tells the ports apart by ${key} alone, not by protocol`,
        },
        {
          label: 'effect',
          text: `the first apply makes both; a later one that changes a port may leave one of them out or mix them, and clients of ${list(protocols)} then find the port closed`,
        },
      ],
      fixes: [fixInWords('Apply with kubectl apply --server-side, which tells them apart by number and protocol')],
    });
  }
}

function isWrittenIn(object: KubernetesObject, path: JsonPath): boolean {
  return isJsonObject(valueAt(object.body, path));
}
