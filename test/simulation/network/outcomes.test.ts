/** One small cluster, and each kind of end that a request may have in it. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import type { Protocol } from '#model/kubernetes';
import { defaultSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import type { PacketSource, Walk } from '#simulation/types';
import { objectOf } from '../cluster';
import { pod, service } from '../descriptions';

const at =
  (nodeName: string, address: string, spec: JsonObject = {}) =>
  (name: string, app: string) => ({
    ...pod(name, { app }, { nodeName, ...spec }),
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  });

const slice = (name: string, addresses: readonly string[]): JsonObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${name}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
  addressType: 'IPv4',
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  endpoints: [{ addresses }],
});

const onNode: JsonObject = { type: 'NodePort', selector: { app: 'web' } };

const objects: readonly JsonObject[] = [
  at('node-a', '10.244.1.10')('web-a', 'web'),
  at('node-b', '10.244.2.10')('web-b', 'web'),
  at('node-c', '10.244.3.10')('client', 'client'),
  at('node-b', '172.30.0.12', { hostNetwork: true })('host', 'host'),
  at('node-a', '10.244.1.20')('guarded', 'guarded'),
  service('web', { clusterIP: '10.96.0.10', selector: { app: 'web' } }),
  service('empty', { clusterIP: '10.96.0.11', selector: { app: 'nobody' } }),
  service('near', { clusterIP: '10.96.0.12', selector: { app: 'web' }, internalTrafficPolicy: 'Local' }),
  service('guarded', { clusterIP: '10.96.0.13', selector: { app: 'guarded' } }),
  service('host', { clusterIP: '10.96.0.14', selector: { app: 'host' } }),
  service('vacant', { clusterIP: '10.96.0.15' }),
  slice('vacant', ['10.244.2.99']),
  service('away', { clusterIP: '10.96.0.16' }),
  slice('away', ['192.0.2.7']),
  service('in-range', {
    clusterIP: '10.96.0.19',
    type: 'LoadBalancer',
    selector: { app: 'web' },
    externalIPs: ['10.244.1.88'],
    externalTrafficPolicy: 'Local',
  }),
  service('empty-udp', {
    clusterIP: '10.96.0.17',
    selector: { app: 'nobody' },
    ports: [{ port: 53, protocol: 'UDP' }],
  }),
  {
    ...at('node-b', '10.244.2.77')('done', 'done'),
    status: { phase: 'Succeeded', podIP: '10.244.2.77', podIPs: [{ ip: '10.244.2.77' }] },
  },
  service('empty-sctp', {
    clusterIP: '10.96.0.18',
    selector: { app: 'nobody' },
    ports: [{ port: 90, protocol: 'SCTP' }],
  }),
  service('node-port', { ...onNode, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }),
  service('node-port-local', {
    ...onNode,
    externalTrafficPolicy: 'Local',
    ports: [{ port: 80, targetPort: 8080, nodePort: 30081 }],
  }),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'closed', namespace: 'default' },
    spec: { podSelector: { matchLabels: { app: 'guarded' } }, policyTypes: ['Ingress'] },
  },
];

const simulation = createSimulation(defaultSettings);
simulation.apply({ removed: [], added: objects.map((body, index) => objectOf(body, 'cluster.yaml', index)) });

function sourceOf(from: string): PacketSource {
  const [kind, name = ''] = from.split(' ');
  if (kind === 'pod') return { kind, pod: `default/${name}` };
  return kind === 'node' ? { kind, node: name } : { kind: 'outside', node: name };
}

function walk(from: string, to: string): Walk {
  const [address = '', port = '', protocol = 'TCP'] = to.split(/[:/]/);
  return simulation.dataPlane.walk(
    sourceOf(from),
    { address, port: Number(port), protocol: protocol as Protocol },
    'iptables',
  );
}

/** `web-a:8080 from pod client ½`: what came out, with its share where there is more than one end. */
function ends(from: string, to: string): readonly string[] {
  return walk(from, to).paths.map(({ outcome, probability }) => {
    const share = probability === 1 ? '' : ` ${probability}`;
    if (outcome.kind !== 'delivered') return outcome.kind + share;
    return `${outcome.pod}:${outcome.port} from ${outcome.source}${share}`.replaceAll('default/', '');
  });
}

