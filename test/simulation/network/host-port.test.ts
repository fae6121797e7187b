/** hostPorts: what a walk tells of the network plugin's work, and which pod a node's port belongs to. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import type { ProxyMode } from '#model/settings';
import { defaultSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import type { Simulation, WalkPath } from '#simulation/types';
import { objectOf } from '../cluster';
import { deployment, pod, service } from '../descriptions';
import { sourceOf } from './sources';

const container = (ports: readonly JsonObject[]) => ({ name: 'main', image: 'registry.example/app:1', ports });

function podWith(name: string, node: string, address: string, ports: readonly JsonObject[], spec: JsonObject = {}) {
  return {
    ...pod(name, { app: name }, { nodeName: node, containers: [container(ports)], ...spec }),
    status: {
      phase: 'Running',
      podIP: address,
      podIPs: [{ ip: address }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

function simulationOf(bodies: readonly JsonObject[]): Simulation {
  const simulation = createSimulation(defaultSettings);
  simulation.apply({ removed: [], added: bodies.map((body, index) => objectOf(body, 'cluster.yaml', index)) });
  return simulation;
}

function pathsOf(simulation: Simulation, from: string, to: string, mode: ProxyMode = 'iptables'): readonly WalkPath[] {
  const [address = '', port = '', protocol = 'TCP'] = to.split(/[:/]/);
  return simulation.dataPlane.walk(
    sourceOf(from),
    { address, port: Number(port), protocol: protocol as 'TCP' | 'UDP' | 'SCTP' },
    mode,
  ).paths;
}

function ends(simulation: Simulation, from: string, to: string, mode: ProxyMode = 'iptables'): readonly string[] {
  return pathsOf(simulation, from, to, mode).map(({ outcome }) =>
    outcome.kind === 'delivered' ? `${outcome.pod}:${outcome.port} from ${outcome.source}` : outcome.kind,
  );
}

const client = podWith('client', 'node-c', '10.244.3.10', []);
const web = podWith('web', 'node-a', '10.244.1.30', [{ containerPort: 8080, hostPort: 80 }, { containerPort: 132, hostPort: 90, protocol: 'SCTP' }]); // prettier-ignore

describe('a hostPort', () => {
  it("is told as the plugin's work, with the packet before and after, and undone on the way back", () => {
    const [path] = pathsOf(simulationOf([client, web]), 'pod default/client', '172.30.0.11:80');
    expect(path!.steps.map(({ kind }) => kind)).toEqual([
      'no-match', 'policy', 'no-match', 'no-match', 'route', 'no-match', 'plugin', 'no-match', 'no-match', 'policy', 'reply',
    ]); // prettier-ignore
    const plugin = path!.steps.find((step) => step.kind === 'plugin')!;
    expect(plugin).toMatchObject({
      node: 'node-a',
      hook: 'PREROUTING',
      message: "the network plugin maps hostPort 80 to pod default/web, as the CNI project's portmap does",
      before: { destination: '172.30.0.11', destinationPort: 80 },
      after: { destination: '10.244.1.30', destinationPort: 8080 },
    });
    expect(path!.steps.at(-1)).toMatchObject({ message: expect.stringContaining('passes node-a') });
    expect(path!.outcome).toMatchObject({ kind: 'delivered', pod: 'default/web', source: 'pod default/client' });
  });

  it('masquerades for the pod itself and for the loopback, and says so', () => {
    const simulation = simulationOf([client, web]);
    for (const [from, to] of [['pod default/web', '172.30.0.11:80'], ['node node-a', '127.0.0.1:80']] as const) {
      const [path] = pathsOf(simulation, from, to);
      expect(path!.outcome).toMatchObject({ kind: 'delivered', source: 'node node-a' });
      const told = path!.steps.flatMap((step) => (step.kind === 'plugin' ? [step.hook] : []));
      expect(told).toEqual([from.startsWith('pod') ? 'PREROUTING' : 'OUTPUT', 'POSTROUTING']);
    } // prettier-ignore
  });

  it('is for its protocol, SCTP included', () => {
    const simulation = simulationOf([client, web]);
    expect(ends(simulation, 'pod default/client', '172.30.0.11:90/SCTP')).toEqual(['default/web:132 from pod default/client']); // prettier-ignore
    expect(ends(simulation, 'pod default/client', '172.30.0.11:90/TCP')).toEqual(['refused']);
  });

  it('gives way to a node port of the same number in iptables mode, and goes before it in the others', () => {
    const both = [client, podWith('web', 'node-a', '10.244.1.30', [{ containerPort: 8080, hostPort: 30080 }]), podWith('other', 'node-b', '10.244.2.30', [{ containerPort: 8080 }]),
      service('other', { type: 'NodePort', selector: { app: 'other' }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] })]; // prettier-ignore
    const pods = (mode: ProxyMode) => ends(simulationOf(both), 'outside via node-a', '172.30.0.11:30080', mode);
    expect(pods('iptables')).toEqual(['default/other:8080 from node node-a']);
    expect(pods('nftables')).toEqual(['default/web:8080 from outside']);
    expect(pods('ipvs')).toEqual([expect.stringContaining('default/web:8080')]);
  });

  it('of a pod that does not run is nobody’s', () => {
    const pending = { ...web, status: { phase: 'Pending' } };
    expect(ends(simulationOf([client, pending]), 'pod default/client', '172.30.0.11:80')).toEqual(['refused']);
  });

  it('is subject to the policies of the pod that it leads to', () => {
    const closed = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'closed', namespace: 'default' },
      spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] },
    };
    expect(ends(simulationOf([client, web, closed]), 'pod default/client', '172.30.0.11:80')).toEqual(['timeout']);
  });
});

describe('edits', () => {
  it('of pods with ports on their nodes come to what a fresh simulation gives', () => {
    const objectFor = (body: JsonObject, index: number) => objectOf(body, 'cluster.yaml', index);
    const host = (port: number, hostNetwork: boolean, namespace = 'default') => {
      const template = deployment('app', { app: 'app' }, 1, namespace);
      const spec = template['spec'] as { template: { metadata: JsonObject; spec: JsonObject } } & JsonObject;
      const ports = [hostNetwork ? { containerPort: port, hostPort: port } : { containerPort: 8080, hostPort: port }];
      return {
        ...template,
        spec: {
          ...spec,
          template: { ...spec.template, spec: { hostNetwork, nodeName: 'node-a', containers: [container(ports)] } },
        },
      };
    };
    const versions = [host(80, false), host(80, true), host(81, true), host(81, false), host(80, false, 'other'), undefined]; // prettier-ignore
    const edited = createSimulation(defaultSettings);
    let now: ReturnType<typeof objectFor> | undefined;
    const told = (simulation: Simulation) =>
      ['172.30.0.11:80', '172.30.0.11:81'].map((to) =>
        ends(simulation, 'node node-b', to).map((end) => end.replace(/-[a-z0-9]+-[a-z0-9]+:/, ':')),
      );
    const seen = versions.map((version, index) => {
      const next = version && objectFor(version, index);
      edited.apply({ removed: now ? [now] : [], added: next ? [next] : [] });
      now = next;
      const fresh = createSimulation(defaultSettings);
      fresh.apply({ removed: [], added: next ? [next] : [] });
      expect(told(edited)).toEqual(told(fresh));
      return told(edited).map(([end]) => end === 'refused');
    });
    expect(seen).toEqual([
      [false, true],
      [false, true],
      [true, false],
      [true, false],
      [false, true],
      [true, true],
    ]);
  });
});
