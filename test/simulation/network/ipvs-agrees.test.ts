/**
 * IPVS mode against iptables mode: a request ends in both alike, but where kube-proxy or the kernel make a difference of
 * it. Each such difference has its reason here, told from the request and the objects alone, and is seen at least once.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import type { Protocol, Service } from '#model/kubernetes';
import { defaultSettings } from '#model/settings';
import { createSimulation } from '#simulation/index';
import type { PacketSource, Simulation, Walk } from '#simulation/types';
import { objectOf, objectsOf } from '../cluster';
import { pod, service } from '../descriptions';

const root = new URL('../../golden/dev/', import.meta.url);

/** A kernel that takes all of kube-proxy's rules. */
const settings = { ...defaultSettings, ipvsMatch: true };

interface Request {
  readonly source: PacketSource;
  readonly address: string;
  readonly port: number;
  readonly protocol: Protocol;
}

type Reason =
  | 'internalTrafficPolicy Local without an endpoint on the node: IPVS refuses or takes the others, iptables drops'
  | "a node's own request to an external address under Local keeps that address as its source, iptables masquerades it"
  | 'externalTrafficPolicy Local: IPVS looks for endpoints of the node for pods too, and masquerades nothing'
  | 'a pod that reaches itself: IPVS masquerades only where the slice says that the endpoint is on this node'
  | "no endpoints: iptables' rules for external addresses are not in OUTPUT, IPVS refuses there"
  | 'no endpoints: IPVS refuses a UDP datagram to a node port as it is sent, iptables as it comes in'
  | 'no endpoints: source ranges are looked at before, in iptables mode there are no rules for them'
  | 'a port of a cluster IP that is none: the address is the node\u2019s, and IPVS mode rejects'
  | 'a node port on the loopback, which only iptables mode has';

function distribution(walk: Walk): string {
  const ends = new Map<string, number>();
  for (const { outcome, probability } of walk.paths) {
    const end = outcome.kind === 'delivered' ? `${outcome.pod}:${outcome.port} from ${outcome.source}` : outcome.kind;
    ends.set(end, (ends.get(end) ?? 0) + probability);
  }
  return [...ends].map(([end, share]) => `${end} ${share.toFixed(6)}`).sort().join(' | '); // prettier-ignore
}

/** The node whose rules meet the request first. */
function firstNode({ source, address }: Request, simulation: Simulation): string | undefined {
  const { controlPlane } = simulation;
  const owner = controlPlane.nodes().find(({ status }) => status.addresses?.some((one) => one.address === address));
  if (source.kind === 'pod') return controlPlane.pod(source.pod)?.spec.nodeName;
  return source.kind === 'outside' && owner ? owner.metadata.name : source.node;
}

interface Aim {
  readonly service: Service;
  readonly kind: 'cluster IP' | 'external' | 'node port';
}

function aimOf({ address, port, protocol }: Request, simulation: Simulation): Aim | undefined {
  const isNode = simulation.controlPlane.nodes().some(({ status }) => status.addresses?.some((one) => one.address === address)); // prettier-ignore
  for (const candidate of simulation.controlPlane.services()) {
    const { spec, status } = candidate;
    const ports = (spec.ports ?? []).filter((one) => one.protocol === protocol);
    if (isNode && ports.some(({ nodePort }) => nodePort === port)) return { service: candidate, kind: 'node port' };
    if (!ports.some((one) => one.port === port)) continue;
    if (spec.clusterIPs?.includes(address)) return { service: candidate, kind: 'cluster IP' };
    const external = [...(spec.externalIPs ?? []), ...(status.loadBalancer.ingress ?? []).map(({ ip }) => ip)];
    if (external.includes(address)) return { service: candidate, kind: 'external' };
  }
  return undefined;
}

interface Endpoint {
  readonly ip: string;
  readonly node: string | undefined;
}

/** Those that kube-proxy may use: ready ones, without any the serving ones that are on their way out. */
function usable({ metadata, spec }: Service, address: string, { controlPlane }: Simulation): readonly Endpoint[] {
  const family = address.includes(':') ? 'IPv6' : 'IPv4';
  const names = new Set((spec.ports ?? []).map(({ name }) => name ?? ''));
  const all = controlPlane
    .endpointSlices(`${metadata.namespace}/${metadata.name}`)
    .filter((slice) => slice.addressType === family && slice.ports?.some(({ name }) => names.has(name ?? '')))
    .flatMap(({ endpoints }) => endpoints ?? []);
  const ready = all.filter(({ conditions }) => conditions?.ready ?? true);
  const leaving = all.filter(({ conditions }) => (conditions?.serving ?? true) && conditions?.terminating);
  return (ready.length > 0 ? ready : leaving).map(({ addresses, nodeName }) => ({ ip: addresses[0]!, node: nodeName }));
}

