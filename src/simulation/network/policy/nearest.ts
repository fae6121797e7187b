/** Why no NetworkPolicy allows a connection: the rule that comes nearest, and what of it does not fit. */

import type { JsonPath } from '#base/json';
import { namespacedName, type NetworkPolicy, type NetworkPolicyPeer, type NetworkPolicyPort } from '#model/kubernetes';
import type { NearestRule, PolicyMiss } from '../../types';
import {
  addressesOfEnd,
  containerPorts,
  isInRange,
  isOnPodNetwork,
  labelsOfNamespace,
  printEnd,
  type PolicyQuestion,
} from './connection';
import { isPort, peersField, reference, rulesOf } from './network-policy';
import { unmetRequirements } from './selector';

/** What an entry lacks. The cost says how far it is from matching: 0 where it does. */
interface Gap {
  /** Undefined where the rule lists no entries, and so asks for nothing. */
  readonly entry: number | undefined;
  readonly cost: number;
  readonly misses: readonly PolicyMiss[];
}

const nothing: Gap = { entry: undefined, cost: 0, misses: [] };

/** What a rule in which two things fail is behind one in which a single thing does. */
const bothFail = 4;

/** Undefined where the policies have no rule at all. Of equally near rules the first one. */
export function nearestRule(policies: readonly NetworkPolicy[], question: PolicyQuestion): NearestRule | undefined {
  let nearest: NearestRule | undefined;
  let least = Infinity;
  for (const policy of policies)
    for (const [index, rule] of rulesOf(policy, question.direction).entries()) {
      const path: JsonPath = ['spec', question.direction, index];
      const peer = leastGap(rule.peers, (entry, i) =>
        peerGap(entry, policy, question, [...path, peersField(question.direction), i]),
      );
      const port = leastGap(rule.ports, (entry, i) => portGap(entry, question, [...path, 'ports', i]));
      const both = peer.cost > 0 && port.cost > 0;
      const cost = peer.cost + port.cost + (both ? bothFail : 0);
      if (cost >= least) continue;
      least = cost;
      nearest = {
        ...reference(policy, question.direction, index, peer.entry, port.entry),
        path: peer.misses[0]?.path ?? port.misses[0]?.path ?? path,
        failed: both ? 'both' : peer.cost > 0 ? 'peer' : 'port',
        missing: [...peer.misses, ...port.misses],
      };
    }
  return nearest;
}

function leastGap<T>(entries: readonly T[] | undefined, gapOf: (entry: T, index: number) => Omit<Gap, 'entry'>): Gap {
  if (!entries || entries.length === 0) return nothing;
  const gaps = entries.map((entry, index) => ({ entry: index, ...gapOf(entry, index) }));
  return gaps.reduce((best, gap) => (gap.cost < best.cost ? gap : best));
}

function gap(cost: number, ...misses: readonly PolicyMiss[]): Omit<Gap, 'entry'> {
  return { cost: misses.length === 0 ? 0 : cost, misses };
}

// ---------------------------------------------------------------- peers

function peerGap(
  entry: NetworkPolicyPeer,
  policy: NetworkPolicy,
  question: PolicyQuestion,
  path: JsonPath,
): Omit<Gap, 'entry'> {
  if (entry.ipBlock) return blockGap(entry.ipBlock, question, [...path, 'ipBlock']);
  const { pod } = question.peer;
  if (!isOnPodNetwork(pod)) return gap(4, { kind: 'not-a-pod', end: printEnd(question.peer), path });
  const misses = [...namespaceMisses(entry, policy, pod.metadata.namespace, question, path)];
  const inNamespace = misses.length === 0;
  for (const requirement of unmetRequirements(entry.podSelector ?? {}, pod.metadata.labels ?? {}))
    misses.push({
      ...requirement,
      kind: 'pod-label',
      of: namespacedName(pod),
      actual: pod.metadata.labels?.[requirement.key],
      path: [...path, 'podSelector', ...requirement.path],
    });
  return gap(misses.length + (inNamespace ? 0 : 1), ...misses);
}

