/** A Service in a few words: its type with the address, its ports with what they lead to. */

import type { Service, ServicePort } from '#model/kubernetes';
import { findPort } from '#simulation/index';
import type { ControlPlane, PodGroup } from '#simulation/types';

/** `ClusterIP 10.96.114.7`, `NodePort 30080`, `headless`, `ExternalName db.example.com`. */
export function describeService({ spec, status }: Service): string {
  if (spec.type === 'ExternalName') return `ExternalName ${spec.externalName ?? ''}`;
  if (spec.clusterIP === 'None') return 'headless';
  if (spec.type === 'ClusterIP') return `ClusterIP ${spec.clusterIP ?? ''}`;
  const nodePorts = (spec.ports ?? []).flatMap((port) => port.nodePort ?? []);
  if (spec.type === 'NodePort') return `NodePort ${nodePorts.join(', ')}`;
  const balancer = status.loadBalancer.ingress?.map((entry) => entry.ip ?? entry.hostname ?? '') ?? [];
  return `LoadBalancer ${balancer.length > 0 ? balancer.join(', ') : 'without an address yet'}`;
}

/** Which of a Service's addresses and node ports no manifest says; empty where all are written. */
export function assignedText(service: Service, controlPlane: ControlPlane): string {
  const { clusterIP, clusterIPs, type } = service.spec;
  if (type === 'ExternalName' || clusterIP === undefined || clusterIP === 'None') return '';
  const assigned = (clusterIPs ?? [clusterIP]).filter((address) => controlPlane.isAssigned(service, address));
  return assigned.length === 0 ? '' : `${assigned.join(', ')}: assigned by the simulation`;
}

/** `http 80 → http (8080)`: a target port's name with the number that the pods give it. */
export function portLabel(port: ServicePort, targets: readonly PodGroup[]): string {
  const name = port.name === undefined ? '' : `${port.name} `;
  const protocol = port.protocol === 'TCP' ? '' : `/${port.protocol}`;
  return `${name}${port.port}${protocol} → ${targetLabel(port, targets)}`;
}

/** `8080`, `http (8080)`, `http (8080, 9090)`, `http (no such port)`. */
export function targetLabel(port: ServicePort, targets: readonly PodGroup[]): string {
  if (typeof port.targetPort === 'number') return `${port.targetPort}`;
  const numbers = [...new Set(targets.flatMap((group) => numbersOf(port, group)))];
  if (numbers.length > 0) return `${port.targetPort} (${numbers.join(', ')})`;
  return targets.length === 0 ? port.targetPort : `${port.targetPort} (no such port)`;
}

/** The number of a target port in the pods of a group; empty where no container has a port of this name. */
export function numbersOf(port: ServicePort, { spec }: PodGroup): readonly number[] {
  const number = findPort(spec, port);
  return number === undefined ? [] : [number];
}
