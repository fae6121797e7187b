/** headless-target-port: without a cluster IP nobody translates the Service's port into the targetPort. */

import type { ServicePort } from '#model/kubernetes';
import { isHeadless } from '#model/kubernetes';
import { printReference } from '#model/object';
import { findPort, portContainers } from '#simulation/index';
import type { PodGroup } from '#simulation/types';
import { changeValue, fixBy } from './edits';
import type { Rule } from './index';
import { dnsName, list, printPort } from './words';

export const headlessTargetPort: Rule = {
  codes: ['headless-target-port'],
  check(object, context, report) {
    const name = `${object.namespace}/${object.name}`;
    const { controlPlane } = context.simulation;
    const service = controlPlane.service(name);
    if (!service || !isHeadless(service)) return;
    const targets = controlPlane.targets(name);
    service.spec.ports?.forEach((port, index) => {
      const number = commonTarget(port, targets);
      if (number === undefined || number === port.port || !declares(targets, port, number)) return;
      if (declares(targets, port, port.port)) return;
      const taken = service.spec.ports?.some((other) => other.port === number && other.protocol === port.protocol);
      const srv = port.name === undefined ? 'the SRV record' : `the SRV record of port ${port.name}`;
      report.add({
        code: 'headless-target-port',
        severity: 'warning',
        message: `port ${printPort(port)} of headless Service ${name} is not translated to ${number}`,
        place: report.member(['spec', 'ports', index, 'port']),
        details: [
          {
            label: 'cause',
            text: `a headless Service has no address of its own: its name gives the addresses of the pods, which declare ${number} and not ${port.port}`,
          },
          {
            label: 'effect',
            text: `a client of ${dnsName(service, controlPlane.settings)}:${port.port} reaches port ${port.port} of a pod, where nothing is declared to listen: connection refused; only ${srv} says ${number}`,
          },
          { label: 'note', text: `the pods: ${list(targets.map((group) => printReference(group.object)))}` },
        ],
        fixes: taken
          ? []
          : [
              fixBy(`Change port to ${number}`, true, [
                changeValue(object, ['spec', 'ports', index, 'port'], number, context),
              ]),
            ],
      });
    });
  },
};

/** The pods' port where all of them agree on it. */
function commonTarget(port: ServicePort, targets: readonly PodGroup[]): number | undefined {
  const [first] = targets;
  const number = first && findPort(first.spec, port);
  return targets.every((group) => findPort(group.spec, port) === number) ? number : undefined;
}

function declares(targets: readonly PodGroup[], { protocol }: ServicePort, number: number): boolean {
  return targets.some((group) =>
    portContainers(group.spec).some((container) =>
      container.ports?.some((port) => port.containerPort === number && port.protocol === protocol),
    ),
  );
}
