/**
 * Who brings a request from a Service's address to an endpoint. Where that is not kube-proxy, nobody's rules are known:
 * the walk still tells which endpoints there are and what policies say, and its rules are taken out of what is told.
 */

import { namespacedName, type Pod, type Protocol } from '#model/kubernetes';
import type { ProxyMode } from '#model/settings';
import type { ControlPlane, WalkPath, WalkStep } from '#simulation/types';
import { dataPlaneOf, modeOfProxy, serviceProxyAt } from '../data-plane/data-plane';
import { meshOf } from '../data-plane/mesh';
import { mixedProxies } from '../data-plane/notes';
import type { Hop, Trace, TraceOutcome, TracePath } from '../types';
import type { Tracing } from './causes';
import { hostAndPort } from './host-and-port';
import { packetHops } from './packet-hops';
import type { Source } from './source';
import { verdictOf, type WeightedOutcome } from './words';

export interface Delivery {
  /** Whose rules the packet is walked by. */
  readonly mode: ProxyMode;
  /** Who does it instead of kube-proxy: `Cilium on node-1`. */
  readonly other: string | undefined;
  /** What has to be said about it. */
  readonly notes: readonly string[];
}

/** `asked`: the mode that the request wants to be followed in; it means nothing where there is no kube-proxy. */
export function deliveryFrom(
  source: Source,
  protocol: Protocol,
  asked: ProxyMode | undefined,
  controlPlane: ControlPlane,
): Delivery {
  const configured = controlPlane.settings.proxyMode;
  const mesh = source.pod && meshOfPod(source.pod, controlPlane);
  if (source.pod && mesh !== undefined && protocol === 'TCP')
    return replaced(configured, `the proxy of ${mesh} in ${namespacedName(source.pod)}`);
  const plane = dataPlaneOf(controlPlane);
  const name = startNodeOf(source);
  const node = name === undefined ? undefined : controlPlane.node(name);
  const start = node && { name: node.metadata.name, labels: node.metadata.labels ?? {} };
  const isPod = source.pod !== undefined && source.pod.spec.hostNetwork !== true;
  const proxy = serviceProxyAt(start, isPod, plane);
  if (proxy.kind === 'other') return replaced(configured, `${proxy.name}${start ? ` on ${start.name}` : ''}`);
  const isSaid = asked !== undefined || controlPlane.settings.said?.has('proxyMode') === true;
  const mode = asked ?? (isSaid ? configured : modeOfProxy(proxy.proxy, configured));
  const isMixed = mixedProxies(plane.kubeProxies) !== undefined;
  if (!isMixed || !start) return { mode, other: undefined, notes: [] };
  return { mode, other: undefined, notes: [mixedNote(start.name, proxy.proxy, mode, isSaid, controlPlane)] };
}

function replaced(mode: ProxyMode, other: string): Delivery {
  return {
    mode,
    other,
    notes: [
      `${other} sends the request to an endpoint, not kube-proxy: name, Service, endpoints and NetworkPolicies are known; which endpoint it chooses, how it refuses, and the source address where it changes it are not`,
    ],
  };
}

function mixedNote(
  node: string,
  proxy: ReturnType<typeof dataPlaneOf>['kubeProxies'][number] | undefined,
  mode: ProxyMode,
  isSaid: boolean,
  { settings }: ControlPlane,
): string {
  if (!proxy) return `kube-proxy is not the same on all nodes, and which one runs on ${node} is not known: ${mode} is taken`; // prettier-ignore
  const unread = proxy.mode === undefined ? ', whose configuration is not read' : '';
  const older = proxy.version !== undefined && proxy.version !== settings.kubernetesVersion ? ` of ${proxy.version}, by the rules of ${settings.kubernetesVersion}` : ''; // prettier-ignore
  return `kube-proxy is not the same on all nodes: ${node} has ${proxy.label}${unread}${older}; the request is followed in ${mode} mode${isSaid ? ', as asked' : ''}`; // prettier-ignore
}

function startNodeOf({ pod, packet }: Source): string | undefined {
  if (packet.kind === 'pod') return pod?.spec.nodeName;
  return packet.node;
}

function meshOfPod(pod: Pod, controlPlane: ControlPlane): string | undefined {
  return meshOf(pod, controlPlane.namespaces().get(pod.metadata.namespace ?? ''));
}