function reasonOf(request: Request, simulation: Simulation): Reason | undefined {
  const { source, address, protocol } = request;
  if (address.startsWith('127.')) return 'a node port on the loopback, which only iptables mode has';
  const aim = aimOf(request, simulation);
  if (!aim) {
    const isVirtual = simulation.controlPlane.servicesByAddress(address).length > 0;
    return isVirtual
      ? 'a port of a cluster IP that is none: the address is the node\u2019s, and IPVS mode rejects'
      : undefined;
  }
  const { spec } = aim.service;
  const endpoints = usable(aim.service, address, simulation);
  const node = firstNode(request, simulation);
  const isNodes = source.kind === 'node' || (source.kind === 'pod' && simulation.controlPlane.pod(source.pod)?.spec.hostNetwork); // prettier-ignore
  const isLocal = aim.kind !== 'cluster IP' && spec.externalTrafficPolicy === 'Local';
  if (endpoints.length === 0) {
    if (aim.kind === 'external' && isNodes)
      return "no endpoints: iptables' rules for external addresses are not in OUTPUT, IPVS refuses there";
    if (aim.kind === 'node port' && isNodes && protocol === 'UDP')
      return 'no endpoints: IPVS refuses a UDP datagram to a node port as it is sent, iptables as it comes in';
    if (aim.kind === 'external' && (spec.loadBalancerSourceRanges ?? []).length > 0)
      return 'no endpoints: source ranges are looked at before, in iptables mode there are no rules for them';
  }
  if (
    aim.kind === 'cluster IP' &&
    spec.internalTrafficPolicy === 'Local' &&
    !endpoints.some((one) => one.node === node)
  )
    return 'internalTrafficPolicy Local without an endpoint on the node: IPVS refuses or takes the others, iptables drops';
  if (isLocal && aim.kind === 'external' && isNodes)
    return "a node's own request to an external address under Local keeps that address as its source, iptables masquerades it";
  if (isLocal && source.kind !== 'outside')
    return 'externalTrafficPolicy Local: IPVS looks for endpoints of the node for pods too, and masquerades nothing';
  const own = source.kind === 'pod' ? (simulation.controlPlane.pod(source.pod)?.status.podIPs ?? []) : [];
  if (endpoints.some((one) => own.some(({ ip }) => ip === one.ip) && one.node !== node))
    return 'a pod that reaches itself: IPVS masquerades only where the slice says that the endpoint is on this node';
  return undefined;
}

/** Requests that end otherwise without a reason; reasons that were seen go into `seen`. */
function unexplained(requests: readonly Request[], simulation: Simulation, seen: Set<Reason>): readonly string[] {
  const out: string[] = [];
  for (const request of requests) {
    const [ours, others] = (['ipvs', 'iptables'] as const).map((mode) =>
      distribution(simulation.dataPlane.walk(request.source, request, mode)),
    );
    if (ours === others) continue;
    const reason = reasonOf(request, simulation);
    if (reason) seen.add(reason);
    else out.push(`${JSON.stringify(request)}\n  ipvs ${ours}\n  iptables ${others}`);
  }
  return out;
}

function recordedRequests(name: string): readonly Request[] {
  const packets = JSON.parse(readFileSync(new URL(`${name}/packets.json`, root), 'utf8')) as readonly (Omit<Request, 'source'> & { from: string; mode: string })[]; // prettier-ignore
  return packets
    .filter(({ mode }) => mode === 'iptables')
    .map(({ from, address, port, protocol }) => {
      const [kind, name0, name1] = from.split(' ');
      const source: PacketSource =
        kind === 'pod'
          ? { kind, pod: name0! }
          : kind === 'node'
            ? { kind, node: name0! }
            : { kind: 'outside', node: name1! };
      return { source, address, port, protocol };
    });
}

describe('IPVS mode ends as iptables mode does', () => {
  const seen = new Set<Reason>();

  it('in the recorded clusters', () => {
    const names = readdirSync(root).filter((name) => existsSync(new URL(`${name}/packets.json`, root)));
    let requests = 0;
    for (const name of names) {
      const simulation = createSimulation(settings);
      simulation.apply({ removed: [], added: objectsOf(readFileSync(new URL(`${name}/cluster.yaml`, root), 'utf8')) });
      const recorded = recordedRequests(name);
      requests += recorded.length;
      expect(unexplained(recorded, simulation, seen), name).toEqual([]);
    }
    expect(requests).toBeGreaterThan(500);
  });

  it('in random clusters', () => {
    let alike = 0;
    fc.assert(
      fc.property(cluster, (bodies) => {
        const simulation = createSimulation(settings);
        simulation.apply({ removed: [], added: bodies.map((body, index) => objectOf(body, 'cluster.yaml', index)) });
        const requests = allRequests(simulation);
        expect(unexplained(requests, simulation, seen)).toEqual([]);
        alike += requests.filter((request) => reasonOf(request, simulation) === undefined).length;
      }),
      { numRuns: 60, seed: 37 },
    );
    expect(alike).toBeGreaterThan(2000);
  });

  it('and each difference is seen', () => {
    expect([...seen]).toHaveLength(9);
  });
});