function namespaceMisses(
  entry: NetworkPolicyPeer,
  policy: NetworkPolicy,
  namespace: string,
  { controlPlane }: PolicyQuestion,
  path: JsonPath,
): readonly PolicyMiss[] {
  const own = policy.metadata.namespace;
  if (!entry.namespaceSelector)
    return namespace === own ? [] : [{ kind: 'namespace', wanted: own, actual: namespace, path }];
  const labels = labelsOfNamespace(namespace, controlPlane);
  return unmetRequirements(entry.namespaceSelector, labels).map((requirement) => ({
    ...requirement,
    kind: 'namespace-label' as const,
    of: namespace,
    actual: labels[requirement.key],
    path: [...path, 'namespaceSelector', ...requirement.path],
  }));
}

function blockGap(
  { cidr, except = [] }: NonNullable<NetworkPolicyPeer['ipBlock']>,
  { peer }: PolicyQuestion,
  path: JsonPath,
): Omit<Gap, 'entry'> {
  const addresses = addressesOfEnd(peer);
  const inside = addresses.filter((address) => isInRange(address, cidr));
  if (inside.length === 0) return gap(3, { kind: 'ip-block', cidr, addresses, path: [...path, 'cidr'] });
  if (inside.some((address) => !except.some((hole) => isInRange(address, hole)))) return gap(0);
  const index = except.findIndex((hole) => inside.some((address) => isInRange(address, hole)));
  const hole = except[index] ?? '';
  return gap(1, { kind: 'ip-block-except', cidr, except: hole, addresses: inside, path: [...path, 'except', index] });
}

// ---------------------------------------------------------------- ports

function portGap(entry: NetworkPolicyPort, question: PolicyQuestion, path: JsonPath): Omit<Gap, 'entry'> {
  const { connection } = question;
  if (isPort(entry, connection)) return gap(0);
  const { protocol = 'TCP', port, endPort } = entry;
  const misses: PolicyMiss[] = [];
  if (protocol !== connection.protocol)
    misses.push({
      kind: 'protocol',
      wanted: protocol,
      actual: connection.protocol,
      path: [...path, 'protocol'],
    });
  if (port !== undefined && !isPort({ ...entry, protocol: connection.protocol }, connection))
    misses.push({ ...portMiss(port, endPort, question), path: [...path, 'port'] });
  const isServicePort = misses.some((miss) => miss.kind === 'port' && miss.service !== undefined);
  return gap(misses.length * 2 - (isServicePort ? 1 : 0), ...misses);
}

type PortMiss =
  Omit<Extract<PolicyMiss, { kind: 'port' }>, 'path'> | Omit<Extract<PolicyMiss, { kind: 'port-name' }>, 'path'>;

function portMiss(port: number | string, endPort: number | undefined, question: PolicyQuestion): PortMiss {
  const { to, port: actual, protocol } = question.connection;
  if (typeof port === 'string') {
    const declared = containerPorts(to.pod).find((known) => known.name === port && known.protocol === protocol);
    return { kind: 'port-name', wanted: port, actual, declared: declared?.containerPort };
  }
  return { kind: 'port', wanted: port, endPort, actual, service: serviceWithPort(port, question) };
}

/** A Service in front of the destination pod that has this port, and translates it to another one. */
function serviceWithPort(port: number, { connection, controlPlane }: PolicyQuestion): string | undefined {
  const { pod } = connection.to;
  const group = pod && controlPlane.groupOfPod(namespacedName(pod));
  if (!group) return undefined;
  const service = controlPlane
    .servicesTargeting(group.key)
    .find(({ spec }) =>
      (spec.ports ?? []).some((known) => known.port === port && known.protocol === connection.protocol),
    );
  return service && namespacedName(service);
}
