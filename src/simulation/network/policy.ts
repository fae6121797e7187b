/** NetworkPolicies: whether a connection may leave its source and enter its destination. */

import type {
  ContainerPort,
  Labels,
  LabelSelector,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Pod,
  Protocol,
} from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import type { ControlPlane, PolicyVerdict } from '../types';
import { isInPrefix } from './packet';

/** One end of a connection as a policy sees it: after every translation. */
export interface PolicyEnd {
  readonly pod: Pod | undefined;
  readonly address: string | undefined;
}

export interface PolicyConnection {
  readonly from: PolicyEnd;
  readonly to: PolicyEnd;
  readonly port: number;
  readonly protocol: Protocol;
}

type Direction = PolicyVerdict['direction'];

interface PolicyRule {
  readonly peers: readonly NetworkPolicyPeer[] | undefined;
  readonly ports: readonly NetworkPolicyPort[] | undefined;
}

/**
 * The verdict on one side of a connection: a pod that no policy selects for the direction is not isolated; else one of
 * the rules of those that do must match. Models the semantics of networking.k8s.io/v1 NetworkPolicySpec.
 */
export function decide(
  direction: Direction,
  connection: PolicyConnection,
  controlPlane: ControlPlane,
): PolicyVerdict | undefined {
  const { pod } = direction === 'egress' ? connection.from : connection.to;
  if (!pod) return undefined;
  const selecting = policiesOf(pod, direction, controlPlane);
  const verdict = { direction, pod: namespacedName(pod), policies: selecting.map(namespacedName) };
  if (selecting.length === 0 || isWithinPod(connection)) return { ...verdict, allowed: true, allowedBy: undefined };
  const peer = direction === 'egress' ? connection.to : connection.from;
  for (const policy of selecting) {
    const rule = rulesOf(policy, direction).findIndex((candidate) =>
      allows(candidate, policy, peer, connection, controlPlane),
    );
    if (rule >= 0) return { ...verdict, allowed: true, allowedBy: { policy: namespacedName(policy), rule } };
  }
  return { ...verdict, allowed: false, allowedBy: undefined };
}

/** Policies that isolate the pod in a direction. Those on the node's network cannot be told apart from the node. */
function policiesOf(pod: Pod, direction: Direction, controlPlane: ControlPlane): readonly NetworkPolicy[] {
  if (pod.spec.hostNetwork) return [];
  const type = direction === 'egress' ? 'Egress' : 'Ingress';
  return controlPlane
    .networkPolicies(pod.metadata.namespace)
    .filter(
      ({ spec }) => spec.policyTypes.includes(type) && selects(spec.podSelector ?? {}, pod.metadata.labels ?? {}),
    );
}

function rulesOf({ spec }: NetworkPolicy, direction: Direction): readonly PolicyRule[] {
  if (direction === 'egress') return (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
  return (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }));
}

/** A pod always reaches itself. */
function isWithinPod({ from, to }: PolicyConnection): boolean {
  return from.pod !== undefined && to.pod !== undefined && namespacedName(from.pod) === namespacedName(to.pod);
}

function allows(
  rule: PolicyRule,
  policy: NetworkPolicy,
  peer: PolicyEnd,
  connection: PolicyConnection,
  controlPlane: ControlPlane,
): boolean {
  const peers = rule.peers ?? [];
  const ports = rule.ports ?? [];
  return (
    (peers.length === 0 || peers.some((candidate) => isPeer(candidate, policy, peer, controlPlane))) &&
    (ports.length === 0 || ports.some((candidate) => isPort(candidate, connection)))
  );
}

function isPeer(peer: NetworkPolicyPeer, policy: NetworkPolicy, end: PolicyEnd, controlPlane: ControlPlane): boolean {
  if (peer.ipBlock) {
    const { cidr, except = [] } = peer.ipBlock;
    const addresses = end.address === undefined ? addressesOfPod(end.pod) : [end.address];
    return addresses.some((address) => isInPrefix(address, cidr) && !except.some((hole) => isInPrefix(address, hole)));
  }
  const { pod } = end;
  if (!pod || pod.spec.hostNetwork) return false;
  const { namespace } = pod.metadata;
  if (peer.namespaceSelector) {
    const labels = controlPlane.namespaces().get(namespace) ?? { 'kubernetes.io/metadata.name': namespace };
    if (!selects(peer.namespaceSelector, labels)) return false;
  } else if (namespace !== policy.metadata.namespace) return false;
  return !peer.podSelector || selects(peer.podSelector, pod.metadata.labels ?? {});
}

function addressesOfPod(pod: Pod | undefined): readonly string[] {
  if (!pod) return [];
  const all = (pod.status.podIPs ?? []).map(({ ip }) => ip);
  return all.length > 0 || pod.status.podIP === undefined ? all : [pod.status.podIP];
}

/** A named port is looked up in the pod that the connection goes to. */
function isPort(port: NetworkPolicyPort, connection: PolicyConnection): boolean {
  if ((port.protocol ?? 'TCP') !== connection.protocol) return false;
  if (port.port === undefined) return true;
  if (typeof port.port === 'number')
    return connection.port >= port.port && connection.port <= (port.endPort ?? port.port);
  return containerPorts(connection.to.pod).some(
    ({ name, protocol, containerPort }) =>
      name === port.port && protocol === connection.protocol && containerPort === connection.port,
  );
}

function containerPorts(pod: Pod | undefined): readonly ContainerPort[] {
  if (!pod) return [];
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...pod.spec.containers, ...sidecars].flatMap(({ ports }) => ports ?? []);
}

/** Models apimachinery's LabelSelectorAsSelector: an empty selector selects everything. */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) if (labels[key] !== value) return false;
  return (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    if (operator === 'In') return value !== undefined && values.includes(value);
    return value === undefined || !values.includes(value);
  });
}