// ---------------------------------------------------------------- random clusters

const nodes = ['node-a', 'node-b', 'node-c'];

const pods = fc
  .array(fc.record({ node: fc.nat({ max: 2 }), app: fc.constantFrom('x', 'y'), ready: fc.boolean() }), {
    minLength: 1,
    maxLength: 5,
  }) // prettier-ignore
  .map((choices) =>
    choices.map(({ node, app, ready }, index): JsonObject => {
      const ip = `10.244.${node + 1}.${10 + index}`;
      return {
        ...pod(`p${index}`, { app }, { nodeName: nodes[node]! }),
        status: {
          phase: 'Running',
          podIP: ip,
          podIPs: [{ ip }],
          conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
        },
      };
    }),
  );

const policy = fc.constantFrom('Cluster', 'Local');

const serviceSpec = fc.record({
  app: fc.constantFrom('x', 'y', 'nobody'),
  type: fc.constantFrom('ClusterIP', 'NodePort', 'LoadBalancer'),
  external: policy,
  internal: fc.constantFrom('Cluster', 'Cluster', 'Local'),
  isSticky: fc.boolean(),
  hasExternalIP: fc.boolean(),
  ranges: fc.subarray(['203.0.113.0/24', '10.244.1.0/24', '172.30.0.0/24']),
  protocol: fc.constantFrom('TCP', 'UDP'),
});

const services = fc.array(serviceSpec, { minLength: 1, maxLength: 3 }).map((choices) =>
  choices.map((choice, index): JsonObject => {
    const isBalanced = choice.type === 'LoadBalancer';
    const isOutside = choice.type !== 'ClusterIP' || choice.hasExternalIP;
    const body = service(`s${index}`, {
      type: choice.type,
      clusterIP: `10.96.0.${20 + index}`,
      selector: { app: choice.app },
      internalTrafficPolicy: choice.internal,
      ...(isOutside && { externalTrafficPolicy: choice.external }),
      ...(choice.isSticky && { sessionAffinity: 'ClientIP' }),
      ...(choice.hasExternalIP && { externalIPs: [`198.51.100.${40 + index}`] }),
      ...(isBalanced && choice.ranges.length > 0 && { loadBalancerSourceRanges: choice.ranges }),
      ports: [{ port: 80, targetPort: 8080, protocol: choice.protocol, ...(choice.type !== 'ClusterIP' && { nodePort: 30080 + index }) }], // prettier-ignore
    });
    return isBalanced ? { ...body, status: { loadBalancer: { ingress: [{ ip: `198.51.100.${80 + index}` }] } } } : body;
  }),
);

const cluster = fc.tuple(pods, services).map(([p, s]) => [...p, ...s]);

/** From each pod, each node and outside, to each address of each Service, and to a port that none has. */
function allRequests({ controlPlane }: Simulation): readonly Request[] {
  const sources: PacketSource[] = [
    ...[...controlPlane.pods()].map(({ metadata }): PacketSource => ({ kind: 'pod', pod: `${metadata.namespace}/${metadata.name}` })),
    ...nodes.flatMap((node): PacketSource[] => [{ kind: 'node', node }, { kind: 'outside', node }]),
  ]; // prettier-ignore
  const out: Request[] = [];
  for (const { spec, status } of controlPlane.services()) {
    const [port] = spec.ports ?? [];
    if (!port) continue;
    const external = [
      ...(spec.externalIPs ?? []),
      ...(status.loadBalancer.ingress ?? []).flatMap(({ ip }) => ip ?? []),
    ];
    const places: [string, number][] = [spec.clusterIP!, ...external].map((address) => [address, port.port]);
    places.push([spec.clusterIP!, 9999]);
    if (port.nodePort) places.push(['172.30.0.11', port.nodePort], ['172.30.0.13', port.nodePort]);
    for (const source of sources) {
      for (const [address, number] of places) out.push({ source, address, port: number, protocol: port.protocol });
      if (source.kind === 'node' && port.nodePort)
        out.push({ source, address: '127.0.0.1', port: port.nodePort, protocol: port.protocol });
    }
  }
  return out;
}
