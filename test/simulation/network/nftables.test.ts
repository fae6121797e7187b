/** What a packet meets on its way through the nftables table, and what is told of it. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import { printMetRule } from '#simulation/proxy/modes';
import type { PacketSource, Simulation, WalkPath, WalkStep } from '#simulation/types';
import { objectOf } from '../cluster';
import { pod, service } from '../descriptions';

type RuleStep = Extract<WalkStep, { kind: 'rule' }>;

const at =
  (nodeName: string, address: string) =>
  (name: string, app: string): JsonObject => ({
    ...pod(name, { app }, { nodeName }),
    status: { phase: 'Running', podIP: address, conditions: [{ type: 'Ready', status: 'True' }] },
  });

const slice = (name: string, address: string): JsonObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  endpoints: [{ addresses: [address] }],
});

const web: JsonObject = { selector: { app: 'web' } };
const ports = (nodePort: number) => [{ port: 80, targetPort: 8080, nodePort }];
const balanced = (spec: JsonObject, ip: string): JsonObject => ({
  ...service('', { ...web, type: 'LoadBalancer', ...spec }),
  status: { loadBalancer: { ingress: [{ ip }] } },
});
const named = (name: string, body: JsonObject): JsonObject => ({ ...body, metadata: { name, namespace: 'default' } });

const objects: readonly JsonObject[] = [
  at('node-a', '10.244.1.10')('web-a', 'web'),
  at('node-b', '10.244.2.10')('web-b', 'web'),
  at('node-c', '10.244.3.10')('client', 'client'),
  service('web', { ...web, clusterIP: '10.96.0.10' }),
  service('empty', { clusterIP: '10.96.0.11', selector: { app: 'nobody' }, ports: [{ port: 53, protocol: 'UDP' }] }),
  service('sticky', { ...web, clusterIP: '10.96.0.12', sessionAffinity: 'ClientIP' }),
  service('near', { ...web, clusterIP: '10.96.0.13', internalTrafficPolicy: 'Local' }),
  service('open', { ...web, clusterIP: '10.96.0.14', type: 'NodePort', ports: ports(30080) }),
  service('itself', { clusterIP: '10.96.0.15' }),
  slice('itself', '10.244.3.10'),
  named('guarded', balanced({ clusterIP: '10.96.0.16', loadBalancerSourceRanges: ['192.0.2.0/24'], ports: ports(30081) }, '198.51.100.16')),
  named('local', balanced({ clusterIP: '10.96.0.17', externalTrafficPolicy: 'Local', ports: ports(30082) }, '198.51.100.17')),
]; // prettier-ignore

function simulationWith(settings: Partial<ClusterSettings> = {}): Simulation {
  const simulation = createSimulation({ ...defaultSettings, ...settings });
  simulation.apply({ removed: [], added: objects.map((body, index) => objectOf(body, 'cluster.yaml', index)) });
  return simulation;
}

const simulation = simulationWith();

function sourceOf(from: string): PacketSource {
  const [kind, name = ''] = from.split(' ');
  if (kind === 'pod') return { kind, pod: `default/${name}` };
  return kind === 'node' ? { kind, node: name } : { kind: 'outside', node: name };
}

function walk(from: string, to: string, by = simulation): readonly WalkPath[] {
  const [address = '', port = '', protocol = 'TCP'] = to.split(/[:/]/);
  const request = { address, port: Number(port), protocol: protocol as 'TCP' | 'UDP' };
  return by.dataPlane.walk(sourceOf(from), request, 'nftables').paths;
}

const rulesOf = ({ steps }: WalkPath): readonly RuleStep[] => steps.filter((step) => step.kind === 'rule');

/** `HOOK type CHAIN: RULE`, without hashes. */
const told = (path: WalkPath): readonly string[] =>
  rulesOf(path).map(({ hook, table, chain, met }) =>
    `${hook} ${table} ${chain}: ${printMetRule(met, chain)}`.replace(/-[A-Z2-7]{8}-/g, '-'),
  );

