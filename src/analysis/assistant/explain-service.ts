/** All about one Service in one answer: addresses, names, ports, whom it selects, its endpoints, who calls it, what is wrong. */

import { isHeadless, namespacedName, type NamespacedName, type Service } from '#model/kubernetes';
import { objectKey, printReference } from '#model/object';
import type { ControlPlane } from '#simulation/types';
import type { ScopeState } from '../context';
import { callersOf } from '../features/call-hierarchy';
import { aboutObjects } from '../features/findings-by-object';
import { countEndpoints, endpointsOf, endpointsOfPort, readiness } from '../topology/endpoints';
import { targetLabel } from '../topology/service-text';
import type { Workspace } from '../workspace';
import { findingAnswer } from './findings';
import { lineOf, lineOfObject } from './lines';
import { serviceOf, type Failed } from './scope';

export interface ServiceQuestion {
  /** `web` or `shop/web`. */
  readonly service: string;
  readonly scope?: string;
}

/** Endpoints beyond these are only counted. */
const mostEndpoints = 50;

export type ServiceAnswer = ReturnType<typeof answer>;

export function explainService(question: ServiceQuestion, workspace: Workspace): ServiceAnswer | Failed {
  const found = serviceOf(question.service, question.scope, workspace);
  return 'error' in found ? found : answer(found.name, found.state, workspace);
}

function answer(name: NamespacedName, state: ScopeState, workspace: Workspace) {
  const { controlPlane } = state.simulation;
  const service = controlPlane.service(name);
  const object = controlPlane.serviceObject(name);
  const about = aboutObjects(workspace);
  const refusal = controlPlane.refusal(objectKey('', 'Service', ...split(name)));
  const written = object ?? refusal?.object;
  return {
    scope: state.scope.name,
    service: name,
    ...(written ? lineOfObject(written, workspace) : {}),
    ...(service ? factsOf(service, controlPlane) : {}),
    refused: refusal?.message,
    selects: controlPlane.targets(name).map((group) => ({
      workload: printReference(group.object),
      pods: group.replicas,
      ...lineOfObject(group.object, workspace),
    })),
    calledBy: !object
      ? []
      : callersOf(workspace, { scope: state.scope.name, key: object.key }).map(({ item }) => ({
          caller: `${item.kind} ${item.namespace}/${item.name}`,
          ...lineOf(item.place),
        })),
    findings: (written ? about.findings(written) : []).map((finding) => findingAnswer(finding, workspace)),
    unknown: (written ? about.unknowns(written) : []).map(({ message }) => message),
  };
}

function factsOf(service: Service, controlPlane: ControlPlane) {
  const { spec, metadata } = service;
  const name = namespacedName(service);
  const facts = endpointsOf(service, controlPlane);
  const targets = controlPlane.targets(name);
  const addresses = spec.clusterIPs ?? (spec.clusterIP === undefined ? [] : [spec.clusterIP]);
  const domain = controlPlane.settings.clusterDomain;
  return {
    type: spec.type,
    headless: isHeadless(service),
    clusterIPs: addresses,
    /** Chosen by the simulation: in a cluster they will be others. */
    assignedBySimulation: addresses.some((address) => controlPlane.isAssigned(service, address)),
    externalName: spec.externalName,
    dnsNames: [
      metadata.name,
      `${metadata.name}.${metadata.namespace}`,
      `${metadata.name}.${metadata.namespace}.svc.${domain}`,
    ],
    selector: spec.selector,
    ports: (spec.ports ?? []).map((port) => ({
      name: port.name,
      port: port.port,
      protocol: port.protocol,
      target: targetLabel(port, targets),
      nodePort: port.nodePort,
      endpoints: endpointsOfPort(service, port, controlPlane).filter(({ ready }) => ready).length,
    })),
    endpointsInWords: countEndpoints(facts),
    endpointCount: facts.filter(({ isServed }) => isServed).length,
    endpoints: facts.slice(0, mostEndpoints).map((fact) => ({
      address: fact.address,
      port: fact.port,
      pod: fact.pod,
      node: fact.node,
      state: readiness(fact),
    })),
  };
}

function split(name: NamespacedName): [namespace: string, name: string] {
  const [namespace = '', own = ''] = name.split('/');
  return [namespace, own];
}
