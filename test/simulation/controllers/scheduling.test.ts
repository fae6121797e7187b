/** On which node a pod runs, and what the scheduler says where none takes it. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings } from '#model/settings';
import type { ControlPlaneEngine } from '#simulation/control-plane';
import { clusterOf, objectOf } from '../cluster';
import { daemonSet, deployment, pod, service, withPodSpec } from '../descriptions';

function node(name: string, spec: JsonObject = {}, labels: Readonly<Record<string, string>> = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } }, spec }; // prettier-ignore
}

function unready(name: string, status: string): JsonObject {
  return { ...node(name), status: { conditions: [{ type: 'Ready', status }] } };
}

function cluster(bodies: readonly JsonObject[], kubernetesVersion = '1.37'): ControlPlaneEngine {
  const objects = bodies.map((body, document) => objectOf(body, 'cluster.yaml', document));
  return clusterOf(objects, { ...defaultSettings, kubernetesVersion });
}

/** Each pod of the workload: its node, or why it has none. */
function placed(controlPlane: ControlPlaneEngine, key: string): readonly (string | undefined)[] {
  return controlPlane
    .podsOf(key)
    .map(
      ({ spec, status }) => spec.nodeName ?? status.conditions?.find(({ type }) => type === 'PodScheduled')?.message,
    );
}

function placedPod(bodies: readonly JsonObject[], podSpec: JsonObject, version?: string): string | undefined {
  return placed(cluster([...bodies, pod('web', { app: 'web' }, podSpec)], version), '/Pod/default/web')[0];
}

const web = (replicas: number, podSpec: JsonObject) =>
  withPodSpec(deployment('web', { app: 'web' }, replicas), podSpec);
const webKey = 'apps/Deployment/default/web';
const onPort = (hostPort: number, more: JsonObject = {}): JsonObject => ({
  containers: [{ name: 'main', image: 'i', ports: [{ containerPort: 8080, hostPort, ...more }] }],
});
const required = (terms: readonly JsonObject[]): JsonObject => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
});
const expression = (key: string, operator: string, values: readonly string[] = []): JsonObject => ({
  matchExpressions: [{ key, operator, values }],
});

describe('a required node affinity', () => {
  const nodes = [node('a', {}, { cores: '4', disk: 'hdd' }), node('b', {}, { cores: '16' }), node('c', {}, { cores: 'x' })]; // prettier-ignore

  it.each<[string, JsonObject, string]>([
    ['In', expression('disk', 'In', ['ssd', 'hdd']), 'a'],
    ['NotIn, which takes nodes without the label', { matchExpressions: [{ key: 'disk', operator: 'NotIn', values: ['hdd'] }, { key: 'cores', operator: 'In', values: ['16'] }] }, 'b'],
    ['Exists', expression('disk', 'Exists'), 'a'],
    ['DoesNotExist', { matchExpressions: [{ key: 'disk', operator: 'DoesNotExist' }, { key: 'cores', operator: 'NotIn', values: ['16'] }] }, 'c'],
    ['Gt, as numbers', expression('cores', 'Gt', ['8']), 'b'],
    ['Lt, of numbers alone', expression('cores', 'Lt', ['16']), 'a'],
    ['a field', { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['c'] }] }, 'c'],
  ])('knows %s', (_, term, expected) => {
    expect(placedPod(nodes, required([term]))).toBe(expected);
  }); // prettier-ignore

  it('has alternatives; an empty one matches nothing', () => {
    const otherwise = expression('cores', 'In', ['x']);
    expect(placedPod(nodes, required([expression('disk', 'In', ['ssd']), otherwise]))).toBe('c');
    const nowhere = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. ";
    const unhelpful = 'preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';
    expect(placedPod(nodes, required([{}]))).toBe(nowhere + unhelpful);
  });

  it('holds beside the node selector', () => {
    expect(
      placedPod(nodes, { nodeSelector: { disk: 'hdd' }, ...required([expression('cores', 'Gt', ['8'])]) }),
    ).toMatch(/^0\/3 nodes/);
  });

  it('tells what a name leaves out', () => {
    const named = (name: string) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] });
    const fields = required([named('gone'), named('a')]);
    const tainted = [node('a', { taints: [{ key: 'k', effect: 'NoSchedule' }] }), node('b'), node('c')];
    expect(placedPod(tainted, fields)).toBe(
      "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. " +
        'preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
    );
  });
});

