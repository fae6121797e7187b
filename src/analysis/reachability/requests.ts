/** From what a test says to single requests: all pods of a workload, all workloads of a namespace, all ways in. */

import type { Pod } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { findPod, findWorkloadPod, isError } from '../trace/lookup';
import { containerPorts } from '../trace/port';
import { parseDestination, parseSource } from '../trace/request';
import type { TraceError, TraceRequest } from '../types';
import type { ReachabilityTest } from './types';

export interface WeightedRequest {
  readonly request: TraceRequest;
  /** For how many requests it stands. */
  readonly weight: number;
  /** The node that it comes in through, where the test does not say which. */
  readonly through: string | undefined;
}

/** Which side of the test cannot be resolved, and why. */
export interface RequestError extends TraceError {
  readonly side: 'from' | 'to';
}

/** What a single trace can be asked. */
interface End {
  readonly text: string;
  readonly weight: number;
  readonly port?: number;
  readonly through?: string;
}

/** A test that stands for more requests is refused rather than run for minutes. */
const mostRequests = 1000;
/** Beyond, pods that differ in nothing that decides where a packet goes are asked once for all of them. */
const mostPods = 16;

export function requestsOf(test: ReachabilityTest, controlPlane: ControlPlane): readonly WeightedRequest[] | RequestError {
  const from = collect(test.from.map((text) => sourcesOf(text, controlPlane)));
  if (isError(from)) return { ...from, side: 'from' };
  const to = collect(test.to.map((text) => destinationsOf(text, test, controlPlane)));
  if (isError(to)) return { ...to, side: 'to' };
  if (from.length * to.length > mostRequests)
    return { error: `these are ${from.length * to.length} requests, more than ${mostRequests}: say less at once`, side: 'from' };
  const { protocol, mode } = test;
  return from.flatMap((source) =>
    to.map(({ text, port = test.port, weight }) => ({
      request: { from: source.text, to: text, port, protocol, mode },
      weight: source.weight * weight,
      through: source.through,
    })),
  );
} // prettier-ignore

function collect(ends: readonly (readonly End[] | TraceError)[]): readonly End[] | TraceError {
  const all: End[] = [];
  for (const end of ends) {
    if (isError(end)) return end;
    all.push(...end);
  }
  return all;
}

function sourcesOf(text: string, controlPlane: ControlPlane): readonly End[] | TraceError {
  const namespace = namespaceOf(text);
  if (namespace !== undefined) return collectPods(namespace, controlPlane);
  const parsed = parseSource(text);
  if ('error' in parsed) return parsed;
  if (parsed.kind === 'outside' && parsed.node === undefined)
    return controlPlane
      .nodes()
      .map(({ metadata }) => ({ text: `outside via ${metadata.name}`, weight: 1, through: metadata.name }));
  if (parsed.kind !== 'object' || !mayBeWorkload(parsed.objectKind)) return [{ text, weight: 1 }];
  if (parsed.objectKind === '' && !isError(findPod(parsed.name, parsed.namespace, controlPlane)))
    return [{ text, weight: 1 }];
  const found = findWorkloadPod(parsed.objectKind, parsed.name, parsed.namespace, controlPlane);
  // A name without a kind may still be a node.
  if (isError(found)) return parsed.objectKind === '' ? [{ text, weight: 1 }] : found;
  return podsOf(found.group, controlPlane);
}

function destinationsOf(text: string, test: ReachabilityTest, controlPlane: ControlPlane): readonly End[] | TraceError {
  const namespace = namespaceOf(text);
  if (namespace !== undefined) return portsOfNamespace(namespace, test, controlPlane);
  const parsed = parseDestination(text);
  if ('error' in parsed) return parsed;
  if (parsed.kind !== 'object' || parsed.objectKind === '' || !mayBeWorkload(parsed.objectKind))
    return [{ text, weight: 1 }];
  const found = findWorkloadPod(parsed.objectKind, parsed.name, parsed.namespace, controlPlane);
  if (isError(found)) return found;
  const port = parsed.port === undefined ? '' : `:${parsed.port}${parsed.protocol ? `/${parsed.protocol}` : ''}`;
  return podsOf(found.group, controlPlane).map((pod) => ({ ...pod, text: pod.text + port }));
}

function mayBeWorkload(kind: string): boolean {
  return kind !== 'pod' && kind !== 'node' && kind !== 'service';
}

/** `namespace NAME`, `namespace/NAME`, `ns NAME`. */
function namespaceOf(text: string): string | undefined {
  return /^\s*(?:namespaces?|ns)(?:\s+|\/)([^\s/]+)\s*$/i.exec(text)?.[1];
}

function collectPods(namespace: string, controlPlane: ControlPlane): readonly End[] | TraceError {
  const groups = groupsOf(namespace, controlPlane);
  if (isError(groups)) return groups;
  return groups.flatMap((group) => podsOf(group, controlPlane));
}

function groupsOf(namespace: string, controlPlane: ControlPlane): readonly PodGroup[] | TraceError {
  if (!controlPlane.namespaces().has(namespace))
    return { error: `no namespace ${namespace}; there are ${[...controlPlane.namespaces().keys()].sort().join(', ')}` };
  const groups = [...controlPlane.podGroups(namespace)].filter((group) => running(group, controlPlane).length > 0);
  return groups.length > 0 ? groups : { error: `there are no pods in namespace ${namespace}` };
}

/** Pods that have a node and are not done. */
function running(group: PodGroup, controlPlane: ControlPlane): readonly Pod[] {
  const done = (pod: Pod) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  return controlPlane.podsOf(group.key).filter((pod) => pod.spec.nodeName !== undefined && !done(pod));
}

function podsOf(group: PodGroup, controlPlane: ControlPlane): readonly End[] {
  const pods = running(group, controlPlane);
  // A workload whose pods are not to be had: the trace itself says why.
  const all = pods.length > 0 ? pods : controlPlane.podsOf(group.key);
  if (all.length <= mostPods) return all.map((pod) => ({ text: `pod ${namespacedName(pod)}`, weight: 1 }));
  const alike = new Map<string, { text: string; weight: number }>();
  for (const pod of all) {
    const key = JSON.stringify([pod.spec.nodeName, pod.metadata.labels]);
    const end = alike.get(key);
    alike.set(key, { text: end?.text ?? `pod ${namespacedName(pod)}`, weight: (end?.weight ?? 0) + 1 });
  }
  return [...alike.values()];
}

/** The pods of all workloads at the test's port, else at each port of its protocol that they declare. */
function portsOfNamespace(namespace: string, test: ReachabilityTest, controlPlane: ControlPlane): readonly End[] | TraceError {
  const groups = groupsOf(namespace, controlPlane);
  if (isError(groups)) return groups;
  const ends = groups.flatMap((group) => {
    const ports = test.port === undefined ? declaredPorts(group, test, controlPlane) : [test.port];
    return podsOf(group, controlPlane).flatMap((pod) => ports.map((port) => ({ ...pod, port })));
  });
  if (ends.length > 0) return ends;
  return { error: `no pod of namespace ${namespace} declares a port: say which one is meant with port` };
} // prettier-ignore

function declaredPorts(group: PodGroup, { protocol = 'TCP' }: ReachabilityTest, controlPlane: ControlPlane): readonly number[] {
  const [pod] = controlPlane.podsOf(group.key);
  if (!pod) return [];
  const ports = containerPorts(pod).filter((port) => port.protocol === protocol);
  return [...new Set(ports.map(({ containerPort }) => containerPort))];
} // prettier-ignore
