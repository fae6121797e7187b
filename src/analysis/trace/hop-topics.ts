/** Which parts a newcomer meets at a hop: what is explained there. */

import { isHeadless, type Service } from '#model/kubernetes';
import type { ProxyMode } from '#model/settings';
import type { Resolution, WalkStep } from '#simulation/types';
import type { TopicId } from '../learn/topics';

type RuleStep = Extract<WalkStep, { kind: 'rule' }>;

export function topicsOfName(asked: string, { tries }: Resolution, service: Service | undefined): readonly TopicId[] {
  const isSearched = tries.some(({ name }) => name.replace(/\.$/, '') !== asked.replace(/\.$/, ''));
  const isAlias = tries.some(({ answer }) => answer.answers.some(({ type }) => type === 'CNAME'));
  return [
    'dns-name',
    ...(isSearched ? (['search-path'] as const) : []),
    ...(isAlias ? (['external-name'] as const) : []),
    ...(service && isHeadless(service) ? (['headless'] as const) : []),
  ];
}

/** `address` is what the Service was called by. */
export function topicsOfService(service: Service, address: string): readonly TopicId[] {
  const { clusterIP, clusterIPs, selector, externalIPs } = service.spec;
  const isCluster = clusterIP === address || clusterIPs?.includes(address) === true;
  const isBalancer = service.status.loadBalancer.ingress?.some(({ ip }) => ip === address) === true;
  const isExternal = isBalancer || externalIPs?.includes(address) === true;
  return [
    isCluster ? 'cluster-ip' : isExternal ? 'load-balancer' : 'node-port',
    'endpoint-slice',
    ...(selector && Object.keys(selector).length > 0 ? (['selector'] as const) : []),
  ];
}

/** The chains of iptables mode that are worth a word, by how their names begin. */
const chainTopics: readonly (readonly [RegExp, TopicId])[] = [
  [/^KUBE-SERVICES$/, 'kube-services'],
  [/^KUBE-NODEPORTS$/, 'node-port'],
  [/^KUBE-EXT-/, 'kube-ext'],
  [/^KUBE-SV[CL]-/, 'kube-svc'],
  [/^KUBE-SEP-/, 'kube-sep'],
  [/^KUBE-MARK-MASQ$/, 'mark'],
];

export function topicsOfRules(steps: readonly RuleStep[], mode: ProxyMode): readonly TopicId[] {
  const found = new Set<TopicId>();
  if (mode === 'nftables' && steps.some(({ met }) => met.tool === 'nft' && met.element)) found.add('nftables-maps');
  for (const { chain, action, met } of steps) {
    if (met.tool === 'ipvs') found.add('ipvs').add('ipvs-scheduler');
    for (const [pattern, topic] of chainTopics) if (met.tool === 'iptables' && pattern.test(chain)) found.add(topic);
    if (action.kind === 'dnat') found.add('conntrack');
    if (action.kind === 'masquerade') found.add('masquerade');
    if (action.kind === 'reject') found.add('reject');
  }
  return [...found];
}