/** A mesh at the other end, whose proxy may refuse what comes from outside of it. */
export function receivingMeshes(
  outcomes: readonly TraceOutcome[],
  protocol: Protocol,
  controlPlane: ControlPlane,
): readonly string[] {
  if (protocol !== 'TCP') return [];
  const notes = outcomes.flatMap((outcome) => {
    const pod = outcome.kind === 'delivered' ? controlPlane.pod(outcome.pod) : undefined;
    const mesh = pod && meshOfPod(pod, controlPlane);
    return pod && mesh !== undefined ? [`the proxy of ${mesh} in ${namespacedName(pod)} may refuse the request by rules that are not read`] : []; // prettier-ignore
  });
  return [...new Set(notes)];
}

/** What a verdict ends with that is not certain. */
export const hedge = ', as far as is known';

/** `DELIVERED, as far as is known`: a verdict in which somebody has a say whose rules are not known. */
export function hedgedVerdict(outcomes: readonly WeightedOutcome[]): Trace['verdict'] {
  return `${verdictOf(outcomes).replace(/, always$/, '')}${hedge}`;
}

/** A path of the walk without the rules that nobody has. */
export function pathWithoutRules(path: WalkPath, { mode, other }: Delivery, tracing: Tracing): Omit<TracePath, 'probability'> {
  const who = other ?? '';
  const outcome = outcomeWithoutRules(path, who);
  const told = packetHops(outcome.kind === 'delivered' ? { ...path, outcome } : path, mode, tracing);
  const sent = path.steps.find((step) => isTranslation(step));
  const own = sent && agentHop(who, `sends it to ${hostAndPort(sent.after.destination, sent.after.destinationPort)}`);
  const failed = told.find(({ state }) => state === 'failed');
  const kept = told.filter(({ kind, state }) => kind === 'policy' || kind === 'pod' || (kind === 'route' && state !== 'failed')); // prettier-ignore
  const hops = own ? [{ ...own, state: 'changed' as const }, ...kept] : kept;
  if (outcome.kind === 'delivered' || failed?.kind === 'policy') return { outcome, hops, packets: [] };
  const end = agentHop(who, 'sends it to no endpoint', [outcome.kind === 'undelivered' ? outcome.reason : '']);
  return { outcome, hops: [...hops, { ...end, causes: failed?.causes ?? [], state: 'failed' }], packets: [] };
} // prettier-ignore

function outcomeWithoutRules(path: WalkPath, who: string): TraceOutcome {
  const { outcome, steps } = path;
  const last = steps.at(-1);
  if (outcome.kind === 'delivered')
    return steps.some(isMasquerade) ? { ...outcome, source: `an address that ${who} chooses` } : outcome;
  if (last?.kind === 'policy') return outcome;
  return { kind: 'undelivered', reason: reasonWithoutRules(path, who) };
}

function reasonWithoutRules({ steps, outcome }: WalkPath, who: string): string {
  const last = steps.at(-1);
  if (last?.kind === 'reply') return `whether the answer finds its way back through ${who} is not known`;
  const refusing = last?.kind === 'rule' ? last.cause : undefined;
  switch (refusing?.refusal) {
    case 'no endpoints':
      return `Service ${refusing.service} has no ready endpoint`;
    case 'no local endpoints':
      return `Service ${refusing.service} has no ready endpoint on ${last?.kind === 'rule' ? last.node : 'this node'}, and its traffic policy is Local`; // prettier-ignore
    case 'source ranges':
      return `Service ${refusing.service} has source ranges that leave the client out`;
    case undefined:
      return outcome.kind === 'refused' ? 'nothing takes the request' : 'nothing that is known here has the address';
  }
}

function isTranslation(step: WalkStep): step is Extract<WalkStep, { kind: 'rule' | 'plugin' }> {
  return (step.kind === 'rule' && step.action.kind === 'dnat') || (step.kind === 'plugin' && step.hook !== 'POSTROUTING');
} // prettier-ignore

function isMasquerade(step: WalkStep): boolean {
  return (step.kind === 'rule' && step.action.kind === 'masquerade') || (step.kind === 'plugin' && step.hook === 'POSTROUTING');
} // prettier-ignore

function agentHop(title: string, result: string, lines: readonly string[] = []): Hop {
  return { kind: 'rules', title, result, lines, before: undefined, after: undefined, causes: [], state: 'passed' };
}
