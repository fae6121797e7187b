/** One small cluster in IPVS mode: which rules a packet meets there, and how it ends. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import type { Protocol } from '#model/kubernetes';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import { printMetRule } from '#simulation/proxy/modes';
import type { PacketSource, Simulation, Walk, WalkStep } from '#simulation/types';
import { objectOf } from '../cluster';
import { pod, service } from '../descriptions';

const at =
  (nodeName: string, address: string, spec: JsonObject = {}) =>
  (name: string, app: string): JsonObject => ({
    ...pod(name, { app }, { nodeName, ...spec }),
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  });

const balanced = (body: JsonObject, ip: string): JsonObject => ({
  ...body,
  status: { loadBalancer: { ingress: [{ ip }] } },
});

const objects: readonly JsonObject[] = [
  at('node-a', '10.244.1.10')('web-a', 'web'),
  at('node-b', '10.244.2.10')('web-b', 'web'),
  at('node-a', '10.244.1.30')('client', 'client'),
  at('node-a', '172.30.0.11', { hostNetwork: true })('host', 'host'),
  at('node-b', '10.244.2.20')('guarded', 'guarded'),
  service('web', { clusterIP: '10.96.0.10', selector: { app: 'web' } }),
  service('empty', { clusterIP: '10.96.0.11', selector: { app: 'nobody' } }),
  service('empty-udp', { clusterIP: '10.96.0.12', selector: { app: 'nobody' }, ports: [{ port: 53, protocol: 'UDP' }] }),
  service('near', { clusterIP: '10.96.0.13', selector: { app: 'guarded' }, internalTrafficPolicy: 'Local' }),
  service('host', { clusterIP: '10.96.0.14', selector: { app: 'host' } }),
  service('guarded', { clusterIP: '10.96.0.15', selector: { app: 'guarded' } }),
  balanced(
    service('open', {
      type: 'LoadBalancer',
      clusterIP: '10.96.0.16',
      selector: { app: 'web' },
      externalTrafficPolicy: 'Local',
    }),
    '198.51.100.16',
  ),
  balanced(
    service('closed', {
      type: 'LoadBalancer',
      clusterIP: '10.96.0.17',
      selector: { app: 'web' },
      loadBalancerSourceRanges: ['203.0.113.0/24'],
    }),
    '198.51.100.17',
  ),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'out', namespace: 'default' },
    spec: {
      podSelector: { matchLabels: { app: 'client' } },
      policyTypes: ['Egress'],
      egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }] }],
    },
  },
]; // prettier-ignore

function simulationWith(settings: Partial<ClusterSettings> = {}): Simulation {
  const simulation = createSimulation({ ...defaultSettings, ipvsMatch: true, ...settings });
  simulation.apply({ removed: [], added: objects.map((body, index) => objectOf(body, 'cluster.yaml', index)) });
  return simulation;
}

const simulation = simulationWith();
const client: PacketSource = { kind: 'pod', pod: 'default/client' };
const node = (name: string): PacketSource => ({ kind: 'node', node: name });
const outside: PacketSource = { kind: 'outside', node: 'node-a' };

function walkTo(
  source: PacketSource,
  address: string,
  port = 80,
  protocol: Protocol = 'TCP',
  asked = simulation,
): Walk {
  return asked.dataPlane.walk(source, { address, port, protocol }, 'ipvs');
}

function ends(walk: Walk): readonly string[] {
  return walk.paths.map(({ outcome }) =>
    outcome.kind === 'delivered' ? `${outcome.pod}:${outcome.port} from ${outcome.source}` : outcome.kind,
  );
}

type RuleStep = Extract<WalkStep, { readonly kind: 'rule' }>;

function rulesOf(walk: Walk, path = 0): readonly RuleStep[] {
  return walk.paths[path]!.steps.filter((step) => step.kind === 'rule');
}

const texts = (steps: readonly RuleStep[]) =>
  steps.map(({ hook, met, chain }) => `${hook} ${printMetRule(met, chain)}`);

describe('a request of a pod', () => {
  it('meets the marks, the filter, IPVS, and what is before the wire', () => {
    const walk = walkTo(client, '10.96.0.10');
    expect(ends(walk)).toEqual([
      'default/web-a:8080 from pod default/client',
      'default/web-b:8080 from pod default/client',
    ]);
    expect(walk.paths.map(({ probability }) => probability)).toEqual([0.5, 0.5]);
    expect(texts(rulesOf(walk))).toEqual([
      'PREROUTING -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      'PREROUTING -A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT',
      'INPUT -a -t 10.96.0.10:80 -r 10.244.1.10:8080 -m -w 1',
    ]); // prettier-ignore
  });

  it('has a step for the real server, with the Service and the endpoint that it is there for', () => {
    const scheduled = rulesOf(walkTo(client, '10.96.0.10')).at(-1)!;
    expect(scheduled).toMatchObject({
      table: 'ipvs',
      chain: 'TCP 10.96.0.10:80',
      action: { kind: 'dnat', address: '10.244.1.10', port: 8080 },
      cause: { service: 'default/web', endpoint: '10.244.1.10:8080' },
      probability: 0.5,
    });
    expect(scheduled.after).toMatchObject({ source: '10.244.1.30', destination: '10.244.1.10', destinationPort: 8080 });
  });

  it('has its egress policies look at the pod, not at the cluster IP', () => {
    expect(ends(walkTo(client, '10.96.0.15'))).toEqual(['timeout']);
    const steps = walkTo(client, '10.96.0.15').paths[0]!.steps;
    const asked = steps.find((step) => step.kind === 'policy')!;
    expect(asked.header.destination).toBe('10.244.2.20');
  });

  it('to itself leaves with the address of the node', () => {
    const walk = walkTo({ kind: 'pod', pod: 'default/web-a' }, '10.96.0.10');
    expect(ends(walk)).toContain('default/web-a:8080 from node node-a');
    expect(texts(rulesOf(walk)).at(-1)).toMatch(/KUBE-LOOP-BACK dst,dst,src -j MASQUERADE$/);
  });

  it('to a process on its own node stays as it is', () => {
    const other: PacketSource = { kind: 'pod', pod: 'default/web-a' };
    expect(ends(walkTo(other, '10.96.0.14'))).toEqual(['default/host:8080 from pod default/web-a']);
  });

  it('says why a rule did not match, in the sets of the node', () => {
    const accepted = rulesOf(walkTo(client, '10.96.0.10'))[1]!;
    expect(simulation.dataPlane.passedOver(accepted, 10).map(({ reason }) => reason)).toEqual([
      'the packet is not in set KUBE-LOAD-BALANCER',
      'source 10.244.1.30 is in 10.244.0.0/16',
      'no rule of KUBE-NODE-PORT decides',
    ]);
  });
});

describe('what nobody serves', () => {
  it('is refused by IPVS, for lack of endpoints', () => {
    const walk = walkTo(client, '10.96.0.11');
    expect(ends(walk)).toEqual(['refused']);
    const last = rulesOf(walk).at(-1)!;
    expect(last.action).toEqual({ kind: 'reject', with: 'icmp-port-unreachable' });
    expect(last.cause).toMatchObject({ service: 'default/empty', refusal: 'no endpoints' });
    expect(printMetRule(last.met, last.chain)).toBe('-A -t 10.96.0.11:80 -s rr');
  });
  it('or for lack of endpoints of the node', () => {
    const last = rulesOf(walkTo(client, '10.96.0.13')).at(-1)!;
    expect(last.cause).toMatchObject({ service: 'default/near', refusal: 'no local endpoints' });
  });
  it('is not permitted to a UDP datagram of the node itself', () => {
    expect(ends(walkTo(node('node-a'), '10.96.0.12', 53, 'UDP'))).toEqual(['not permitted']);
    expect(ends(walkTo(client, '10.96.0.12', 53, 'UDP'))).toEqual(['refused']);
  });
  it('on another port of a cluster IP, is rejected for being an address of kube-ipvs0', () => {
    for (const source of [client, node('node-b')]) {
      const walk = walkTo(source, '10.96.0.10', 81);
      expect(ends(walk)).toEqual(['refused']);
      const last = rulesOf(walk).at(-1)!;
      expect(last).toMatchObject({ hook: 'INPUT', chain: 'KUBE-IPVS-FILTER', cause: { service: 'default/web' } });
    }
  });
  it('at an address that no Service has, goes away by the default route', () => {
    expect(ends(walkTo({ kind: 'pod', pod: 'default/web-a' }, '10.96.0.99'))).toEqual(['network unreachable']);
  });
});

describe("a node's own request", () => {
  it('to a cluster IP has that as its source, and is masqueraded', () => {
    const walk = walkTo(node('node-a'), '10.96.0.10');
    expect(ends(walk)).toEqual(['default/web-a:8080 from node node-a', 'default/web-b:8080 from node node-a']);
    expect(rulesOf(walk)[0]!.before.source).toBe('10.96.0.10');
  });
  it('to an external address under Local is not, and reaches pods of the node alone', () => {
    expect(ends(walkTo(node('node-a'), '198.51.100.16'))).toEqual(['default/web-a:8080 from 198.51.100.16']);
    const far = walkTo(node('node-c'), '198.51.100.16');
    expect(ends(far)).toEqual(['timeout', 'timeout']);
    const [reason] = far.paths.map(({ outcome }) => outcome.kind !== 'delivered' && outcome.reason);
    expect(reason).toMatch(/^node-\w has the source 198\.51\.100\.16 itself/);
  });
  it('to an address whose ranges leave it out is dropped behind IPVS', () => {
    const walk = walkTo(node('node-a'), '198.51.100.17');
    expect(ends(walk)).toEqual(['timeout', 'timeout']);
    const last = rulesOf(walk).at(-1)!;
    expect(last).toMatchObject({ hook: 'OUTPUT', chain: 'KUBE-IPVS-OUT-FILTER', action: { kind: 'drop' } });
    expect(last.cause).toMatchObject({ service: 'default/closed', refusal: 'source ranges' });
  });
});

describe('source ranges', () => {
  it('let in what they hold and drop the rest before IPVS', () => {
    expect(ends(walkTo(outside, '198.51.100.17'))).toEqual(['default/web-a:8080 from node node-a', 'default/web-b:8080 from node node-a']); // prettier-ignore
    const walk = walkTo(client, '198.51.100.17');
    expect(ends(walk)).toEqual(['timeout']);
    expect(rulesOf(walk).at(-1)).toMatchObject({
      chain: 'KUBE-SOURCE-RANGES-FIREWALL',
      cause: { service: 'default/closed', refusal: 'source ranges' },
    });
  });
  it('are told of where the kernel refused the rules for them', () => {
    const walk = walkTo({ kind: 'pod', pod: 'default/web-a' }, '198.51.100.17', 80, 'TCP', simulationWith({ ipvsMatch: false })); // prettier-ignore
    expect(ends(walk)).toHaveLength(2);
    const told = walk.paths[0]!.steps.find((step) => step.kind === 'route' && step.message.includes("match 'ipvs'"));
    expect(told).toBeDefined();
  });
});

describe('a request from outside under Local', () => {
  it('keeps its source where the node has a pod, and gets no answer where it has none', () => {
    expect(ends(walkTo(outside, '198.51.100.16'))).toEqual(['default/web-a:8080 from outside']);
    expect(ends(walkTo({ kind: 'outside', node: 'node-c' }, '198.51.100.16'))).toEqual(['timeout', 'timeout']);
  });
});