describe('where a request ends', () => {
  it.each([
    ['one of two endpoints', 'pod client', '10.96.0.10:80', 'web-a:8080 from pod client 0.5', 'web-b:8080 from pod client 0.5'],
    ['a pod that reaches itself is masqueraded', 'pod web-a', '10.96.0.10:80', 'web-a:8080 from node node-a 0.5', 'web-b:8080 from pod web-a 0.5'],
    ['a node is masqueraded', 'node node-c', '10.96.0.10:80', 'web-a:8080 from node node-c 0.5', 'web-b:8080 from node node-c 0.5'],
    ['no endpoints', 'pod client', '10.96.0.11:80', 'refused'],
    ['no endpoints, by UDP', 'pod client', '10.96.0.17:53/UDP', 'refused'],
    ["no endpoints, by UDP from a node's own process", 'node node-a', '10.96.0.17:53/UDP', 'not permitted'],
    ['no endpoints, by SCTP, which does not listen to ICMP', 'pod client', '10.96.0.18:90/SCTP', 'timeout'],
    ['a pod that has ended', 'pod client', '10.244.2.77:8080', 'host unreachable'],
    ["the segment's router", 'pod client', '172.30.0.1:80', 'refused'],
    ["nobody on the nodes' segment", 'pod client', '172.30.0.77:80', 'host unreachable'],
    ["nobody beside the client outside", 'pod client', '203.0.113.99:80', 'host unreachable'],
    ["another address of the loopback", 'node node-b', '127.0.0.2:7000', 'refused'],
    ['no local endpoint', 'pod client', '10.96.0.12:80', 'timeout'],
    ['the local endpoint', 'node node-a', '10.96.0.12:80', 'web-a:8080 from node node-a'],
    ['a port that the Service has not', 'pod client', '10.96.0.10:81', 'network unreachable'],
    ['the same by UDP, which is not told', 'pod client', '10.96.0.10:81/UDP', 'timeout'],
    ['an address that nobody has', 'node node-a', '192.0.2.1:80', 'network unreachable'],
    ['an address that no node translates, from outside', 'outside node-a', '198.51.100.9:80', 'host unreachable'],
    ['an endpoint that no pod has', 'pod client', '10.96.0.15:80', 'host unreachable'],
    ["an endpoint in the own node's range that no pod has: the error names the endpoint", 'pod web-b', '10.96.0.15:80', 'timeout'],
    ['the same, which comes back to the node with its own source', 'node node-b', '10.96.0.15:80', 'timeout'],
    ['an address that no pod of the own node has, without a translation', 'pod web-b', '10.244.2.99:80', 'host unreachable'],
    ['an endpoint that is not in the cluster', 'pod client', '10.96.0.16:80', 'network unreachable'],
    ['policies of the pod', 'pod client', '10.96.0.13:80', 'timeout'],
    ["policies do not keep a pod's own node out", 'node node-a', '10.96.0.13:80', 'guarded:8080 from node node-a'],
    ['a pod by its address', 'pod client', '10.244.1.10:8080', 'web-a:8080 from pod client'],
    ['a pod by its address, from outside', 'outside node-c', '10.244.1.10:8080', 'web-a:8080 from outside'],
    ['a pod on the host network', 'pod client', '10.96.0.14:80', 'host:8080 from pod client'],
    ['from a pod on the host network', 'pod host', '10.244.1.10:8080', 'web-a:8080 from node node-b'],
    ['a closed port of a node', 'pod client', '172.30.0.11:30099', 'refused'],
    ['a node port', 'outside node-c', '172.30.0.13:30080', 'web-a:8080 from node node-c 0.5', 'web-b:8080 from node node-c 0.5'],
    ['a node port on the loopback', 'node node-c', '127.0.0.1:30080', 'web-a:8080 from node node-c 0.5', 'web-b:8080 from node node-c 0.5'],
    ['a local node port keeps the source', 'outside node-a', '172.30.0.11:30081', 'web-a:8080 from outside'],
    ['a local node port without a local endpoint', 'outside node-c', '172.30.0.13:30081', 'timeout'],
    ["an external address of the pods' range goes where it is sent", 'outside node-b', '10.244.1.88:80', 'web-b:8080 from outside'],
    ['and times out where no endpoint is', 'outside node-c', '10.244.1.88:80', 'timeout'],
    ['an answer that does not come back by the node that translated', 'pod client', '172.30.0.11:30081', 'web-a:8080 from pod client 0.5', 'timeout 0.5'],
  ])('%s: %s → %s', (_, from, to, ...expected) => {
    expect(ends(from, to)).toEqual(expected);
  }); // prettier-ignore
});

describe('what a walk tells', () => {
  it('gives each translation with its rule, what made the rule, and what was passed over', () => {
    const [path] = walk('node node-c', '10.96.0.10:80').paths;
    const rules = path!.steps.flatMap((step) => (step.kind === 'rule' ? [step] : []));
    const translation = rules.find(({ action }) => action.kind === 'dnat')!;
    expect(translation.before.destination).toBe('10.96.0.10');
    expect(translation.after).toMatchObject({ destination: '10.244.1.10', destinationPort: 8080 });
    expect(translation.cause).toEqual({
      service: 'default/web',
      portName: '',
      protocol: 'TCP',
      endpoint: '10.244.1.10:8080',
    });
    const masquerade = rules.find(({ action }) => action.kind === 'masquerade')!;
    expect([masquerade.before.source, masquerade.after.source]).toEqual(['172.30.0.13', '172.30.0.13']);
    for (const { index, passedOver } of rules) expect(passedOver).toBeLessThanOrEqual(index);
    const before = rules.find(({ passedOver }) => passedOver > 0)!;
    const passed = simulation.dataPlane.passedOver(before, 100);
    expect(passed).toHaveLength(before.passedOver);
    for (const { text, reason } of passed) {
      expect(text).toMatch(new RegExp(`^-A ${before.chain} `));
      expect(reason).toMatch(/^(destination|source|protocol|a new connection|mark|chance) .* is not |chance/);
    }
  });

  it('takes the rules from what is printed: each rule of the walk is in the table', () => {
    for (const path of walk('pod client', '10.96.0.10:80').paths)
      for (const step of path.steps) {
        if (step.kind !== 'rule') continue;
        const ruleset = simulation.dataPlane.rules(step.node, 'iptables', 'IPv4')!;
        if (ruleset.mode !== 'iptables' || step.met.tool !== 'iptables') throw new Error('asked for iptables');
        const table = ruleset.tables.find(({ name }) => name === step.table)!;
        expect(table.chains.get(step.chain)!.rules[step.index]).toBe(step.met.rule);
      }
  });
});
