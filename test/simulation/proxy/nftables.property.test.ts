/** What must hold of the nftables table for every cluster and every series of edits. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { defaultSettings, type ProxyMode } from '#model/settings';
import { createSimulation } from '#simulation/index';
import type { PacketSource, Simulation } from '#simulation/types';
import { objectOf } from '../cluster';
import { pod } from '../descriptions';

const nodes = ['node-a', 'node-b', 'node-c'];
const policy = fc.constantFrom('Cluster', 'Local');
const app = fc.constantFrom('x', 'y');

interface PodState {
  readonly node: string;
  readonly app: string;
  readonly isReady: boolean;
}

interface ServiceState {
  readonly type: string;
  readonly app: string;
  readonly protocol: string;
  readonly internal: string;
  readonly external: string;
  readonly isSticky: boolean;
  readonly hasExternalIP: boolean;
  readonly sourceRanges: readonly string[];
}

const podState: fc.Arbitrary<PodState> = fc.record({ node: fc.constantFrom(...nodes), app, isReady: fc.boolean() });
const serviceState: fc.Arbitrary<ServiceState> = fc.record({
  type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
  app,
  protocol: fc.constantFrom('TCP', 'UDP'),
  internal: policy,
  external: policy,
  isSticky: fc.boolean(),
  hasExternalIP: fc.boolean(),
  sourceRanges: fc.constantFrom([], ['192.0.2.0/24'], ['203.0.113.0/24'], ['10.244.0.0/16', '172.30.0.11/32']),
});

const podAddress = (index: number, node: string) => `10.244.${nodes.indexOf(node) + 1}.${10 + index}`;
const numbers = (index: number) => ({ clusterIP: `10.96.0.${20 + index}`, external: `198.51.100.${20 + index}`, loadBalancer: `198.51.100.${60 + index}`, nodePort: 30100 + index }); // prettier-ignore

function podOf({ node, app: label, isReady }: PodState, index: number): JsonObject {
  const status = { phase: 'Running', podIP: podAddress(index, node), conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] }; // prettier-ignore
  return { ...pod(`pod-${index}`, { app: label }, { nodeName: node }), status };
}

function serviceOf(state: ServiceState, index: number): JsonObject {
  const { clusterIP, external, loadBalancer, nodePort } = numbers(index);
  const isBalanced = state.type === 'LoadBalancer';
  const isExternal = state.type !== 'ClusterIP' || state.hasExternalIP;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `service-${index}`, namespace: 'default' },
    spec: {
      type: state.type,
      clusterIP,
      selector: { app: state.app },
      internalTrafficPolicy: state.internal,
      sessionAffinity: state.isSticky ? 'ClientIP' : 'None',
      ports: [
        { port: 80, targetPort: 8080, protocol: state.protocol, ...(state.type !== 'ClusterIP' && { nodePort }) },
      ],
      ...(isExternal && { externalTrafficPolicy: state.external }),
      ...(state.hasExternalIP && { externalIPs: [external] }),
      ...(isBalanced && { loadBalancerSourceRanges: state.sourceRanges }),
    },
    ...(isBalanced && { status: { loadBalancer: { ingress: [{ ip: loadBalancer }] } } }),
  };
}

const objectAt = (body: JsonObject, index: number) => objectOf(body, 'cluster.yaml', index);

function simulationOf(objects: readonly KubernetesObject[], kubernetesVersion = '1.37'): Simulation {
  const simulation = createSimulation({ ...defaultSettings, kubernetesVersion });
  simulation.apply({ removed: [], added: objects });
  return simulation;
}

const textOf = (simulation: Simulation, node: string) =>
  simulation.dataPlane.print(simulation.dataPlane.rules(node, 'nftables', 'IPv4')!);

describe('the table after edits', () => {
  const range = objectAt({ apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'more' }, spec: { cidrs: ['10.200.0.0/16'] } }, 99); // prettier-ignore
  const edit = fc.oneof(
    fc.tuple(fc.nat(3), fc.option(serviceState)).map(([i, state]) => ({ slot: i, body: state && serviceOf(state, i) })),
    fc.tuple(fc.nat(3), fc.option(podState)).map(([i, state]) => ({ slot: 10 + i, body: state && podOf(state, i) })),
    fc.boolean().map((isThere) => ({ slot: 99, body: isThere ? range.body : null })),
  );

  it('is the one that a new simulation makes, and the same value while nothing changes', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 8 }), (edits) => {
        const simulation = simulationOf([]);
        const there = new Map<number, KubernetesObject>();
        for (const { slot, body } of edits) {
          const before = there.get(slot);
          const after = body && objectAt(body, slot);
          simulation.apply({ removed: before ? [before] : [], added: after ? [after] : [] });
          if (after) there.set(slot, after);
          else there.delete(slot);
          const rules = simulation.dataPlane.rules('node-a', 'nftables', 'IPv4');
          expect(simulation.dataPlane.rules('node-a', 'nftables', 'IPv4')).toBe(rules);
        }
        expect(textOf(simulation, 'node-a')).toBe(textOf(simulationOf([...there.values()]), 'node-a'));
      }),
      { numRuns: 60 },
    );
  });
});

/** A pod of no Service. */
const client = podOf({ node: 'node-a', app: 'client', isReady: true }, 9);