describe('labels of a kubelet', () => {
  const select = (nodeSelector: JsonObject) => placedPod([node('a')], { nodeSelector });

  it('are on each node, whatever its manifest says', () => {
    expect(select({ 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': 'a' })).toBe('a');
    expect(select({ 'kubernetes.io/os': 'windows' })).toMatch(/^0\/1 nodes/);
  });

  it('say nothing of an architecture that nobody has told', () => {
    expect(select({ 'kubernetes.io/arch': 'arm64' })).toBe('a');
    const amd = [node('a', {}, { 'kubernetes.io/arch': 'amd64' })];
    expect(placedPod(amd, { nodeSelector: { 'kubernetes.io/arch': 'arm64' } })).toMatch(/^0\/1 nodes/);
  });
});

describe('a taint', () => {
  const taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' };
  const nodes = [node('a', { taints: [taint] }), node('b', { taints: [{ ...taint, effect: 'NoExecute' }] })];
  const tolerating = (...tolerations: readonly JsonObject[]) => placedPod(nodes, { tolerations });

  it('keeps away what does not tolerate it', () => {
    const rest = 'preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
    expect(placedPod(nodes, {})).toBe(`0/2 nodes are available: 2 node(s) had untolerated taint(s). ${rest}`);
    expect(placedPod(nodes, {}, '1.33')).toBe(
      `0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: db}. ${rest}`,
    );
    expect(tolerating({ key: 'dedicated', value: 'web' })).toMatch(/2 node\(s\) had untolerated/);
  });

  it.each<[string, JsonObject]>([
    ['its value', { key: 'dedicated', operator: 'Equal', value: 'db', effect: 'NoSchedule' }],
    ['no operator, which is Equal', { key: 'dedicated', value: 'db', effect: 'NoSchedule' }],
    ['any value', { key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }],
  ])('is tolerated by %s', (_, toleration) => expect(tolerating(toleration)).toBe('a'));

  it('is tolerated whatever it is', () => expect(['a', 'b']).toContain(tolerating({ operator: 'Exists' })));

  it('that only prefers other nodes keeps nobody away', () => {
    expect(placedPod([node('a', { taints: [{ key: 'k', effect: 'PreferNoSchedule' }] })], {})).toBe('a');
  });
});

describe('a node that is cordoned or not ready', () => {
  it('takes no pods, and says which it is', () => {
    const nodes = [node('a', { unschedulable: true }), unready('b', 'False'), unready('c', 'Unknown')];
    expect(placedPod(nodes, {})).toMatch(
      /^0\/3 nodes are available: 1 node\(s\) were unschedulable, 2 node\(s\) had untolerated taint\(s\)\./,
    );
  });

  it('loses a taint that its conditions do not call for', () => {
    const taints = [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }];
    expect(placedPod([{ ...unready('a', 'True'), spec: { taints } }], {})).toBe('a');
    expect(placedPod([node('a', { taints })], {})).toMatch(/untolerated/);
  });

  it('does not run what names it', () => {
    const controlPlane = cluster([
      unready('a', 'Unknown'),
      pod('web', { app: 'web' }, { nodeName: 'a' }),
      service('web', { selector: { app: 'web' } }),
    ]);
    expect(controlPlane.pod('default/web')?.status).toMatchObject({ phase: 'Pending' });
    expect(controlPlane.pod('default/web')?.status.podIP).toBeUndefined();
    expect(controlPlane.endpointSlices('default/web')[0]?.endpoints).toBeNull();
  });
});

describe('ports of the node', () => {
  const nodes = [node('a'), node('b')];
  const noPort = "node(s) didn't have free ports for the requested pod ports";

  it('are taken by one pod each', () => {
    const controlPlane = cluster([...nodes, web(3, onPort(80))]);
    const message = `0/2 nodes are available: 2 ${noPort}. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.`;
    expect(placed(controlPlane, webKey)).toEqual(['a', 'b', message]);
    expect(controlPlane.podsOf(webKey)[2]?.status).toMatchObject({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
    });
  });

  it('go to whom was applied first, and to pods that name their node before all others', () => {
    const first = pod('z', {}, onPort(80));
    const second = pod('y', {}, onPort(80));
    const bound = pod('x', {}, { nodeName: 'a', ...onPort(80) });
    const one = cluster([node('a'), first, second]);
    expect(placed(one, '/Pod/default/z')).toEqual(['a']);
    expect(placed(one, '/Pod/default/y')[0]).toContain(noPort);
    expect(placed(cluster([node('a'), first, bound]), '/Pod/default/z')[0]).toContain(noPort);
  });

  it('of another address or protocol are other ports', () => {
    const at = (hostIP: string) => onPort(80, { hostIP });
    const placedSecond = (a: JsonObject, b: JsonObject) =>
      placed(cluster([node('a'), pod('a', {}, a), pod('b', {}, b)]), '/Pod/default/b')[0];
    expect(placedSecond(at('127.0.0.1'), at('127.0.0.2'))).toBe('a');
    expect(placedSecond(at('127.0.0.1'), onPort(80))).toContain(noPort);
    expect(placedSecond(onPort(80), onPort(80, { protocol: 'UDP' }))).toBe('a');
  });

  it('are those of the containers on the host’s network', () => {
    const host = { hostNetwork: true, containers: [{ name: 'main', image: 'i', ports: [{ containerPort: 9100 }] }] };
    expect(placed(cluster([...nodes, web(3, host)]), webKey)[2]).toContain(noPort);
  });

  it('that become free let the next pod run', () => {
    const [holder, waiting] = [pod('a', {}, onPort(80)), pod('b', { app: 'web' }, onPort(80))].map((body, i) =>
      objectOf(body, 'pods.yaml', i),
    );
    const others = [node('a'), service('web', { selector: { app: 'web' } })].map((body, i) => objectOf(body, 'n.yaml', i)); // prettier-ignore
    const controlPlane = clusterOf([...others, holder!, waiting!]);
    expect(controlPlane.endpointSlices('default/web')[0]?.endpoints).toBeNull();
    const impact = controlPlane.apply({ removed: [holder!], added: [] });
    expect(impact.services).toContain('default/web');
    expect(controlPlane.endpointSlices('default/web')[0]?.endpoints).toHaveLength(1);
  });
});

describe('pods of one group', () => {
  const zoned = [
    node('a', {}, { zone: 'one' }),
    node('b', {}, { zone: 'one' }),
    node('c', {}, { zone: 'two' }),
    node('d'),
  ];
  const own = { labelSelector: { matchLabels: { app: 'web' } } };

  it('keep apart where they must', () => {
    const term = { ...own, topologyKey: 'kubernetes.io/hostname' };
    const apart = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
    const nodes = placed(cluster([node('a'), node('b'), web(3, apart)]), webKey);
    expect(nodes.slice(0, 2)).toEqual(['a', 'b']);
    expect(nodes[2]).toBe(
      "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. " +
        'preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
    );
  });

  it('spread evenly over the zones that there are', () => {
    const spread = { topologySpreadConstraints: [{ ...own, topologyKey: 'zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] }; // prettier-ignore
    const nodes = placed(cluster([...zoned, web(4, spread)]), webKey);
    expect(nodes.map((name) => (name === 'c' ? 'two' : 'one')).sort()).toEqual(['one', 'one', 'two', 'two']);
    const full = [{ ...zoned[2]!, spec: { unschedulable: true } }, ...zoned.slice(0, 2), zoned[3]!];
    const rest = placed(cluster([...full, web(3, spread)]), webKey);
    expect(rest[0]).toMatch(/^[ab]$/);
    expect(rest[1]).toBe(
      "0/4 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label), " +
        "1 node(s) were unschedulable, 2 node(s) didn't match pod topology spread constraints. " +
        'preemption: 0/4 nodes are available: 2 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
    );
  });
});

describe('a daemon pod', () => {
  it('runs on cordoned nodes too, and waits for its ports', () => {
    const controlPlane = cluster([
      node('a', { unschedulable: true }),
      node('b'),
      pod('holder', {}, { nodeName: 'b', ...onPort(80) }),
      withPodSpec(daemonSet('agent', { app: 'agent' }), onPort(80)),
    ]);
    expect(placed(controlPlane, 'apps/DaemonSet/default/agent')).toEqual([
      'a',
      "0/2 nodes are available: 1 node(s) didn't have free ports for the requested pod ports, 1 node(s) didn't satisfy plugin(s) [NodeAffinity]. " +
        'preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
    ]);
  });

  it('has the tolerations and the affinity of its controller', () => {
    const spec = { tolerations: [{ key: 'mine', operator: 'Exists' }] };
    const controlPlane = cluster([node('a'), withPodSpec(daemonSet('agent', { app: 'agent' }), spec)]);
    const [made] = controlPlane.podsOf('apps/DaemonSet/default/agent');
    expect(made?.spec).toMatchObject(
      required([{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }]),
    );
    const { tolerations } = made!.spec as unknown as { readonly tolerations: readonly { readonly key: string }[] };
    expect(tolerations.map(({ key }) => key.replace('node.kubernetes.io/', ''))).toEqual([
      'mine', 'not-ready', 'unreachable', 'disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable',
    ]); // prettier-ignore
  });

  it('comes when its node loses the taint', () => {
    const tainted = objectOf(node('a', { taints: [{ key: 'k', effect: 'NoSchedule' }] }), 'n.yaml');
    const free = objectOf(node('a'), 'n.yaml');
    const controlPlane = clusterOf([tainted, objectOf(daemonSet('agent', { app: 'agent' }), 'd.yaml')]);
    expect(controlPlane.podGroup('apps/DaemonSet/default/agent')?.replicas).toBe(0);
    controlPlane.apply({ removed: [tainted], added: [free] });
    expect(controlPlane.podGroup('apps/DaemonSet/default/agent')?.replicas).toBe(1);
  });
});

describe('a pod that waits', () => {
  it('for its gates says so', () => {
    const controlPlane = cluster([pod('web', {}, { schedulingGates: [{ name: 'example.com/wait' }] })]);
    expect(controlPlane.pod('default/web')?.status).toEqual({
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'SchedulingGated',
          message: 'Scheduling is blocked due to non-empty scheduling gates',
        },
      ],
    });
  });

  it('by its own status stays where it is', () => {
    const waiting = { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: 'why' }] };
    const controlPlane = cluster([{ ...pod('web', {}), status: waiting }]);
    expect(controlPlane.pod('default/web')).toMatchObject({ status: waiting });
    expect(controlPlane.pod('default/web')?.spec.nodeName).toBeUndefined();
  });

  it('is no endpoint', () => {
    const controlPlane = cluster([
      pod('web', { app: 'web' }, { nodeSelector: { disk: 'fast' } }),
      service('web', { selector: { app: 'web' } }),
    ]);
    expect(controlPlane.endpointSlices('default/web')).toMatchObject([{ endpoints: null, ports: null }]);
  });
});