describe('a packet to a ClusterIP', () => {
  const paths = walk('pod client', '10.96.0.10:80');

  it('is sent by the element of a map, to an address that is drawn', () => {
    expect(paths.map(({ probability }) => probability)).toEqual([0.5, 0.5]);
    expect(told(paths[1]!)).toEqual([
      'PREROUTING nat nat-prerouting: jump services',
      'PREROUTING nat services: ip daddr . meta l4proto . th dport vmap @service-ips { 10.96.0.10 . tcp . 80 : goto service-default/web/tcp/ }',
      'PREROUTING nat service-default/web/tcp/: meta l4proto tcp dnat ip to numgen random mod 2 map { 1 : 10.244.2.10 . 8080 }',
    ]);
    const cause = { service: 'default/web', portName: '', protocol: 'TCP' };
    expect(rulesOf(paths[1]!).map((step) => step.cause)).toEqual([
      undefined,
      cause,
      { ...cause, endpoint: '10.244.2.10:8080' },
    ]);
    expect(rulesOf(paths[1]!).map(({ action }) => action.kind)).toEqual(['jump', 'goto', 'dnat']);
    expect(rulesOf(paths[1]!).map(({ probability }) => probability)).toEqual([1, 1, 0.5]);
  });

  it('meets no rule in the hooks that only filter', () => {
    const passed = paths[0]!.steps.flatMap((step) => (step.kind === 'no-match' ? [`${step.hook} ${step.table}`] : []));
    expect(passed.slice(0, 2)).toEqual(['FORWARD filter', 'POSTROUTING nat']);
  });

  it('is told why it went past rules', () => {
    const [, lookedUp] = rulesOf(paths[0]!);
    expect(lookedUp).toMatchObject({ index: 1, passedOver: 1 });
    expect(simulation.dataPlane.passedOver(lookedUp!, 10)).toEqual([
      expect.objectContaining({ reason: 'source 10.244.3.10 is in 10.244.0.0/16' }),
    ]);
  });

  it('of a node is marked first, and leaves with the address of the node', () => {
    const [path] = walk('node node-c', '10.96.0.10:80');
    expect(rulesOf(path!).map(({ action }) => action.kind)).toEqual([
      'jump',
      'mark',
      'goto',
      'dnat',
      'jump',
      'masquerade',
    ]);
    expect(path!.outcome).toMatchObject({ kind: 'delivered', source: 'node node-c' });
    expect(told(path!).at(-1)).toBe(
      'POSTROUTING nat masquerading: meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000 masquerade fully-random',
    );
  });

  it('at another port is rejected by the set of ClusterIPs', () => {
    const [path] = walk('pod client', '10.96.0.10:81');
    expect(told(path!).at(-1)).toBe(
      'FORWARD filter cluster-ips-check: ip daddr @cluster-ips { 10.96.0.10 } reject comment "Reject traffic to invalid ports of ClusterIPs"',
    );
    expect(rulesOf(path!).at(-1)!.cause?.service).toBe('default/web');
    expect(path!.outcome.kind).toBe('refused');
    expect(walk('node node-a', '10.96.0.10:81/UDP')[0]!.outcome.kind).toBe('not permitted');
  });

  it('that no Service has is dropped', () => {
    const [path] = walk('pod client', '10.100.0.1:80');
    expect(told(path!).at(-1)).toBe(
      'FORWARD filter cluster-ips-check: ip daddr 10.96.0.0/12 drop comment "Drop traffic to unallocated ClusterIPs"',
    );
    expect(path!.outcome.kind).toBe('timeout');
  });
});

describe('a Service without endpoints', () => {
  it('rejects, and the rule that does knows whose it is', () => {
    const [path] = walk('pod client', '10.96.0.11:53/UDP');
    expect(told(path!).slice(-2)).toEqual([
      'FORWARD filter service-endpoints-check: ip daddr . meta l4proto . th dport vmap @no-endpoint-services { 10.96.0.11 . udp . 53 comment "default/empty" : goto reject-chain }',
      'FORWARD filter reject-chain: reject',
    ]);
    const last = rulesOf(path!).at(-1)!;
    expect(last.action).toEqual({ kind: 'reject', with: 'icmp-port-unreachable' });
    expect(last.cause).toMatchObject({ service: 'default/empty', refusal: 'no endpoints' });
    expect(path!.outcome.kind).toBe('refused');
    expect(walk('node node-a', '10.96.0.11:53/UDP')[0]!.outcome.kind).toBe('not permitted');
  });

  it('on this node drops', () => {
    const [path] = walk('pod client', '10.96.0.13:80');
    expect(rulesOf(path!).at(-1)).toMatchObject({
      action: { kind: 'drop' },
      cause: { service: 'default/near', refusal: 'no local endpoints' },
    });
    expect(path!.outcome.kind).toBe('timeout');
  });
});

