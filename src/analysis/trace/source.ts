/** Where a request starts: the pod, the node or the outside that a text stands for. */

import { assertNever } from '#base/assert';
import { familyOf, type IpFamily } from '#base/ip';
import { namespacedName, type Pod } from '#model/kubernetes';
import { podAddresses } from '#simulation/index';
import type { ControlPlane, PacketSource } from '#simulation/types';
import type { TraceError } from '../types';
import { findNode, findPod, findWorkloadPod, isError, nodeByAddress, printPod } from './lookup';
import { parseSource, type ObjectEnd } from './request';

export interface Source {
  readonly packet: PacketSource;
  /** `pod shop/front-1 on node-b`. */
  readonly label: string;
  readonly pod: Pod | undefined;
  /** The families in which it can send. */
  readonly families: readonly IpFamily[];
  /** What was taken for granted in finding it. */
  readonly notes: readonly string[];
}

const noSender = 'a Service sends no requests: name the pod or workload that calls';

/** Resolves `TraceRequest.from` in a cluster. */
export function resolveSource(text: string, controlPlane: ControlPlane): Source | TraceError {
  const parsed = parseSource(text);
  if ('error' in parsed) return parsed;
  switch (parsed.kind) {
    case 'outside':
      return outside(parsed.node, controlPlane, []);
    case 'address':
      return sourceByAddress(parsed.address, controlPlane);
    case 'object':
      return sourceByObject(parsed, controlPlane);
    default:
      return assertNever(parsed);
  }
}

function outside(name: string | undefined, controlPlane: ControlPlane, notes: readonly string[]): Source | TraceError {
  const node = name === undefined ? controlPlane.nodes()[0] : findNode(name, controlPlane);
  if (!node) return { error: 'the cluster has no node through which a request could come in' };
  if (isError(node)) return node;
  const via = node.metadata.name;
  return {
    packet: { kind: 'outside', node: via },
    label: `outside via ${via}`,
    pod: undefined,
    families: ['IPv4', 'IPv6'],
    notes: name === undefined ? [...notes, `the request comes in through ${via}, the first node`] : notes,
  };
}

function sourceByAddress(address: string, controlPlane: ControlPlane): Source | TraceError {
  // Before pods: a pod on the host network has its node's address.
  const node = nodeByAddress(address, controlPlane);
  if (node) return nodeSource(node.metadata.name);
  const pod = controlPlane.podByAddress(address);
  if (pod) return podSource(pod, []);
  const [service] = controlPlane.servicesByAddress(address);
  if (service) return { error: `${address} is an address of Service ${namespacedName(service)}; ${noSender}` };
  return outside(undefined, controlPlane, [`${address} belongs to no pod and no node: it is taken to be outside`]);
}

function sourceByObject(end: ObjectEnd, controlPlane: ControlPlane): Source | TraceError {
  switch (end.objectKind) {
    case 'pod': {
      const pod = findPod(end.name, end.namespace, controlPlane);
      return isError(pod) ? pod : podSource(pod, []);
    }
    case 'node': {
      const node = findNode(end.name, controlPlane);
      return isError(node) ? node : nodeSource(node.metadata.name);
    }
    case 'service':
      return { error: noSender };
    case '':
      return sourceByName(end, controlPlane);
    default:
      return workloadSource(end, controlPlane);
  }
}

/** `NS/NAME` or `NAME` without a kind: a pod, else a workload. */
function sourceByName(end: ObjectEnd, controlPlane: ControlPlane): Source | TraceError {
  const pod = findPod(end.name, end.namespace, controlPlane);
  if (!isError(pod)) return podSource(pod, []);
  const workload = workloadSource(end, controlPlane);
  if (!isError(workload)) return workload;
  const node = end.namespace === undefined ? controlPlane.node(end.name) : undefined;
  return node ? nodeSource(end.name) : workload;
}

function workloadSource(end: ObjectEnd, controlPlane: ControlPlane): Source | TraceError {
  const found = findWorkloadPod(end.objectKind, end.name, end.namespace, controlPlane);
  if (isError(found)) return found;
  const { group, pod } = found;
  const stands = `${namespacedName(pod)} stands for ${group.object.kind} ${group.namespace}/${group.object.name}`;
  return podSource(pod, group.replicas > 1 ? [`${stands}: the first of ${group.replicas} pods`] : []);
}

function podSource(pod: Pod, notes: readonly string[]): Source {
  const name = namespacedName(pod);
  return { packet: { kind: 'pod', pod: name }, label: printPod(pod), pod, families: podFamilies(pod), notes };
}

function podFamilies(pod: Pod): readonly IpFamily[] {
  const families = podAddresses(pod).flatMap((ip) => familyOf(ip) ?? []);
  return families.length > 0 ? families : ['IPv4'];
}

function nodeSource(name: string): Source {
  return {
    packet: { kind: 'node', node: name },
    label: `node ${name}`,
    pod: undefined,
    families: ['IPv4', 'IPv6'],
    notes: [],
  };
}