/** Each end with its probability, in an order of its own. */
function endsOf(simulation: Simulation, source: PacketSource, to: string, protocol: string, mode: ProxyMode): string[] {
  const [address = '', port = ''] = to.split(':');
  const request = { address, port: Number(port), protocol: protocol as 'TCP' | 'UDP' };
  const ends = new Map<string, number>();
  for (const { outcome, probability } of simulation.dataPlane.walk(source, request, mode).paths) {
    const end = outcome.kind === 'delivered' ? `${outcome.pod} from ${outcome.source}` : outcome.kind;
    ends.set(end, (ends.get(end) ?? 0) + probability);
  }
  return [...ends].map(([end, probability]) => `${end} ${probability.toFixed(6)}`).sort();
}

/** Where a Service takes packets alike in both modes. */
function addressesOf(state: ServiceState, index: number, hasEndpoints: boolean): string[] {
  const { clusterIP, external, loadBalancer, nodePort } = numbers(index);
  // nftables mode drops by source ranges even where it could reject.
  const isAlike = state.sourceRanges.length === 0 || hasEndpoints;
  return [
    `${clusterIP}:80`,
    ...(state.hasExternalIP ? [`${external}:80`] : []),
    ...(state.type === 'LoadBalancer' && isAlike ? [`${loadBalancer}:80`] : []),
    ...(state.type === 'ClusterIP' ? [] : [`172.30.0.11:${nodePort}`, `172.30.0.12:${nodePort}`]),
  ];
}

describe.each(['1.33', '1.35', '1.37'])('nftables and iptables mode of %s', (version) => {
  it('let packets end alike', () => {
    fc.assert(
      fc.property(
        fc.array(podState, { minLength: 1, maxLength: 5 }),
        fc.array(serviceState, { minLength: 1, maxLength: 3 }),
        (pods, services) => {
          const simulation = simulationOf(
            [...pods.map(podOf), client, ...services.map(serviceOf)].map(objectAt),
            version,
          );
          const sources: PacketSource[] = [
            { kind: 'pod', pod: 'default/pod-0' },
            { kind: 'pod', pod: 'default/pod-9' },
            { kind: 'node', node: 'node-a' },
            { kind: 'outside', node: 'node-b' },
          ];
          for (const [i, state] of services.entries()) {
            const hasEndpoints = pods.some((candidate) => candidate.app === state.app && candidate.isReady);
            for (const to of addressesOf(state, i, hasEndpoints))
              for (const source of sources) {
                // iptables mode lets a node's own packets go their way where an external address has no endpoints.
                if (source.kind === 'node' && !hasEndpoints && to.startsWith('198.51.100.')) continue;
                // Since 1.36, nftables mode masks a pod that reaches itself on the pod's own node alone.
                if (source.kind === 'pod' && source.pod === 'default/pod-0' && !to.startsWith('10.')) continue;
                const ends = (mode: ProxyMode) => endsOf(simulation, source, to, state.protocol, mode);
                expect({ source, to, ends: ends('nftables') }).toEqual({ source, to, ends: ends('iptables') });
              }
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
