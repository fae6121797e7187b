/**
 * Ports of nodes that belong to pods: those that a pod on its node's network listens on, and hostPorts, which the
 * network plugin maps to a pod. Kept by namespace, so that a packet's question is one look-up in each.
 */

import { familyOf } from '#base/ip';
import type { Pod, PodSpec, Protocol } from '#model/kubernetes';
import type { ObjectKey } from '#model/object';
import { portContainers } from '../controllers/target-port';
import { podAddressesOf } from '../controllers/pod-conditions';
import { canonical } from '../proxy/service-port';
import type { ControlPlane, Impact } from '../types';

/** A hostPort of a pod's container. */
export interface HostPort {
  readonly port: number;
  /** Undefined: any address of the node, of the family that is given or of both. */
  readonly address: string | undefined;
  readonly family: 'IPv4' | 'IPv6' | undefined;
  readonly containerPort: number;
}

/** A hostPort that takes a packet, and the pod's end of it. */
export interface MappedPort {
  readonly pod: Pod;
  readonly address: string;
  readonly port: number;
}

interface PortsOfNamespace {
  /** `TCP 8080` → groups on their nodes' network that declare the port. */
  readonly listening: ReadonlyMap<string, readonly ObjectKey[]>;
  /** `TCP 80` → groups with that hostPort. */
  readonly mapped: ReadonlyMap<string, readonly (HostPort & { readonly group: ObjectKey })[]>;
}

export class HostPorts {
  readonly #controlPlane: ControlPlane;
  readonly #namespaces = new Map<string, PortsOfNamespace>();
  /** Namespaces that hold any such port, in the order of their names; undefined until all have been looked at. */
  #inUse: readonly string[] | undefined;

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
  }

  /** Forgets what a change of objects may have made another. */
  changed({ objects, podNamespaces }: Impact): void {
    const touched = new Set(podNamespaces);
    for (const key of objects) touched.add(key.split('/')[2] ?? '');
    for (const namespace of touched) this.#namespaces.delete(namespace);
    if (touched.size > 0) this.#inUse = undefined;
  }

  /** The running pod on this node's network that declares the port. */
  listener(node: string, port: number, protocol: Protocol): Pod | undefined {
    const key = `${protocol} ${port}`;
    for (const namespace of this.#used()) {
      for (const group of this.#portsOf(namespace).listening.get(key) ?? []) {
        const pod = this.#runningOn(node, group);
        if (pod) return pod;
      }
    }
    return undefined;
  }

  /**
   * The pod of this node that a packet to one of the node's addresses is meant for by its hostPort. Models the
   * portmap plugin of containernetworking/plugins (v1), portmap_iptables.go fillDnatRules.
   */
  mapped(node: string, address: string, port: number, protocol: Protocol): MappedPort | undefined {
    const key = `${protocol} ${port}`;
    const family = familyOf(address) ?? 'IPv4';
    for (const namespace of this.#used()) {
      for (const entry of this.#portsOf(namespace).mapped.get(key) ?? []) {
        if (entry.family !== undefined && entry.family !== family) continue;
        if (entry.address !== undefined && entry.address !== address) continue;
        const pod = this.#runningOn(node, entry.group);
        const [own] = pod ? podAddressesOf(pod, family) : [];
        if (pod && own !== undefined) return { pod, address: canonical(own), port: entry.containerPort };
      }
    }
    return undefined;
  }

  #runningOn(node: string, group: ObjectKey): Pod | undefined {
    return this.#controlPlane
      .podsOf(group)
      .find(({ spec, status }) => spec.nodeName === node && (status.phase ?? 'Running') === 'Running');
  }

  #used(): readonly string[] {
    this.#inUse ??= [...this.#controlPlane.namespaces().keys()].sort().filter((namespace) => {
      const { listening, mapped } = this.#portsOf(namespace);
      return listening.size + mapped.size > 0;
    });
    return this.#inUse;
  }

  #portsOf(namespace: string): PortsOfNamespace {
    let ports = this.#namespaces.get(namespace);
    if (!ports) this.#namespaces.set(namespace, (ports = this.#read(namespace)));
    return ports;
  }

  #read(namespace: string): PortsOfNamespace {
    const listening = new Map<string, ObjectKey[]>();
    const mapped = new Map<string, (HostPort & { readonly group: ObjectKey })[]>();
    for (const group of this.#controlPlane.podGroups(namespace)) {
      for (const container of portContainers(group.spec)) {
        for (const port of container.ports ?? []) {
          if (group.spec.hostNetwork) add(listening, `${port.protocol} ${port.containerPort}`, group.key);
          else if (port.hostPort)
            add(mapped, `${port.protocol} ${port.hostPort}`, { ...hostPortOf(port), group: group.key });
        }
      }
    }
    return { listening, mapped };
  }
}

function hostPortOf(port: NonNullable<PodSpec['containers'][number]['ports']>[number]): HostPort {
  const address = port.hostIP === undefined || port.hostIP === '' ? undefined : canonical(port.hostIP);
  const isUnspecified = address === '0.0.0.0' || address === '::';
  return {
    port: port.hostPort ?? 0,
    // The unspecified address stands for all of its family.
    address: isUnspecified ? undefined : address,
    family: address === undefined ? undefined : familyOf(address),
    containerPort: port.containerPort,
  };
}

function add<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}
