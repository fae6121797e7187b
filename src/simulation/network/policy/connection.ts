/** A connection as a policy sees it: behind every translation, with the pod at each end where there is one. */

import { parseIp, parsePrefix, prefixContains, type IpPrefix } from '#base/ip';
import { namespacedName, type ContainerPort, type Labels, type Pod, type Protocol } from '#model/kubernetes';
import type { ControlPlane, PolicyVerdict } from '../../types';

/** One end of a connection. */
export interface PolicyEnd {
  readonly pod: Pod | undefined;
  /** Undefined where only the pod is known: then it stands for each of its addresses. */
  readonly address: string | undefined;
}

export interface PolicyConnection {
  readonly from: PolicyEnd;
  readonly to: PolicyEnd;
  /** The port of the destination pod, never that of a Service. */
  readonly port: number;
  readonly protocol: Protocol;
}

export type Direction = PolicyVerdict['direction'];

/** A connection seen from one of its sides. */
export interface PolicyQuestion {
  readonly direction: Direction;
  readonly connection: PolicyConnection;
  readonly controlPlane: ControlPlane;
  /** The pod whose policies are asked; it is on a network of its own. */
  readonly pod: Pod;
  /** The other end. */
  readonly peer: PolicyEnd;
}

/** A pod that policies can tell from its node. */
export function isOnPodNetwork(pod: Pod | undefined): pod is Pod {
  return pod !== undefined && pod.spec.hostNetwork !== true;
}

/** A pod always reaches itself. */
export function isWithinPod({ from, to }: PolicyConnection): boolean {
  return from.pod !== undefined && to.pod !== undefined && namespacedName(from.pod) === namespacedName(to.pod);
}

export function addressesOfEnd(end: PolicyEnd): readonly string[] {
  if (end.address !== undefined) return [end.address];
  if (!end.pod) return [];
  const all = (end.pod.status.podIPs ?? []).map(({ ip }) => ip);
  return all.length > 0 || end.pod.status.podIP === undefined ? all : [end.pod.status.podIP];
}

/** For people: `shop/front`, `203.0.113.10`. */
export function printEnd(end: PolicyEnd): string {
  return end.pod ? namespacedName(end.pod) : (end.address ?? 'nobody');
}

const prefixes = new Map<string, IpPrefix | undefined>();

/** Whether an address lies in a range, however the two are written. */
export function isInRange(address: string, cidr: string): boolean {
  if (!prefixes.has(cidr)) prefixes.set(cidr, parsePrefix(cidr));
  const prefix = prefixes.get(cidr);
  const ip = parseIp(address);
  return prefix !== undefined && ip !== undefined && prefixContains(prefix, ip);
}

export function labelsOfNamespace(namespace: string, controlPlane: ControlPlane): Labels {
  return controlPlane.namespaces().get(namespace) ?? { 'kubernetes.io/metadata.name': namespace };
}

/** Ports of the containers that run beside each other: the ordinary ones and sidecars. */
export function containerPorts(pod: Pod | undefined): readonly ContainerPort[] {
  if (!pod) return [];
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...pod.spec.containers, ...sidecars].flatMap(({ ports }) => ports ?? []);
}

/** Whether the destination pod gives the connection's port this name. */
export function isNamedPort(name: string, connection: PolicyConnection): boolean {
  return containerPorts(connection.to.pod).some(
    (port) => port.name === name && port.protocol === connection.protocol && port.containerPort === connection.port,
  );
}
