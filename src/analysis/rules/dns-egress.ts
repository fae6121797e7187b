/** Whether policies let pods ask the cluster's DNS server: by its pods where the scope has them, else by its address. */

import type { Labels, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort, Protocol } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import { isInRange } from '#simulation/network/policy/connection';
import type { ControlPlane, PodGroup } from '#simulation/types';
import { findPort } from '#simulation/index';
import type { AnalysisContext } from '../context';
import { declaredNamespace, isolates, labelsOfNamespace, selectsPods, writtenRules, type WrittenRule } from './policy-rules'; // prettier-ignore

export type DnsVerdict =
  | { readonly kind: 'allowed' | 'unknown' }
  | {
      readonly kind: 'blocked';
      /** For people: `the pods of Service kube-system/kube-dns`. */
      readonly server: string;
      /** With which it may be asked all the same: TCP alone. */
      readonly protocols: readonly Protocol[];
      /** At which its pods listen: policies see these, not the Service's. */
      readonly ports: Readonly<Record<'UDP' | 'TCP', number>>;
      /** Labels of the DNS server's pods. */
      readonly selector: Labels;
    };

const dnsPort = 53;
const dnsNamespace = 'kube-system';
/** What nearly every cluster gives the pods of its DNS server. */
const usualLabels: Labels = { 'k8s-app': 'kube-dns' };

export function dnsVerdict(group: PodGroup, context: AnalysisContext): DnsVerdict {
  return byPods(group, context) ?? byRules(group, context);
}

/** Undefined where the scope does not show the DNS server's pods. */
function byPods(group: PodGroup, { simulation }: AnalysisContext): DnsVerdict | undefined {
  const { controlPlane, dataPlane, dns } = simulation;
  const name = dns.server().service;
  const service = name === undefined ? undefined : controlPlane.service(name);
  if (!service || name === undefined) return undefined;
  const [target] = controlPlane.targets(name);
  const [to] = target ? controlPlane.podsOf(target.key) : [];
  const [from] = controlPlane.podsOf(group.key);
  if (!target || !to || !from) return undefined;
  const numberOf = (protocol: Protocol) => {
    const port = service.spec.ports?.find((known) => known.port === dnsPort && known.protocol === protocol);
    return port && findPort(target.spec, port);
  };
  const isAllowed = (protocol: Protocol) => {
    const number = numberOf(protocol);
    if (number === undefined) return false;
    const ends = { from: { pod: namespacedName(from) }, to: { pod: namespacedName(to) } };
    return dataPlane.policy({ ...ends, port: number, protocol }).egress?.allowed !== false;
  };
  if (isAllowed('UDP')) return { kind: 'allowed' };
  const server = `the pods of Service ${name}`;
  const ports = { UDP: numberOf('UDP') ?? dnsPort, TCP: numberOf('TCP') ?? dnsPort };
  return { kind: 'blocked', server, protocols: isAllowed('TCP') ? ['TCP'] : [], ports, selector: service.spec.selector ?? usualLabels }; // prettier-ignore
}

/** Whether one policy alone may be enough: a cheap look before all are asked. */
export function mayAllowDns(policy: NetworkPolicy, { simulation }: AnalysisContext): boolean {
  const { controlPlane, dns } = simulation;
  const { addresses, service } = dns.server();
  if (service !== undefined) return false;
  return writtenRules(policy).some(
    (rule) => rule.direction === 'egress' && mayMean(rule, 'UDP', addresses, policy.metadata.namespace, controlPlane),
  );
}

function byRules(group: PodGroup, context: AnalysisContext): DnsVerdict {
  const { controlPlane, dns } = context.simulation;
  const addresses = dns.server().addresses;
  const policies = controlPlane.networkPolicies(group.namespace);
  const rules = policies
    .filter((policy) => isolates(policy, 'egress') && selectsPods(policy, group))
    .flatMap(writtenRules)
    .filter(({ direction }) => direction === 'egress');
  const mayAsk = (protocol: Protocol) =>
    rules.some((rule) => mayMean(rule, protocol, addresses, group.namespace, controlPlane));
  if (mayAsk('UDP')) return { kind: 'unknown' };
  const ports = { UDP: dnsPort, TCP: dnsPort };
  return { kind: 'blocked', server: 'the DNS server', protocols: mayAsk('TCP') ? ['TCP'] : [], ports, selector: usualLabels }; // prettier-ignore
}

/** Whether the rule may be for the DNS server, whatever its pods are called. */
function mayMean(
  { peers, ports }: WrittenRule,
  protocol: Protocol,
  addresses: readonly string[],
  namespace: string,
  controlPlane: ControlPlane,
): boolean {
  if (ports.length > 0 && !ports.some((port) => mayBePort(port, protocol))) return false;
  return peers.length === 0 || peers.some((peer) => mayBeServer(peer, ports, addresses, namespace, controlPlane));
}

function mayBePort({ protocol = 'TCP', port, endPort }: NetworkPolicyPort, wanted: Protocol): boolean {
  if (protocol !== wanted) return false;
  // CoreDNS may well listen at another port of its pods, so each name may be its port's.
  if (port === undefined || typeof port === 'string') return true;
  return (dnsPort >= port && dnsPort <= (endPort ?? port)) || port === 1053 || port === 5353 || port === 8053;
}

function mayBeServer(
  peer: NetworkPolicyPeer,
  ports: readonly NetworkPolicyPort[],
  addresses: readonly string[],
  namespace: string,
  controlPlane: ControlPlane,
): boolean {
  // Where a range is for DNS by its port, somebody knew the server's address, or that of a cache on the node.
  if (peer.ipBlock) return ports.length > 0 || addresses.some((address) => isInRange(address, peer.ipBlock!.cidr));
  if (!peer.namespaceSelector) return namespace === dnsNamespace;
  const labels = labelsOfNamespace(dnsNamespace, controlPlane);
  const isKnown = declaredNamespace(dnsNamespace, controlPlane) !== undefined;
  const { matchLabels = {}, matchExpressions = [] } = peer.namespaceSelector;
  const isOther = (key: string) => !isKnown && key !== 'kubernetes.io/metadata.name';
  return (
    Object.entries(matchLabels).every(([key, value]) => isOther(key) || labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (isOther(key)) return true;
      const value = labels[key];
      if (operator === 'Exists' || operator === 'DoesNotExist')
        return (value !== undefined) === (operator === 'Exists');
      return (value !== undefined && values.includes(value)) === (operator === 'In');
    })
  );
}