describe('session affinity', () => {
  it('draws where nobody knows the client yet', () => {
    const [path] = walk('pod client', '10.96.0.12:80');
    expect(path!.probability).toBe(0.5);
    const drawn = rulesOf(path!).find(({ passedOver }) => passedOver === 2)!;
    expect(told(path!).slice(-2)).toEqual([
      'PREROUTING nat service-default/sticky/tcp/: numgen random mod 2 vmap { 0 : goto endpoint-default/sticky/tcp/__10.244.1.10/8080 }',
      'PREROUTING nat endpoint-default/sticky/tcp/__10.244.1.10/8080: meta l4proto tcp dnat to 10.244.1.10:8080',
    ]);
    expect(simulation.dataPlane.passedOver(drawn, 1).map(({ reason }) => reason)).toEqual([
      'client 10.244.3.10 has not been sent to this endpoint before',
    ]);
  });
});

describe('addresses from outside', () => {
  const outcomes = (from: string, to: string, by = simulation) =>
    walk(from, to, by).map(({ outcome }) =>
      outcome.kind === 'delivered' ? `${outcome.pod} from ${outcome.source}` : outcome.kind,
    );

  it('a node port is taken by the primary address alone', () => {
    expect(outcomes('outside node-c', '172.30.0.13:30080')).toEqual([
      'default/web-a from node node-c',
      'default/web-b from node node-c',
    ]);
    expect(outcomes('node node-c', '127.0.0.1:30080')).toEqual(['refused']);
  });

  it('source ranges drop before the destination is translated', () => {
    const [path] = walk('outside node-c', '198.51.100.16:80');
    expect(
      rulesOf(path!).map(({ hook, table, chain, action }) => `${hook} ${table} ${chain.split('-')[0]} ${action.kind}`),
    ).toEqual(['PREROUTING filter filter jump', 'PREROUTING filter firewall goto', 'PREROUTING filter firewall drop']);
    expect(rulesOf(path!).at(-1)!.cause).toMatchObject({ service: 'default/guarded', refusal: 'source ranges' });
    expect(path!.outcome.kind).toBe('timeout');
  });

  it('what only local endpoints take is dropped elsewhere, but for those of the cluster', () => {
    expect(outcomes('outside node-c', '198.51.100.17:80')).toEqual(['timeout']);
    expect(outcomes('outside node-a', '198.51.100.17:80')).toEqual(['default/web-a from outside']);
    expect(outcomes('pod client', '198.51.100.17:80')).toEqual([
      'default/web-a from pod default/client',
      'default/web-b from pod default/client',
    ]);
    expect(outcomes('node node-c', '198.51.100.17:80')).toEqual([
      'default/web-a from node node-c',
      'default/web-b from node node-c',
    ]);
  });

  it('until 1.32 filters came first, and dropped what a node sends itself too', () => {
    expect(outcomes('node node-c', '198.51.100.17:80', simulationWith({ kubernetesVersion: '1.32' }))).toEqual([
      'timeout',
    ]);
    expect(outcomes('node node-c', '198.51.100.17:80', simulationWith({ kubernetesVersion: '1.33' }))).toEqual([
      'default/web-a from node node-c',
      'default/web-b from node node-c',
    ]);
  });
});

describe('a pod that reaches itself', () => {
  const sourceSeen = (by: Simulation) => {
    const paths = walk('pod web-a', '10.96.0.10:80', by);
    const [path] = paths.filter(({ outcome }) => outcome.kind === 'delivered' && outcome.pod === 'default/web-a');
    return path && { source: path.outcome, rule: told(path).at(-1) };
  };

  it('by an endpoint of this node is masqueraded', () => {
    expect(sourceSeen(simulation)).toMatchObject({
      source: { source: 'node node-a' },
      rule: 'POSTROUTING nat masquerading: ct status dnat ip saddr . ip daddr . meta l4proto . th dport @hairpin-connections { 10.244.1.10 . 10.244.1.10 . tcp . 8080 } masquerade fully-random',
    });
    expect(sourceSeen(simulationWith({ kubernetesVersion: '1.35' }))).toMatchObject({
      source: { source: 'node node-a' },
      rule: 'POSTROUTING nat masquerading: masquerade fully-random',
    });
  });

  it('by an endpoint that names no node is not, and gets no answer; until 1.35 it was', () => {
    expect(walk('pod client', '10.96.0.15:80').map(({ outcome }) => outcome.kind)).toEqual(['timeout']);
    const before = walk('pod client', '10.96.0.15:80', simulationWith({ kubernetesVersion: '1.35' }));
    expect(before.map(({ outcome }) => outcome.kind)).toEqual(['delivered']);
  });
});
